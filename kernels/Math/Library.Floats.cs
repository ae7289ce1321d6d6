namespace GpuTensor.Kernels;

/// <summary>Exponentials, logarithms, hyperbolic functions and roots in float32. Coefficients are minimax fits of our own; every step is an IEEE operation or a fused multiply-add, so one
/// lane or sixteen give the same bits on any device.</summary>
internal static partial class Library
{
    // (e^r − 1 − r)/r² on |r| ≤ 0.35: for exp (error 2^-28.2) and, a degree higher, for expm1.
    private static readonly string Exp4 = Poly("r", 0.49999994, 0.16666515, 0.041668456, 0.008369419, 0.0013813145);
    private static readonly string Exp5 = Poly("r", 0.5, 0.16666666, 0.041666362, 0.008333514, 0.0013940888, 0.00019774279);

    // (2^r − 1)/r on |r| ≤ 1/2.
    private static readonly string Exp2 = Poly("r", 0.6931472, 0.24022648, 0.055503294, 0.00961845, 0.001340017, 0.00015352317);

    // (log(1+f) − f + f²/2)/f³ on 1/√2 ≤ 1+f < √2.
    private static readonly string Log8 = Poly("f", 0.33333313, -0.2500001, 0.20002119, -0.16667996, 0.14219552, -0.124055885, 0.118881606,
        -0.11675654, 0.06746647);

    private const string Sign = "$aT(($aU(r) & 0x7fffffffu) | ($aU(x) & 0x80000000u))";

    private static void AddFloats()
    {
        // 2^k·e^x: the scale in two steps, so that results may be subnormal or twice the largest power of two. Adding 1.5·2^23 rounds to an integer and leaves it in the low bits.
        Add("expk_f32", $$"""
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
            """);
        Add("exp_f32", "$T $N($T x) { return @expk(x, ($I)(0)); }");
        Add("exp2_f32", $$"""
            $T $N($T x) {
              $T c = x > ($T)(130.0f) ? ($T)(130.0f) : x; c = c < ($T)(-152.0f) ? ($T)(-152.0f) : c;
              const $T t = c + ($T)(12582912.0f);
              const $I n = $aI(t) - 0x4b400000;
              const $T r = c - (t - ($T)(12582912.0f));
              const $T y = fma({{Exp2}}, r, ($T)(1.0f));
              const $I h = n >> 1;
              return y * $aT((h + 127) << 23) * $aT((n - h + 127) << 23);
            }
            """);
        // 2^n·(e^r − 1) + (2^n − 1), at half scale since 2^128 is no float.
        Add("expm1_f32", $$"""
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
            """);
        // x = 2^e·(1+f): f, and e as a float. Subnormals are scaled up first.
        Add("split_f32", """
            $T $N($T x, $T* e) {
              const $I low = x < ($T)(0x1.0p-126f);
              const $T y = low ? x * ($T)(8388608.0f) : x;
              const $I i = $aI(y) - 0x3f3504f3;
              *e = $cT(i >> 23) - (low ? ($T)(23.0f) : ($T)(0.0f));
              return $aT((i & 0x007fffff) + 0x3f3504f3) - ($T)(1.0f);
            }
            """);
        // log(1+f) − f.
        Add("logtail_f32", $$"""$T $N($T f) { const $T z = f * f; return fma(f * z, {{Log8}}, z * ($T)(-0.5f)); }""");
        // The logarithm's values outside (0, ∞).
        Add("logedge_f32", """
            $T $N($T x, $T r) {
              r = x > ($T)(0.0f) ? (x < ($T)(INFINITY) ? r : x) : ($T)(NAN);
              return x == ($T)(0.0f) ? ($T)(-INFINITY) : r;
            }
            """);
        Add("log_f32", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e);
              return @logedge(x, fma(e, {{Number(0.69314575)}}, f + fma(e, {{Number(1.4286068e-06)}}, @logtail(f))));
            }
            """);
        Add("log2_f32", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e), s = f + @logtail(f);
              return @logedge(x, fma(s, {{Number(1.442695)}}, fma(s, {{Number(1.925963e-08)}}, e)));
            }
            """);
        Add("log10_f32", $$"""
            $T $N($T x) {
              $T e; const $T f = @split(x, &e), s = f + @logtail(f);
              return @logedge(x, fma(e, {{Number(0.30103)}}, fma(s, {{Number(0.4342945)}}, e * {{Number(-1.4320989e-08)}})));
            }
            """);
        // 1+x loses low bits of x: c gives them back. Where 1+x stays near 1, x itself is f.
        Add("log1p_f32", $$"""
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
            """);
        Add("sigmoid_f32", """
            $T $N($T x) {
              const $T t = @exp(-fabs(x));
              return (x < ($T)(0.0f) ? t : ($T)(1.0f)) / (($T)(1.0f) + t);
            }
            """);
        Add("tanh_f32", $$"""
            $T $N($T x) {
              const $T t = fabs(x), z = t * t;
              const $T near = fma(t * z, {{Poly("z", -0.333333, 0.13331959, -0.053786684, 0.020805385, -0.0059058685)}}, t);
              const $T far = ($T)(1.0f) - ($T)(2.0f) / (@exp(t + t) + ($T)(1.0f));
              const $T r = t < ($T)(0.6f) ? near : far;
              return {{Sign}};
            }
            """);
        Add("sinh_f32", $$"""
            $T $N($T x) {
              const $T t = fabs(x), z = t * t, h = @expk(t, ($I)(-1));
              const $T near = fma(t * z, {{Poly("z", 0.16666667, 0.0083333505, 0.00019836066, 2.8174395e-06)}}, t);
              const $T r = t < ($T)(1.0f) ? near : h - ($T)(0.25f) / h;
              return {{Sign}};
            }
            """);
        Add("cosh_f32", "$T $N($T x) { const $T h = @expk(fabs(x), ($I)(-1)); return h + ($T)(0.25f) / h; }");
        Add("asinh_f32", $$"""
            $T $N($T x) {
              const $T t = fabs(x);
              const $I far = t > ($T)(1e9f);
              const $T s = far ? t - ($T)(1.0f) : t + t * t / (($T)(1.0f) + sqrt(fma(t, t, ($T)(1.0f))));
              const $T r = @log1p(s) + (far ? {{Number(0.6931472)}} : ($T)(0.0f));
              return {{Sign}};
            }
            """);
        Add("acosh_f32", $$"""
            $T $N($T x) {
              const $T u = x - ($T)(1.0f);
              const $I far = x > ($T)(1e9f);
              const $T s = far ? u : u + sqrt(u) * sqrt(x + ($T)(1.0f));
              return @log1p(s) + (far ? {{Number(0.6931472)}} : ($T)(0.0f));
            }
            """);
        Add("atanh_f32", $$"""
            $T $N($T x) {
              const $T t = fabs(x), r = ($T)(0.5f) * @log1p((t + t) / (($T)(1.0f) - t));
              return {{Sign}};
            }
            """);
        Add("hypot_f32", """
            $T $N($T x, $T y) {
              const $T a = fabs(x), b = fabs(y), m = a > b ? a : b, n = a > b ? b : a, q = n / m;
              const $T r = n == ($T)(0.0f) ? m : m * sqrt(fma(q, q, ($T)(1.0f)));
              return (a == ($T)(INFINITY)) | (b == ($T)(INFINITY)) ? ($T)(INFINITY) : r;
            }
            """);
        AddPower();
        AddPythonDivision();
    }

    /// <summary>x^y = 2^(y·log2 x) in double, since a float's logarithm would have to be known to 32 bits; the special cases are C99's.</summary>
    private static void AddPower()
    {
        string log = Wide(2 / (17 * Math.Log(2)));
        for (int k = 15; k > 0; k -= 2) log = $"fma({log}, z, {Wide(2 / (k * Math.Log(2)))})";
        double c = 1;
        var terms = new double[9];
        for (int k = 0; k < 9; k++) (terms[k], c) = (c, c * Math.Log(2) / (k + 1));
        string exp = Wide(terms[8]);
        for (int k = 7; k >= 0; k--) exp = $"fma({exp}, r, {Wide(terms[k])})";
        Add("pow_f32", $$"""
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
              const $I whole = trunc(y) == y, odd = whole & (b < ($T)(16777216.0f)) & (($cI(b < ($T)(16777216.0f) ? b : ($T)(0.0f)) & 1) != 0);
              p = ($aI(x) < 0) & odd ? -p : p;
              p = (x < ($T)(0.0f)) & (a < ($T)(INFINITY)) & !whole ? ($T)(NAN) : p;
              p = (x != x) | (y != y) ? x + y : p;
              return (y == ($T)(0.0f)) | (x == ($T)(1.0f)) | ((a == ($T)(1.0f)) & (b == ($T)(INFINITY))) ? ($T)(1.0f) : p;
            }
            """);
    }

    private static string Wide(double value) => $"($D)({Dialect.OpenCl.Literal(value)})";

    /// <summary>Remainders and quotients as Python and PyTorch define them, over fmod. That one is the device's own, lane by lane.</summary>
    private static void AddPythonDivision()
    {
        AddLanes("fmod_f", 2, "fmod(x, y)");
        Add("remainder_f", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y);
              return (r != ($T)(0.0f)) & ((y < ($T)(0.0f)) ^ (r < ($T)(0.0f))) ? r + y : r;
            }
            """);
        Add("floor_div_f", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y), q = x / y, d = (x - r) / y;
              const $T e = (r != ($T)(0.0f)) & ((y < ($T)(0.0f)) ^ (r < ($T)(0.0f))) ? d - ($T)(1.0f) : d, g = floor(e);
              const $T w = e - g > ($T)(0.5f) ? g + ($T)(1.0f) : g;
              return y == ($T)(0.0f) ? q : (e == ($T)(0.0f) ? copysign(($T)(0.0f), q) : w);
            }
            """);
    }
}
