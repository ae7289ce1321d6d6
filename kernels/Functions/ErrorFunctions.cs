using static GpuTensor.Kernels.Coefficients;
using static GpuTensor.Kernels.ScalarFunction;

namespace GpuTensor.Kernels;

/// <summary>erf and erfc.</summary>
internal static class ErrorFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        // Small: erf x = x + x·P(x²). Large: 1 − e^(−t·G(t)), exact to half an ulp of 1 beyond 4.
        OfReals("erf", $$"""
            $T $N($T x) {
              const $T t = fabs(x), z = x * x, m = t > ($T)(4.0f) ? ($T)(4.0f) : t;
              const $T near = fma({{Poly("z", 0.12837915, -0.37612495, 0.112818025, -0.026765568, 0.004990981, -0.00059768965)}}, t, t);
              const $T g = {{Poly("m", 1.1286954, 0.6349483, 0.10659492, -0.024090717, 0.0038077906, -0.00036596094, 1.5791988e-05)}};
              const $T far = ($T)(1.0f) - @exp(-m * g);
              const $T r = t < ($T)(0.925f) ? near : far;
              return {{Sign}};
            }
            """, WideErf),
        // e^(−x²)·P(w)/(1 + 2x) with w = (x−4)/(x+4) and x ≥ 0; the rounding error of x² is put back, or large x would lose digits.
        OfReals("erfc", $$"""
            $T $N($T x) {
              const $T a = fabs(x), t = a > ($T)(10.2f) ? ($T)(10.2f) : a;
              const $T w = (t - ($T)(4.0f)) / (t + ($T)(4.0f));
              const $T p = {{Poly("w", 1.2329952, -0.13962105, 0.0153773455, 0.06809265, -0.1009916, 0.09382822, -0.06661768, 0.03640495,
                  -0.015971532, 0.0069475626, 0.0008606531)}};
              const $T s = t * t, e = @exp(-s), lost = fma(-t, t, s), y = fma(e, lost, e) * (p / fma(($T)(2.0f), t, ($T)(1.0f)));
              return x < ($T)(0.0f) ? ($T)(2.0f) - y : y;
            }
            """),
    ];

    // CUDA's and PoCL's erf may be two units off below 1, which a GELU's 1 + erf(x) lays bare on its left. Beyond 1.5 the small 1 − erf(x)
    // is exact enough to round 1 − it right nearly always.
    private static Helper WideErf => new("erf_f64", "fabs(x) < 1.5 ? erf(x) : copysign(1.0 - erfc(fabs(x)), x)", Lanes: 1);
}
