namespace GpuTensor.Kernels;

/// <summary>Integer arithmetic that never traps, the half types' bit patterns, and Philox.</summary>
internal static partial class Library
{
    private static void AddIntegers()
    {
        // Division by zero gives 0, and by −1 is a negation: the processor would trap on both (the least number has no positive counterpart).
        Add("div_i", """
            $T $N($T x, $T y) {
              const $T d = (y == ($T)(0)) | (y == ($T)(-1)) ? ($T)(1) : y, q = x / d;
              return y == ($T)(0) ? ($T)(0) : (y == ($T)(-1) ? $s(-$u(x)) : q);
            }
            """);
        Add("div_u8", "$T $N($T x, $T y) { const $T d = y == ($T)(0) ? ($T)(1) : y, q = x / d; return y == ($T)(0) ? ($T)(0) : q; }");
        Add("fmod_i", "$T $N($T x, $T y) { const $T q = @div(x, y); return y == ($T)(0) ? ($T)(0) : $s($u(x) - $u(q) * $u(y)); }");
        Add("remainder_i", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y);
              return (r != ($T)(0)) & ((r < ($T)(0)) ^ (y < ($T)(0))) ? $s($u(r) + $u(y)) : r;
            }
            """);
        Add("floor_div_i", """
            $T $N($T x, $T y) {
              const $T q = @div(x, y), r = @fmod(x, y);
              return (r != ($T)(0)) & ((r < ($T)(0)) ^ (y < ($T)(0))) ? $s($u(q) - $u(($T)(1))) : q;
            }
            """);
        Add("powi_i", """
            $E $N($E x, $E n) {
              if (n < 0) return x == 1 ? 1 : (x == ($E)(-1) ? ((n & 1) != 0 ? x : 1) : 0);
              $U r = 1, b = ($U)x;
              for (; n != 0; n >>= 1) { if ((n & 1) != 0) r = ($U)(r * b); b = ($U)(b * b); }
              return ($E)r;
            }
            """);
        AddLanes("pow_i", 2, "@powi(x, y)");
        Add("shl_i", """
            $T $N($T x, $T n) {
              const $T w = ($T)(8 * sizeof($E) - 1);
              return (n < ($T)(0)) | (n > w) ? ($T)(0) : $s($u(x) << $u(n & w));
            }
            """);
        Add("shr_i", "$T $N($T x, $T n) { const $T w = ($T)(8 * sizeof($E) - 1); return x >> ((n < ($T)(0)) | (n > w) ? w : n); }");
        Add("shr_u8", "$T $N($T x, $T n) { return n > ($T)(7) ? ($T)(0) : x >> (n & ($T)(7)); }");

        // Ten rounds on a block whose first two words count; 32-bit words kept in 64 bits, since the products need them there anyway.
        Add("philox_i64", """
            $T $N($T key, $T first, $T i) {
              const $U b = $aU(first) + ($aU(i) >> 2), low = ($U)(0xffffffffUL);
              $U c0 = b & low, c1 = b >> 32, c2 = ($U)(0UL), c3 = ($U)(0UL), k0 = $aU(key) & low, k1 = $aU(key) >> 32;
              for (int r = 0; r < 10; r++) {
                const $U p = c0 * ($U)(0xD2511F53UL), q = c2 * ($U)(0xCD9E8D57UL);
                c0 = (q >> 32) ^ c1 ^ k0; c1 = q & low;
                c2 = (p >> 32) ^ c3 ^ k1; c3 = p & low;
                k0 = (k0 + ($U)(0x9E3779B9UL)) & low; k1 = (k1 + ($U)(0xBB67AE85UL)) & low;
              }
              const $I odd = (i & 1) != 0, upper = (i & 2) != 0;
              const $U x = odd ? c1 : c0, y = odd ? c3 : c2;
              return $aT(upper ? y : x);
            }
            """);
    }

    private static void AddHalves()
    {
        // The half's exponent and fraction as float32 bits are the value times 2^-112, subnormals included.
        Add("from_f16_f32", """
            $T $N($H h) {
              const $U b = $cU(h), m = (b & 0x7fffu) << 13;
              const $T v = $aT(m) * ($T)(0x1p+112f);
              return $aT(((b & 0x7c00u) == 0x7c00u ? m | 0x7f800000u : $aU(v)) | ((b & 0x8000u) << 16));
            }
            """);
        // Rounds to nearest even among float16's numbers; below 2^-14 they are 2^-24 apart, as floats are at 1/2.
        Add("round_f16_f32", """
            $T $N($T x) {
              const $U b = $aU(x), s = b & 0x80000000u, a = b ^ s, n = (a + 0xfffu + ((a >> 13) & 1u)) & 0xffffe000u;
              const $U r = a < 0x38800000u ? $aU(($aT(a) + ($T)(0.5f)) - ($T)(0.5f)) : (n >= 0x47800000u ? ($U)(0x7f800000u) : n);
              return $aT((a > 0x7f800000u ? ($U)(0x7fc00000u) : r) | s);
            }
            """);
        Add("to_f16_f32", """
            $H $N($T x) {
              const $U b = $aU(x), s = b & 0x80000000u, a = b ^ s;
              const $U r = a < 0x38800000u ? $aU($aT(a) + ($T)(0.5f)) - 0x3f000000u : (a >> 13) - 0x1c000u;
              return $cH((a >= 0x7f800000u ? (a == 0x7f800000u ? ($U)(0x7c00u) : ($U)(0x7e00u)) : r) | (s >> 16));
            }
            """);
        Add("from_bf16_f32", "$T $N($H h) { return $aT($cU(h) << 16); }");
        Add("round_bf16_f32", """
            $T $N($T x) {
              const $U b = $aU(x);
              return $aT((b & 0x7fffffffu) > 0x7f800000u ? b | 0x00400000u : (b + 0x7fffu + ((b >> 16) & 1u)) & 0xffff0000u);
            }
            """);
        Add("to_bf16_f32", "$H $N($T x) { return $cH($aU(x) >> 16); }");
    }
}
