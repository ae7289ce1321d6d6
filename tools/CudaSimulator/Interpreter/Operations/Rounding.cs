using System.Numerics;

namespace GpuTensor.CudaSimulator.Interpreter.Operations;

/// <summary>IEEE's rounding directions as PTX names them: rn, rz, rm, rp.</summary>
internal enum RoundingMode
{
    Nearest, Zero, Down, Up,
}

/// <summary>Rounding of exact values.</summary>
internal static class Rounding
{
    /// <summary>To a float of <paramref name="precision"/> bits whose least normal exponent is <paramref name="least"/>; infinite beyond
    /// <paramref name="largest"/> where the direction says so. The result is exact as a double.</summary>
    public static double To(double value, int precision, int least, double largest, RoundingMode mode)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        int quantum = Math.Max(Math.ILogB(value), least) - (precision - 1);
        double scaled = Math.ScaleB(value, -quantum);
        // Far below the least subnormal: ScaleB would lose it, but not that it is not zero.
        if (scaled == 0) scaled = Math.CopySign(double.Epsilon, value);
        double result = Math.CopySign(Math.ScaleB(Integral(scaled, mode), quantum), value);
        if (Math.Abs(result) <= largest) return result;
        bool stays = mode == RoundingMode.Zero || (mode == RoundingMode.Down && value > 0) || (mode == RoundingMode.Up && value < 0);
        return Math.CopySign(stays ? largest : double.PositiveInfinity, value);
    }

    public static double ToFloat32(double value, RoundingMode mode) =>
        mode == RoundingMode.Nearest ? (float)value : To(value, 24, -126, float.MaxValue, mode);

    public static double ToFloat16(double value, RoundingMode mode) => To(value, 11, -14, 65504, mode);

    public static double ToBFloat16(double value, RoundingMode mode) =>
        To(value, 8, -126, BitConverter.UInt32BitsToSingle(0x7F7F0000), mode);

    /// <summary>To an integral value; keeps the sign of a zero.</summary>
    public static double Integral(double value, RoundingMode mode) => mode switch
    {
        RoundingMode.Nearest => Math.Round(value, MidpointRounding.ToEven),
        RoundingMode.Zero => Math.Truncate(value),
        RoundingMode.Down => Math.Floor(value),
        _ => Math.Ceiling(value),
    };

    /// <summary>An integer to a float of a precision up to 53 bits.</summary>
    public static double FromInteger(bool negative, ulong magnitude, int precision, RoundingMode mode)
    {
        int excess = 64 - BitOperations.LeadingZeroCount(magnitude) - precision;
        double sign = negative ? -1 : 1;
        if (excess <= 0) return sign * magnitude;
        ulong kept = magnitude >> excess, rest = magnitude & ((1UL << excess) - 1), half = 1UL << (excess - 1);
        bool up = mode switch
        {
            RoundingMode.Nearest => rest > half || (rest == half && (kept & 1) != 0),
            RoundingMode.Zero => false,
            RoundingMode.Down => negative && rest != 0,
            _ => !negative && rest != 0,
        };
        return sign * Math.ScaleB(kept + (up ? 1UL : 0), excess);
    }

    /// <summary>Moves a value that was rounded to nearest to where the direction wants it, given on which side of it the exact value
    /// lies.</summary>
    public static float Direct(float nearest, int side, RoundingMode mode) =>
        Move(side, mode, nearest < 0 || (nearest == 0 && side < 0)) switch
    {
        > 0 => MathF.BitIncrement(nearest),
        < 0 => MathF.BitDecrement(nearest),
        _ => nearest,
    };

    private static int Move(int side, RoundingMode mode, bool negative)
    {
        if (side == 0) return 0;
        return mode switch
        {
            RoundingMode.Down => side < 0 ? -1 : 0,
            RoundingMode.Up => side > 0 ? 1 : 0,
            RoundingMode.Zero => negative ? (side > 0 ? 1 : 0) : (side < 0 ? -1 : 0),
            _ => 0,
        };
    }

    /// <summary>a·b + c of float32 in a direction. The product is exact as a double, the sum as a double and its error.</summary>
    public static float Fused(float a, float b, float c, RoundingMode mode)
    {
        double product = (double)a * b, sum = product + c;
        if (!double.IsFinite(sum)) return Nan.Canonical((float)sum);
        double part = sum - product, error = (product - (sum - part)) + (c - part);
        if (sum == 0 && error == 0) return ZeroSum(double.IsNegative(product), float.IsNegative(c), mode);
        float nearest = (float)sum;
        double rest = float.IsInfinity(nearest) ? (nearest > 0 ? -1 : 1) : sum - nearest;
        return Direct(nearest, rest != 0 ? Math.Sign(rest) : Math.Sign(error), mode);
    }

    /// <summary>a·b + c of float64 in a direction, by integers of any length.</summary>
    public static double Fused(double a, double b, double c, RoundingMode mode)
    {
        double nearest = Math.FusedMultiplyAdd(a, b, c);
        if (!double.IsFinite(a) || !double.IsFinite(b) || !double.IsFinite(c)) return nearest;
        var (ma, ea) = Split(a);
        var (mb, eb) = Split(b);
        var (mc, ec) = Split(c);
        var product = ma * mb;
        if (product.IsZero && mc.IsZero) return ZeroSum(double.IsNegative(a) != double.IsNegative(b), double.IsNegative(c), mode);
        int least = Math.Min(ea + eb, ec);
        var exact = (product << (ea + eb - least)) + (mc << (ec - least));
        if (exact.IsZero) return mode == RoundingMode.Down ? -0.0 : 0.0;
        if (double.IsInfinity(nearest))
        {
            int inward = nearest > 0 ? -1 : 1;
            return Move(inward, mode, nearest < 0) == inward ? Math.CopySign(double.MaxValue, nearest) : nearest;
        }
        var (mn, en) = Split(nearest);
        int both = Math.Min(least, en);
        int side = ((exact << (least - both)) - (mn << (en - both))).Sign;
        return Move(side, mode, exact.Sign < 0) switch
        {
            > 0 => Math.BitIncrement(nearest),
            < 0 => Math.BitDecrement(nearest),
            _ => nearest,
        };
    }

    public static float Divide(float a, float b, RoundingMode mode)
    {
        float nearest = a / b;
        if (!float.IsFinite(a) || !float.IsFinite(b) || b == 0 || float.IsNaN(nearest)) return Nan.Canonical(nearest);
        int side = float.IsInfinity(nearest) ? (nearest > 0 ? -1 : 1) : Math.Sign((double)a - (double)nearest * b) * Math.Sign(b);
        if (nearest == 0 && a != 0) return Direct(nearest, MathF.Sign(a) * MathF.Sign(b), mode);
        return Direct(nearest, side, mode);
    }

    public static float Root(float a, RoundingMode mode)
    {
        float nearest = MathF.Sqrt(a);
        return !float.IsFinite(nearest) || a == 0 ? Nan.Canonical(nearest)
            : Direct(nearest, Math.Sign((double)a - (double)nearest * nearest), mode);
    }

    private static float ZeroSum(bool a, bool b, RoundingMode mode) => a == b ? (a ? -0f : 0f) : mode == RoundingMode.Down ? -0f : 0f;

    private static (BigInteger Mantissa, int Exponent) Split(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF);
        ulong mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent != 0) mantissa |= 1UL << 52;
        BigInteger signed = value < 0 ? -(BigInteger)mantissa : mantissa;
        return (signed, Math.Max(exponent, 1) - 1075);
    }
}

internal interface IDirection
{
    static abstract RoundingMode Mode { get; }
}

internal readonly struct TowardZero : IDirection
{
    public static RoundingMode Mode => RoundingMode.Zero;
}

internal readonly struct Downward : IDirection
{
    public static RoundingMode Mode => RoundingMode.Down;
}

internal readonly struct Upward : IDirection
{
    public static RoundingMode Mode => RoundingMode.Up;
}

internal readonly struct AddDirected<TMode> : IBinary<float, float, float>, IBinary<double, double, double> where TMode : IDirection
{
    public static float Invoke(float a, float b) => Rounding.Fused(a, 1, b, TMode.Mode);

    public static double Invoke(double a, double b) => Rounding.Fused(a, 1, b, TMode.Mode);
}

internal readonly struct SubtractDirected<TMode> : IBinary<float, float, float>, IBinary<double, double, double> where TMode : IDirection
{
    public static float Invoke(float a, float b) => Rounding.Fused(a, 1, -b, TMode.Mode);

    public static double Invoke(double a, double b) => Rounding.Fused(a, 1, -b, TMode.Mode);
}

/// <summary>A zero of the product's own sign is added: the product's sign stays.</summary>
internal readonly struct MultiplyDirected<TMode> : IBinary<float, float, float>, IBinary<double, double, double> where TMode : IDirection
{
    public static float Invoke(float a, float b) => Rounding.Fused(a, b, float.IsNegative(a) != float.IsNegative(b) ? -0f : 0f, TMode.Mode);

    public static double Invoke(double a, double b) =>
        Rounding.Fused(a, b, double.IsNegative(a) != double.IsNegative(b) ? -0.0 : 0.0, TMode.Mode);
}

internal readonly struct FusedDirected<TMode> : ITernary<float, float, float, float>, ITernary<double, double, double, double>
    where TMode : IDirection
{
    public static float Invoke(float a, float b, float c) => Rounding.Fused(a, b, c, TMode.Mode);

    public static double Invoke(double a, double b, double c) => Rounding.Fused(a, b, c, TMode.Mode);
}

internal readonly struct DivideDirected<TMode> : IBinary<float, float, float> where TMode : IDirection
{
    public static float Invoke(float a, float b) => Rounding.Divide(a, b, TMode.Mode);
}

internal readonly struct ReciprocalDirected<TMode> : IUnary<float, float> where TMode : IDirection
{
    public static float Invoke(float a) => Rounding.Divide(1, a, TMode.Mode);
}

internal readonly struct RootDirected<TMode> : IUnary<float, float> where TMode : IDirection
{
    public static float Invoke(float a) => Rounding.Root(a, TMode.Mode);
}

/// <summary>.ftz around a lane's operation.</summary>
internal readonly struct FtzLane1<TOp> : IUnary<float, float> where TOp : IUnary<float, float>
{
    public static float Invoke(float a) => Flush.Of(TOp.Invoke(Flush.Of(a)));
}

/// <inheritdoc cref="FtzLane1{TOp}"/>
internal readonly struct FtzLane2<TOp> : IBinary<float, float, float> where TOp : IBinary<float, float, float>
{
    public static float Invoke(float a, float b) => Flush.Of(TOp.Invoke(Flush.Of(a), Flush.Of(b)));
}

/// <inheritdoc cref="FtzLane1{TOp}"/>
internal readonly struct FtzLane3<TOp> : ITernary<float, float, float, float> where TOp : ITernary<float, float, float, float>
{
    public static float Invoke(float a, float b, float c) => Flush.Of(TOp.Invoke(Flush.Of(a), Flush.Of(b), Flush.Of(c)));
}
