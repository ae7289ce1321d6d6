using GpuTensor.Bindings.Cuda;
using GpuTensor.Backends.Cuda;
using GpuTensor.Kernels;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Compiles CUDA C++ with NVIDIA's own compilers as the device does: no include path, and anything the compiler has to say is a
/// failure.</summary>
internal static class CudaSource
{
    public static readonly int[] Architectures = [75, 80, 86, 89, 90, 100, 120];

    /// <summary>The compilers there are.</summary>
    private static readonly Lazy<NvrtcLibrary[]> Compilers = new(() => [.. Nvrtc.Versions.Select(Nvrtc.Library)]);

    public static bool IsAvailable => Nvrtc.Versions.Any();

    /// <summary>Compiles a kernel with one compiler for one architecture, which depend on the number.</summary>
    public static (byte[] Image, int Architecture) Compile(GeneratedKernel kernel, int number)
    {
        int architecture = Architectures[number % Architectures.Length];
        return (Compile(Dialect.Cuda.Prelude(kernel.Prelude) + kernel.Source, Compilers.Value[number % Compilers.Value.Length],
            architecture), architecture);
    }

    /// <summary>Compiles each program with one compiler for one architecture in turn; with every compiler for every architecture where
    /// <c>GPUTENSOR_NVRTC_ALL</c> is 1 (minutes).</summary>
    public static void CompilePrograms(params IReadOnlyList<string> sources)
    {
        Nvrtc.Folder(Nvrtc.Versions.FirstOrDefault(13));
        bool all = Environment.GetEnvironmentVariable("GPUTENSOR_NVRTC_ALL") == "1";
        var pairs = (from c in Compilers.Value from a in Architectures select (c, a)).ToArray();
        // 5 and 14 share no factor, so that each pair has its turn.
        var work = sources.SelectMany((source, i) => all ? pairs.Select(p => (source, p)) : [(source, pairs[i * 5 % pairs.Length])]);
        Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = 2 }, w =>
        {
            // And the simulator must know each of its instructions: what it does not know, it refuses here.
            using var module = GpuTensor.CudaSimulator.Ptx.PtxModule.Load(Compile(w.source, w.Item2.c, w.Item2.a), w.Item2.a,
                new(0, 1UL << 40));
            Assert.NotEmpty(module.Kernels);
        });
    }

    private static byte[] Compile(string source, NvrtcLibrary library, int architecture)
    {
        var made = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(architecture)))
            .Compile(source, "kernels.cu", [.. CudaPrograms.Options, "--ptxas-options=-warn-spills"]);
        Assert.True(made.Log.Length == 0, $"{library} for sm_{architecture}: {made.Log}\n{source}");
        return made.Image;
    }
}
