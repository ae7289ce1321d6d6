using GpuTensor.Bindings.Cuda;
using GpuTensor.Kernels;

namespace GpuTensor.Backends.Cuda;

/// <content>Memory, and transfers between it and the host.</content>
internal sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ThrowIfLost();
        long held = Counters.BytesHeld;
        if (bytes > MemoryLimit - held)
            throw new DeviceOutOfMemoryException(
                $"{bytes:N0} bytes more than the {held:N0} held would pass the memory limit of {MemoryLimit:N0} bytes on {Name}");
        long size = Math.Max(bytes, 256);
        try
        {
            CudaDeviceMemory memory;
            try
            {
                memory = Take(size);
            }
            catch (CudaException e) when (e.IsOutOfMemory && pools)
            {
                // The driver's pool may hold what was freed in other sizes.
                compute.Synchronize();
                device.DefaultMemoryPool.TrimTo(0);
                memory = Take(size);
            }
            Counters.BytesHeld = held + bytes;
            Counters.BytesPeak = Math.Max(Counters.BytesPeak, held + bytes);
            var buffer = new CudaBuffer { Bytes = bytes, Memory = memory };
            buffers.Add(buffer);
            return buffer;
        }
        catch (CudaException e)
        {
            throw Error(e, $"with {held:N0} bytes held of {Memory.Total:N0}");
        }
    }

    private CudaDeviceMemory Take(long bytes) => pools ? CudaDeviceMemory.AllocateAsync(compute, bytes)
        : CudaDeviceMemory.Allocate(context, bytes);

    /// <inheritdoc/>
    public override void Free(DeviceBuffer buffer)
    {
        var own = (CudaBuffer)buffer;
        if (own.Memory is null) return;
        // In the compute stream's order, or after a wait for the device where there are no pools: work already enqueued may use it.
        own.Memory.Dispose();
        own.Memory = null;
        buffers.Remove(own);
        Counters.BytesHeld -= own.Bytes;
    }

    /// <inheritdoc/>
    public override void Write(DeviceBuffer target, long offset, ReadOnlySpan<byte> source)
    {
        CheckRange(target, offset, source.Length);
        ThrowIfLost();
        if (source.IsEmpty) return;
        Counters.Enqueues++;
        try
        {
            staging.Write(((CudaBuffer)target).Address + (ulong)offset, source);
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    /// <inheritdoc/>
    public override void Read(DeviceBuffer source, long offset, Span<byte> target)
    {
        CheckRange(source, offset, target.Length);
        ThrowIfLost();
        if (target.IsEmpty)
        {
            Finish();
            return;
        }
        Counters.Enqueues++;
        try
        {
            staging.Read(((CudaBuffer)source).Address + (ulong)offset, target);
            Waited();
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    /// <inheritdoc/>
    public override void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes)
    {
        CheckRange(source, sourceOffset, bytes);
        CheckRange(target, targetOffset, bytes);
        ThrowIfLost();
        if (bytes == 0) return;
        Counters.Enqueues++;
        try
        {
            compute.CopyWithinDevice(((CudaBuffer)target).Address + (ulong)targetOffset, ((CudaBuffer)source).Address + (ulong)sourceOffset,
                bytes);
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    private static void CheckRange(DeviceBuffer buffer, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > buffer.Bytes - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"bytes {offset} to {offset + length} of a buffer of {buffer.Bytes}");
    }
}
