using System.Runtime.InteropServices;
using GpuTensor.Kernels;
using GpuTensor.Tests.Kernels;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>The planner's tiled matrix products in CUDA, run by the simulator: shared memory, barriers and double buffering under its
/// rules, and the bits of plain loops.</summary>
public class GemmOnGpuTests
{
    private static readonly DeviceProfile Gpu = new() { IsCpu = false, GroupSize = 256, PreferredGroups = 256, MaxParameterBytes = 4096,
        LocalMemoryBytes = 48 * 1024 };

    public static TheoryData<int, int> Cases() => new(from seed in Enumerable.Range(1, 6) select (seed, seed % 2 == 0 ? 75 : 90));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Products_equal_plain_loops(int seed, int architecture)
    {
        var random = new Random(seed);
        DType type = (seed % 3) switch { 0 => DType.Int32, 1 => DType.Float32, _ => DType.Float16 };
        var product = GemmCase.Random(random, type, seed % 2 == 0 ? [2] : [], random.Next(1, 150), random.Next(1, 150), random.Next(1, 90));
        var plan = GemmPlanner.Plan(product.Spec, Gpu, Dialect.Cuda);
        using var gpu = new SimulatedGpu();
        string source = Dialect.Cuda.Prelude(plan.Launches.SelectMany(l => l.Kernel.Prelude))
            + string.Concat(plan.Launches.DistinctBy(l => l.Kernel.EntryPoint).Select(l => l.Kernel.Source));
        var module = gpu.Compile(source, architecture, 13, "--fmad=false");
        gpu.Settings = gpu.Settings with { Seed = seed };
        ulong[] buffers = [.. product.Data.Select((d, i) => gpu.Upload<byte>(d, $"buffer {i}")),
            .. plan.Scratch.Select(s => gpu.Allocate(s, "scratch"))];
        foreach (var launch in plan.Launches)
        {
            long[] integers = launch.Kernel.Integers.Length == 0 ? [0] : [.. launch.Kernel.Integers];
            byte[] packed = launch.Kernel.WideIndices ? MemoryMarshal.AsBytes<long>(integers).ToArray()
                : MemoryMarshal.AsBytes<int>(Array.ConvertAll(integers, i => checked((int)i))).ToArray();
            gpu.Launch(module.Kernels[launch.Kernel.EntryPoint], launch.Kernel.Shape,
                [.. launch.Buffers.Select(b => (object)buffers[b]), packed]);
        }
        Assert.Equal(product.Expected(), gpu.Download<byte>(buffers[2], product.Data[2].Length));
    }
}
