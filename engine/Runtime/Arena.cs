using GpuTensor.Devices;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>The device's one working memory, for values that live only within a run. All plans share it, since they run in turn; it grows
/// to what the largest of them needs.</summary>
/// <param name="moving">Called before the memory goes back to the driver: whoever holds its address must let go.</param>
internal sealed class Arena(Backend backend, Pool pool, Action moving)
{
    /// <summary>The memory; null as long as no plan has needed any.</summary>
    public DeviceBuffer? Buffer { get; private set; }

    /// <summary>Bytes that the run at hand needs, which <see cref="Spare"/> leaves alone; 0 between runs.</summary>
    public long Needed { get; set; }

    /// <summary>Makes it as large as <see cref="Needed"/>.</summary>
    /// <param name="what">What the memory is for, where it cannot be had.</param>
    public void Grow(string what)
    {
        if (Needed <= (Buffer?.Bytes ?? 0)) return;
        Release();
        Buffer = pool.TakeWhole(Needed, what);
    }

    /// <summary>Memory is out: what the run at hand does not need goes back to the driver.</summary>
    public void Spare()
    {
        if (Buffer?.Bytes > Pool.SizeOfWhole(Needed)) Release();
    }

    private void Release()
    {
        moving();
        if (Buffer is not null) backend.Free(Buffer);
        Buffer = null;
    }
}
