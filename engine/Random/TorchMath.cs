namespace GpuTensor;

/// <summary>The elementary functions under PyTorch's <c>randn</c>, rounded as its x86 build rounds them: the Cephes library's
/// single-precision polynomials (Moshier 1984), every product that feeds a sum fused with it.</summary>
internal static class TorchMath
{
    /// <summary>Box and Muller's method on 8 pairs (j, j + 8) of uniform numbers, in place.</summary>
    public static void BoxMuller(Span<float> group)
    {
        for (int j = 0; j < 8; j++)
        {
            float radius = MathF.Sqrt(-2f * Log(1f - group[j]));
            var (sin, cos) = SinCos((float)(2 * Math.PI) * group[j + 8]);
            (group[j], group[j + 8]) = (radius * cos, radius * sin);
        }
    }

    /// <summary>The same on doubles, with the C library's functions.</summary>
    public static void BoxMuller(Span<double> group)
    {
        for (int j = 0; j < 8; j++)
        {
            double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - group[j])), theta = 2.0 * Math.PI * group[j + 8];
            (group[j], group[j + 8]) = (radius * Math.Cos(theta), radius * Math.Sin(theta));
        }
    }

    /// <summary>ln(1 + x), which .NET lacks: ln(u) corrected by what rounding 1 + x to u lost (Kahan).</summary>
    public static double Log1P(double x)
    {
        double u = 1.0 + x;
        return u == 1.0 ? x : Math.Log(u) - ((u - 1.0) - x) / u;
    }

    /// <summary>ln x of a positive normal number: x = m·2^e with m in [√½, √2), a polynomial for ln m, e·ln 2 added in two parts.</summary>
    internal static float Log(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        float exponent = (int)(bits >> 23) - 126;
        float m = BitConverter.UInt32BitsToSingle((bits & 0x007FFFFF) | 0x3F000000);
        if (m < 0.707106781186547524f)
        {
            exponent -= 1;
            m += m;
        }
        m -= 1;
        float square = m * m, y = 7.0376836292e-2f;
        y = MathF.FusedMultiplyAdd(y, m, -1.1514610310e-1f);
        y = MathF.FusedMultiplyAdd(y, m, 1.1676998740e-1f);
        y = MathF.FusedMultiplyAdd(y, m, -1.2420140846e-1f);
        y = MathF.FusedMultiplyAdd(y, m, 1.4249322787e-1f);
        y = MathF.FusedMultiplyAdd(y, m, -1.6668057665e-1f);
        y = MathF.FusedMultiplyAdd(y, m, 2.0000714765e-1f);
        y = MathF.FusedMultiplyAdd(y, m, -2.4999993993e-1f);
        y = MathF.FusedMultiplyAdd(y, m, 3.3333331174e-1f);
        y = MathF.FusedMultiplyAdd(y * m, square, exponent * -2.12194440e-4f);
        y = MathF.FusedMultiplyAdd(square, -0.5f, y);
        return MathF.FusedMultiplyAdd(exponent, 0.693359375f, m + y);
    }

    /// <summary>Sine and cosine of an angle in [0, 2π]: reduced by multiples of π/4 in three parts, then one polynomial each on [−π/4,
    /// π/4].</summary>
    internal static (float Sin, float Cos) SinCos(float angle)
    {
        int octant = ((int)(angle * 1.27323954473516f) + 1) & ~1;
        float q = octant;
        float x = MathF.FusedMultiplyAdd(q, -0.78515625f, angle);
        x = MathF.FusedMultiplyAdd(q, -2.4187564849853515625e-4f, x);
        x = MathF.FusedMultiplyAdd(q, -3.77489497744594108e-8f, x);
        float square = x * x;

        float cos = MathF.FusedMultiplyAdd(2.443315711809948e-5f, square, -1.388731625493765e-3f);
        cos = MathF.FusedMultiplyAdd(cos, square, 4.166664568298827e-2f);
        cos = MathF.FusedMultiplyAdd(cos * square, square, square * -0.5f) + 1f;

        float sin = MathF.FusedMultiplyAdd(-1.9515295891e-4f, square, 8.3321608736e-3f);
        sin = MathF.FusedMultiplyAdd(sin, square, -1.6666654611e-1f);
        sin = MathF.FusedMultiplyAdd(sin * square, x, x);

        // In octants 2 and 6 the two change places; the sine is negative in the lower half, the cosine in the left one.
        bool swap = (octant & 2) != 0, lower = (octant & 4) != 0, left = ((octant + 2) & 4) != 0;
        if (swap) (sin, cos) = (cos, sin);
        return (lower ? -sin : sin, left ? -cos : cos);
    }
}
