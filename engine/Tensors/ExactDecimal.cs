using System.Globalization;
using System.Numerics;

namespace GpuTensor;

/// <summary>Floating numbers as decimals with exact rounding, ties to even, as C's <c>printf</c> and Python's <c>format</c> do it. .NET's
/// own <c>F4</c> and <c>E4</c> round ties away from zero: 0.03125 prints as 0.0313, where PyTorch prints 0.0312.</summary>
internal static class ExactDecimal
{
    /// <summary><c>{:.4f}</c>: fixed point; <c>nan</c>, <c>inf</c>, <c>-inf</c> for what has no digits.</summary>
    public static string Fixed(double value, int digits)
    {
        if (!double.IsFinite(value)) return NonFinite(value);
        var (mantissa, exponent) = Split(value);
        var scaled = RoundedQuotient(mantissa * BigInteger.Pow(10, digits), exponent, BigInteger.One);
        string text = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return Sign(value) + (digits == 0 ? text : $"{text[..^digits]}.{text[^digits..]}");
    }

    /// <summary><c>{:.4e}</c>: one digit before the point, an exponent of at least two digits.</summary>
    public static string Scientific(double value, int digits)
    {
        if (!double.IsFinite(value)) return NonFinite(value);
        int power = 0;
        var scaled = BigInteger.Zero;
        if (value != 0)
        {
            var (mantissa, exponent) = Split(value);
            power = (int)Math.Floor(Math.Log10(Math.Abs(value)));
            var (low, high) = (BigInteger.Pow(10, digits), BigInteger.Pow(10, digits + 1));
            // The logarithm may be off by one next to a power of ten, and rounding may reach the next power: then once more.
            while (true)
            {
                int shift = digits - power;
                scaled = shift >= 0
                    ? RoundedQuotient(mantissa * BigInteger.Pow(10, shift), exponent, BigInteger.One)
                    : RoundedQuotient(mantissa, exponent, BigInteger.Pow(10, -shift));
                if (scaled >= high) power++;
                else if (scaled < low) power--;
                else break;
            }
        }
        string text = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        string head = digits == 0 ? text : $"{text[..1]}.{text[1..]}";
        return $"{Sign(value)}{head}e{(power < 0 ? '-' : '+')}{Math.Abs(power):00}";
    }

    private static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    private static string Sign(double value) => double.IsNegative(value) ? "-" : "";

    /// <summary>|value| = mantissa · 2^exponent.</summary>
    private static (BigInteger Mantissa, int Exponent) Split(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)(bits >> 52) & 0x7FF;
        long fraction = bits & ((1L << 52) - 1);
        return biased == 0 ? (fraction, -1074) : (fraction | (1L << 52), biased - 1075);
    }

    /// <summary>number · 2^exponent / divisor, rounded to the nearest integer, ties to even.</summary>
    private static BigInteger RoundedQuotient(BigInteger number, int exponent, BigInteger divisor)
    {
        if (exponent >= 0) number <<= exponent;
        else divisor <<= -exponent;
        var quotient = BigInteger.DivRem(number, divisor, out var rest);
        int side = (rest << 1).CompareTo(divisor);
        return side > 0 || (side == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
