namespace GpuTensor.Kernels;

/// <summary>The half types' bit patterns.</summary>
internal static partial class Library
{
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
