using System.Diagnostics;

namespace GpuTensor.Cli.Doctor;

/// <summary>What came of a check.</summary>
internal enum Outcome
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>Something is wrong; the finding says what and how to mend it.</summary>
    Failed,

    /// <summary>Does not apply to this machine, or rests on a check that failed; the finding says which.</summary>
    Skipped,

    /// <summary>A fact worth knowing, neither good nor bad.</summary>
    Note,
}

/// <summary>One line of the report.</summary>
/// <param name="Device">The device's name; empty for the machine.</param>
/// <param name="Detail">What was found or is wrong.</param>
/// <param name="Remedy">How to mend it; null where nothing needs mending.</param>
/// <param name="Seconds">How long the check took.</param>
internal sealed record Finding(string Device, string Check, Outcome Outcome, string Detail, string? Remedy = null, double Seconds = 0);

/// <summary>What a check found wrong, and how to mend it.</summary>
internal sealed class DoctorException(string problem, string remedy) : Exception(problem)
{
    public string Remedy { get; } = remedy;
}

/// <summary>A check does not apply here; the message says why.</summary>
internal sealed class NotApplicableException(string why) : Exception(why);

/// <summary>Runs checks one after the other. Whatever one of them does, throw or hang, the next is run and the report is whole.</summary>
/// <param name="limit">The longest a check may take.</param>
/// <param name="listener">Hears each finding at once, so that a crash of the driver leaves all before it on the screen.</param>
/// <param name="starting">Hears the device and name of each check before it runs, so that a crash can be blamed on it.</param>
internal sealed class Examination(TimeSpan limit, Action<Finding> listener, Action<string, string>? starting = null)
{
    private readonly List<Finding> findings = [];

    /// <summary>Devices on which a check did not end, and that check.</summary>
    private readonly Dictionary<string, string> stuck = [];

    public IReadOnlyList<Finding> Findings => findings;

    public int Count(Outcome outcome) => findings.Count(f => f.Outcome == outcome);

    /// <summary>Runs a check in a thread of its own.</summary>
    /// <param name="run">Gives the detail of a check that passed; throws what is wrong.</param>
    /// <returns>True where it passed.</returns>
    public bool Check(string device, string check, Func<string> run)
    {
        if (stuck.TryGetValue(device, out string? other))
        {
            Add(new(device, check, Outcome.Skipped, $"not run: the check '{other}' did not end"));
            return false;
        }
        starting?.Invoke(device, check);
        string detail = "";
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                detail = run();
            }
            // Whatever a broken installation throws is a finding, not the end of the report.
            catch (Exception e)
            {
                error = e;
            }
        })
        { IsBackground = true, Name = $"{device} {check}" };
        var watch = Stopwatch.StartNew();
        thread.Start();
        if (!thread.Join(limit))
        {
            stuck[device] = check;
            Add(new(device, check, Outcome.Failed, $"did not end within {limit.TotalSeconds:F0} s", Remedies.Hang,
                watch.Elapsed.TotalSeconds));
            return false;
        }
        double seconds = watch.Elapsed.TotalSeconds;
        Add(error switch
        {
            null => new(device, check, Outcome.Passed, detail, null, seconds),
            NotApplicableException e => new(device, check, Outcome.Skipped, e.Message, null, seconds),
            var e => new(device, check, Outcome.Failed, Describe(e), Remedies.Of(e), seconds),
        });
        return error is null;
    }

    public void Note(string device, string check, string detail) => Add(new(device, check, Outcome.Note, detail));

    public void Skip(string device, string check, string why) => Add(new(device, check, Outcome.Skipped, why));

    public void Fail(string device, string check, string problem, string remedy) =>
        Add(new(device, check, Outcome.Failed, problem, remedy));

    private void Add(Finding finding)
    {
        findings.Add(finding);
        listener(finding);
    }

    private static string Describe(Exception e) =>
        e is DoctorException or TensorException or Bindings.Cuda.CudaException ? e.Message : $"{e.GetType().Name}: {e.Message}";
}
