using static GpuTensor.Kernels.Coefficients;
using static GpuTensor.Kernels.ScalarFunction;

namespace GpuTensor.Kernels;

/// <summary>Powers and roots.</summary>
internal static class PowerFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        new("sqrt", 1) { Float = "sqrt($0)", Cost = 6 },
        new("rsqrt", 1) { Float = "($T)(1) / sqrt($0)", Cost = 8 },
        new("reciprocal", 1) { Float = "($T)(1) / $0", Cost = 4 },
        new("pow", 2)
        {
            Float = "@pow($0, $1)",
            Integer = "@pow($0, $1)",
            Cost = 40,
            Helpers = [Power(), Helper.OfDevice("pow", 2), .. IntegerPower],
        },
        OfReals("hypot", """
            $T $N($T x, $T y) {
              const $T a = fabs(x), b = fabs(y), m = a > b ? a : b, n = a > b ? b : a, q = n / m;
              const $T r = n == ($T)(0.0f) ? m : m * sqrt(fma(q, q, ($T)(1.0f)));
              return (a == ($T)(INFINITY)) | (b == ($T)(INFINITY)) ? ($T)(INFINITY) : r;
            }
            """, arity: 2, cost: 12),
    ];

    private static Helper[] IntegerPower =>
    [
        new("powi_i", """
            $E $N($E x, $E n) {
              if (n < 0) return x == 1 ? 1 : (x == ($E)(-1) ? ((n & 1) != 0 ? x : 1) : 0);
              $U r = 1, b = ($U)x;
              for (; n != 0; n >>= 1) { if ((n & 1) != 0) r = ($U)(r * b); b = ($U)(b * b); }
              return ($E)r;
            }
            """),
        new("pow_i", "@powi(x, y)", Lanes: 2),
    ];

    /// <summary>x^y = 2^(y·log2 x) in double, since a float's logarithm would have to be known to 32 bits; the special cases are
    /// C99's.</summary>
    private static Helper Power()
    {
        string log = Wide(2 / (17 * Math.Log(2)));
        for (int k = 15; k > 0; k -= 2) log = $"fma({log}, z, {Wide(2 / (k * Math.Log(2)))})";
        double c = 1;
        var terms = new double[9];
        for (int k = 0; k < 9; k++) (terms[k], c) = (c, c * Math.Log(2) / (k + 1));
        // From 2^24 on all floats are even.
        const string IsOdd = "(b < ($T)(16777216.0f)) & (($cI(b < ($T)(16777216.0f) ? b : ($T)(0.0f)) & 1) != 0)";
        string exp = Wide(terms[8]);
        for (int k = 7; k >= 0; k--) exp = $"fma({exp}, r, {Wide(terms[k])})";
        return new("pow_f32", $$"""
            $T $N($T x, $T y) {
              const $T a = fabs(x), b = fabs(y);
              const $J i = $aJ($cD(a)) - 0x3fe6a09e667f3bcdL;
              const $D m = $aD((i & 0x000fffffffffffffL) + 0x3fe6a09e667f3bcdL), s = (m - ($D)(1.0)) / (m + ($D)(1.0)), z = s * s;
              $D t = $cD(y) * fma(s, {{log}}, $cD(i >> 52));
              t = t > ($D)(200.0) ? ($D)(200.0) : t; t = t > ($D)(-200.0) ? t : ($D)(-200.0);
              const $D w = t + ($D)(6755399441055744.0), r = t - (w - ($D)(6755399441055744.0));
              $T p = $cT($aD($aJ({{exp}}) + ($aJ(w) << 52)));
              p = a == ($T)(0.0f) ? (y < ($T)(0.0f) ? ($T)(INFINITY) : a) : p;
              p = a == ($T)(INFINITY) ? (y < ($T)(0.0f) ? ($T)(0.0f) : a) : p;
              const $I whole = trunc(y) == y, odd = whole & {{IsOdd}};
              p = ($aI(x) < 0) & odd ? -p : p;
              p = (x < ($T)(0.0f)) & (a < ($T)(INFINITY)) & !whole ? ($T)(NAN) : p;
              p = (x != x) | (y != y) ? x + y : p;
              return (y == ($T)(0.0f)) | (x == ($T)(1.0f)) | ((a == ($T)(1.0f)) & (b == ($T)(INFINITY))) ? ($T)(1.0f) : p;
            }
            """);
    }
}
