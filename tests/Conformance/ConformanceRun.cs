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

    /// <summary>Which samples of each file; null: all.</summary>
    public SampleDraw? Draw { get; init; }

    /// <summary>Called after each file, from any thread: the result, files done, files in all.</summary>
    public Action<OperatorResult, int, int>? Progress { get; init; }

    /// <summary>Samples recorded before the first of them is read: what runs together shares kernels, and compiling those is what takes the time.</summary>
    private const int Batch = 32;

    /// <summary>Runs the corpus.</summary>
    public ConformanceResult Run()
    {
        string[] files = [.. Corpus.Files(SecondOrder).Where(f => Filter?.Invoke(Path.GetFileNameWithoutExtension(f)) ?? true)];
        var results = new ConcurrentDictionary<string, OperatorResult>();
        int done = 0;
        Parallel.ForEach(Partitioner.Create(files, loadBalance: true), new ParallelOptions { MaxDegreeOfParallelism = Threads }, path =>
        {
            OperatorResult result;
            try
            {
                result = RunFile(path, Device, Draw);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                // A file that is broken fails as a whole; the others are run.
                string name = Path.GetFileNameWithoutExtension(path);
                result = new(name, 1, 0, 0, [new(name, "(file)", e is InvalidDataException or IOException ? e.Message : $"{path} is not of the corpus format: {e.Message}")]);
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
    public static OperatorResult RunFile(string path, Device device, SampleChoice? draw = null)
    {
        using var file = new CorpusFile(path);
        var chosen = draw is null ? file.Samples : draw.Of(file.Name, file.Samples);
        var refused = draw is null or { Refused: true } ? file.Errors : [];
        int samples = chosen.Count + refused.Count;
        if (OperatorTable.Find(file) is not { } row) return new(file.Name, samples, 0, samples, [], "no such operator here");
        var watch = Stopwatch.StartNew();
        var runner = new SampleRunner(row, file.Tensors, device);
        var failures = new List<Failure>();
        int passed = 0, unsupported = 0;
        string? why = null;
        foreach (var batch in chosen.Chunk(Batch)) RunTogether(batch, runner.Record);
        // One by one: that a flush fails must be the doing of the call itself.
        foreach (var sample in refused) RunTogether([sample], runner.RecordError);
        return new(file.Name, samples, passed, unsupported, failures, why) { Seconds = watch.Elapsed.TotalSeconds };

        // The first read runs all that was recorded. If that fails, each sample is run alone, so that only the guilty fail.
        void RunTogether(JsonElement[] batch, Func<JsonElement, Func<string?>> record)
        {
            List<(JsonElement Sample, Func<string?> Check)> recorded = [];
            foreach (var sample in batch)
                try
                {
                    recorded.Add((sample, record(sample)));
                }
                catch (NotHereException e)
                {
                    (unsupported, why) = (unsupported + 1, e.Message);
                }
            try
            {
                var wrong = recorded.ConvertAll(r => (Id: r.Sample.GetProperty("id").GetString()!, Reason: r.Check()));
                passed += wrong.Count(w => w.Reason is null);
                failures.AddRange(wrong.Where(w => w.Reason is not null).Select(w => new Failure(file.Name, w.Id, w.Reason!)));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (recorded is [var (only, _)]) failures.Add(new(file.Name, only.GetProperty("id").GetString()!, SampleRunner.Describe(e)));
                else
                    foreach (var (sample, _) in recorded) RunTogether([sample], record);
            }
        }
    }
}

/// <summary>Which of each file's samples are run, out of an order that a seed gives.</summary>
/// <param name="Seed">The order.</param>
/// <param name="Refused">Whether the calls that must be refused are run as well: all of them.</param>
public abstract record SampleChoice(int Seed, bool Refused)
{
    /// <summary>The chosen places of an order of so many samples.</summary>
    protected abstract Range Of(int samples);

    internal IReadOnlyList<JsonElement> Of(string file, IReadOnlyList<JsonElement> samples)
    {
        var random = new Random(file.Aggregate(Seed, (hash, c) => unchecked(hash * 31 + c)));
        var order = samples.ToArray();
        random.Shuffle(order);
        return order[Of(order.Length)];
    }
}

/// <summary>A part of each file's samples; calls that must be refused are always run.</summary>
/// <param name="OneIn">About one sample in so many.</param>
/// <param name="AtLeast">So many of each file, if it has them.</param>
/// <param name="Seed">The draw.</param>
public sealed record SampleDraw(int OneIn, int AtLeast, int Seed) : SampleChoice(Seed, Refused: true)
{
    /// <inheritdoc/>
    protected override Range Of(int samples) => ..Math.Min(samples, Math.Max(AtLeast, samples / OneIn));
}

/// <summary>One of the rounds that together run every sample of a file once: 1 sample, then 2, 4, 8 and so on. Taking all files through a round before the next one begins covers every
/// operator soon, and the later samples in batches that share compilations.</summary>
/// <param name="Round">From 0; after a file's last one there is nothing to run.</param>
/// <param name="Seed">The order.</param>
/// <param name="Refused">Whether the calls that must be refused are run as well, for which one round suffices.</param>
public sealed record SampleRound(int Round, int Seed, bool Refused) : SampleChoice(Seed, Refused)
{
    /// <inheritdoc/>
    protected override Range Of(int samples) => Math.Min(samples, (1 << Round) - 1)..Math.Min(samples, (2 << Round) - 1);
}
