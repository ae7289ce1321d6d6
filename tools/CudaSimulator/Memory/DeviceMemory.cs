namespace GpuTensor.CudaSimulator.Memory;

/// <summary>A device's memory: addresses above 2⁴⁸, where no host mapping ever lies; a gap that belongs to nobody between any two
/// allocations; addresses are never given out twice, so that use after free is always seen. One lock (the device's) guards all use of one
/// instance.</summary>
public sealed unsafe class DeviceMemory(int ordinal, ulong capacity)
{
    private const ulong Alignment = 512, Guard = 1 << 16;
    private readonly List<DeviceAllocation> _live = [];      // by address: addresses only grow
    private readonly Queue<(ulong Address, ulong Bytes, string Owner)> _freed = new();
    private ulong _next = (1UL << 48) + ((ulong)ordinal << 44) + Guard;

    /// <summary>Bytes the device has.</summary>
    public ulong Capacity { get; } = capacity;

    /// <summary>Bytes in live allocations.</summary>
    public ulong Used { get; private set; }

    /// <summary>How many allocations live: zero after everything was freed.</summary>
    public int LiveAllocations => _live.Count;

    /// <summary>Who owns what is still allocated, for reports of leaks.</summary>
    public IEnumerable<string> Describe() => _live.Select(a => $"{a.Bytes} bytes at 0x{a.Address:x}: {a.Owner}");

    /// <summary>The operations that accesses are booked on.</summary>
    internal OperationTimeline Timeline { get; } = new();

    /// <summary>New memory, every byte unwritten.</summary>
    /// <exception cref="DeviceFault">Out of memory, or zero bytes.</exception>
    public DeviceAllocation Allocate(ulong bytes, string owner, bool readOnly = false)
    {
        if (bytes == 0) throw new DeviceFault(FaultKind.InvalidValue, $"An allocation of 0 bytes for {owner}.");
        if (bytes > Capacity - Used)
            throw new DeviceFault(FaultKind.OutOfMemory, $"{bytes} bytes for {owner}: of {Capacity} bytes {Used} are in use.");
        var allocation = new DeviceAllocation(_next, bytes, owner, readOnly);
        _next += (bytes + Alignment - 1) / Alignment * Alignment + Guard;
        Used += bytes;
        _live.Add(allocation);
        return allocation;
    }

    /// <summary>Gives an allocation back; later use of it is a fault that names it as freed.</summary>
    /// <exception cref="DeviceFault">The address is not the start of a live allocation.</exception>
    public void Free(ulong address)
    {
        int index = IndexOf(address);
        if (index < 0 || _live[index].Address != address)
            throw new DeviceFault(FaultKind.InvalidValue,
                $"Free of 0x{address:x}, which {Whereabouts(address)}; only an allocation's start can be freed.");
        var allocation = _live[index];
        _live.RemoveAt(index);
        Used -= allocation.Bytes;
        _freed.Enqueue((allocation.Address, allocation.Bytes, allocation.Owner));
        if (_freed.Count > 4096) _freed.Dequeue();
        allocation.Release();
    }

    /// <summary>The live allocation that holds an address, or null.</summary>
    public DeviceAllocation? Find(ulong address)
    {
        int index = IndexOf(address);
        return index >= 0 ? _live[index] : null;
    }

    /// <summary>The same for an operation's access, which must follow the memory's own allocation.</summary>
    /// <exception cref="DeviceFault">Nothing orders the two.</exception>
    internal DeviceAllocation? Reach(ulong address, DeviceOperation operation)
    {
        var found = Find(address);
        if (found?.Born is { } born && !operation.Follows(born))
            throw new DeviceFault(
                FaultKind.IllegalAddress,
                $"{operation.Name} uses 0x{address:x} and does not follow {born.Name}, which allocates it: no stream or event between "
                + "them.");
        return found;
    }

    /// <summary>Starts an operation: gives it its serial numbers, in the order of execution. Called once for each, just before its
    /// accesses.</summary>
    public void Begin(DeviceOperation operation) => Timeline.Begin(operation);

    /// <summary>Forgets operations up to this one, which everything to come follows: the host has waited for the device.</summary>
    public void Retire(DeviceOperation last) => Timeline.Retire(last);

    /// <summary>Host to device. <paramref name="operation"/> has begun.</summary>
    public void Write(ulong address, byte* source, ulong bytes, DeviceOperation operation)
    {
        if (bytes == 0) return;
        var target = Range(address, bytes, operation, "writes");
        ulong offset = address - target.Address;
        Buffer.MemoryCopy(source, target.Data.Pointer + offset, bytes, bytes);
        RangeShadow.Write(this, target, offset, bytes, operation);
    }

    /// <summary>Device to host; bytes never written read as 0xFF, a NaN in every float type. <see cref="FirstUnwritten"/> finds
    /// them.</summary>
    public void Read(ulong address, byte* destination, ulong bytes, DeviceOperation operation)
    {
        if (bytes == 0) return;
        var source = Range(address, bytes, operation, "reads");
        ulong offset = address - source.Address;
        RangeShadow.Read(this, source, offset, bytes, operation);
        Buffer.MemoryCopy(source.Data.Pointer + offset, destination, bytes, bytes);
        RangeShadow.Poison(source, offset, bytes, destination);
    }

    /// <summary>Device to device, ranges that do not overlap; what was unwritten stays unwritten at the destination.</summary>
    public void Copy(ulong destination, ulong source, ulong bytes, DeviceOperation operation)
    {
        if (bytes == 0) return;
        var from = Range(source, bytes, operation, "reads");
        var to = Range(destination, bytes, operation, "writes");
        ulong fromOffset = source - from.Address, toOffset = destination - to.Address;
        if (from == to && fromOffset < toOffset + bytes && toOffset < fromOffset + bytes)
            throw new DeviceFault(FaultKind.InvalidValue,
                $"{operation.Name}: a copy of {bytes} bytes from 0x{source:x} to 0x{destination:x} overlaps itself.");
        RangeShadow.Read(this, from, fromOffset, bytes, operation);
        Buffer.MemoryCopy(from.Data.Pointer + fromOffset, to.Data.Pointer + toOffset, bytes, bytes);
        RangeShadow.Write(this, to, toOffset, bytes, operation);
        RangeShadow.CopyWritten(from, fromOffset, to, toOffset, bytes);
    }

    /// <summary><paramref name="count"/> elements of 1, 2 or 4 bytes set to <paramref name="value"/>.</summary>
    public void Fill(ulong address, uint value, int elementBytes, ulong count, DeviceOperation operation)
    {
        if (count == 0) return;
        if (address % (ulong)elementBytes != 0)
            throw new DeviceFault(FaultKind.InvalidValue,
                $"{operation.Name}: a fill of {elementBytes}-byte elements at 0x{address:x}, which is misaligned.");
        ulong bytes = count * (ulong)elementBytes;
        var target = Range(address, bytes, operation, "fills");
        ulong offset = address - target.Address;
        byte* data = target.Data.Pointer + offset;
        for (ulong done = 0; done < count;)
        {
            int part = (int)Math.Min(count - done, 1 << 28);
            if (elementBytes == 1) new Span<byte>(data, part).Fill((byte)value);
            else if (elementBytes == 2) new Span<ushort>(data, part).Fill((ushort)value);
            else new Span<uint>(data, part).Fill(value);
            data += (long)part * elementBytes;
            done += (ulong)part;
        }
        RangeShadow.Write(this, target, offset, bytes, operation);
    }

    /// <summary>The first address in the range that was never written, or null. The whole range must be live.</summary>
    public ulong? FirstUnwritten(ulong address, ulong bytes)
    {
        var allocation = Find(address);
        if (allocation is null || bytes > allocation.Address + allocation.Bytes - address) return address;
        return RangeShadow.FirstUnwritten(allocation, address - allocation.Address, bytes);
    }

    /// <summary>Where an address lies, to end a sentence: "is 4 bytes past the end of 1024 bytes at 0x… (weights)".</summary>
    public string Whereabouts(ulong address)
    {
        if (address < 1UL << 32) return address == 0 ? "is the null pointer" : "is no device address";
        if (Find(address) is { } live)
            return $"is byte {address - live.Address} of {live.Bytes} bytes at 0x{live.Address:x} ({live.Owner})";
        foreach (var (start, bytes, owner) in _freed)
            if (address - start < bytes) return $"is byte {address - start} of freed memory: {bytes} bytes at 0x{start:x} ({owner})";
        int after = LowerBound(address);
        if (after > 0 && address - (_live[after - 1].Address + _live[after - 1].Bytes) < Guard)
        {
            var before = _live[after - 1];
            return $"is {address - (before.Address + before.Bytes)} bytes past the end of {before.Bytes} bytes at 0x{before.Address:x} "
                + $"({before.Owner})";
        }
        if (after < _live.Count && _live[after].Address - address < Guard)
            return $"is {_live[after].Address - address} bytes before {_live[after].Bytes} bytes at 0x{_live[after].Address:x} "
                + $"({_live[after].Owner})";
        return "is in no allocation of this device";
    }

    private DeviceAllocation Range(ulong address, ulong bytes, DeviceOperation operation, string verb)
    {
        var allocation = Reach(address, operation);
        if (allocation is null)
            throw new DeviceFault(FaultKind.IllegalAddress,
                $"{operation.Name} {verb} {bytes} bytes at 0x{address:x}, which {Whereabouts(address)}.");
        ulong left = allocation.Address + allocation.Bytes - address;
        if (bytes > left)
            throw new DeviceFault(FaultKind.IllegalAddress,
                $"{operation.Name} {verb} {bytes} bytes at 0x{address:x}, of which only {left} are allocated: it {Whereabouts(address)}.");
        return allocation;
    }

    private int IndexOf(ulong address)
    {
        int index = LowerBound(address + 1) - 1;
        return index >= 0 && address - _live[index].Address < _live[index].Bytes ? index : -1;
    }

    /// <summary>The first live allocation whose start is at least the address.</summary>
    private int LowerBound(ulong address)
    {
        int low = 0, high = _live.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_live[middle].Address < address) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
