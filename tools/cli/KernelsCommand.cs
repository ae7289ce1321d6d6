using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GpuTensor.Bindings.Cuda;
using GpuTensor.Cli.Kernels;
using GpuTensor.Conformance;
using GpuTensor.IO;
using GpuTensor.Kernels;
using GpuTensor.Runtime;

namespace GpuTensor.Cli;

/// <summary><c>gputensor kernels</c>: records what a CUDA device compiles while programs run, compiles all of it with NVIDIA's compilers
/// for every architecture, and reports registers, shared memory, stack, and whatever breaks the rules. Needs no GPU: the device may be the
/// simulator.</summary>
internal static class KernelsCommand
{
    /// <summary>Kernels to a program, which costs about as much as one of them.</summary>
    private const int KernelsToAProgram = 24;

    private sealed record Settings(string? Nvrtc, string? Corpus, int Files, int Seed, int Limit, int Most, int Threads, string[] Sources,
        string? Output, bool Json);

    public static Command Make()
    {
        var nvrtc = new PathOption("--nvrtc",
            "DIR") { Description = "The folder of libnvrtc.so.13 and libnvrtc.so.12; default: where the device's own lies" };
        var corpus = CommonOptions.Corpus(", or none");
        var files = new NumberOption<int>("--files", 0, int.MaxValue,
            absent: int.MaxValue) { Description = "How many of the corpus's operators and training runs to run, drawn by the seed" };
        var seed = new NumberOption<int>("--seed", int.MinValue, int.MaxValue,
            absent: 1) { Description = "Draws files and the order of compilations" };
        var limit = new NumberOption<int>("--limit", 1, 86_400,
            absent: 1500) { Description = "When to end, recording (at most half of it) included", HelpName = "SECONDS" };
        var most = new NumberOption<int>("--compilations", 0, int.MaxValue,
            absent: int.MaxValue) { Description = "How many compilations at most; each program has one before any has a second" };
        var threads = CommonOptions.Threads("Compilations");
        var source = new PathsOption("--source") { Description =
            "A file of CUDA C++ to compile in place of a recording; may be given several times" };
        var output = new PathOption("--out",
            "FILE") { Description =
                "Writes registers, shared memory and stack of each kernel, for each compiler and architecture, as JSON" };
        var json = CommonOptions.Json();
        var command = new Command("kernels",
            "Compile every kernel that programs make on CUDA with NVIDIA's compilers for every architecture, and check what comes out")
        {
            nvrtc, corpus, files, seed, limit, most, threads, source, output, json,
        };
        command.SetAction(parsed =>
            Run(new(parsed.GetValue(nvrtc), parsed.GetValue(corpus), parsed.GetValue(files), parsed.GetValue(seed), parsed.GetValue(limit),
            parsed.GetValue(most), parsed.GetValue(threads), parsed.GetValue(source)!, parsed.GetValue(output), parsed.GetValue(json))));
        return command;
    }

    private static int Run(Settings settings)
    {
        if (settings.Output is { } file) Outputs.CheckFile(file);
        var watch = Stopwatch.StartNew();
        var compilers = Compilers(settings.Nvrtc);
        var random = new Random(settings.Seed);
        var matrix = new CompilerMatrix(compilers);
        var (first, programs, kernels, devices, ofSome, notRun, run, files) = settings.Sources.Length > 0 ? Read(settings.Sources)
            : ErrorProgress.Show(settings.Json, report => Record(settings, matrix, random, watch, report));
        double recorded = watch.Elapsed.TotalSeconds;
        if (!settings.Json) Console.WriteLine($"{kernels} kernels in {first.Length + programs.Length} programs; {run} of {files} "
            + $"operators and training runs were run in {recorded:F0} s");
        var rest = TimeSpan.FromSeconds(Math.Max(1, settings.Limit - recorded));
        ErrorProgress.Show(settings.Json, report =>
        {
            matrix.Run(first, programs, rest, settings.Most, settings.Threads, (done, all) => report("compilations", done, all));
            return matrix.Compiled;
        });

        if (settings.Output is { } path) AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Details(matrix))));
        // Less than asked for is no success; less than everything is what was asked for.
        bool cut = matrix.WasCut || run < files, whole = !cut && matrix.Compiled == matrix.Wanted && settings.Files == int.MaxValue;
        foreach (string problem in matrix.Problems.Take(settings.Json ? 0 : 20)) Console.WriteLine(problem);
        foreach (string failure in notRun.Take(settings.Json ? 0 : 20)) Console.WriteLine($"not run: {failure}");
        var stacks = matrix.Made.Where(m => m.Resources.StackBytes > 0).Select(m => m.Kernel).Distinct().Count();
        if (settings.Json)
            Console.WriteLine(JsonLine.Of(new
            {
                kernels, programs = first.Length + programs.Length, kernels_by_device = devices, not_of_all_devices = ofSome, files = run,
                    files_wanted = files, recorded_seconds = Math.Round(recorded, 1),
                compilers = compilers.Select(c => c.Version.ToString()), architectures = CompilerMatrix.Architectures,
                    compiled_by_devices = matrix.Heard, compiled = matrix.Compiled, wanted = matrix.Wanted, whole, cut,
                kernels_with_stack = stacks, most_registers = matrix.Made.Select(m => m.Resources.Registers).DefaultIfEmpty().Max(),
                problems = matrix.Problems.Count, first_problems = matrix.Problems.Take(20), not_run = notRun,
                    seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
            }));
        else
            Console.WriteLine($"{matrix.Heard} programs compiled by devices, {matrix.Compiled} of {matrix.Wanted} compilations beside "
                + $"them ({string.Join(" and ", compilers.Select(c => $"NVRTC {c.Version}"))}, {CompilerMatrix.Architectures.Length} "
                + "architectures)"
                + $"{(cut ? $", cut after {settings.Limit} s" : "")}: {matrix.Problems.Count} problems, {stacks} kernels with a stack; "
                + $"{watch.Elapsed.TotalSeconds:F0} s");
        return matrix.Problems.Count > 0 || matrix.Compiled == 0 ? 1 : cut ? 2 : 0;
    }

    private sealed record Input(MatrixProgram[] First, MatrixProgram[] Programs, int Kernels, Dictionary<string, int> Devices,
        IReadOnlyList<string> OfSome, IReadOnlyList<string> NotRun, int Files, int FilesWanted);

    /// <summary>What the machine's CUDA devices compile for the benchmarks and a seeded draw of the corpus, for at most half of the time.
    /// Each kernel once, whichever device and program made it; many to a program.</summary>
    private static Input Record(Settings settings, CompilerMatrix matrix, Random random, Stopwatch watch, Action<string, int, int> report)
    {
        ProgramRecording[] recordings =
            [.. Enumerable.Range(0, Math.Max(1, Device.CudaDeviceCount)).Select(i => new ProgramRecording(Device.Cuda(i), matrix))];
        var found = settings.Files == 0 ? null : settings.Corpus is { } folder ? Corpus.Open(folder) : Corpus.Find();
        string[] items = found is null ? [] : [.. found.Files(), .. TrainingRuns.Names];
        random.Shuffle(items);
        items = [.. items.Take(settings.Files)];
        string[] trainings = [.. items.Where(TrainingRuns.Names.Contains)], files = [.. items.Except(trainings)];
        foreach (var recording in recordings) recording.RunPrograms();
        int[] run = new int[recordings.Length];
        Parallel.For(0, recordings.Length, d =>
        {
            for (; run[d] < files.Length && !IsLate(); run[d]++)
            {
                Report(Path.GetFileNameWithoutExtension(files[run[d]]));
                recordings[d].RunOperators(files[run[d]]);
            }
        });
        // Of training it hangs on what .NET has already collected which values a step keeps, and with it now and then a kernel.
        string[] ofSome = OfSome();
        // One device after the other: networks are made on the default device, which is the process's.
        for (int d = 0; d < recordings.Length && run[d] == files.Length; d++)
            for (; run[d] < items.Length && !IsLate(); run[d]++)
            {
                string name = trainings[run[d] - files.Length];
                Report(name);
                recordings[d].RunTraining(found!.Root, name);
            }
        GeneratedKernel[] kernels = [.. recordings.SelectMany(r => r.Kernels).DistinctBy(k => k.EntryPoint)];
        random.Shuffle(kernels);
        // What not every device has compiled is to be compiled for all of their architectures.
        var odd = OfSome().ToHashSet();
        var byOdd = kernels.ToLookup(k => odd.Contains(k.EntryPoint));
        MatrixProgram[] programs =
            [.. byOdd[false].Chunk(KernelsToAProgram).Select(part => new MatrixProgram(Program(part), [.. part.Select(k => Program(k))]))];
        return new([Alone(Doctor.CudaChecks.Kernel), .. byOdd[true].Select(k => Alone(Program(k)))], programs, kernels.Length + 1,
            recordings.ToDictionary(r => r.Name, r => r.Kernels.Count), ofSome,
            [.. recordings.SelectMany(r => r.Failures).Distinct()], run.Min(), items.Length);

        string[] OfSome() => [.. recordings.SelectMany(r => r.Kernels.Select(k => k.EntryPoint)).CountBy(name => name)
            .Where(n => n.Value < recordings.Length).Select(n => n.Key)];

        static string Program(params GeneratedKernel[] kernels) => KernelCache.Program(Dialect.Cuda, kernels);

        bool IsLate() => watch.Elapsed.TotalSeconds > settings.Limit / 2.0;

        void Report(string what) => report(what, run.Sum(), run.Length * items.Length);
    }

    private static MatrixProgram Alone(string source) => new(source, [source]);

    private static Input Read(string[] paths)
    {
        string[] sources = [.. paths.Select(Inputs.ReadText)];
        int[] kernels = [.. sources.Select(s => CudaText.Kernels(s).Count)];
        int empty = Array.IndexOf(kernels, 0);
        return empty < 0 ? new([], [.. sources.Select(Alone)], kernels.Sum(), [], [], [], 0, 0)
            : throw new UsageException($"{paths[empty]} holds no kernel: one is declared extern \"C\" __global__ void.");
    }

    /// <summary>Both major versions where the folder has them.</summary>
    private static List<NvrtcLibrary> Compilers(string? folder)
    {
        folder ??= Path.GetDirectoryName(Bindings.Cuda.Cuda.Locate(CudaLibrary.Nvrtc));
        if (string.IsNullOrEmpty(folder)) throw new UsageException("Where NVRTC lies is not known: name its folder with --nvrtc DIR.");
        string[] names = OperatingSystem.IsWindows() ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll"] : ["libnvrtc.so.13", "libnvrtc.so.12"];
        var found = names.Select(n => Path.Combine(folder, n)).Where(File.Exists).Select(NvrtcLibrary.Load).ToList();
        return found.Count > 0 ? found : throw new UsageException($"{folder} holds neither {string.Join(" nor ", names)}.");
    }

    private static string Details(CompilerMatrix matrix) => JsonSerializer.Serialize(new
    {
        kernels = matrix.Made.GroupBy(m => m.Kernel).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new
        {
            name = g.Key,
            targets = g.OrderBy(m => m.Compiler, StringComparer.Ordinal).ThenBy(m => m.Architecture).Select(m => new
            {
                compiler = m.Compiler, sm = m.Architecture, registers = m.Resources.Registers, shared = m.Resources.SharedBytes,
                    stack = m.Resources.StackBytes, spills = m.Resources.SpillBytes,
            }),
        }),
        problems = matrix.Problems,
    }, new JsonSerializerOptions { WriteIndented = false });
}
