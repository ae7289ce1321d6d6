using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GpuTensor.IO;

/// <summary>Brings elements into our order: little-endian bytes, the last dimension fastest.</summary>
internal static class ByteOrder
{
    /// <summary>Reverses the bytes of every element, in place.</summary>
    public static void Swap(Span<byte> data, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(data);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(data);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(data);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>Row-major elements from column-major ones (Fortran's order, the first dimension fastest).</summary>
    public static byte[] FromFortran(byte[] data, Shape shape, int size)
    {
        // Without two dimensions longer than 1 both orders are the same.
        if (shape.Count(n => n != 1) < 2 || data.Length == 0) return data;
        var result = GC.AllocateUninitializedArray<byte>(data.Length);
        switch (size)
        {
            case 1: Transpose<byte>(data, result, shape); break;
            case 2: Transpose<ushort>(data, result, shape); break;
            case 4: Transpose<uint>(data, result, shape); break;
            default: Transpose<ulong>(data, result, shape); break;
        }
        return result;
    }

    /// <summary>The first and the last dimension change places in tiles, so that both sides stay in the cache; the dimensions between are
    /// walked through.</summary>
    private static void Transpose<T>(byte[] from, byte[] to, Shape shape) where T : unmanaged
    {
        const int tile = 32;
        var source = MemoryMarshal.Cast<byte, T>(from.AsSpan());
        var target = MemoryMarshal.Cast<byte, T>(to.AsSpan());
        int rows = shape[0], columns = shape[-1];
        int middle = (int)(shape.ElementCount / ((long)rows * columns));
        var index = new int[Math.Max(0, shape.Rank - 2)];
        for (int m = 0; m < middle; m++)
        {
            // The middle dimensions' place: counted from the front in the source, from the back in the target, where m itself is the place.
            int place = 0, stride = 1;
            for (int d = 0; d < index.Length; d++)
            {
                place += index[d] * stride;
                stride *= shape[d + 1];
            }
            for (int r0 = 0; r0 < rows; r0 += tile)
                for (int c0 = 0; c0 < columns; c0 += tile)
                    for (int r = r0; r < Math.Min(rows, r0 + tile); r++)
                        for (int c = c0; c < Math.Min(columns, c0 + tile); c++)
                            target[(r * middle + m) * columns + c] = source[r + rows * (place + middle * c)];
            for (int d = index.Length - 1; d >= 0 && ++index[d] == shape[d + 1]; d--) index[d] = 0;
        }
    }
}
