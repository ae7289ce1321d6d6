using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Page-locked host memory: the only kind that copies truly run beside the host's own work with.</summary>
public sealed class CudaPinnedMemory : CudaHandle
{
    private CudaPinnedMemory(CudaContext context, nint handle, long bytes) : base(context, handle) => Bytes = bytes;

    /// <summary>Allocates pinned memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero bytes or fewer.</exception>
    /// <exception cref="CudaException">There is not that much memory.</exception>
    public static unsafe CudaPinnedMemory Allocate(
        CudaContext context, long bytes, CudaHostMemoryFlags flags = CudaHostMemoryFlags.Portable)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        using var scope = context.Enter();
        void* memory;
        Check.Driver(cuMemHostAlloc(&memory, (nuint)bytes, (uint)flags), $"{bytes} bytes");
        return new CudaPinnedMemory(context, (nint)memory, bytes);
    }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>A range of it. The span does not keep the memory alive, and a copy may still be using it: wait for an event
    /// first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public unsafe Span<byte> Span(long offset, int bytes)
    {
        CheckRange(offset, bytes);
        return new Span<byte>((byte*)Handle + offset, bytes);
    }

    internal void CheckRange(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (offset > Bytes - bytes)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{bytes} bytes at {offset} are not within {Bytes} pinned bytes.");
    }

    private protected override unsafe CudaResult Destroy(nint handle) => cuMemFreeHost((void*)handle);
}
