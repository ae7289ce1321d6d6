using System.Diagnostics;

namespace GpuTensor.Cli.Qualification;

/// <summary>How a stage ended.</summary>
internal enum StageOutcome
{
    /// <summary>All of it ran and passed.</summary>
    Passed,

    /// <summary>A check failed.</summary>
    Failed,

    /// <summary>Its process died before its end.</summary>
    Crashed,

    /// <summary>Time was over before its end.</summary>
    Cut,

    /// <summary>A file, program or library that it needs is not here.</summary>
    Missing,

    /// <summary>It has not been run, or not yet.</summary>
    NotRun,
}

/// <summary>What became of a stage.</summary>
/// <param name="Reason">Why it is not <see cref="StageOutcome.Passed"/>; empty where it is.</param>
internal sealed record StageResult(Stage Stage, StageOutcome Outcome, string Reason, double Seconds = 0, double Limit = 0,
    int? ExitCode = null)
{
    public IReadOnlyList<StageEvent> Events { get; init; } = [];

    /// <summary>The last lines its process wrote.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];
}

/// <summary>Runs a stage in a process of its own, this program's, so that neither a fault in native code nor a hang costs more than the
/// stage.</summary>
internal static class StageProcess
{
    private const int OutputLines = 60, OutputWidth = 500;

    /// <summary>What compute-sanitizer is told to end with where it found something.</summary>
    private const int SanitizerFound = 86;

    /// <param name="options">Options that the stage's process gets beside those of its log and limit.</param>
    /// <param name="cancelled">Asked a few times a second: true ends the stage.</param>
    public static StageResult Run(Stage stage, TimeSpan limit, IEnumerable<string> options, Func<bool> cancelled)
    {
        List<string> command = [];
        if (stage.Sanitized)
        {
            if (OnPath("compute-sanitizer") is not { } tool)
                return new(stage, StageOutcome.Missing,
                    "compute-sanitizer is not on PATH: it comes with NVIDIA's CUDA toolkit (apt install cuda-sanitizer-13-0)");
            command = [tool, "--tool", "memcheck", "--error-exitcode", SanitizerFound.ToString(), "--print-limit", "20"];
        }
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        command.Add(self);
        // Under "dotnet PROGRAM.dll" the program is the first argument.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") command.Add(Path.GetFullPath(Environment.GetCommandLineArgs()[0]));

        string folder = Directory.CreateTempSubdirectory("gputensor-qualify-").FullName, log = Path.Combine(folder, "log.jsonl");
        // It ends by itself a little before it is ended: what it did not do is then told, not guessed.
        double soft = Math.Max(1, limit.TotalSeconds * 0.85 - 2);
        string[] arguments = [.. command.Skip(1), "qualify", "--stage", stage.Name, "--log", log, "--stage-limit",
            soft.ToString("F1", System.Globalization.CultureInfo.InvariantCulture), .. options];
        var start = new ProcessStartInfo(command[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var output = new Queue<string>();
        var watch = Stopwatch.StartNew();
        try
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += Hear;
            process.ErrorDataReceived += Hear;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (!process.WaitForExit(200) && watch.Elapsed < limit && !cancelled())
            {
            }
            // After Ctrl+C its process has ended too.
            bool interrupted = cancelled();
            bool ended = process.HasExited;
            if (!ended) process.Kill(entireProcessTree: true);
            Drain(process);
            int? code = ended ? process.ExitCode : null;
            var events = StageLog.Read(log);
            var (outcome, reason) = Judge(stage, events, code, interrupted, limit);
            lock (output) return new(stage, outcome, reason, watch.Elapsed.TotalSeconds, limit.TotalSeconds, code)
                { Events = events, Output = [.. output] };
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new(stage, StageOutcome.Missing, $"{command[0]} did not start: {e.Message}", watch.Elapsed.TotalSeconds,
                limit.TotalSeconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not { } text) return;
            lock (output)
            {
                output.Enqueue(text.Length > OutputWidth ? text[..OutputWidth] + "…" : text);
                if (output.Count > OutputLines) output.Dequeue();
            }
        }
    }

    /// <summary>Waits for the rest of its output; a grandchild that lives on must not hold us.</summary>
    private static void Drain(Process process)
    {
        using var patience = new CancellationTokenSource(2000);
        try
        {
            process.WaitForExitAsync(patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>The worst of what happened.</summary>
    private static (StageOutcome, string) Judge(Stage stage, IReadOnlyList<StageEvent> events, int? code, bool interrupted, TimeSpan limit)
    {
        bool whole = events.Any(e => e.Kind == EventKind.End);
        string last = Unfinished(events) is { Count: > 0 } names ? $", in the middle of {string.Join(", ", names.Take(8))}" : "";
        if (interrupted && !whole) return (StageOutcome.Cut, $"interrupted{last}");
        if (stage.Sanitized && code == SanitizerFound) return (StageOutcome.Failed, "compute-sanitizer found errors: see the output");
        if (code is not null && !whole) return (StageOutcome.Crashed, $"the process ended with {code}{last}");
        if (code is { } wrong and not 0) return (StageOutcome.Crashed, $"the process ended with {wrong}, after its last check");
        if (events.FirstOrDefault(e => e.Kind == EventKind.Failed) is { } failed)
            return (StageOutcome.Failed, $"{failed.Check}: {failed.Detail}");
        if (code is null)
            return whole ? (StageOutcome.Failed, $"the process had done everything and did not end within {limit.TotalSeconds:F0} s")
                : (StageOutcome.Cut, $"ended after {limit.TotalSeconds:F0} s{last}");
        if (events.FirstOrDefault(e => e.Kind == EventKind.Cut) is { } cut) return (StageOutcome.Cut, $"{cut.Check}: {cut.Detail}");
        if (events.FirstOrDefault(e => e.Kind is EventKind.Missing or EventKind.Skipped) is { } missing)
            return (StageOutcome.Missing, $"{missing.Check}: {missing.Detail}");
        return events.Any(e => e.Kind == EventKind.Passed) ? (StageOutcome.Passed, "") : (StageOutcome.Failed, "nothing was checked");
    }

    private static List<string> Unfinished(IReadOnlyList<StageEvent> events)
    {
        var open = new List<string>();
        foreach (var e in events)
            if (e.Kind == EventKind.Begin) open.Add(e.Check);
            else open.Remove(e.Check);
        return open;
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)).FirstOrDefault(File.Exists);
}
