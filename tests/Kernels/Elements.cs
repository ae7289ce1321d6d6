using System.Buffers.Binary;
using GpuTensor.Kernels;

namespace GpuTensor.Tests.Kernels;

/// <summary>A value in the oracle: Real for floating dtypes, Integer for the others.</summary>
internal readonly record struct Number(double Real, long Integer);

/// <summary>Elements of host buffers, and conversions between dtypes, as the oracle sees them.</summary>
internal static class Elements
{
    public static Number Read(byte[] bytes, DType type, long at)
    {
        int size = type.Size();
        ulong bits = 0;
        for (int k = size - 1; k >= 0; k--) bits = bits << 8 | bytes[at * size + k];
        return FromBits(type, bits);
    }

    public static Number FromBits(DType type, ulong bits) => type switch
    {
        DType.Float64 => new(BitConverter.UInt64BitsToDouble(bits), 0),
        DType.Float32 => new(BitConverter.UInt32BitsToSingle((uint)bits), 0),
        DType.Float16 or DType.BFloat16 => new(HalfBits.ToFloat(type, (ushort)bits), 0),
        DType.Bool => new(0, bits != 0 ? 1 : 0),
        DType.UInt8 => new(0, (byte)bits),
        DType.Int8 => new(0, (sbyte)bits),
        DType.Int16 => new(0, (short)bits),
        DType.Int32 => new(0, (int)bits),
        _ => new(0, (long)bits),
    };

    public static ulong ToBits(DType type, Number value) => type switch
    {
        DType.Float64 => BitConverter.DoubleToUInt64Bits(value.Real),
        DType.Float32 => BitConverter.SingleToUInt32Bits((float)value.Real),
        DType.Float16 or DType.BFloat16 => HalfBits.FromFloat(type, (float)value.Real),
        _ => (ulong)value.Integer,
    };

    public static void Write(byte[] bytes, DType type, long at, Number value)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, ToBits(type, value));
        all[..type.Size()].CopyTo(bytes.AsSpan((int)(at * type.Size())));
    }

    /// <summary>Rounds or wraps to what the dtype holds.</summary>
    public static Number Round(DType type, Number value) => type.IsFloatingPoint()
        ? new(type switch { DType.Float64 => value.Real, DType.Float32 => (float)value.Real, _ =>
            HalfBits.ToFloat(type, HalfBits.FromFloat(type, (float)value.Real)) }, 0)
        : FromBits(type, type == DType.Bool ? (value.Integer != 0 ? 1UL : 0)
            : (ulong)value.Integer & (type.Size() == 8 ? ulong.MaxValue : (1UL << 8 * type.Size()) - 1));

    public static Number Convert(Number value, DType from, DType to)
    {
        if (to == DType.Bool) return new(0, (from.IsFloatingPoint() ? value.Real != 0 : value.Integer != 0) ? 1 : 0);
        if (to.IsFloatingPoint())
            return Round(to, new(from.IsFloatingPoint() ? value.Real : to == DType.Float64 ? (double)value.Integer : (float)value.Integer,
                0));
        return Round(to, new(0, from.IsFloatingPoint() ? Casts.ToInteger(value.Real, to) : value.Integer));
    }

    /// <summary>Random elements: small integers, and floats of both signs around 1.</summary>
    public static byte[] Random(DType type, long count, int seed, double scale = 1)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[count * type.Size()];
        for (long i = 0; i < count; i++)
            Write(bytes, type, i, type.IsFloatingPoint() ? new((random.NextDouble() * 4 - 2) * scale, 0)
                : new(0, type == DType.Bool ? random.Next(2) : type == DType.UInt8 ? random.Next(20) : random.Next(-10, 11)));
        return bytes;
    }

    /// <summary>Fails with the first element that differs by more than tolerance·|expected| (and than tolerance itself where
    /// <paramref name="absolute"/>). NaN equals NaN.</summary>
    public static string? Difference(DType type, byte[] expected, byte[] actual, double tolerance, bool absolute = true)
    {
        for (long i = 0; i < expected.Length / type.Size(); i++)
        {
            var (e, a) = (Read(expected, type, i), Read(actual, type, i));
            if (e == a || (double.IsNaN(e.Real) && double.IsNaN(a.Real))) continue;
            double scale = absolute ? Math.Max(1, Math.Abs(e.Real)) : Math.Abs(e.Real);
            if (!type.IsFloatingPoint() || !(Math.Abs(e.Real - a.Real) <= tolerance * scale))
                return $"element {i}: expected {Text(type, e)}, got {Text(type, a)}";
        }
        return null;
    }

    private static string Text(DType type, Number n) => type.IsFloatingPoint() ? n.Real.ToString("R") : n.Integer.ToString();
}
