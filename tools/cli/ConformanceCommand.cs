using System.CommandLine;
using GpuTensor.Cli.Doctor;
using GpuTensor.Conformance;

namespace GpuTensor.Cli;

/// <summary><c>gputensor conformance</c>: runs a corpus of recorded PyTorch calls and says which pass.</summary>
internal static class ConformanceCommand
{
    public static Command Make()
    {
        var device = CommonOptions.Device();
        var corpus = CommonOptions.Corpus("");
        var filter = new TextOption("--filter") { Description = "Only files whose name contains this", HelpName = "TEXT" };
        var second = new Option<bool>("--second-order") { Description = "Second derivatives (ops2) in place of operators and gradients" };
        var threads = CommonOptions.Threads("Files run");
        var details = new NumberOption<int>("--details", 0, int.MaxValue, absent: 3) { Description = "Failures printed per operator" };
        var oneIn = CommonOptions.OneIn("drawn by --seed, at least three; every call to be refused");
        var replay = new Option<bool?>("--replay")
        {
            Description = "Run each sample step by step, captured and as a graph, and compare the bits; default: where the device has "
                + "graphs", HelpName = "true|false",
        };
        var seed = new NumberOption<int>("--seed", int.MinValue, int.MaxValue, absent: 0) { Description = "The draw of --one-in" };
        var json = CommonOptions.Json();
        var command = new Command("conformance", "Run every recorded PyTorch sample whose operator exists; list the others") { device,
            corpus, filter, second, threads, details, oneIn, seed, replay, json };
        command.SetAction(parsed =>
        {
            var target = CommonOptions.Open(parsed.GetValue(device));
            bool canReplay = ConformanceRun.CanReplay(target);
            if (parsed.GetValue(replay) == true && !canReplay)
                throw new UsageException(
                    $"{target.Name} has no graphs to replay: only CUDA has, and not with GPUTENSOR_EAGER or GPUTENSOR_CUDA_BLOCKING.");
            var run = new ConformanceRun
            {
                Device = target,
                Replay = parsed.GetValue(replay) ?? canReplay,
                Corpus = Open(parsed.GetValue(corpus)),
                SecondOrder = parsed.GetValue(second),
                Threads = parsed.GetValue(threads),
                Draw = parsed.GetValue(oneIn) is > 0 and var n ? new(n, AtLeast: 3, parsed.GetValue(seed)) : null,
                Filter = parsed.GetValue(filter) is { } text ? name => name.Contains(text, StringComparison.OrdinalIgnoreCase) : null,
            };
            return Run(run, parsed.GetValue(json), parsed.GetValue(details));
        });
        return command;
    }

    private static Corpus Open(string? folder) => folder is not null
        ? Corpus.Open(folder)
        : Corpus.Find() ?? throw new UsageException(
            "There is no corpus beside the repository: name one with --corpus DIR or GPUTENSOR_CORPUS.");

    private static int Run(ConformanceRun run, bool json, int details)
    {
        if (!json) Console.WriteLine($"{run.Device.Name} ({run.Device.Description}), {run.Corpus.Root}");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = ErrorProgress.Show(json, report =>
        {
            run.Progress = (op, done, all) => report(op.Operator, done, all);
            return run.Run();
        });
        foreach (var op in result.Operators.Where(o => o.Failures.Count > 0)) Print(op, details);
        var absent = result.Operators.Where(o => o.Unsupported > 0).ToList();
        if (absent.Count > 0)
        {
            Console.WriteLine($"not here: {absent.Sum(o => o.Unsupported)} samples of {absent.Count} operators");
            foreach (var group in absent.GroupBy(o => o.Why))
                Console.WriteLine($"  {group.Key}: {string.Join(", ", group.Select(o => o.Operator))}");
        }
        int whole = result.Operators.Count(o => o.Passed == o.Samples);
        if (run.Replay) Console.WriteLine($"{result.Replayed} samples gave the same bits step by step, captured and replayed; "
            + $"{result.Idle} more, for which the device had nothing to do, gave the same again");
        Console.WriteLine($"{result.Samples} samples: {result.Passed} passed, {result.Failed} failed, {result.Unsupported} unsupported; "
            + $"{whole} of {result.Operators.Count} files pass whole; {watch.Elapsed.TotalSeconds:F1} s");
        if (json) Console.WriteLine(Json(run, result, watch.Elapsed.TotalSeconds));
        return result.Failed == 0 ? 0 : 1;
    }

    private static void Print(OperatorResult op, int details)
    {
        Console.WriteLine($"{op.Operator}: {op.Failures.Count} of {op.Samples} failed");
        foreach (var failure in op.Failures.Take(details)) Console.WriteLine($"  {failure.Sample}: {failure.Reason}");
        if (op.Failures.Count > details) Console.WriteLine($"  and {op.Failures.Count - details} more");
    }

    private static string Json(ConformanceRun run, ConformanceResult result, double seconds) => JsonLine.Of(new
    {
        device = run.Device.Name,
        simulated = run.Device.Kind == "cuda" && CudaChecks.IsSimulated,
        corpus = run.Corpus.Root,
        samples = result.Samples,
        passed = result.Passed,
        failed = result.Failed,
        unsupported = result.Unsupported,
        replayed = run.Replay ? result.Replayed : (int?)null,
        idle = run.Replay ? result.Idle : (int?)null,
        seconds = Math.Round(seconds, 3),
        slowest = result.Operators.OrderByDescending(o => o.Seconds).Take(5)
            .Select(o => new { @operator = o.Operator, seconds = Math.Round(o.Seconds, 3) }),
        unsupported_operators = result.Operators.Where(o => o.Unsupported > 0).Select(o => o.Operator),
        failures = result.Operators.SelectMany(o => o.Failures)
            .Select(f => new { @operator = f.Operator, sample = f.Sample, reason = f.Reason }),
    });
}
