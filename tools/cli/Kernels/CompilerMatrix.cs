using System.Collections.Concurrent;
using System.Diagnostics;
using GpuTensor.Bindings.Cuda;
using GpuTensor.Backends.Cuda;

namespace GpuTensor.Cli.Kernels;

/// <summary>A kernel as one compiler made it for one architecture.</summary>
internal sealed record CompiledKernel(string Kernel, string Compiler, int Architecture, KernelResources Resources);

/// <summary>A program to compile.</summary>
/// <param name="Source">Its text.</param>
/// <param name="Alone">Its kernels as programs of their own, to find the one that a message is about.</param>
internal sealed record MatrixProgram(string Source, IReadOnlyList<string> Alone);

/// <summary>Compiles programs with every NVRTC for every architecture, and holds each result to the rules: no include path, nothing that
/// the compiler has to say, no spill, a stack only where NVIDIA's own functions need it, parameters as the host lays them out.</summary>
internal sealed class CompilerMatrix(IReadOnlyList<NvrtcLibrary> compilers)
{
    public static readonly int[] Architectures = [75, 80, 86, 89, 90, 100, 120];

    private readonly ConcurrentBag<CompiledKernel> made = [];
    private readonly ConcurrentQueue<string> problems = new();
    private readonly ConcurrentDictionary<(Version, int), int> heard = new();
    private int compiled;
    private volatile bool cut;

    public IReadOnlyCollection<CompiledKernel> Made => made;

    public IReadOnlyCollection<string> Problems => problems;

    /// <summary>Programs that devices compiled themselves.</summary>
    public int Heard => heard.Values.Sum();

    /// <summary>Compilations done beside those, of how many.</summary>
    public int Compiled => compiled;

    /// <summary>Compilations there are to do.</summary>
    public int Wanted { get; private set; }

    /// <summary>The time was up before everything was compiled that was asked for.</summary>
    public bool WasCut => cut;

    /// <summary>Holds what a device compiled for itself to the rules.</summary>
    public void Hear(string source, CudaCompilation made, NvrtcLibrary library)
    {
        heard.AddOrUpdate((library.Version, made.Target.Capability.Number), 1, (_, n) => n + 1);
        Judge(source, made, library.Version, made.Target.Capability.Number, CudaText.Kernels(source), isAlone: true);
    }

    /// <summary>Compiles until all is done or the time is up. Every program has its turn with one compiler and architecture before any has
    /// a second.</summary>
    /// <param name="first">Compiled before all others, by every compiler for every architecture.</param>
    /// <param name="programs">The others: what devices compiled, so that with their compilers and for their architectures it was heard
    /// of.</param>
    /// <param name="limit">When to end.</param>
    /// <param name="most">Compilations of the others, at most.</param>
    /// <param name="threads">Compilations at a time.</param>
    /// <param name="report">Hears after each compilation how many are done, of how many.</param>
    public void Run(IReadOnlyList<MatrixProgram> first, IReadOnlyList<MatrixProgram> programs, TimeSpan limit, int most, int threads,
        Action<int, int> report)
    {
        var targets = (from c in compilers from a in Architectures where c.Architectures.Contains(a) select (Compiler: c, Architecture: a))
            .ToArray();
        var others = targets.Where(t => !heard.ContainsKey((t.Compiler.Version, t.Architecture))).ToArray();
        Wanted = (first.Count * targets.Length) + (programs.Count * others.Length);
        var watch = Stopwatch.StartNew();
        var always = from p in first from t in targets select (Program: p, Target: t);
        var work = from round in Enumerable.Range(0, others.Length) from i in Enumerable.Range(0, programs.Count)
            // 5 and the number of targets (7, 12 or 14) share no factor: neighbours differ in compiler and architecture.
            select (Program: programs[i], Target: others[(i * 5 + round) % others.Length]);
        Parallel.ForEach(Partitioner.Create(always.Concat(work.Take(most)), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads }, (w, state) =>
        {
            if (watch.Elapsed > limit)
            {
                cut = true;
                state.Stop();
                return;
            }
            if (!Compile(w.Program.Source, w.Target.Compiler, w.Target.Architecture, isAlone: w.Program.Alone.Count <= 1))
                foreach (string kernel in w.Program.Alone) Compile(kernel, w.Target.Compiler, w.Target.Architecture, isAlone: true);
            report(Interlocked.Increment(ref compiled), (int)Math.Min(Wanted, (first.Count * targets.Length) + (long)most));
        });
    }

    /// <returns>False where the compiler had something to say and did not say of which kernel: they are to be compiled one by
    /// one.</returns>
    private bool Compile(string source, NvrtcLibrary library, int architecture, bool isAlone)
    {
        var kernels = CudaText.Kernels(source);
        CudaCompilation result;
        try
        {
            // As the device does, and ptxas tells what it made.
            result = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(architecture)))
                .Compile(source, "kernels.cu", [.. CudaPrograms.Options, .. CudaPrograms.Reporting]);
        }
        catch (NvrtcException e)
        {
            if (!isAlone) return false;
            Problem(kernels[0].Name, library.Version, architecture, e.Log.Length > 0 ? e.Log : e.Message);
            return true;
        }
        return Judge(source, result, library.Version, architecture, kernels, isAlone);
    }

    private bool Judge(string source, CudaCompilation result, Version version, int architecture, List<SourceKernel> kernels, bool isAlone)
    {
        if (source.Contains("#include", StringComparison.Ordinal)) Problem(kernels[0].Name, "the source includes a file");
        var (resources, warnings) = CudaText.Log(result.Log);
        if (warnings.Count > 0 && !isAlone) return false;
        // A warning's further lines show the source: the first says what it is about.
        foreach (string warning in warnings.Where(w => w.Contains("warning", StringComparison.Ordinal))
            .DefaultIfEmpty(warnings.FirstOrDefault() ?? "").Where(w => w.Length > 0))
            Problem(kernels[0].Name, warning);
        var layouts = CudaText.PtxParameters(result.Ptx);
        foreach (var kernel in kernels)
        {
            if (!resources.TryGetValue(kernel.Name, out var used) || used.Registers == 0)
            {
                Problem(kernel.Name, "ptxas reports nothing of it");
                continue;
            }
            made.Add(new(kernel.Name, version.ToString(), architecture, used));
            if (used.SpillBytes > 0) Problem(kernel.Name, $"{used.SpillBytes} bytes of spills");
            if (used.StackBytes > 0 && !CudaText.MayHaveStack(kernel))
                Problem(kernel.Name, $"a stack of {used.StackBytes} bytes without sin, cos, tan, pow or lgamma");
            if (!layouts.TryGetValue(kernel.Name, out int[]? layout) || !layout.AsSpan().SequenceEqual(kernel.Parameters))
                Problem(kernel.Name, $"parameters of {string.Join(", ", layout ?? [])} bytes in PTX, of "
                    + $"{string.Join(", ", kernel.Parameters)} for the host");
        }
        return true;

        void Problem(string kernel, string what) => this.Problem(kernel, version, architecture, what);
    }

    private void Problem(string kernel, Version version, int architecture, string what) =>
        problems.Enqueue($"{kernel}, NVRTC {version} for sm_{architecture}: {what}");
}
