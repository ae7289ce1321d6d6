using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

// Copies and fills, all in stream order. Device memory is given by address: an allocator above these bindings cuts its blocks itself.
// Zero bytes never reach the driver, which calls them an error.
public sealed partial class CudaStream
{
    /// <summary>Copies host memory to the device and waits until the stream has done so: the span may be reused at once. Not while
    /// capturing.</summary>
    /// <remarks>The wait is not optional. With ordinary host memory some platforms read it late, and a span cannot be kept alive beyond
    /// this call.</remarks>
    /// <exception cref="CudaException">The copy or earlier work failed.</exception>
    public unsafe void CopyToDevice(ulong target, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return;
        using var scope = Context.Enter();
        fixed (byte* host = source)
        {
            Check.Transfer(cuMemcpyHtoDAsync_v2(target, host, (nuint)source.Length, Handle), target, source.Length);
            Check.Driver(cuStreamSynchronize(Handle));
        }
    }

    /// <summary>Copies device memory to the host and waits for it. Not while capturing.</summary>
    /// <exception cref="CudaException">The copy or earlier work failed.</exception>
    public unsafe void CopyToHost(Span<byte> target, ulong source)
    {
        if (target.IsEmpty) return;
        using var scope = Context.Enter();
        fixed (byte* host = target)
        {
            Check.Transfer(cuMemcpyDtoHAsync_v2(host, source, (nuint)target.Length, Handle), source, target.Length);
            Check.Driver(cuStreamSynchronize(Handle));
        }
    }

    /// <summary>Enqueues a copy from pinned host memory. The memory must stay, unchanged, until the stream has passed this point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the pinned memory.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe void CopyToDeviceAsync(ulong target, CudaPinnedMemory source, long sourceOffset, long bytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.CheckRange(sourceOffset, bytes);
        if (bytes == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemcpyHtoDAsync_v2(target, (byte*)source.Handle + sourceOffset, (nuint)bytes, Handle), target, bytes);
    }

    /// <summary>Enqueues a copy to pinned host memory, which must not be read before the stream has passed this point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the pinned memory.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe void CopyToHostAsync(CudaPinnedMemory target, long targetOffset, ulong source, long bytes)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.CheckRange(targetOffset, bytes);
        if (bytes == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemcpyDtoHAsync_v2((byte*)target.Handle + targetOffset, source, (nuint)bytes, Handle), source, bytes);
    }

    /// <summary>Enqueues a copy within the device. The ranges must not overlap.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void CopyWithinDevice(ulong target, ulong source, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemcpyDtoDAsync_v2(target, source, (nuint)bytes, Handle), target, bytes);
    }

    /// <summary>Enqueues a fill with a byte.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Fill(ulong target, byte value, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemsetD8Async(target, value, (nuint)count, Handle), target, count);
    }

    /// <summary>Enqueues a fill with a 16-bit value; the address must be a multiple of 2.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Fill(ulong target, ushort value, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemsetD16Async(target, value, (nuint)count, Handle), target, count * 2);
    }

    /// <summary>Enqueues a fill with a 32-bit value; the address must be a multiple of 4.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Fill(ulong target, uint value, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return;
        using var scope = Context.Enter();
        Check.Transfer(cuMemsetD32Async(target, value, (nuint)count, Handle), target, count * 4);
    }
}
