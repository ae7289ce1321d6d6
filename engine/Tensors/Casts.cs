using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>One rule for every conversion of numbers (<c>To(dtype)</c>, <c>Item</c>, explicit casts, numbers handed to operators), on every
/// device: C#'s. A floating number loses its fraction; beyond the range of int or long it becomes the nearest end, and NaN becomes 0.
/// Narrower integers are reached by way of int, and integers wrap: 300.7 is 44 as uint8, −1 is 255.</summary>
internal static class Casts
{
    /// <summary>A floating number as an element of an integer dtype or bool.</summary>
    public static long ToInteger(double value, DType dtype) => unchecked(dtype switch
    {
        DType.Int64 => (long)value,
        DType.Int32 => (int)value,
        DType.Int16 => (short)(int)value,
        DType.Int8 => (sbyte)(int)value,
        DType.UInt8 => (byte)(int)value,
        _ => value != 0 ? 1 : 0,
    });

    /// <summary>An integer as an element of a floating dtype, rounded once to float32 where the dtype is no wider.</summary>
    public static double ToReal(long value, DType dtype) => dtype == DType.Float64 ? (double)value : (float)value;

    /// <summary>Whether <see cref="To{T}"/> knows the type.</summary>
    public static bool Knows(Type type) => Type.GetTypeCode(type) is >= TypeCode.Boolean and <= TypeCode.Decimal and not TypeCode.Char
        && !type.IsEnum
        || type == typeof(Half) || type == typeof(nint) || type == typeof(nuint);

    /// <summary>A number as a .NET number type.</summary>
    /// <param name="real">The number, where <paramref name="isReal"/>.</param>
    /// <param name="integer">The number elsewhere.</param>
    public static T To<T>(double real, long integer, bool isReal) where T : unmanaged
    {
        unchecked
        {
            if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(isReal ? real : integer);
            if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(isReal ? (float)real : integer);
            if (typeof(T) == typeof(Half)) return Unsafe.BitCast<Half, T>(isReal ? (Half)real : (Half)integer);
            if (typeof(T) == typeof(bool)) return Unsafe.BitCast<bool, T>(isReal ? real != 0 : integer != 0);
            if (typeof(T) == typeof(long)) return Unsafe.BitCast<long, T>(isReal ? (long)real : integer);
            if (typeof(T) == typeof(ulong)) return Unsafe.BitCast<ulong, T>(isReal ? (ulong)real : (ulong)integer);
            if (typeof(T) == typeof(int)) return Unsafe.BitCast<int, T>(isReal ? (int)real : (int)integer);
            if (typeof(T) == typeof(uint)) return Unsafe.BitCast<uint, T>(isReal ? (uint)real : (uint)integer);
            if (typeof(T) == typeof(short)) return Unsafe.BitCast<short, T>((short)(isReal ? (int)real : integer));
            if (typeof(T) == typeof(ushort)) return Unsafe.BitCast<ushort, T>((ushort)(isReal ? (int)real : integer));
            if (typeof(T) == typeof(sbyte)) return Unsafe.BitCast<sbyte, T>((sbyte)(isReal ? (int)real : integer));
            if (typeof(T) == typeof(byte)) return Unsafe.BitCast<byte, T>((byte)(isReal ? (int)real : integer));
            if (typeof(T) == typeof(nint)) return Unsafe.BitCast<nint, T>(isReal ? (nint)real : (nint)integer);
            if (typeof(T) == typeof(nuint)) return Unsafe.BitCast<nuint, T>(isReal ? (nuint)real : (nuint)integer);
        }
        return Unsafe.BitCast<decimal, T>(isReal ? Exactly(real) : integer);
    }

    private static decimal Exactly(double value) => Math.Abs(value) < (double)decimal.MaxValue ? (decimal)value
        : throw new TensorDTypeException(
            $"A decimal cannot hold {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}; read a double.");
}
