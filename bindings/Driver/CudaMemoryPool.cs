using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A device's own memory pool. It belongs to the driver, so there is nothing to dispose.</summary>
public sealed class CudaMemoryPool
{
    internal CudaMemoryPool(nint handle) => Handle = handle;

    /// <summary>The driver's <c>CUmemoryPool</c>.</summary>
    public nint Handle { get; }

    /// <summary>Bytes the pool keeps when a wait would let it give memory back; 0 unless set. <see cref="ulong.MaxValue"/>: keeps
    /// all.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ulong ReleaseThreshold
    {
        get => Get(CudaMemoryPoolAttribute.ReleaseThreshold);
        set => Set(CudaMemoryPoolAttribute.ReleaseThreshold, value);
    }

    /// <summary>Bytes the pool holds.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ulong ReservedBytes => Get(CudaMemoryPoolAttribute.ReservedCurrent);

    /// <summary>The most it ever held.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ulong ReservedBytesPeak => Get(CudaMemoryPoolAttribute.ReservedHigh);

    /// <summary>Bytes given out.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ulong UsedBytes => Get(CudaMemoryPoolAttribute.UsedCurrent);

    /// <summary>The most ever given out.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public ulong UsedBytesPeak => Get(CudaMemoryPoolAttribute.UsedHigh);

    /// <summary>Gives unused memory back until the pool holds no more than this. Memory freed on a stream counts once that stream has got
    /// there: wait first.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void TrimTo(long bytesToKeep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesToKeep);
        Check.Driver(cuMemPoolTrimTo(Handle, (nuint)bytesToKeep));
    }

    private unsafe ulong Get(CudaMemoryPoolAttribute attribute)
    {
        ulong value = 0;
        Check.Driver(cuMemPoolGetAttribute(Handle, attribute, &value), attribute.ToString());
        return value;
    }

    private unsafe void Set(CudaMemoryPoolAttribute attribute, ulong value) =>
        Check.Driver(cuMemPoolSetAttribute(Handle, attribute, &value), $"{attribute} = {value}");
}
