using System.CommandLine;
using System.Diagnostics;
using GpuTensor.Cli.Doctor;
using GpuTensor.Cli.Qualification;

namespace GpuTensor.Cli;

/// <summary><c>gputensor qualify</c>: everything that can be checked on a machine with a GPU, within a time, in one report. The stages are
/// in <c>Qualification/</c>, each in a process of its own.</summary>
internal static class QualifyCommand
{
    /// <summary>Less is left than a process needs to start and open a device.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(3);

    public static Command Make()
    {
        var device = new DeviceOption("is no device to qualify", "cuda",
            "opencl") { Description = "The device or kind: cuda, cuda:1, opencl, …", DefaultValueFactory = _ => "cuda" };
        var minutes = new NumberOption<double>("--limit-minutes", 1e-3, 24 * 60,
            absent: 10) { Description = "When to end; what was not run by then is listed", HelpName = "MINUTES" };
        var output = new PathOption("--out", "FILE", "qualification.json") { Description = "The report, rewritten after each stage" };
        var corpus = CommonOptions.Corpus("");
        var stages = new Option<string[]>("--stages")
        {
            Description = $"Only these, the others are listed as not run: {string.Join(", ", Stage.All.Select(s => s.Name))}",
            AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [], HelpName = "NAME",
        };
        stages.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (Stage.All.All(s => s.Name != token.Value)) result.AddError(NoStage(token.Value));
        });
        // What the stage's own process is given.
        var stage = new TextOption("--stage") { Hidden = true };
        var log = new PathOption("--log", "FILE") { Hidden = true };
        var limit = new NumberOption<double>("--stage-limit", 0, 24 * 3600, absent: 60) { Hidden = true };
        var command = new Command("qualify",
            "Check a device by everything there is, within ten minutes; one report says what passed, failed, was missing or cut")
        {
            device, minutes, output, corpus, stages, stage, log, limit,
        };
        command.SetAction(parsed => parsed.GetValue(stage) is { } name
            ? RunStage(name, parsed.GetValue(log), parsed.GetValue(device)!, parsed.GetValue(corpus),
                TimeSpan.FromSeconds(parsed.GetValue(limit)))
            : Run(parsed.GetValue(device)!, parsed.GetValue(minutes), parsed.GetValue(output)!, parsed.GetValue(corpus),
                parsed.GetValue(stages)!));
        return command;
    }

    /// <summary>0: all ran and passed. 1: something failed. 2: nothing failed, but something was missing or cut.</summary>
    private static int Run(string device, double minutes, string output, string? corpus, string[] only)
    {
        Outputs.CheckFile(output);
        string[] options = ["--device", device, .. corpus is null ? [] : (string[])["--corpus", Path.GetFullPath(corpus)]];
        var limit = TimeSpan.FromMinutes(minutes);
        var watch = Stopwatch.StartNew();
        var report = new QualificationReport(Path.GetFullPath(output), device, limit);
        report.Write();
        using var interrupt = new Interrupt();
        for (int i = 0; i < Stage.All.Count; i++)
        {
            var stage = Stage.All[i];
            report.Stages[i] = Wanted(stage) ? RunWithin(stage, i) : new(stage, StageOutcome.NotRun, "not asked for");
            report.Write();
            Print(report.Stages[i]);
        }
        string verdict = report.IsOk ? "all ran and passed" : report.HasFailed ? "something failed"
            : "nothing failed, but something was missing or cut";
        string simulated = report.IsSimulated == true ? " (simulated: it says nothing of hardware)" : "";
        Console.WriteLine($"{verdict}{simulated}; {watch.Elapsed.TotalSeconds:F0} s; the report: {output}");
        return report.IsOk ? 0 : report.HasFailed ? 1 : 2;

        StageResult RunWithin(Stage stage, int i)
        {
            if (interrupt.Requested) return new(stage, StageOutcome.NotRun, "interrupted before it");
            // Its share of what is left: time that one did not need goes to those after it. A little is kept for ending processes and
            // writing.
            var share = (limit * 0.98 - watch.Elapsed) * (stage.Weight / Stage.All.Skip(i).Where(Wanted).Sum(s => s.Weight));
            return share < Shortest
                ? new(stage, StageOutcome.NotRun,
                    $"{Math.Max(0, share.TotalSeconds):F1} s of the {limit.TotalSeconds:F0} s were left for it")
                : StageProcess.Run(stage, share, options, () => interrupt.Requested);
        }

        bool Wanted(Stage stage) => only.Length == 0 || only.Contains(stage.Name);
    }

    private static Stage Named(string name) => Stage.All.FirstOrDefault(s => s.Name == name)
        ?? throw new UsageException(NoStage(name));

    private static string NoStage(string name) =>
        $"{Texts.Quoted(name)} is no stage: expected {string.Join(", ", Stage.All.Select(s => s.Name))}.";

    private static void Print(StageResult result)
    {
        string reason = result.Reason.Split('\n')[0];
        Console.WriteLine($"{QualificationReport.Name(result.Outcome),-8} {result.Stage.Name} ({result.Seconds:F0} "
            + $"s){(reason.Length == 0 ? "" : $": {reason}")}");
    }

    private static int RunStage(string name, string? path, string device, string? corpus, TimeSpan limit)
    {
        var stage = Named(name);
        using var log = new StageLog(path ?? throw new UsageException("--stage needs --log FILE."));
        var run = new StageRun(log, device, corpus, limit);
        try
        {
            log.Add(new StageEvent(EventKind.Note, "simulated", run.IsSimulated.ToString()));
            stage.Run(run);
        }
        // What goes wrong outside a check is a finding too.
        catch (Exception e)
        {
            log.Add(new StageEvent(EventKind.Failed, stage.Name, e is TensorException or IOException or UsageException ? e.Message
                : e.ToString(), Remedies.Of(e)));
        }
        log.Add(new StageEvent(EventKind.End));
        return 0;
    }
}
