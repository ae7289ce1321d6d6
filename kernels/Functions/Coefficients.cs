namespace GpuTensor.Kernels;

/// <summary>Numbers and polynomials in the template language of <see cref="Library"/>.</summary>
internal static class Coefficients
{
    /// <summary>r with the sign of x.</summary>
    public const string Sign = "$aT(($aU(r) & 0x7fffffffu) | ($aU(x) & 0x80000000u))";

    /// <summary>c0 + c1·v + c2·v² + …, by Horner's rule with fused multiply-adds.</summary>
    public static string Poly(string v, params double[] c)
    {
        string s = Number(c[^1]);
        for (int k = c.Length - 2; k >= 0; k--) s = $"fma({s}, {v}, {Number(c[k])})";
        return s;
    }

    /// <summary>A float32 constant in every lane.</summary>
    public static string Number(double value) => $"($T)({Dialect.OpenCl.Literal((float)value)})";

    /// <summary>A float64 constant in every lane.</summary>
    public static string Wide(double value) => $"($D)({Dialect.OpenCl.Literal(value)})";
}
