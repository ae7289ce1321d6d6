namespace GpuTensor.Bindings.Cuda;

/// <summary>Knows when the process is ending. From then on no handle is released: the driver may be gone already, and the system frees
/// everything anyway.</summary>
internal static class ProcessExit
{
    private static int _watching;
    private static volatile bool _begun;

    /// <summary>True once the process has begun to end.</summary>
    public static bool Begun => _begun || Environment.HasShutdownStarted;

    /// <summary>Starts to watch; called when the driver starts.</summary>
    public static void Watch()
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0) AppDomain.CurrentDomain.ProcessExit += static (_, _) => _begun = true;
    }
}
