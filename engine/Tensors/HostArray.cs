using System.Runtime.InteropServices;

namespace GpuTensor;

/// <summary>A tensor's contents in host memory: row-major, little-endian, contiguous. What files, printing, random streams and the
/// reference device exchange; it knows no device.</summary>
internal sealed class HostArray
{
    public HostArray(DType dtype, Shape shape, byte[]? data = null)
    {
        long bytes = shape.Known().ElementCount * dtype.Size();
        if (data is not null && data.LongLength != bytes)
            throw new ArgumentException($"{dtype.Name()} {shape} takes {bytes} bytes, but {data.LongLength} were given.", nameof(data));
        (DType, Shape, Data) = (dtype, shape, data ?? HostMemory.Allocate<byte>(bytes, $"{dtype.Name()} {shape}"));
    }

    public DType DType { get; }

    public Shape Shape { get; }

    public byte[] Data { get; }

    public long Count => Shape.ElementCount;

    /// <summary>The elements as the .NET type of the dtype (bool: byte; bfloat16: ushort bits).</summary>
    public Span<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.AsSpan());
}
