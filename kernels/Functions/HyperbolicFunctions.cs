using static GpuTensor.Kernels.Coefficients;
using static GpuTensor.Kernels.ScalarFunction;

namespace GpuTensor.Kernels;

/// <summary>Hyperbolic functions and their inverses.</summary>
internal static class HyperbolicFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        OfReals("sinh", $$"""
            $T $N($T x) {
              const $T t = fabs(x), z = t * t, h = @expk(t, ($I)(-1));
              const $T near = fma(t * z, {{Poly("z", 0.16666667, 0.0083333505, 0.00019836066, 2.8174395e-06)}}, t);
              const $T r = t < ($T)(1.0f) ? near : h - ($T)(0.25f) / h;
              return {{Sign}};
            }
            """),
        OfReals("cosh", "$T $N($T x) { const $T h = @expk(fabs(x), ($I)(-1)); return h + ($T)(0.25f) / h; }"),
        OfReals("tanh", $$"""
            $T $N($T x) {
              const $T t = fabs(x), z = t * t;
              const $T near = fma(t * z, {{Poly("z", -0.333333, 0.13331959, -0.053786684, 0.020805385, -0.0059058685)}}, t);
              const $T far = ($T)(1.0f) - ($T)(2.0f) / (@exp(t + t) + ($T)(1.0f));
              const $T r = t < ($T)(0.6f) ? near : far;
              return {{Sign}};
            }
            """),
        OfReals("asinh", $$"""
            $T $N($T x) {
              const $T t = fabs(x);
              const $I far = t > ($T)(1e9f);
              const $T s = far ? t - ($T)(1.0f) : t + t * t / (($T)(1.0f) + sqrt(fma(t, t, ($T)(1.0f))));
              const $T r = @log1p(s) + (far ? {{Number(0.6931472)}} : ($T)(0.0f));
              return {{Sign}};
            }
            """),
        OfReals("acosh", $$"""
            $T $N($T x) {
              const $T u = x - ($T)(1.0f);
              const $I far = x > ($T)(1e9f);
              const $T s = far ? u : u + sqrt(u) * sqrt(x + ($T)(1.0f));
              return @log1p(s) + (far ? {{Number(0.6931472)}} : ($T)(0.0f));
            }
            """),
        OfReals("atanh", $$"""
            $T $N($T x) {
              const $T t = fabs(x), r = ($T)(0.5f) * @log1p((t + t) / (($T)(1.0f) - t));
              return {{Sign}};
            }
            """),
    ];
}
