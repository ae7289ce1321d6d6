using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>Runs the samples of a corpus on a device, operator by operator, several files at a time.</summary>
public sealed class ConformanceRun
{
    /// <summary>Where to run.</summary>
    public required Device Device { get; init; }

    /// <summary>The recorded samples.</summary>
    public required Corpus Corpus { get; init; }

    /// <summary>Runs second derivatives (<c>ops2</c>) in place of operators and gradients.</summary>
    public bool SecondOrder { get; init; }

    /// <summary>Files run at a time; each thread records into its own graph.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Runs only the files whose name it accepts.</summary>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>Called after each file, from any thread: the result, files done, files in all.</summary>
    public Action<OperatorResult, int, int>? Progress { get; init; }

    /// <summary>Runs the corpus.</summary>
    public ConformanceResult Run()
    {
        string[] files = [.. Corpus.Files(SecondOrder).Where(f => Filter?.Invoke(Path.GetFileNameWithoutExtension(f)) ?? true)];
        var results = new ConcurrentDictionary<string, OperatorResult>();
        int done = 0;
        Parallel.ForEach(Partitioner.Create(files, loadBalance: true), new ParallelOptions { MaxDegreeOfParallelism = Threads }, path =>
        {
            var result = RunFile(path, Device);
            results[path] = result;
            Progress?.Invoke(result, Interlocked.Increment(ref done), files.Length);
        });
        return new([.. files.Select(f => results[f])]);
    }

    /// <summary>Runs one file of a corpus.</summary>
    public static OperatorResult RunFile(string path, Device device)
    {
        using var file = new CorpusFile(path);
        int samples = file.Samples.Count + file.Errors.Count;
        if (OperatorTable.Find(file) is not { } row) return new(file.Name, samples, 0, samples, [], "no such operator here");
        var watch = Stopwatch.StartNew();
        var runner = new SampleRunner(row, file.Tensors, device);
        var failures = new List<Failure>();
        int passed = 0, unsupported = 0;
        string? why = null;
        foreach (var sample in file.Samples) Add(sample, runner.Run);
        foreach (var sample in file.Errors) Add(sample, runner.RunError);
        return new(file.Name, samples, passed, unsupported, failures, why) { Seconds = watch.Elapsed.TotalSeconds };

        void Add(JsonElement sample, Func<JsonElement, string?> run)
        {
            try
            {
                if (run(sample) is { } wrong) failures.Add(new(file.Name, sample.GetProperty("id").GetString()!, wrong));
                else passed++;
            }
            catch (NotHereException e)
            {
                (unsupported, why) = (unsupported + 1, e.Message);
            }
        }
    }
}
