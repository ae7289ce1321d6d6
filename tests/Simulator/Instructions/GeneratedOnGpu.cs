using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.Kernels;
using GpuTensor.Tests.Kernels;
using Xunit;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>Runs the generator's kernels in their CUDA dialect on the simulated GPU, to compare with what the OpenCL device made of the
/// same description. Architectures and compilers take turns, and what a compiler has to say is a failure.</summary>
internal static class GeneratedOnGpu
{
    private const int Margin = 64;

    /// <summary>GPUTENSOR_TEST_SEED: other orders of blocks and warps than the usual ones.</summary>
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_TEST_SEED"), out int seed) ? seed : 0;

    /// <summary>Faults if the kernel breaks a rule, fails if a buffer differs; nothing where there is no NVRTC. NaNs may differ in their
    /// bits.</summary>
    public static void RequireSame(KernelSpec spec, DeviceProfile profile, bool wide, byte[][] buffers, object[] scalars, byte[][] expected)
    {
        if (!CudaSource.IsAvailable) return;
        // The profile is that of the OpenCL device, which may have a defect that CUDA has not.
        var generated = GpuTensor.Kernels.Generator.Generate(spec, profile with { BranchesHaveBarriers = true }, Dialect.Cuda, wide);
        byte[][] actual = Run(spec, generated, buffers, scalars);
        for (int b = 0; b < buffers.Length; b++)
        {
            if (expected[b].AsSpan().SequenceEqual(actual[b])) continue;
            var type = spec.Buffers[b].DType;
            for (int i = 0; i < expected[b].Length / type.Size(); i++)
            {
                ReadOnlySpan<byte> want = expected[b].AsSpan(i * type.Size(), type.Size()),
                    got = actual[b].AsSpan(i * type.Size(), type.Size());
                if (want.SequenceEqual(got) || (IsNaN(type, want) && IsNaN(type, got)) || (type == DType.Float64 && Near(want, got)))
                    continue;
                Assert.Fail($"{spec.Name}: element {i} of buffer {b} ({type}) is 0x{Convert.ToHexString(got)} on the simulated GPU, "
                    + $"0x{Convert.ToHexString(want)} by OpenCL\n{generated.Source}");
            }
        }
    }

    /// <summary>Float64 functions are the platforms' own, each right to a unit or two in the last place.</summary>
    private static bool Near(ReadOnlySpan<byte> want, ReadOnlySpan<byte> got)
    {
        double a = MemoryMarshal.Read<double>(want), b = MemoryMarshal.Read<double>(got);
        return Math.Abs(a - b) <= (Math.Abs(a) * 1e-13) + (2 * double.Epsilon);
    }

    private static bool IsNaN(DType type, ReadOnlySpan<byte> bytes) => type switch
    {
        DType.Float16 => Half.IsNaN(MemoryMarshal.Read<Half>(bytes)),
        DType.BFloat16 => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(bytes) << 16)),
        DType.Float32 => float.IsNaN(MemoryMarshal.Read<float>(bytes)),
        DType.Float64 => double.IsNaN(MemoryMarshal.Read<double>(bytes)),
        _ => false,
    };

    private static byte[][] Run(KernelSpec spec, GeneratedKernel generated, byte[][] buffers, object[] scalars)
    {
        // By the kernel, not by the order of the tests: what fails once fails again.
        int n = generated.EntryPoint.Sum(c => c) + Seed;
        using var gpu = new SimulatedGpu();
        var (image, architecture) = CudaSource.Compile(generated, n);
        var kernel = gpu.Load(image, architecture).Kernels[generated.EntryPoint];
        gpu.Settings = gpu.Settings with { Seed = n };
        long[] integers = [.. generated.Integers];
        var arguments = new List<object>();
        for (int b = 0; b < buffers.Length; b++)
        {
            byte[] padded = new byte[buffers[b].Length + 2 * Margin];
            padded.AsSpan().Fill(0xA5);
            buffers[b].CopyTo(padded, Margin);
            arguments.Add(gpu.Upload<byte>(padded, $"buffer {b} of {spec.Name}"));
            integers[b] = Margin / spec.Buffers[b].DType.Size();
        }
        for (int s = 0; s < spec.Scalars.Length; s++) integers[buffers.Length + s] = s;
        if (integers.Length == 0) integers = [0];
        arguments.Add(generated.WideIndices ? MemoryMarshal.AsBytes<long>(integers).ToArray()
            : MemoryMarshal.AsBytes<int>(Array.ConvertAll(integers, i => checked((int)i))).ToArray());
        if (spec.Scalars.Length > 0)
            arguments.Add(gpu.Upload<long>([.. scalars.Select(s => s is double d ? BitConverter.DoubleToInt64Bits(d) : (long)s)],
                "scalars"));
        gpu.Launch(kernel, generated.Shape, [.. arguments]);
        var result = new byte[buffers.Length][];
        for (int b = 0; b < buffers.Length; b++)
        {
            byte[] padded = gpu.Download<byte>((ulong)arguments[b], buffers[b].Length + 2 * Margin);
            for (int k = 0; k < Margin; k++)
                if (padded[k] != 0xA5 || padded[^(k + 1)] != 0xA5) Assert.Fail($"{spec.Name} wrote outside buffer {b}\n{generated.Source}");
            result[b] = padded[Margin..^Margin];
        }
        return result;
    }
}
