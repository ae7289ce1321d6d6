using GpuTensor.Kernels;
using GpuTensor.Tests.Backends;
using GpuTensor.Tests.Backends.Cuda;
using GpuTensor.Tests.Simulator.Instructions;
using Xunit;

namespace GpuTensor.Tests.Kernels;

public sealed class LaunchShapeTests
{
    [Fact]
    public void A_shape_in_words()
    {
        Assert.Equal("8 groups of 256", new LaunchShape(8, 256).ToString());
        Assert.Equal("8 × 1 × 2 groups of 16 × 16, 640 bytes of local memory",
            new LaunchShape(new(8, 1, 2), new(16, 16), 640).ToString());
    }

    [Fact]
    public void Three_dimensions_and_a_dynamic_local_array_by_OpenCL()
    {
        using var backend = OpenClTest.Open();
        LaunchShapeCase.Run(backend, Dialect.OpenCl, 1, 7, 2);
    }

    [Fact]
    public void A_captured_launch_keeps_its_shape()
    {
        using var backend = new CudaLikeBackend();
        LaunchShapeCase.Run(backend, CudaLikeBackend.Dialect, 1, 7, 2);
    }

    /// <summary>Each block has more than the 48 KiB that static shared memory may take; the scenario of the CUDA device does the same by
    /// way of the driver.</summary>
    [Fact]
    public void Three_dimensions_and_dynamic_shared_memory_by_the_simulated_GPU()
    {
        if (!CudaSource.IsAvailable) return;
        var kernel = LaunchShapeCase.Kernel(new() { IsCpu = false }, Dialect.Cuda, 400);
        using var gpu = new SimulatedGpu();
        var (image, architecture) = CudaSource.Compile(kernel, 90);
        var loaded = gpu.Load(image, architecture).Kernels[kernel.EntryPoint];
        gpu.Settings = gpu.Settings with { MaxDynamicShared = kernel.Shape.LocalBytes };
        ulong result = gpu.Upload<int>(new int[30 * 24]);
        gpu.Launch(loaded, kernel.Shape, [result, System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(
            Array.ConvertAll(kernel.Integers, n => (int)n)).ToArray()]);
        int[] found = gpu.Download<int>(result, 30 * 24);
        Assert.Equal(Enumerable.Range(0, 30 * 24).Select(i => i / 24 * 24 + 23 - i % 24), found);
    }
}
