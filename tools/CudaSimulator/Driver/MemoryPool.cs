namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A device's memory pool, as far as the host sees it: how much it holds and how much of that is given out.</summary>
internal sealed class MemoryPool(SimulatedDevice device) : IHandled
{
    private const int ReleaseThreshold = 4, ReservedCurrent = 5, ReservedHigh = 6, UsedCurrent = 7, UsedHigh = 8;
    private ulong _threshold, _reservedHigh, _usedHigh;

    public string Kind => "memory pool";

    public SimulatedContext? Owner => null;

    public SimulatedDevice Device => device;

    public ulong Reserved { get; private set; }

    public ulong Used { get; private set; }

    /// <summary>Books a block that is given out.</summary>
    public void Take(ulong bytes)
    {
        Used += bytes;
        Reserved = Math.Max(Reserved, Used);
        _usedHigh = Math.Max(_usedHigh, Used);
        _reservedHigh = Math.Max(_reservedHigh, Reserved);
    }

    /// <summary>Books a block that has come back; it stays reserved until a wait.</summary>
    public void Return(ulong bytes) => Used -= bytes;

    /// <summary>At a wait, what lies above the threshold and is not given out goes back to the device.</summary>
    public void AtWait() => TrimTo(_threshold);

    public void TrimTo(ulong keep) => Reserved = Math.Max(Used, Math.Min(Reserved, keep));

    /// <summary>Everything that is idle.</summary>
    public void TrimAll() => Reserved = Used;

    public void Set(int attribute, ulong value)
    {
        switch (attribute)
        {
            case 1 or 2 or 3: break;
            case ReleaseThreshold: _threshold = value; break;
            case ReservedHigh when value == 0: _reservedHigh = Reserved; break;
            case UsedHigh when value == 0: _usedHigh = Used; break;
            default: throw DriverError.Value($"pool attribute {attribute} cannot be set to {value}");
        }
    }

    public ulong Get(int attribute) => attribute switch
    {
        ReleaseThreshold => _threshold,
        ReservedCurrent => Reserved,
        ReservedHigh => _reservedHigh,
        UsedCurrent => Used,
        UsedHigh => _usedHigh,
        _ => throw DriverError.Value($"no such pool attribute: {attribute}"),
    };
}
