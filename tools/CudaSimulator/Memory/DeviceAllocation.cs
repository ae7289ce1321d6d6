namespace GpuTensor.CudaSimulator.Memory;

/// <summary>A live range of device memory: its bytes on the host, which device addresses never reveal, and its shadow.</summary>
public sealed unsafe class DeviceAllocation
{
    internal DeviceAllocation(ulong address, ulong bytes, string owner, bool readOnly)
    {
        (Address, Bytes, Owner, ReadOnly) = (address, bytes, owner, readOnly);
        // Whole words, so that the last bytes have a shadow, and a warp's access beyond, so that the last lanes may be read as vectors.
        ulong words = (bytes + 3) / 4;
        Data = new HostPages(words * 4 + 1024);
        Shadow = new ShadowPlanes(words);
    }

    /// <summary>The first byte's device address, a multiple of 512.</summary>
    public ulong Address { get; }

    /// <summary>Its size in bytes.</summary>
    public ulong Bytes { get; }

    /// <summary>Who asked for it, for messages.</summary>
    public string Owner { get; }

    /// <summary>Constant memory: kernels may not write it.</summary>
    public bool ReadOnly { get; }

    /// <summary>The operation from which on it may be used; null where that is at once. Memory of a stream's allocation belongs to what
    /// follows it.</summary>
    internal DeviceOperation? Born { get; set; }

    internal HostPages Data { get; }

    internal ShadowPlanes Shadow { get; }

    internal UnorderedReaders UnorderedReaders { get; } = new();

    internal void Release()
    {
        Data.Dispose();
        Shadow.Dispose();
    }
}
