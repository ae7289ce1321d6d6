using System.Diagnostics;
using System.Text.Json;
using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Conformance;

/// <summary>One corpus file's samples on a device: in batches, each again as a graph where that is asked for.</summary>
internal sealed class FileRun(CorpusFile file, Device device, bool replay)
{
    /// <summary>Samples recorded before the first of them is read: what runs together shares kernels, and compiling those is what takes the
    /// time.</summary>
    private const int Batch = 32;

    /// <summary>A plan is captured at its third run and replayed from the fourth on; a run more where memory first lay as before by chance,
    /// then moved.</summary>
    private const int MostRuns = 8;

    private readonly List<Failure> failures = [];
    private int passed, unsupported, replayed, idle;
    private string? why;

    /// <summary>Gets each sample's name and what it computed, once.</summary>
    public Action<string, IReadOnlyList<Reading>>? Observe { get; init; }

    public OperatorResult Run(SampleChoice? draw)
    {
        // Files run beside each other; each draws from a stream of its own.
        Generator.UseOnThisThread(new());
        try
        {
            return RunSamples(draw);
        }
        finally
        {
            Generator.UseOnThisThread(null);
        }
    }

    private OperatorResult RunSamples(SampleChoice? draw)
    {
        var chosen = draw is null ? file.Samples : draw.Of(file.Name, file.Samples);
        var refused = draw is null or { Refused: true } ? file.Errors : [];
        int samples = chosen.Count + refused.Count;
        if (OperatorTable.Find(file) is not { } row) return new(file.Name, samples, 0, samples, [], "no such operator here");
        var watch = Stopwatch.StartNew();
        var runner = new SampleRunner(row, file.Tensors, device);
        foreach (var batch in chosen.Chunk(Batch)) RunTogether(batch, runner.Record);
        // One by one: that a flush fails must be the doing of the call itself.
        foreach (var sample in refused) RunTogether([sample], (call, _) => runner.RecordError(call));
        return new(file.Name, samples, passed, unsupported, failures, why) { Seconds = watch.Elapsed.TotalSeconds, Replayed = replayed,
            Idle = idle };
    }

    /// <summary>The first read runs all that was recorded. If that fails, each sample is run alone, so that only the guilty fail.</summary>
    private void RunTogether(JsonElement[] batch, Func<JsonElement, RecordedSample?, RecordedSample> record)
    {
        List<(JsonElement Sample, RecordedSample Recorded)> samples = [];
        Tensor.ManualSeed(0);
        foreach (var sample in batch)
            try
            {
                samples.Add((sample, record(sample, null)));
            }
            catch (NotHereException e)
            {
                (unsupported, why) = (unsupported + 1, e.Message);
            }
        try
        {
            var first = samples.ConvertAll(s => s.Recorded.Read());
            string?[] wrong = [.. samples.Zip(first, (s, read) => s.Recorded.Check(read))];
            var (asGraphs, nothingRan) = (0, 0);
            if (replay && samples.Count > 0)
            {
                if (RunAgain(samples, first, wrong, record) is not { } counted)
                {
                    // Each of many views is read by a small plan of its own: more than a device keeps graphs of.
                    foreach (var (sample, _) in samples) RunTogether([sample], record);
                    return;
                }
                (asGraphs, nothingRan) = counted;
            }
            if (Observe is { } observe)
                foreach (var ((sample, _), read) in samples.Zip(first)) observe(Id(sample), read);
            passed += wrong.Count(w => w is null);
            (replayed, idle) = (replayed + asGraphs, idle + nothingRan);
            failures.AddRange(wrong.Zip(samples, (w, s) => (w, s.Sample)).Where(p => p.w is not null)
                .Select(p => new Failure(file.Name, Id(p.Sample), p.w!)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (samples is [var (only, _)])
            {
                failures.Add(new(file.Name, Id(only), SampleRunner.Describe(e)));
                Observe?.Invoke(Id(only), [new("the failure", null, SampleRunner.Describe(e))]);
            }
            else
                foreach (var (sample, _) in samples) RunTogether([sample], record);
        }
    }

    /// <summary>Records and runs a batch until every run in it is a launch of a graph that an earlier one captured; each time it must give
    /// what it gave first. Its inputs lie elsewhere each time, but for those that it changes.</summary>
    /// <param name="samples">The batch as it was recorded first.</param>
    /// <param name="first">What it gave.</param>
    /// <param name="wrong">What is wrong with each sample; added to here.</param>
    /// <param name="record">Records a sample.</param>
    /// <returns>Samples that were replayed and gave the same; samples that gave the same and ran nothing. Null where several were not
    /// replayed.</returns>
    private (int Replayed, int Idle)? RunAgain(List<(JsonElement Sample, RecordedSample Recorded)> samples,
        List<IReadOnlyList<Reading>> first, string?[] wrong,
        Func<JsonElement, RecordedSample?, RecordedSample> record)
    {
        var recorder = Recorder.For(device);
        // The inputs of all runs are held: the next one's lie elsewhere. What the earlier ones have in memory is spoilt: a graph that read
        // it, or did nothing, would be seen.
        List<List<RecordedSample>> held = [samples.ConvertAll(s => s.Recorded)];
        for (int run = 2; run <= MostRuns; run++)
        {
            device.Planned!.Spoil(held.SelectMany(h => h).SelectMany(r => r.Leaves.Values).Select(leaf => leaf.Node.Block).OfType<Block>()
                .Where(b => b.Buffer is not null).Distinct());
            // Before anything is recorded, since it runs by itself.
            foreach (var (_, recorded) in samples) recorded.Restore();
            var before = recorder.Ran;
            Tensor.ManualSeed(0);
            var again = samples.ConvertAll(s => record(s.Sample, s.Recorded));
            held.Add(again);
            for (int i = 0; i < again.Count; i++)
            {
                var read = again[i].Read();
                string? difference = read.Count == first[i].Count ? read.Zip(first[i], (now, then) => now.DiffersFrom(then))
                    .FirstOrDefault(d => d is not null) : $"{read.Count} results, not {first[i].Count}";
                wrong[i] ??= difference is null ? null : $"run {run}: {difference}";
            }
            var now = recorder.Ran;
            int same = wrong.Count(w => w is null);
            if (now == before) return (0, same);
            if ((now.Steps, now.Captured) == (before.Steps, before.Captured)) return (same, 0);
        }
        if (samples.Count > 1) return null;
        wrong[0] ??= $"was not replayed in {MostRuns} runs";
        return (0, 0);
    }

    private static string Id(JsonElement sample) => sample.GetProperty("id").GetString()!;
}
