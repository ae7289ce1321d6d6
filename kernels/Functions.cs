namespace GpuTensor.Kernels;

/// <summary>The scalar functions an <see cref="Apply"/> may name: the vocabulary that operators' rows and the dialects share. What each means is its reference function;
/// how each is written in a dialect stands with the dialect.</summary>
internal static class Functions
{
    /// <summary>Names by arity. Arithmetic keeps its arguments' dtype; comparisons and predicates give Bool; <c>where</c> takes (Bool, T, T).</summary>
    public static readonly IReadOnlyDictionary<string, int> Arity = new Dictionary<string, int>
    {
        // arithmetic (integers wrap; integer division by zero gives 0 and does not trap)
        ["add"] = 2, ["sub"] = 2, ["mul"] = 2, ["div"] = 2, ["fmod"] = 2, ["remainder"] = 2, ["floor_div"] = 2, ["trunc_div"] = 2, ["pow"] = 2, ["atan2"] = 2, ["hypot"] = 2,
        ["min"] = 2, ["max"] = 2, ["neg"] = 1, ["abs"] = 1, ["sign"] = 1, ["fma"] = 3,
        // rounding; round is half to even
        ["floor"] = 1, ["ceil"] = 1, ["trunc"] = 1, ["round"] = 1,
        // transcendental
        ["exp"] = 1, ["exp2"] = 1, ["expm1"] = 1, ["log"] = 1, ["log2"] = 1, ["log10"] = 1, ["log1p"] = 1, ["sqrt"] = 1, ["rsqrt"] = 1, ["reciprocal"] = 1,
        ["sin"] = 1, ["cos"] = 1, ["tan"] = 1, ["asin"] = 1, ["acos"] = 1, ["atan"] = 1, ["sinh"] = 1, ["cosh"] = 1, ["tanh"] = 1, ["asinh"] = 1, ["acosh"] = 1, ["atanh"] = 1,
        ["erf"] = 1, ["erfc"] = 1, ["sigmoid"] = 1,
        // comparisons and predicates
        ["eq"] = 2, ["ne"] = 2, ["lt"] = 2, ["le"] = 2, ["gt"] = 2, ["ge"] = 2, ["isnan"] = 1, ["isinf"] = 1, ["isfinite"] = 1,
        // logic and bits (bool: logical; shifts past the width as PyTorch)
        ["logical_not"] = 1, ["logical_and"] = 2, ["logical_or"] = 2, ["logical_xor"] = 2,
        ["bitwise_not"] = 1, ["bitwise_and"] = 2, ["bitwise_or"] = 2, ["bitwise_xor"] = 2, ["shift_left"] = 2, ["shift_right"] = 2,
        ["where"] = 3,
        // Philox 4x32-10: (Int64 key, Int64 first block, Int64 element number i) gives word i mod 4 of block first + i / 4 as an Int64 in [0, 2^32).
        // The key's low word is key[0]; the block's low word is counter[0], its high word counter[1]; counter[2] and [3] are 0.
        ["philox"] = 3,
    };
}
