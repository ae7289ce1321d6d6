using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

/// <summary>The <c>cvt</c> instruction for any pair of types, as a function of a lane's bits.</summary>
internal static class Conversion
{
    /// <summary>How one <c>cvt</c> converts; <paramref name="rounding"/> is null where none was written, and integral for rni, rzi, rmi,
    /// rpi.</summary>
    public static Func<ulong, ulong> Of(PtxType to, PtxType from, RoundingMode? rounding, bool integral, bool flush, bool saturate,
        bool relu)
    {
        if (!from.IsFloat() && !to.IsFloat())
        {
            if (!saturate) return bits => Truncate(Widen(bits, from), to);
            return bits => Truncate(ClampInteger(Widen(bits, from), from, to), to);
        }
        if (!from.IsFloat())
        {
            var mode = rounding!.Value;
            int precision = Precision(to);
            return bits =>
            {
                ulong wide = Widen(bits, from);
                bool negative = from.IsSigned() && (long)wide < 0;
                double value = Rounding.FromInteger(negative, negative ? (ulong)-(long)wide : wide, precision, mode);
                if (to == PtxType.F16) value = Rounding.ToFloat16(value, mode);     // 65504 is less than the integers reach
                return FromDouble(saturate ? Saturated(value) : value, to);
            };
        }
        if (!to.IsFloat())
        {
            var mode = rounding!.Value;
            return bits => ToInteger(Flushed(ToDouble(bits, from), from, flush), from, to, mode);
        }
        return bits =>
        {
            double value = Flushed(ToDouble(bits, from), from, flush);
            if (integral) value = Rounding.Integral(value, rounding!.Value);
            else if (rounding is { } mode) value = to switch
            {
                PtxType.F32 => Rounding.ToFloat32(value, mode),
                PtxType.F16 => Rounding.ToFloat16(value, mode),
                PtxType.BF16 => Rounding.ToBFloat16(value, mode),
                _ => value,
            };
            value = Flushed(value, to, flush);
            if (saturate) value = Saturated(value);
            if (relu && value < 0) value = 0;
            return FromDouble(value, to);
        };
    }

    /// <summary>A lane's value, sign- or zero-extended to 64 bits; registers may be wider than the type.</summary>
    private static ulong Widen(ulong bits, PtxType type) => type switch
    {
        PtxType.S8 => (ulong)(sbyte)bits,
        PtxType.S16 => (ulong)(short)bits,
        PtxType.S32 => (ulong)(int)bits,
        PtxType.U8 => (byte)bits,
        PtxType.U16 => (ushort)bits,
        PtxType.U32 => (uint)bits,
        _ => bits,
    };

    /// <summary>To the destination's width, extended again by its sign: a register wider than the type takes that.</summary>
    private static ulong Truncate(ulong value, PtxType type) => Widen(value, type);

    private static ulong ClampInteger(ulong value, PtxType from, PtxType to)
    {
        Int128 exact = from.IsSigned() ? (Int128)(long)value : (Int128)value;
        var (least, most) = Range(to);
        return (ulong)(UInt128)Int128.Clamp(exact, least, most);
    }

    private static (Int128 Least, Int128 Most) Range(PtxType type)
    {
        int bits = 8 * type.Size();
        return type.IsSigned() ? (-(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1) : (0, (Int128.One << bits) - 1);
    }

    /// <summary>Clamped to the destination's range; a NaN is zero, or 1 &lt;&lt; (bits − 1) where either side has 64 bits.</summary>
    private static ulong ToInteger(double value, PtxType from, PtxType to, RoundingMode mode)
    {
        if (double.IsNaN(value))
            return from == PtxType.F64 || to.Size() == 8 ? Truncate(1UL << (8 * to.Size() - 1), to) : 0;
        value = Rounding.Integral(value, mode);
        var (least, most) = Range(to);
        if (value <= (double)least) return Truncate((ulong)(UInt128)least, to);
        if (value >= (double)most) return Truncate((ulong)(UInt128)most, to);
        return Truncate((ulong)(UInt128)(Int128)value, to);
    }

    private static int Precision(PtxType type) => type switch { PtxType.F16 => 11, PtxType.BF16 => 8, PtxType.F32 => 24, _ => 53 };

    private static double Saturated(double value) => double.IsNaN(value) || value <= 0 ? 0 : Math.Min(value, 1);

    private static double Flushed(double value, PtxType type, bool flush) =>
        flush && type == PtxType.F32 && Math.Abs(value) < 1.1754943508222875e-38 ? Math.CopySign(0, value) : value;

    public static double ToDouble(ulong bits, PtxType type) => type switch
    {
        PtxType.F16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        PtxType.BF16 => BitConverter.UInt32BitsToSingle((uint)bits << 16),
        PtxType.F32 => BitConverter.UInt32BitsToSingle((uint)bits),
        _ => BitConverter.UInt64BitsToDouble(bits),
    };

    /// <summary>The bits of a value that the type represents exactly; NaNs as the hardware makes them.</summary>
    public static ulong FromDouble(double value, PtxType type) => type switch
    {
        PtxType.F16 => double.IsNaN(value) ? 0x7FFFu : BitConverter.HalfToUInt16Bits((Half)value),
        PtxType.BF16 => double.IsNaN(value) ? 0x7FFFu : BitConverter.SingleToUInt32Bits((float)value) >> 16,
        PtxType.F32 => double.IsNaN(value) ? Nan.Bits : BitConverter.SingleToUInt32Bits((float)value),
        _ => BitConverter.DoubleToUInt64Bits(value),
    };
}

internal readonly struct ConvertF32ToF64 : IUnary<double, float>
{
    public static double Invoke(float a) => a;
}

internal readonly struct ConvertF64ToF32 : IUnary<float, double>
{
    public static float Invoke(double a) => Nan.Canonical((float)a);
}

internal readonly struct ConvertF16ToF32 : IUnary<float, uint>
{
    public static float Invoke(uint a) => Nan.Canonical((float)BitConverter.UInt16BitsToHalf((ushort)a));
}
