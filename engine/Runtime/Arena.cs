using GpuTensor.Backends;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>The device's one working memory, for values that live only within a run. All plans share it, since they run in turn; it grows
/// to what the largest of them needs.</summary>
/// <param name="moving">Called before the memory goes back to the driver: whoever holds its address must let go.</param>
internal sealed class Arena(Backend backend, Pool pool, Action moving)
{
    private long needed;

    /// <summary>The memory; null as long as no plan has needed any.</summary>
    public DeviceBuffer? Buffer { get; private set; }

    /// <summary>A run begins. Where memory is out before the run has its working memory, so much is left.</summary>
    public void Begin(long bytes) => needed = bytes;

    /// <summary>Working memory for the run that has begun, until it ends; null where it needs none.</summary>
    /// <param name="what">The purpose of the memory, for the error where there is too little.</param>
    public DeviceBuffer? Take(string what)
    {
        if (needed == 0) return null;
        if (needed > (Buffer?.Bytes ?? 0))
        {
            Release();
            Buffer = pool.TakeWhole(needed, what);
        }
        // The run knows its address now, so none of it can be spared.
        needed = Buffer!.Bytes;
        return Buffer;
    }

    /// <summary>The run has ended.</summary>
    public void End() => needed = 0;

    /// <summary>Memory is out: what no run needs goes back to the driver.</summary>
    public void Spare()
    {
        if (Buffer?.Bytes > Pool.SizeOfWhole(needed)) Release();
    }

    private void Release()
    {
        moving();
        if (Buffer is not null) backend.Free(Buffer);
        Buffer = null;
    }
}
