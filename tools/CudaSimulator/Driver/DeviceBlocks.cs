namespace GpuTensor.CudaSimulator.Driver;

/// <summary>The device memory that the host has been given.</summary>
internal sealed class DeviceBlocks(SimulatedDevice device)
{
    private readonly Dictionary<ulong, Block> _live = [];

    /// <summary>A block. <paramref name="Born"/> is the operation from which on it may be used; null for one of
    /// <c>cuMemAlloc</c>.</summary>
    private sealed record Block(ulong Address, ulong Bytes, Operation? Born)
    {
        /// <summary>True once its release was asked for, in a stream's order.</summary>
        public bool Freeing { get; set; }
    }

    public int Count => _live.Count;

    public ulong Bytes => _live.Values.Aggregate(0UL, (sum, b) => sum + b.Bytes);

    public IEnumerable<string> Describe() => _live.Values.Select(b => $"cuda:{device.Ordinal} 0x{b.Address:x}, {b.Bytes} bytes");

    /// <summary><c>cuMemAlloc</c>.</summary>
    public ulong Allocate(ulong bytes)
    {
        MakeRoom(bytes, pool: false);
        return New(bytes, "cuMemAlloc_v2", null);
    }

    /// <summary><c>cuMemAllocAsync</c>.</summary>
    public ulong Allocate(ulong bytes, SimulatedStream stream)
    {
        MakeRoom(bytes, pool: true);
        var born = new MarkOperation($"an allocation on {stream.Name}");
        ulong address = New(bytes, $"cuMemAllocAsync on {stream.Name}", born);
        device.Pool.Take(bytes);
        stream.Enqueue(born);
        return address;
    }

    /// <summary><c>cuMemFree</c>: waits for the device, as the driver does, but gives the host no promise by it.</summary>
    public void Free(ulong address)
    {
        var block = Find(address);
        device.Simulator.Scheduler.RunAll(device);
        if (!block.Freeing) Release(block);
    }

    /// <summary><c>cuMemFreeAsync</c>: in the stream's order; whatever uses the block must come before.</summary>
    public void Free(ulong address, SimulatedStream stream)
    {
        var block = Find(address);
        block.Freeing = true;
        string name = $"cuMemFreeAsync of 0x{address:x} on {stream.Name}";
        stream.Enqueue(new WorkOperation(name, operation =>
        {
            ReleaseCheck.Run(device.Memory, address, operation);
            Release(block);
        }, () => Release(block)));
    }

    /// <summary>At the end of a context.</summary>
    public void FreeAll()
    {
        foreach (var block in _live.Values.ToArray()) Release(block);
    }

    /// <summary>That a range lies in one live block: what copies and fills check at the call.</summary>
    public void RequireRange(ulong address, ulong bytes, string what)
    {
        var allocation = device.Memory.Find(address)
            ?? throw DriverError.Value($"the {what} 0x{address:x} {device.Memory.Whereabouts(address)}");
        if (bytes > allocation.Address + allocation.Bytes - address)
            throw DriverError.Value(
                $"the {what}, {bytes} bytes at 0x{address:x}, leaves its block: it {device.Memory.Whereabouts(address)}");
        if (_live.TryGetValue(allocation.Address, out var block) && block.Freeing)
            throw DriverError.Value($"the {what} 0x{address:x} was given to cuMemFreeAsync before");
    }

    private Block Find(ulong address)
    {
        if (address == 0) throw DriverError.Value("the address is null");
        if (!_live.TryGetValue(address, out var block))
            throw DriverError.Value($"0x{address:x} is no start of a live block: it {device.Memory.Whereabouts(address)}");
        if (block.Freeing) throw DriverError.Value($"0x{address:x} is freed a second time");
        return block;
    }

    private ulong New(ulong bytes, string owner, Operation? born)
    {
        var allocation = device.Memory.Allocate(bytes, owner);
        allocation.Born = born;
        _live.Add(allocation.Address, new(allocation.Address, bytes, born));
        return allocation.Address;
    }

    private void Release(Block block)
    {
        _live.Remove(block.Address);
        device.Memory.Free(block.Address);
        if (block.Born is not null) device.Pool.Return(block.Bytes);
    }

    // The pool first takes what it holds; then idle reserves and pending releases are given up, as a driver does before it refuses.
    private void MakeRoom(ulong bytes, bool pool)
    {
        if (bytes == 0) throw DriverError.Value("an allocation of zero bytes");
        if (Fits(bytes, pool)) return;
        device.Simulator.Scheduler.RunAll(device);
        if (Fits(bytes, pool)) return;
        device.Pool.TrimAll();
        if (!Fits(bytes, pool))
            throw new DriverError(Result.CUDA_ERROR_OUT_OF_MEMORY,
                $"{bytes} bytes are wanted, {device.FreeBytes} of {device.Memory.Capacity} are free");
    }

    private bool Fits(ulong bytes, bool pool) => bytes <= device.FreeBytes + (pool ? device.Pool.Reserved - device.Pool.Used : 0);
}
