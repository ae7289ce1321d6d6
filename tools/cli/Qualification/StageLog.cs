using System.Text.Json;
using System.Text.Json.Serialization;
using GpuTensor.Cli.Doctor;

namespace GpuTensor.Cli.Qualification;

/// <summary>What a line of a stage's log says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventKind>))]
internal enum EventKind
{
    /// <summary>A check begins; where no other event of its name follows, it never ended.</summary>
    Begin,

    /// <summary>A check passed.</summary>
    Passed,

    /// <summary>A check failed.</summary>
    Failed,

    /// <summary>A check does not apply, or rests on one that failed.</summary>
    Skipped,

    /// <summary>A fact.</summary>
    Note,

    /// <summary>Samples of an operator were run: the counts.</summary>
    Samples,

    /// <summary>Something was not run for want of time.</summary>
    Cut,

    /// <summary>Something could not be run for want of a file, a program or a library.</summary>
    Missing,

    /// <summary>The stage came to its end.</summary>
    End,
}

/// <summary>One line of a stage's log.</summary>
/// <param name="Check">What it is about, the device's name first.</param>
internal sealed record StageEvent(EventKind Kind, string Check = "", string Detail = "", string? Remedy = null, double Seconds = 0,
    int Passed = 0, int Failed = 0, int Unsupported = 0);

/// <summary>What a stage has found so far, in a file that each line reaches at once: it outlives the process that writes it, whatever kills
/// that.</summary>
internal sealed class StageLog : IDisposable
{
    /// <summary>Longer details are cut: a report has an upper size.</summary>
    public const int DetailLength = 4000;

    private readonly Lock gate = new();
    private readonly StreamWriter file;

    public StageLog(string path) =>
        file = new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Add(StageEvent line)
    {
        if (line.Detail.Length > DetailLength) line = line with { Detail = line.Detail[..DetailLength] + "…" };
        string text = JsonSerializer.Serialize(line);
        lock (gate) file.WriteLine(text);
    }

    public void Begin(string check) => Add(new(EventKind.Begin, check));

    /// <summary>Hears an examination's findings.</summary>
    public void Hear(Finding finding) => Add(new(finding.Outcome switch
    {
        Outcome.Passed => EventKind.Passed,
        Outcome.Failed => EventKind.Failed,
        Outcome.Skipped => EventKind.Skipped,
        _ => EventKind.Note,
    }, Title(finding.Device, finding.Check), finding.Detail, finding.Remedy, Math.Round(finding.Seconds, 3)));

    public static string Title(string device, string check) => device.Length == 0 ? check : $"{device} {check}";

    /// <summary>The whole lines of a log; none where there is no file.</summary>
    public static List<StageEvent> Read(string path)
    {
        var events = new List<StageEvent>();
        if (!File.Exists(path)) return events;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
            try
            {
                if (JsonSerializer.Deserialize<StageEvent>(line) is { } read) events.Add(read);
            }
            // The last line of a process that was killed may be torn.
            catch (JsonException)
            {
                break;
            }
        return events;
    }

    public void Dispose() => file.Dispose();
}
