using System.Collections.Concurrent;
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

    /// <summary>Which samples of each file; null: all.</summary>
    public SampleDraw? Draw { get; init; }

    /// <summary>Runs each sample again until it is one launch of a captured graph, and compares the bits of all runs.</summary>
    public bool Replay { get; init; }

    /// <summary>Whether a device captures runs, so that <see cref="Replay"/> is possible.</summary>
    public static bool CanReplay(Device device) => device is { Eager: false, Planned.Backend.CanCapture: true };

    /// <summary>Called after each file, from any thread: the result, files done, files in all.</summary>
    public Action<OperatorResult, int, int>? Progress { get; set; }

    /// <summary>Runs the corpus.</summary>
    public ConformanceResult Run()
    {
        if (Replay && !CanReplay(Device)) throw new InvalidOperationException($"{Device.Name} does not replay runs as graphs.");
        string[] files = [.. Corpus.Files(SecondOrder).Where(f => Filter?.Invoke(Path.GetFileNameWithoutExtension(f)) ?? true)];
        var results = new ConcurrentDictionary<string, OperatorResult>();
        int done = 0;
        Parallel.ForEach(Partitioner.Create(files, loadBalance: true), new ParallelOptions { MaxDegreeOfParallelism = Threads }, path =>
        {
            OperatorResult result;
            try
            {
                result = RunFile(path, Device, Draw, Replay);
            }
            catch (Exception e) when (
                e is InvalidDataException or IOException or JsonException or KeyNotFoundException
                    or InvalidOperationException or FormatException)
            {
                // A file that is broken fails as a whole; the others are run.
                string name = Path.GetFileNameWithoutExtension(path);
                result = new(name, 1, 0, 0,
                    [new(name, "(file)", e is InvalidDataException or IOException ? e.Message
                        : $"{path} is not of the corpus format: {e.Message}")]);
            }
            results[path] = result;
            Progress?.Invoke(result, Interlocked.Increment(ref done), files.Length);
        });
        return new([.. files.Select(f => results[f])]);
    }

    /// <summary>Runs one file of a corpus.</summary>
    /// <param name="path">Its JSON.</param>
    /// <param name="device">Where to run.</param>
    /// <param name="draw">Which samples; null: all.</param>
    /// <param name="replay">See <see cref="Replay"/>.</param>
    public static OperatorResult RunFile(string path, Device device, SampleChoice? draw = null, bool replay = false)
    {
        using var file = new CorpusFile(path);
        return new FileRun(file, device, replay).Run(draw);
    }
}
