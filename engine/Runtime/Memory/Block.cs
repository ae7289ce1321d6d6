using GpuTensor.Backends;

namespace GpuTensor.Runtime.Memory;

/// <summary>Memory that holds one materialised value: a range of a device buffer, or host memory on the reference device. When the
/// collector finds it unreachable, the pool takes the range back; <see cref="Pool.Release"/> does so at once.</summary>
internal sealed class Block
{
    /// <summary>The buffer it lies in; null on the reference device.</summary>
    public DeviceBuffer? Buffer { get; init; }

    /// <summary>Where in the buffer it starts, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>Its size in bytes, padding included.</summary>
    public long Bytes { get; init; }

    /// <summary>The contents, on the reference device.</summary>
    public HostArray? Host { get; init; }

    /// <summary>The flat storage it is a part of, which keeps the whole alive; null for a block of its own.</summary>
    public Block? Whole { get; init; }

    /// <summary>The value that was computed last in this place; the next one there overwrites it. Null where no value was computed in
    /// place.</summary>
    public IOccupant? Occupant { get; private set; }

    /// <summary>A new value lies here; the one before is gone.</summary>
    public void Occupy(IOccupant value)
    {
        if (Occupant is { } old && old != value) old.OnOverwritten(this);
        Occupant = value;
        Verdict = null;
    }

    /// <summary>What was found about the indices that what lies here was computed from; null where there were none.</summary>
    public RunVerdict? Verdict { get; set; }

    /// <summary>A run broke off that may have written here.</summary>
    public void Fail(Exception cause)
    {
        Occupant?.OnFailed(this, cause);
        Occupant = null;
    }

    /// <summary>Its number in the pool's table; −1 outside.</summary>
    public int Ticket { get; init; } = -1;
}
