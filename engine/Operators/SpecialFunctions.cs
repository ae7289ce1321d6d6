namespace GpuTensor.Operators;

/// <summary>Functions that .NET lacks, in double, to about two units in the last place.</summary>
internal static class SpecialFunctions
{
    private const double TwoBySqrtPi = 1.1283791670955126;

    /// <summary>eˣ − 1. Kahan's correction: the error of the rounded exponential cancels against that of its logarithm.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1) return x;
        double less = u - 1;
        return less == -1 || double.IsInfinity(u) || double.IsNaN(u) ? less : less * (x / Math.Log(u));
    }

    /// <summary>ln(1 + x), with Kahan's correction.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>The error function.</summary>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        return a < 0.9 ? Series(x) : double.IsNaN(x) ? x : Math.CopySign(1 - Tail(a), x);
    }

    /// <summary>1 − erf(x), accurate where that is small.</summary>
    public static double Erfc(double x) => x < 0.9 ? 1 - Erf(x) : double.IsNaN(x) ? x : Tail(x);

    /// <summary>erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign, so nothing cancels.</summary>
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TwoBySqrtPi * ExpOfMinusSquare(x) * sum;
    }

    /// <summary>erfc(x) for x ≥ 0.9: the continued fraction e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), evaluated from the depth that
    /// x needs.</summary>
    private static double Tail(double x)
    {
        if (x > 28) return 0;
        double fraction = x;
        for (int n = (int)(20 + 120 / (x * x)) + 60; n > 0; n--) fraction = x + n / 2.0 / fraction;
        return TwoBySqrtPi / 2 * ExpOfMinusSquare(x) / fraction;
    }

    /// <summary>e^(−x²) with the square's rounding error made good: without that it would cost x² units.</summary>
    private static double ExpOfMinusSquare(double x)
    {
        double square = x * x, error = Math.FusedMultiplyAdd(x, x, -square);
        return Math.Exp(-square) * (1 - error);
    }
}
