using static GpuTensor.Kernels.Coefficients;
using static GpuTensor.Kernels.ScalarFunction;

namespace GpuTensor.Kernels;

/// <summary>Circular functions and their inverses.</summary>
internal static class CircularFunctions
{
    // (sin r / r − 1)/r² and (cos r − 1 + r²/2)/r⁴ as polynomials of z = r² on |r| ≤ π/4.
    private static readonly string Sin3 = Poly("z", -0.16666667, 0.008333329, -0.00019839256, 2.7175645e-06);
    private static readonly string Cos2 = Poly("z", 0.041666646, -0.0013887306, 2.4431205e-05);
    private static readonly string Atan8 = Poly("z", -0.333333, 0.19998549, -0.14264242, 0.109521866, -0.08403452, 0.05795762, -0.03117787,
        0.010914618, -0.0017936244);

    private static readonly string Asin4 = Poly("z", 0.16666754, 0.07495233, 0.04547834, 0.024140993, 0.04223054);

    public static readonly ScalarFunction[] Rows =
    [
        OfReals("sin", "$T $N($T x) { $I q; const $T r = @reduce(x, &q), y = @sinq(r, q); return x == ($T)(0.0f) ? x : y; }"),
        OfReals("cos", "$T $N($T x) { $I q; const $T r = @reduce(x, &q); return @sinq(r, q + 1); }"),
        OfReals("tan",
            "$T $N($T x) { $I q; const $T r = @reduce(x, &q), y = @sinq(r, q) / @sinq(r, q + 1); return x == ($T)(0.0f) ? x : y; }"),
        OfReals("asin", $$"""
            $T $N($T x) {
              const $T t = fabs(x);
              const $I far = t > ($T)(0.5f);
              const $T z = far ? ($T)(0.5f) - ($T)(0.5f) * t : t * t, s = far ? sqrt(z) : t;
              const $T p = fma(s * z, {{Asin4}}, s);
              const $T r = far ? fma(($T)(-2.0f), p, {{Number(-4.371139e-08)}}) + {{Number(1.5707964)}} : p;
              return {{Sign}};
            }
            """),
        OfReals("acos", $$"""
            $T $N($T x) {
              const $T t = fabs(x);
              const $I far = t > ($T)(0.5f);
              const $T z = far ? ($T)(0.5f) - ($T)(0.5f) * t : t * t, s = far ? sqrt(z) : t;
              const $T p = fma(s * z, {{Asin4}}, s), w = p + p;
              const $T edge = x < ($T)(0.0f) ? {{Number(3.1415927)}} - (w - {{Number(-8.742278e-08)}}) : w;
              const $T mid = {{Number(1.5707964)}} - ((x < ($T)(0.0f) ? -p : p) - {{Number(-4.371139e-08)}});
              return far ? edge : mid;
            }
            """),
        OfReals("atan", $$"""
            $T $N($T x) {
              const $T t = fabs(x);
              const $I steep = t > ($T)(1.0f);
              const $T r = @arc(steep ? ($T)(1.0f) / t : t, steep);
              return {{Sign}};
            }
            """),
        OfReals("atan2", $$"""
            $T $N($T x, $T v) {
              const $T a = fabs(x), b = fabs(v), m = a > b ? a : b, n = a > b ? b : a;
              const $T q = n == m ? (m == ($T)(0.0f) ? m : ($T)(1.0f)) : n / m;
              const $T s = @arc(q, a > b), r = $aI(v) < 0 ? {{Number(3.1415927)}} - (s - {{Number(-8.742278e-08)}}) : s, y = {{Sign}};
              return (x != x) | (v != v) ? x + v : y;
            }
            """, arity: 2, cost: 20),
    ];

    /// <summary>What several functions call.</summary>
    public static readonly Helper[] Shared =
    [
        // Payne and Hanek: x·2/π from the 96 bits of 2/π that matter for x's exponent, in 2.62 fixed point.
        new("reduce_slow_f32", $$"""
            $E $N($E x, int* q) {
              const uint t[6] = { 0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u, 0x36d8a566u, 0x4f10e410u };
              const uint b = as_uint(x), m = ((b & 0x007fffffu) << 8) | 0x80000000u;
              const int e = (int)((b >> 23) & 0xffu) - 126, i = e >> 5, s = e & 31;
              uint h = i > 0 ? t[i - 1] : 0u, c = t[i], l = t[i + 1];
              if (s != 0) {
                h = (h << s) | (c >> (32 - s));
                c = (c << s) | (l >> (32 - s));
                l = (l << s) | (t[i + 2] >> (32 - s));
              }
              ulong p = (ulong)m * l;
              p = (ulong)m * c + (p >> 32);
              p += (ulong)(m * h) << 32;
              int n = (int)(p >> 62);
              p &= 0x3fffffffffffffffUL;
              if (p & 0x2000000000000000UL) { p -= 0x4000000000000000UL; n += 1; }
              const $E r = (float)($J)p * 0x1.921fb6p-62f;
              *q = x < 0.0f ? -n : n;
              return x < 0.0f ? -r : r;
            }
            """),
        // x − q·π/2 in |r| ≤ π/4 and a little; beyond the range where three fused steps are exact enough, lane by lane.
        new("reduce_f32", $$"""
            $T $N($T x, $I* q) {
              const $T t = fma(x, {{Number(0.63661975)}}, ($T)(12582912.0f)), j = t - ($T)(12582912.0f);
              *q = $aI(t) - 0x4b400000;
              $T r = fma(j, {{Number(-1.5707964)}}, x);
              r = fma(j, {{Number(4.371139e-08)}}, r);
              r = fma(j, {{Number(1.7151245e-15)}}, r);
              if ($?(fabs(x) > ($T)(48000.0f))) {
                float xs[$W], rs[$W]; int qs[$W];
                $st(x, xs); $st(r, rs); $st(*q, qs);
                for (int k = 0; k < $W; k++) if (fabs(xs[k]) > 48000.0f) {
                  if (fabs(xs[k]) < INFINITY) rs[k] = @reduce_slow!(xs[k], &qs[k]); else { rs[k] = NAN; qs[k] = 0; }
                }
                r = $ld(rs); *q = $ld(qs);
              }
              return r;
            }
            """),
        new("sinq_f32", $$"""
            $T $N($T r, $I q) {
              const $T z = r * r, s = fma(r * z, {{Sin3}}, r), c = fma(z * z, {{Cos2}}, fma(z, ($T)(-0.5f), ($T)(1.0f)));
              const $T y = ((q & 1) != 0) ? c : s;
              return ((q & 2) != 0) ? -y : y;
            }
            """),
        // The angle of a slope y ≥ 0 that is at most 1, or of its reciprocal.
        new("arc_f32", $$"""
            $T $N($T y, $I steep) {
              const $T z = y * y, r = fma(y * z, {{Atan8}}, y);
              return steep ? {{Number(1.5707964)}} - (r - {{Number(-4.371139e-08)}}) : r;
            }
            """),
    ];
}
