using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuTensor.Backends;
using GpuTensor.IO;

namespace GpuTensor.Cli.Qualification;

/// <summary>The report of a qualification: one JSON file, whole at any moment, of at most 16 MiB.</summary>
internal sealed class QualificationReport(string path, string device, TimeSpan limit)
{
    private const int MaximumBytes = 16 << 20;

    /// <summary>Checks told of a stage: as many that failed and as many others.</summary>
    private const int MostChecks = 500;

    private readonly DateTime started = DateTime.UtcNow;

    /// <summary>One a stage, in order.</summary>
    public StageResult[] Stages { get; } = [.. Stage.All.Select(s => new StageResult(s, StageOutcome.NotRun, "not yet run"))];

    /// <summary>Whether everything was run and passed.</summary>
    public bool IsOk => Stages.All(s => s.Outcome == StageOutcome.Passed);

    /// <summary>Whether something that was run failed.</summary>
    public bool HasFailed => Stages.Any(s => s.Outcome is StageOutcome.Failed or StageOutcome.Crashed);

    /// <summary>Whether the device was the simulator; null where nobody could tell.</summary>
    public bool? IsSimulated =>
        Stages.SelectMany(s => s.Events).FirstOrDefault(e => e is { Kind: EventKind.Note, Check: "simulated" }) is { } note
            ? bool.Parse(note.Detail) : null;

    /// <summary>Writes the file as a whole, so that a reader, and a crash, finds the old one or the new one.</summary>
    public void Write()
    {
        int detail = StageLog.DetailLength;
        byte[] bytes;
        do
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(Content(detail), Format);
            detail /= 2;
        }
        while (bytes.Length > MaximumBytes && detail > 0);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private object Content(int detail) => new
    {
        ok = IsOk,
        simulated = IsSimulated,
        version = DiskCache.EngineVersion,
        device,
        system = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
            + $"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors",
        started = started.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        seconds = Math.Round((DateTime.UtcNow - started).TotalSeconds, 1),
        limit_seconds = limit.TotalSeconds,
        failed = Lines([StageOutcome.Failed, StageOutcome.Crashed], [], detail),
        cut = Lines([StageOutcome.Cut, StageOutcome.NotRun], [EventKind.Cut], detail),
        missing = Lines([StageOutcome.Missing], [EventKind.Missing, EventKind.Skipped], detail),
        stages = Stages.Select(s => Describe(s, detail)),
    };

    /// <summary>What all stages say of a kind, a line each.</summary>
    private IEnumerable<string> Lines(StageOutcome[] outcomes, EventKind[] kinds, int detail) =>
        Stages.SelectMany(s => (outcomes.Contains(s.Outcome) ? [$"{s.Stage.Name}: {s.Reason}"] : Array.Empty<string>())
            .Concat(s.Events.Where(e => kinds.Contains(e.Kind)).Take(MostChecks).Select(e => $"{s.Stage.Name}: {e.Check}: {e.Detail}")))
            .Distinct().Select(l => Short(l, detail)!);

    private static object Describe(StageResult result, int detail)
    {
        var events = result.Events;
        var samples = events.Where(e => e.Kind == EventKind.Samples).ToList();
        var checks = events.Where(e => e.Kind is not (EventKind.Begin or EventKind.End or EventKind.Samples)).ToList();
        // Failures first: of these as many are told as of all others.
        StageEvent[] told = [.. checks.Where(e => e.Kind == EventKind.Failed).Take(MostChecks),
            .. checks.Where(e => e.Kind != EventKind.Failed).Take(MostChecks)];
        return new
        {
            name = result.Stage.Name,
            what = result.Stage.What,
            outcome = Name(result.Outcome),
            reason = Short(result.Reason, detail),
            seconds = Math.Round(result.Seconds, 1),
            limit_seconds = Math.Round(result.Limit, 1),
            exit_code = result.ExitCode,
            passed = checks.Count(e => e.Kind == EventKind.Passed) + samples.Sum(e => e.Passed),
            failed = checks.Count(e => e.Kind == EventKind.Failed),
            unsupported = samples.Sum(e => e.Unsupported),
            checks = told.Select(e => new
            {
                check = e.Check,
                outcome = e.Kind.ToString().ToLowerInvariant(),
                detail = Short(e.Detail, detail),
                remedy = e.Remedy,
                seconds = e.Seconds,
            }),
            checks_left_out = checks.Count - told.Length,
            operators = samples.GroupBy(e => e.Check).Select(g => new
            {
                file = g.Key,
                passed = g.Sum(e => e.Passed),
                failed = g.Sum(e => e.Failed),
                unsupported = g.Sum(e => e.Unsupported),
                why = g.Select(e => Short(e.Detail, detail)).FirstOrDefault(d => d!.Length > 0),
                seconds = Math.Round(g.Sum(e => e.Seconds), 3),
            }),
            output = result.Output.Select(l => Short(l, detail)),
        };
    }

    public static string Name(StageOutcome outcome) => outcome == StageOutcome.NotRun ? "not run" : outcome.ToString().ToLowerInvariant();

    private static string? Short(string? text, int length) => text is null || text.Length <= length ? text : text[..length] + "…";
}
