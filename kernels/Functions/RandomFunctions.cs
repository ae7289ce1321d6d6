namespace GpuTensor.Kernels;

/// <summary>Random words that a counter gives.</summary>
internal static class RandomFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        // Philox 4x32-10: (Int64 key, Int64 first block, Int64 element number i) gives word i mod 4 of block first + i / 4 as an Int64 in
        // [0, 2^32).
        // The key's low word is key[0]; the block's low word is counter[0], its high word counter[1]; counter[2] and [3] are 0.
        new("philox", 3) { Integer = "@philox($0, $1, $2)", Cost = 60, Helpers = [Philox] },
    ];

    // Ten rounds on a block whose first two words count; 32-bit words kept in 64 bits, since the products need them there anyway.
    private static Helper Philox => new("philox_i64", """
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
