using System.Collections.Concurrent;
using System.Diagnostics;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Cli.Kernels;

/// <summary>A kernel as one compiler made it for one architecture.</summary>
internal sealed record CompiledKernel(string Kernel, string Compiler, int Architecture, KernelResources Resources);

/// <summary>Compiles programs with every NVRTC for every architecture, and holds each result to the rules: no include path, nothing that the compiler has to say, no spill, a stack only where
/// NVIDIA's own functions need it, parameters as the host lays them out.</summary>
internal sealed class CompilerMatrix(IReadOnlyList<NvrtcLibrary> compilers)
{
    public static readonly int[] Architectures = [75, 80, 86, 89, 90, 100, 120];

    private readonly ConcurrentBag<CompiledKernel> made = [];
    private readonly ConcurrentQueue<string> problems = new();
    private int compiled;

    public IReadOnlyCollection<CompiledKernel> Made => made;

    public IReadOnlyCollection<string> Problems => problems;

    /// <summary>Compilations done, of how many.</summary>
    public int Compiled => compiled;

    /// <summary>Compilations there are to do.</summary>
    public int Wanted { get; private set; }

    /// <summary>Compiles until all is done or the time is up. Every program has its turn with one compiler and architecture before any has a second.</summary>
    public void Run(IReadOnlyList<string> sources, TimeSpan limit, int most, int threads)
    {
        var targets = (from c in compilers from a in Architectures where c.Architectures.Contains(a) select (Compiler: c, Architecture: a)).ToArray();
        Wanted = sources.Count * targets.Length;
        var watch = Stopwatch.StartNew();
        var work = from round in Enumerable.Range(0, targets.Length) from i in Enumerable.Range(0, sources.Count)
            // 5 and the number of targets share no factor where there are one or two compilers: neighbours differ in both.
            select (Source: sources[i], Target: targets[(i * 5 + round) % targets.Length]);
        Parallel.ForEach(Partitioner.Create(work.Take(most), EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = threads }, (w, state) =>
        {
            if (watch.Elapsed > limit) state.Stop();
            else Compile(w.Source, w.Target.Compiler, w.Target.Architecture);
        });
    }

    private void Compile(string source, NvrtcLibrary library, int architecture)
    {
        string target = $"NVRTC {library.Version} for sm_{architecture}";
        var kernels = CudaText.Kernels(source);
        if (source.Contains("#include", StringComparison.Ordinal)) Problem(kernels[0].Name, "the source includes a file");
        CudaCompilation result;
        try
        {
            // As the device does, and ptxas tells what it made.
            result = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(architecture)))
                .Compile(source, "kernels.cu", "-lineinfo", "--fmad=false", "--ptxas-options=-v", "--ptxas-options=-warn-spills");
        }
        catch (NvrtcException e)
        {
            Problem(kernels[0].Name, e.Log.Length > 0 ? e.Log : e.Message);
            return;
        }
        finally
        {
            Interlocked.Increment(ref compiled);
        }
        var (resources, warnings) = CudaText.Log(result.Log);
        // A warning's further lines show the source: the first says what it is about.
        foreach (string warning in warnings.Where(w => w.Contains("warning", StringComparison.Ordinal)).DefaultIfEmpty(warnings.FirstOrDefault() ?? "").Where(w => w.Length > 0))
            Problem(kernels[0].Name, warning);
        var layouts = CudaText.PtxParameters(result.Ptx);
        foreach (var kernel in kernels)
        {
            if (!resources.TryGetValue(kernel.Name, out var used) || used.Registers == 0)
            {
                Problem(kernel.Name, "ptxas reports nothing of it");
                continue;
            }
            made.Add(new(kernel.Name, library.Version.ToString(), architecture, used));
            if (used.SpillBytes > 0) Problem(kernel.Name, $"{used.SpillBytes} bytes of spills");
            if (used.StackBytes > 0 && !CudaText.MayHaveStack(kernel)) Problem(kernel.Name, $"a stack of {used.StackBytes} bytes without sin, cos, tan, pow or lgamma");
            if (!layouts.TryGetValue(kernel.Name, out int[]? layout) || !layout.AsSpan().SequenceEqual(kernel.Parameters))
                Problem(kernel.Name, $"parameters of {string.Join(", ", layout ?? [])} bytes in PTX, of {string.Join(", ", kernel.Parameters)} for the host");
        }

        void Problem(string kernel, string what) => problems.Enqueue($"{kernel}, {target}: {what}");
    }
}
