using System.CommandLine;
using GpuTensor.Bindings.Cuda;
using GpuTensor.Cli.Doctor;
using GpuTensor.Backends;

namespace GpuTensor.Cli;

/// <summary><c>gputensor doctor</c>: checks this machine's drivers, libraries and devices with small calculations, says what is wrong and
/// how to mend it. A check a line in <c>Doctor/</c>; the exit code is 0 only where every check that applies passed.</summary>
internal static class DoctorCommand
{
    public static Command Make()
    {
        var device = new DeviceOption("is nothing the doctor examines", "cuda",
            "opencl") { Description = "Only this kind or device: cuda, cuda:0, opencl, …" };
        var limit = new NumberOption<int>("--limit", 1, 86_400, absent: 120) { Description = "The longest a check may take",
            HelpName = "SECONDS" };
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Check drivers, libraries and devices; say what is wrong and how to mend it") { device, limit,
            json };
        command.SetAction(parsed => Run(parsed.GetValue(device), parsed.GetValue(limit), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? only, int limit, bool json)
    {
        var examination = new Examination(TimeSpan.FromSeconds(limit), json ? _ => { } : Print);
        Examine(examination, only);
        int failed = examination.Count(Outcome.Failed), passed = examination.Count(Outcome.Passed),
            skipped = examination.Count(Outcome.Skipped);
        if (json) Console.WriteLine(Json(examination, failed == 0));
        else
        {
            if (failed > 0 && CudaAttempts() is { Count: > 0 } attempts)
                Console.WriteLine($"\nWhere CUDA's libraries were looked for:\n{LibraryAttempt.Report(attempts)}\n");
            string named = string.Join(", ", examination.Findings.Where(f => f.Outcome == Outcome.Failed).Select(Title));
            Console.WriteLine($"{passed} passed, {failed} failed, {skipped} did not apply{(failed == 0 ? "" : $": {named}")}");
        }
        return failed == 0 ? 0 : 1;
    }

    /// <summary>All checks of the devices that a kind or name selects; null: of the whole machine.</summary>
    public static void Examine(Examination examination, string? only)
    {
        string kind = (only ?? "").Split(':')[0];
        Machine.Begin(examination);
        if (kind is "" or "cuda") CudaChecks.Run(examination, Wanted);
        if (kind is "" or "opencl") OpenClChecks.Run(examination, Wanted);
        if (only is null) Machine.End(examination);
        else if (!examination.Findings.Any(f => f.Outcome is Outcome.Passed or Outcome.Failed && Wanted(f.Device)
            && f.Device.Contains(':')))
            examination.Fail(only, "devices", $"There is no {only} to examine.",
                "See the findings above; 'gputensor devices' lists what there is.");

        bool Wanted(string name) => only is null || name == only || name.StartsWith(only + ":", StringComparison.Ordinal);
    }

    private static string Title(Finding finding) => finding.Device.Length == 0 ? finding.Check : $"{finding.Device} {finding.Check}";

    private static IReadOnlyList<LibraryAttempt> CudaAttempts() => Bindings.Cuda.Cuda.LibraryAttempts;

    private static void Print(Finding finding)
    {
        string sign = finding.Outcome switch { Outcome.Passed => "ok  ", Outcome.Failed => "FAIL", Outcome.Skipped => "-   ", _ => "    " };
        string seconds = finding.Seconds >= 1 ? $" ({finding.Seconds:F1} s)" : "";
        Console.WriteLine($"{sign} {Title(finding)}: "
            + $"{finding.Detail.TrimEnd().Replace("\n", "\n       ", StringComparison.Ordinal)}{seconds}");
        if (finding.Remedy is { } remedy) Console.WriteLine($"       to mend it: {remedy}");
    }

    private static string Json(Examination examination, bool ok) => JsonLine.Of(new
    {
        ok,
        simulated = CudaChecks.IsSimulated,
        version = DiskCache.EngineVersion,
        passed = examination.Count(Outcome.Passed),
        failed = examination.Count(Outcome.Failed),
        skipped = examination.Count(Outcome.Skipped),
        checks = examination.Findings.Select(f => new
        {
            device = f.Device, check = f.Check, outcome = f.Outcome.ToString().ToLowerInvariant(), detail = f.Detail, remedy = f.Remedy,
                seconds = Math.Round(f.Seconds, 3),
        }),
        attempts = CudaAttempts()
            .Select(a => new { library = a.Library.ToString(), origin = a.Origin, path = a.Path, loaded = a.Loaded, outcome = a.Outcome }),
    });
}
