using System.Diagnostics;
using GpuTensor.Cli.Doctor;

namespace GpuTensor.Cli.Qualification;

/// <summary>A stage at work in its own process: where it says what it finds, and how long it may take.</summary>
internal sealed class StageRun
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly TimeSpan limit;

    public StageRun(StageLog log, string deviceName, string? corpus, TimeSpan limit)
    {
        (Log, DeviceName, Corpus, this.limit) = (log, deviceName, corpus, limit);
        Examination = new(limit, log.Hear, (device, check) => log.Begin(StageLog.Title(device, check)));
    }

    public StageLog Log { get; }

    /// <summary>A device or kind of device: <c>cuda:1</c>, <c>opencl</c>.</summary>
    public string DeviceName { get; }

    /// <summary>The folder of recorded samples; null: where they are usually found.</summary>
    public string? Corpus { get; }

    public Examination Examination { get; }

    /// <summary>Whether it is time to end, listing what was not done.</summary>
    public bool IsOver => watch.Elapsed >= limit;

    /// <summary>Whether the device is simulated, on which sizes are small and times mean nothing.</summary>
    public bool IsSimulated => DeviceName.StartsWith("cuda", StringComparison.Ordinal) && CudaChecks.IsSimulated;

    /// <summary>The device, opened and made the default; null, and a finding, where it does not open.</summary>
    public Device? Open()
    {
        Device? device = null;
        Examination.Check(DeviceName, "opens", () =>
        {
            device = Device.Parse(DeviceName);
            Device.Default = device;
            return device.Description;
        });
        return device;
    }

    public void Cut(string check, string what) => Log.Add(new StageEvent(EventKind.Cut, check, what));

    public void Missing(string check, string what) => Log.Add(new StageEvent(EventKind.Missing, check, what));
}
