using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A block of device memory.</summary>
public class CudaDeviceMemory : CudaHandle
{
    private readonly CudaStream? _stream;

    private protected CudaDeviceMemory(CudaContext context, ulong address, long bytes, CudaStream? stream) : base(context, (nint)address)
    {
        Bytes = bytes;
        _stream = stream;
    }

    /// <summary>Allocates memory that belongs to no stream. Freeing it waits for the device.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero bytes or fewer.</exception>
    /// <exception cref="CudaException">There is not that much memory (<see cref="CudaException.IsOutOfMemory"/>).</exception>
    public static CudaDeviceMemory Allocate(CudaContext context, long bytes) => new(context, AllocateRaw(context, bytes), bytes, null);

    /// <summary>Allocates from the device's pool in stream order: usable by work enqueued on the stream from here on. Disposing frees it
    /// in the same stream's order; work on other streams that uses it must be ordered before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero bytes or fewer.</exception>
    /// <exception cref="CudaException">There is not that much memory, or no pool (see <see cref="CudaDevice.HasMemoryPools"/>).</exception>
    public static CudaDeviceMemory AllocateAsync(CudaStream stream, long bytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(stream.Context, AllocateRaw(stream, bytes), bytes, stream);
    }

    /// <summary>Its address. 64 bits, whatever the host's pointers are.</summary>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public ulong Address => (ulong)Handle;

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    private protected static unsafe ulong AllocateRaw(CudaContext context, long bytes)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        using var scope = context.Enter();
        ulong address;
        var result = cuMemAlloc_v2(&address, (nuint)bytes);
        if (result == CudaResult.OutOfMemory && context.PendingReleases > 0)
        {
            // Blocks whose handles were collected may be all that is missing.
            context.Reclaim();
            result = cuMemAlloc_v2(&address, (nuint)bytes);
        }
        if (result != CudaResult.Success) throw Refused(context, result, nameof(cuMemAlloc_v2), bytes);
        return address;
    }

    private protected static unsafe ulong AllocateRaw(CudaStream stream, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        OptionalExport.RequireDriver(nameof(cuMemAllocAsync), 11, 2);
        using var scope = stream.Context.Enter();
        ulong address;
        var result = cuMemAllocAsync(&address, (nuint)bytes, stream.Handle);
        if (result == CudaResult.OutOfMemory && stream.Context.PendingReleases > 0)
        {
            stream.Context.Reclaim();
            result = cuMemAllocAsync(&address, (nuint)bytes, stream.Handle);
        }
        if (result != CudaResult.Success) throw Refused(stream.Context, result, nameof(cuMemAllocAsync), bytes);
        return address;
    }

    private static unsafe CudaException Refused(CudaContext context, CudaResult result, string call, long bytes)
    {
        nuint free, total;
        string room = cuMemGetInfo_v2(&free, &total) == CudaResult.Success ? $"; {free} of {total} bytes are free on {context.Device}" : "";
        return Check.DriverError(result, call, $"{bytes} bytes{room}");
    }

    private protected override CudaResult Destroy(nint handle)
    {
        if (_stream is null) return cuMemFree_v2((ulong)handle);
        // A stream that is gone has no order to keep; cuMemFree takes such memory too, after waiting for the device.
        return _stream.IsClosed ? cuMemFree_v2((ulong)handle) : cuMemFreeAsync((ulong)handle, _stream.Handle);
    }
}
