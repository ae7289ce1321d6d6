namespace GpuTensor.CudaSimulator.Memory;

/// <summary>Which operation a serial number belongs to. Serials grow in the order of execution; a launch takes one for each of its blocks.</summary>
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
    }

    /// <summary>More serials for the operation that began last: one for each block beyond the first.</summary>
    public void Take(uint count)
    {
        if (count > ShadowPlanes.SerialMask - Next)
            throw new DeviceFault(FaultKind.LaunchFailed, "The simulator has run 2³⁰ blocks and copies in one process, and can tell no more of them apart.");
        Next += count;
    }

    /// <summary>The operation a serial belongs to, or null if it was retired: everything follows it.</summary>
    public DeviceOperation? Of(uint serial)
    {
        int low = 0, high = _operations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_operations[middle].FirstSerial <= serial) low = middle + 1;
            else high = middle;
        }
        return low > 0 ? _operations[low - 1] : null;
    }

    /// <summary>Forgets all up to and with this one.</summary>
    public void Retire(DeviceOperation last)
    {
        int count = 0;
        while (count < _operations.Count && _operations[count].FirstSerial <= last.FirstSerial) count++;
        _operations.RemoveRange(0, count);
    }
}
