namespace GpuTensor.CudaSimulator.Memory;

/// <summary>Which operation a serial number belongs to. Serials grow in the order of execution; a launch takes one for each of its
/// blocks.</summary>
internal sealed class OperationTimeline
{
    private readonly List<DeviceOperation> _operations = [];

    /// <summary>The next serial to give out. 0 means never.</summary>
    public uint Next { get; private set; } = 1;

    public void Begin(DeviceOperation operation)
    {
        operation.FirstSerial = Next;
        _operations.Add(operation);
        Take(1);
        operation.OrderedBefore = OrderedBefore(operation);
    }

    /// <summary>More serials for an operation: one for each block beyond the first. It must have begun last: serials are in order of
    /// execution.</summary>
    public void TakeBlocks(DeviceOperation operation, uint count)
    {
        if (operation.FirstSerial == 0 || operation.FirstSerial != Next - 1)
            throw new InvalidOperationException($"{operation.Name} must begin just before it runs.");
        Take(count);
    }

    /// <summary>All operations whose serials are less are known to have ended before this one. Whom this one's latest predecessor follows,
    /// this one follows too, so the search starts where that one's ended.</summary>
    private uint OrderedBefore(DeviceOperation operation)
    {
        int own = IndexOf(operation.FirstSerial), at = own - 1;
        while (at >= 0 && !operation.Follows(_operations[at])) at--;
        int first = at < 0 ? 0 : Math.Max(0, IndexOf(_operations[at].OrderedBefore));
        while (first < own && operation.Follows(_operations[first])) first++;
        return _operations[first].FirstSerial;
    }

    private void Take(uint count)
    {
        if (count > ShadowPlanes.SerialMask - Next)
            throw new DeviceFault(FaultKind.LaunchFailed,
                "The simulator has run 2³⁰ blocks and copies in one process, and can tell no more of them apart.");
        Next += count;
    }

    /// <summary>The operation a serial belongs to, or null if it was retired: everything follows it.</summary>
    public DeviceOperation? Of(uint serial) => IndexOf(serial) is >= 0 and int index ? _operations[index] : null;

    private int IndexOf(uint serial)
    {
        int low = 0, high = _operations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_operations[middle].FirstSerial <= serial) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    /// <summary>Forgets all up to and with this one.</summary>
    public void Retire(DeviceOperation last)
    {
        int count = 0;
        while (count < _operations.Count && _operations[count].FirstSerial <= last.FirstSerial) count++;
        _operations.RemoveRange(0, count);
    }
}
