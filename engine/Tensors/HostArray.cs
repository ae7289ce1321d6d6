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

    /// <summary>An element of a floating-point dtype.</summary>
    public double Real(long i) => DType switch
    {
        DType.Float32 => As<float>()[(int)i],
        DType.Float64 => As<double>()[(int)i],
        _ => HalfBits.ToFloat(DType, As<ushort>()[(int)i]),
    };

    /// <summary>An element of an integer dtype; of bool, 0 or 1.</summary>
    public long Integer(long i) => DType switch
    {
        DType.Int64 => As<long>()[(int)i],
        DType.Int32 => As<int>()[(int)i],
        DType.Int16 => As<short>()[(int)i],
        DType.Int8 => As<sbyte>()[(int)i],
        _ => Data[i],
    };
}
