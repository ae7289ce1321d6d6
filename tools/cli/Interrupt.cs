using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuTensor.Cli;

/// <summary>Turns Ctrl+C, a polite kill and a closed terminal into a flag, so that work ends at the next whole step. The same signal once
/// more ends the process at once, but for SIGHUP, which a closing terminal may send twice.</summary>
internal sealed class Interrupt : IDisposable
{
    private static readonly Dictionary<PosixSignal,
        int> Numbers = new() { [PosixSignal.SIGHUP] = 1, [PosixSignal.SIGINT] = 2, [PosixSignal.SIGTERM] = 15 };

    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly HashSet<PosixSignal> seen = [];
    private readonly CancellationTokenSource cancellation = new();
    private volatile int exitCode;

    /// <summary>Listens from here on. Before a device is opened: LLVM, inside PoCL, takes the signals too, and passes them on to who
    /// listened before.</summary>
    public Interrupt()
    {
        foreach (var signal in Numbers.Keys)
            if (signal != PosixSignal.SIGHUP || !IsHangUpIgnored()) registrations.Add(PosixSignalRegistration.Create(signal, Hear));
    }

    /// <summary>Whether somebody asked to stop.</summary>
    public bool Requested => exitCode != 0;

    /// <summary>As a shell reports a process that the first signal ended: 128 and the signal's number; 130 for Ctrl+C.</summary>
    public int ExitCode => exitCode;

    /// <summary>Cancelled when somebody asks to stop.</summary>
    public CancellationToken Token => cancellation.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        cancellation.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        lock (seen) context.Cancel = seen.Add(context.Signal) || context.Signal == PosixSignal.SIGHUP;
        if (exitCode == 0) exitCode = 128 + Numbers[context.Signal];
        cancellation.Cancel();
    }

    /// <summary>Whether the program was started to outlive its terminal, as <c>nohup</c> does it.</summary>
    private static bool IsHangUpIgnored()
    {
        const string field = "SigIgn:";
        try
        {
            return OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status")
                .FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) is { } line
                && ulong.TryParse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong ignored)
                && (ignored & 1) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
