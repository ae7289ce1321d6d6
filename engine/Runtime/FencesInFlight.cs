using GpuTensor.Backends;

namespace GpuTensor.Runtime;

/// <summary>Keeps the host from running away from the device: at most two fences are in flight, and whoever wants a third waits for the
/// older one.</summary>
/// <remarks>A fence follows each run, but of tiny runs only each sixteenth: threads that wake each other after every run cost more than
/// such runs do.</remarks>
internal sealed class FencesInFlight(Backend backend)
{
    private const int Most = 2, TinyRunsToFence = 16;

    private readonly Queue<DeviceFence> fences = new();
    private int tinyRuns;

    /// <summary>Before a run: waits until there is room for its fence.</summary>
    public void MakeRoom()
    {
        while (fences.Count >= Most)
        {
            using var fence = fences.Dequeue();
            fence.Wait();
        }
    }

    /// <summary>After a run, whose work is handed to the device.</summary>
    /// <param name="isTiny">The run takes microseconds.</param>
    public void Mark(bool isTiny)
    {
        if (isTiny && ++tinyRuns < TinyRunsToFence)
        {
            backend.Flush();
            return;
        }
        fences.Enqueue(backend.Mark());
        tinyRuns = 0;
    }

    /// <summary>Gives up all fences: the device has done everything, or is closed.</summary>
    public void Clear()
    {
        while (fences.TryDequeue(out var fence)) fence.Dispose();
    }
}
