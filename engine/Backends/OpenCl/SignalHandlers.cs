using System.Runtime.InteropServices;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Keeps the process's signal handlers while OpenCL drivers load and compile: taken before, put back after. .NET turns the
/// signals of faults into exceptions (SIGFPE: <see cref="DivideByZeroException"/>, SIGSEGV: <see cref="NullReferenceException"/>). PoCL
/// takes SIGFPE as it loads, and its LLVM takes nearly every signal as it compiles, until the first one comes: then it deletes the files
/// being compiled, and a fault in the user's own C# kills the process, at once or where two threads fault together. Linux only: elsewhere
/// it does nothing.
/// </summary>
/// <remarks>No kernel needs PoCL's handler, which steps over a division that traps: generated integer divisions never trap.</remarks>
internal sealed partial class SignalHandlers
{
    /// <summary>PoCL's own switch for its SIGFPE handler, read from the native environment as PoCL loads. A user's own value is
    /// respected.</summary>
    public const string PoclVariable = "POCL_SIGFPE_HANDLER";

    private const int Sigfpe = 8;

    // struct sigaction has 152 bytes in glibc and musl, the handler's address first; much behind it is left unwritten.
    private const int Room = 256;

    // LLVM has one handler for most signals, and one beside it for SIGUSR1.
    private const int NearBytes = 1 << 16;

    // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: .NET sets them as the process starts and never again.
    private static readonly int[] FaultSignals = [4, 5, 6, 7, Sigfpe, 11];

    private static readonly SignalHandlers Faults = new(FaultSignals);

    // Real-time signals are the C library's and .NET's; SIGKILL and SIGSTOP have no handler, and the calls fail for them.
    private static readonly SignalHandlers All = new([.. Enumerable.Range(1, 31)]);

    private static bool poclTakesSigfpe;

    private readonly Lock gate = new();
    private readonly int[] signals;
    private readonly byte[] before;
    private int depth;

    private SignalHandlers(int[] signals) => (this.signals, before) = (signals, new byte[signals.Length * Room]);

    /// <summary>Keeps all handlers while a driver loads, to be called before its library does, or compiles for the first time. What another
    /// thread begins to handle just then may be lost.</summary>
    public static Keeper KeepAll()
    {
        if (!OperatingSystem.IsLinux()) return default;
        // A value set by Environment.SetEnvironmentVariable is the user's, too, and has not reached native code yet.
        string? given = EnvironmentVariables.Text(PoclVariable);
        poclTakesSigfpe = given is not (null or "0");
        NativeEnvironment.Pass(PoclVariable, given ?? "0", overwrite: given is not null);
        return All.Enter();
    }

    /// <summary>Keeps the handlers of faults while a driver compiles.</summary>
    public static Keeper KeepFaults() => OperatingSystem.IsLinux() ? Faults.Enter() : default;

    // The first who enters takes the handlers and the last who leaves puts them back: one in between may see a driver's.
    private Keeper Enter()
    {
        lock (gate)
        {
            if (depth++ == 0)
                for (int i = 0; i < signals.Length; i++) _ = SetHandler(signals[i], [], Before(i));
        }
        return new(this);
    }

    private void Leave()
    {
        Span<byte> now = stackalloc byte[Room];
        lock (gate)
        {
            if (--depth > 0) return;
            // .NET takes other signals while it runs (SIGCHLD with the first process it starts): theirs are put back only where the new
            // handler lies beside one that took a fault's.
            long driver = 0;
            foreach (bool faults in (ReadOnlySpan<bool>)[true, false])
                for (int i = 0; i < signals.Length; i++)
                {
                    if (FaultSignals.Contains(signals[i]) != faults || (signals[i] == Sigfpe && poclTakesSigfpe)) continue;
                    if (SetHandler(signals[i], [], now) != 0) continue;
                    long address = BitConverter.ToInt64(now);
                    if (address == BitConverter.ToInt64(Before(i)) || (!faults && Math.Abs(address - driver) > NearBytes)) continue;
                    if (faults) driver = address;
                    _ = SetHandler(signals[i], Before(i), []);
                }
        }
    }

    private Span<byte> Before(int i) => before.AsSpan(i * Room, Room);

    // An empty span is a null pointer.
    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SetHandler(int signal, Span<byte> action, Span<byte> old);

    /// <summary>Puts the handlers back when disposed.</summary>
    public readonly struct Keeper(SignalHandlers? of) : IDisposable
    {
        public void Dispose() => of?.Leave();
    }
}
