using GpuTensor.Bindings.Cuda;
using Xunit;
using Cuda = GpuTensor.Bindings.Cuda.Cuda;

namespace GpuTensor.Tests.Bindings.FakeDriver;

public static unsafe partial class Scenarios
{
    /// <summary>Runs on a driver of CUDA 11.4.</summary>
    public static void Old_An_old_driver_lacks_later_entry_points_and_the_rest_works()
    {
        Assert.Equal(new Version(11, 4), Cuda.DriverVersion);
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var module = CudaModule.Load(context, "\u007fELF"u8);
        var kernel = module.GetKernel("k");
        var arguments = new CudaKernelArguments(8, 4, 4);
        arguments.Set(0, 1L);
        arguments.Set(1, 1);
        arguments.Set(2, 1);

        Assert.Null(kernel.GetParameters());
        Assert.False(arguments.Verify(kernel));
        kernel.Launch(stream, new(1, 32), arguments);
        var cluster = new CudaLaunch(1, 32) { Cooperative = true };
        var error = Assert.Throws<CudaException>(() => kernel.Launch(stream, cluster, arguments));
        Assert.Equal("cuLaunchKernelEx needs a driver of CUDA 11.6 or newer; this one is of CUDA 11.4.", error.Message);
        Assert.Equal(CudaResult.CallRequiresNewerDriver, error.Result);

        Assert.True(CudaGraph.IsSupported);
        Assert.False(CudaGraphExec.CanUpdate);
        using var graph = stream.EndCapture();
        using var exec = graph.Instantiate();
        exec.Launch(stream);
        Assert.Contains("cuGraphExecUpdate_v2 needs a driver of CUDA 12.0", Assert.Throws<CudaException>(() => exec.Update(graph)).Message);
        Assert.True(context.Device.HasMemoryPools);
        // This machine only has a cuBLAS of CUDA 13, which this driver cannot carry.
        var blas = Assert.Throws<CudaLibraryException>(() => CudaBlas.Create(context));
        Assert.Contains("skipped: needs a driver of CUDA 13, this one is of CUDA 11", blas.Message);
    }

    /// <summary>Runs on a driver of CUDA 11.0: no pools, no graphs our way.</summary>
    public static void Oldest_The_oldest_driver_still_allocates_copies_and_launches()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        Assert.False(context.Device.HasMemoryPools);
        Assert.False(CudaGraph.IsSupported);
        var error = Assert.Throws<CudaException>(() => CudaDeviceMemory.AllocateAsync(stream, 8));
        Assert.Contains("cuMemAllocAsync needs a driver of CUDA 11.2", error.Message);
        using var memory = CudaDeviceMemory.Allocate(context, 8);
        stream.CopyToDevice(memory.Address, [1, 2, 3]);
    }

    /// <summary>Runs on a driver of CUDA 10.2.</summary>
    public static void TooOld_A_driver_before_CUDA_11_is_refused()
    {
        Assert.False(Cuda.IsAvailable);
        Assert.Contains("is of CUDA 10.2; 11.0 or newer is needed", Cuda.WhyUnavailable);
        Assert.Throws<CudaException>(() => CudaContext.Create());
    }

    public static void Start_A_driver_that_does_not_start_is_an_answer_not_an_exception()
    {
        Fail("cuInit", 100);
        Assert.False(Cuda.IsAvailable);
        Assert.Contains("CUDA_VISIBLE_DEVICES", Cuda.WhyUnavailable);
        var error = Assert.Throws<CudaException>(Cuda.Require);
        Assert.Equal((CudaResult.NoDevice, "cuInit"), (error.Result, error.Call));
        Assert.IsType<CudaException>(error.InnerException);
    }
}
