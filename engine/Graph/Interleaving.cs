namespace GpuTensor.Graph;

/// <summary>The points between two steps at which another thread can do most harm. Stress tests delay threads there; elsewhere nothing
/// happens.</summary>
internal static class Interleaving
{
    /// <summary>Called at each point, on the thread that is there; null outside stress tests.</summary>
    public static Action? Delay { get; set; }

    public static void Point() => Delay?.Invoke();
}
