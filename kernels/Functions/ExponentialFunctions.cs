using static GpuTensor.Kernels.Coefficients;
using static GpuTensor.Kernels.ScalarFunction;

namespace GpuTensor.Kernels;

/// <summary>Exponentials and logarithms. Coefficients are minimax fits of our own; every step is an IEEE operation or a fused multiply-add,
/// so one lane or sixteen give the same bits on any device.</summary>
internal static class ExponentialFunctions
{
    // (e^r − 1 − r)/r² on |r| ≤ 0.35: for exp (error 2^-28.2) and, a degree higher, for expm1.
    private static readonly string Exp4 = Poly("r", 0.49999994, 0.16666515, 0.041668456, 0.008369419, 0.0013813145);
    private static readonly string Exp5 = Poly("r", 0.5, 0.16666666, 0.041666362, 0.008333514, 0.0013940888, 0.00019774279);

    // (2^r − 1)/r on |r| ≤ 1/2.
    private static readonly string Exp2 = Poly("r", 0.6931472, 0.24022648, 0.055503294, 0.00961845, 0.001340017, 0.00015352317);

    // (log(1+f) − f + f²/2)/f³ on 1/√2 ≤ 1+f < √2.
    private static readonly string Log8 = Poly("f", 0.33333313, -0.2500001, 0.20002119, -0.16667996, 0.14219552, -0.124055885, 0.118881606,
        -0.11675654, 0.06746647);

    public static readonly ScalarFunction[] Rows =
    [
        OfReals("exp", "$T $N($T x) { return @expk(x, ($I)(0)); }"),
        OfReals("exp2", $$"""
            $T $N($T x) {
              $T c = x > ($T)(130.0f) ? ($T)(130.0f) : x; c = c < ($T)(-152.0f) ? ($T)(-152.0f) : c;
              const $T t = c + ($T)(12582912.0f);
              const $I n = $aI(t) - 0x4b400000;
              const $T r = c - (t - ($T)(12582912.0f));
              const $T y = fma({{Exp2}}, r, ($T)(1.0f));
              const $I h = n >> 1;
              return y * $aT((h + 127) << 23) * $aT((n - h + 127) << 23);
            }
            """),
        // 2^n·(e^r − 1) + (2^n − 1), at half scale since 2^128 is no float.
        OfReals("expm1", $$"""
            $T $N($T x) {
              $T c = x > ($T)(89.0f) ? ($T)(89.0f) : x; c = c < ($T)(-30.0f) ? ($T)(-30.0f) : c;
              const $T t = fma(c, {{Number(1.442695)}}, ($T)(12582912.0f));
              const $I n = $aI(t) - 0x4b400000;
              const $T f = t - ($T)(12582912.0f);
              const $T r = fma(f, {{Number(1.9046542e-09)}}, fma(f, {{Number(-0.6931472)}}, c));
              const $T s = $aT((n + 126) << 23);
              const $T y = fma(s, fma(r * r, {{Exp5}}, r), s - ($T)(0.5f)) * ($T)(2.0f);
              return x == ($T)(0.0f) ? x : y;
            }
            """),
        OfReals("log", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e);
              return @logedge(x, fma(e, {{Number(0.69314575)}}, f + fma(e, {{Number(1.4286068e-06)}}, @logtail(f))));
            }
            """),
        OfReals("log2", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e), s = f + @logtail(f);
              return @logedge(x, fma(s, {{Number(1.442695)}}, fma(s, {{Number(1.925963e-08)}}, e)));
            }
            """),
        OfReals("log10", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e), s = f + @logtail(f);
              return @logedge(x, fma(e, {{Number(0.30103)}}, fma(s, {{Number(0.4342945)}}, e * {{Number(-1.4320989e-08)}})));
            }
            """),
        // 1+x loses low bits of x: c gives them back. Where 1+x stays near 1, x itself is f.
        OfReals("log1p", $$"""
            $T $N($T x) {
              const $T u = ($T)(1.0f) + x;
              $T e; $T f = @split(u, &e);
              const $I near = e == ($T)(0.0f);
              f = near ? x : f;
              const $T lost = x >= ($T)(1.0f) ? ($T)(1.0f) - (u - x) : x - (u - ($T)(1.0f));
              const $T c = near ? ($T)(0.0f) : lost / u;
              const $T r = fma(e, {{Number(0.69314575)}}, f + (fma(e, {{Number(1.4286068e-06)}}, @logtail(f)) + c));
              return x == ($T)(0.0f) ? x : @logedge(u, r);
            }
            """),
        OfReals("sigmoid", """
            $T $N($T x) {
              const $T t = @exp(-fabs(x));
              return (x < ($T)(0.0f) ? t : ($T)(1.0f)) / (($T)(1.0f) + t);
            }
            """,
            new("sigmoid_f64", "$T $N($T x) { const $T t = @exp(-fabs(x)); return (x < ($T)(0.0) ? t : ($T)(1.0)) / (($T)(1.0) + t); }")),
    ];

    /// <summary>What several functions call.</summary>
    public static readonly Helper[] Shared =
    [
        // 2^k·e^x: the scale in two steps, so that results may be subnormal or twice the largest power of two. Adding 1.5·2^23 rounds to an
        // integer and leaves it in the low bits.
        new("expk_f32", $$"""
            $T $N($T x, $I k) {
              $T c = x > ($T)(90.0f) ? ($T)(90.0f) : x; c = c < ($T)(-106.0f) ? ($T)(-106.0f) : c;
              const $T t = fma(c, {{Number(1.442695)}}, ($T)(12582912.0f));
              const $I n = ($aI(t) - 0x4b400000) + k;
              const $T f = t - ($T)(12582912.0f);
              const $T r = fma(f, {{Number(1.9046542e-09)}}, fma(f, {{Number(-0.6931472)}}, c));
              const $T y = fma(r * r, {{Exp4}}, r) + ($T)(1.0f);
              const $I h = n >> 1;
              return y * $aT((h + 127) << 23) * $aT((n - h + 127) << 23);
            }
            """),
        // x = 2^e·(1+f): f, and e as a float. Subnormals are scaled up first.
        new("split_f32", """
            $T $N($T x, $T* e) {
              const $I low = x < ($T)(0x1.0p-126f);
              const $T y = low ? x * ($T)(8388608.0f) : x;
              const $I i = $aI(y) - 0x3f3504f3;
              *e = $cT(i >> 23) - (low ? ($T)(23.0f) : ($T)(0.0f));
              return $aT((i & 0x007fffff) + 0x3f3504f3) - ($T)(1.0f);
            }
            """),
        // log(1+f) − f.
        new("logtail_f32", $$"""$T $N($T f) { const $T z = f * f; return fma(f * z, {{Log8}}, z * ($T)(-0.5f)); }"""),
        // The logarithm's values outside (0, ∞).
        new("logedge_f32", """
            $T $N($T x, $T r) {
              r = x > ($T)(0.0f) ? (x < ($T)(INFINITY) ? r : x) : ($T)(NAN);
              return x == ($T)(0.0f) ? ($T)(-INFINITY) : r;
            }
            """),
    ];
}
