using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using GpuTensor.Tests.Simulator.Instructions;
using GpuTensor.Tests.Backends;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>Generates, compiles and runs descriptions on the OpenCL device, in the shape of a CPU or of a GPU.</summary>
public sealed class KernelRunner : IDisposable
{
    private readonly OpenClBackend backend = OpenClTest.Open();

    // The shape of a GPU runs here only to be compared: code that compiles quickly will do.
    private readonly OpenClBackend unoptimized = OpenClTest.Open("-cl-opt-disable");

    /// <summary>Tests describe small kernels, in the forms of large ones unless they ask for a small domain's.</summary>
    internal DeviceProfile Profile(bool cpu) =>
        backend.Profile with { IsCpu = cpu, GroupSize = 64, SmallDomain = SmallDomain };

    internal long SmallDomain { get; set; }

    internal Backend Backend => backend;

    internal byte[][] Run(KernelSpec spec, byte[][] buffers, bool cpu, bool wide = false, params object[] scalars)
    {
        var kernel = Generator.Generate(spec, Profile(cpu), Dialect.OpenCl, wide);
        var backend = cpu ? this.backend : unoptimized;
        using var program = backend.Compile(Dialect.OpenCl.Prelude(kernel.Prelude) + kernel.Source);
        Assert.False(backend.DeclarationsFailed);
        byte[][] result = Run(backend, program, kernel, spec, buffers, scalars);
        // What runs here in the shape of a GPU must compile for one, and its bits there are those here.
        if (!cpu) GeneratedOnGpu.RequireSame(spec, Profile(cpu) with { MaxParameterBytes = 4096 }, wide, buffers, scalars, result);
        return result;
    }

    /// <summary>The buffers after one launch. Each gets a margin of untouched bytes on both sides, so that a stray write shows.</summary>
    internal static byte[][] Run(Backend backend, DeviceProgram program, GeneratedKernel generated, KernelSpec spec, byte[][] buffers,
        params object[] scalars)
    {
        const int Margin = 64;
        using var kernel = backend.CreateKernel(program, generated.EntryPoint, spec.Name);
        var memory = new DeviceBuffer[buffers.Length];
        long[] integers = [.. generated.Integers];
        for (int b = 0; b < buffers.Length; b++)
        {
            byte[] padded = new byte[buffers[b].Length + 2 * Margin];
            padded.AsSpan().Fill(0xA5);
            buffers[b].CopyTo(padded, Margin);
            memory[b] = backend.Allocate(padded.Length);
            backend.Write(memory[b], 0, padded);
            integers[b] = Margin / spec.Buffers[b].DType.Size();
            kernel.SetBuffer(b, memory[b]);
        }
        Bind(kernel, generated, integers, buffers.Length, scalars);
        backend.Launch(kernel, generated.Shape);
        var result = new byte[buffers.Length][];
        for (int b = 0; b < buffers.Length; b++)
        {
            byte[] padded = new byte[buffers[b].Length + 2 * Margin];
            backend.Read(memory[b], 0, padded);
            backend.Free(memory[b]);
            for (int k = 0; k < Margin; k++)
                if (padded[k] != 0xA5 || padded[^(k + 1)] != 0xA5) Assert.Fail($"{spec.Name} wrote outside buffer {b}\n{generated.Source}");
            result[b] = padded[Margin..^Margin];
        }
        return result;
    }

    internal static void Bind(DeviceKernel kernel, GeneratedKernel generated, long[] integers, int buffers, object[] scalars)
    {
        kernel.SetBytes(buffers, generated.WideIndices ? MemoryMarshal.AsBytes<long>(integers)
            : MemoryMarshal.AsBytes<int>(Array.ConvertAll(integers, n => checked((int)n))));
        for (int s = 0; s < scalars.Length; s++)
        {
            long bits = scalars[s] is double d ? BitConverter.DoubleToInt64Bits(d) : (long)scalars[s];
            kernel.SetBytes(buffers + 1 + s, BitConverter.GetBytes(bits));
        }
    }

    public void Dispose()
    {
        backend.Dispose();
        unoptimized.Dispose();
    }
}
