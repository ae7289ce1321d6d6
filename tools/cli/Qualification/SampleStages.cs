using System.Collections.Concurrent;
using GpuTensor.Cli.Doctor;
using GpuTensor.Conformance;
using GpuTensor.Backends.Cuda;

namespace GpuTensor.Cli.Qualification;

/// <summary>Recorded PyTorch calls. All files go through a round before any begins the next, so that a run that is cut short has tried
/// every operator.</summary>
internal static class SampleStages
{
    /// <summary>Samples that run under compute-sanitizer, which is slow.</summary>
    public const int Few = 50;

    private const int Seed = 4;

    private sealed record SampleFile(string Label, string Path);

    public static void RunAll(StageRun run)
    {
        if (Open(run) is not var (device, corpus)) return;
        List<SampleFile> files = [.. Files(corpus, secondOrder: false), .. Files(corpus, secondOrder: true)];
        int all = files.Count, round = 0;
        var tried = new ConcurrentDictionary<string, bool>();
        var cuda = device.Planned?.Backend as CudaBackend;
        long small = cuda?.SmallDomain ?? 0;
        for (; files.Count > 0 && !run.IsOver; round++)
        {
            // Samples are small: in every second round they run what large tensors run.
            if (cuda is not null) cuda.SmallDomain = round % 2 == 0 ? 0 : small;
            var whole = new ConcurrentBag<SampleFile>();
            int now = round;
            Parallel.ForEach(Partitioner.Create(files, loadBalance: true),
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, file =>
            {
                if (run.IsOver) return;
                if (RunFile(run, device, file, new(now, Seed, Refused: now == 0), ConformanceRun.CanReplay(device)) is not { Samples: > 0 })
                    whole.Add(file);
                tried[file.Label] = true;
            });
            files = [.. files.Except(whole)];
        }
        if (cuda is not null) cuda.SmallDomain = small;
        if (files.Count > 0)
            run.Cut("conformance", $"{tried.Count} of {all} files of samples were begun and {all - files.Count} run whole "
                + $"when the time was over, in round {round} (1 sample of each, then 2, 4, 8, …)");
    }

    /// <summary>One sample each of operators drawn by the seed.</summary>
    public static void RunFew(StageRun run)
    {
        if (Open(run) is not var (device, corpus)) return;
        SampleFile[] files = [.. Files(corpus, secondOrder: false)];
        new Random(Seed).Shuffle(files);
        int done = 0;
        foreach (var file in files)
        {
            if (done >= Few) return;
            if (run.IsOver)
            {
                run.Cut("samples", $"{done} of {Few} samples were run when the time was over");
                return;
            }
            if (RunFile(run, device, file, new(0, Seed, Refused: false), replay: false) is { } result)
                done += result.Samples - result.Unsupported;
        }
        if (done < Few) run.Missing("samples", $"the corpus holds {done} samples of {Few}, one an operator");
    }

    private static (Device Device, Corpus Corpus)? Open(StageRun run)
    {
        var corpus = run.Corpus is { } folder ? Corpus.Open(folder) : Corpus.Find();
        if (corpus is null)
        {
            run.Missing("corpus", "there are no recorded samples: name their folder with --corpus DIR or GPUTENSOR_CORPUS");
            return null;
        }
        return run.Open() is { } device ? (device, corpus) : null;
    }

    private static IEnumerable<SampleFile> Files(Corpus corpus, bool secondOrder) =>
        corpus.Files(secondOrder).Select(f => new SampleFile($"{(secondOrder ? "ops2" : "ops")}/{Path.GetFileNameWithoutExtension(f)}", f));

    /// <summary>Runs a round of a file. Null where the file could not be run.</summary>
    private static OperatorResult? RunFile(StageRun run, Device device, SampleFile file, SampleRound round, bool replay)
    {
        run.Log.Begin(file.Label);
        try
        {
            var result = ConformanceRun.RunFile(file.Path, device, round, replay);
            foreach (var failure in result.Failures)
                run.Log.Add(new StageEvent(EventKind.Failed, $"{file.Label} {failure.Sample}", failure.Reason));
            run.Log.Add(new StageEvent(EventKind.Samples, file.Label, result.Why ?? "", null, Math.Round(result.Seconds, 3), result.Passed,
                result.Failures.Count, result.Unsupported));
            return result;
        }
        // A file that cannot be read, or a device that does not recover: the other files are run all the same.
        catch (Exception e)
        {
            run.Log.Add(new StageEvent(EventKind.Failed, file.Label, $"{e.GetType().Name}: {e.Message}", Remedies.Of(e)));
            return null;
        }
    }
}
