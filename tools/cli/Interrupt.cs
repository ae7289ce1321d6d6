using System.Runtime.InteropServices;

namespace GpuTensor.Cli;

/// <summary>Turns Ctrl+C and a polite kill into a flag, so that work ends at the next whole step; a second one ends the process at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private volatile bool requested;

    public Interrupt()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = !requested;
                requested = true;
            }));
    }

    /// <summary>Whether somebody asked to stop.</summary>
    public bool Requested => requested;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }
}
