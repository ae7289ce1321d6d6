namespace GpuTensor.Kernels;

/// <summary>Comparisons, predicates, logic and bits. Of Bool the bitwise functions are the logical ones; shifts past the width are
/// PyTorch's.</summary>
internal static class LogicFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        new("eq", 2) { Float = "$0 == $1", Integer = "$0 == $1", Bool = "!($0 ^ $1)" },
        new("ne", 2) { Float = "$0 != $1", Integer = "$0 != $1", Bool = "$0 ^ $1" },
        new("lt", 2) { Float = "$0 < $1", Integer = "$0 < $1", Bool = "!$0 & $1" },
        new("le", 2) { Float = "$0 <= $1", Integer = "$0 <= $1", Bool = "!$0 | $1" },
        new("gt", 2) { Float = "$0 > $1", Integer = "$0 > $1", Bool = "$0 & !$1" },
        new("ge", 2) { Float = "$0 >= $1", Integer = "$0 >= $1", Bool = "$0 | !$1" },
        new("isnan", 1) { Float = "$0 != $0", Integer = "$0 != $0", Bool = "$0 ^ $0" },
        new("isinf", 1) { Float = "fabs($0) == ($T)(INFINITY)", Integer = "$0 != $0", Bool = "$0 ^ $0" },
        new("isfinite", 1) { Float = "fabs($0) < ($T)(INFINITY)", Integer = "$0 == $0", Bool = "!($0 ^ $0)" },
        new("logical_not", 1) { Float = "$0 == ($T)(0)", Integer = "$0 == ($T)(0)", Bool = "!$0" },
        new("logical_and", 2) { Float = And, Integer = And, Bool = "$0 & $1" },
        new("logical_or", 2) { Float = Or, Integer = Or, Bool = "$0 | $1" },
        new("logical_xor", 2) { Float = Xor, Integer = Xor, Bool = "$0 ^ $1" },
        new("bitwise_not", 1) { Integer = "~$0", Bool = "!$0" },
        new("bitwise_and", 2) { Integer = "$0 & $1", Bool = "$0 & $1" },
        new("bitwise_or", 2) { Integer = "$0 | $1", Bool = "$0 | $1" },
        new("bitwise_xor", 2) { Integer = "$0 ^ $1", Bool = "$0 ^ $1" },
        new("shift_left", 2) { Integer = "@shl($0, $1)", Cost = 3, Helpers = LeftShift },
        new("shift_right", 2) { Integer = "@shr($0, $1)", Cost = 3, Helpers = RightShift },
        new("where", 3) { Float = "$0 ? $1 : $2", Integer = "$0 ? $1 : $2", Bool = "$0 ? $1 : $2", IsExact = true },
    ];

    private const string And = "($0 != ($T)(0)) & ($1 != ($T)(0))";
    private const string Or = "($0 != ($T)(0)) | ($1 != ($T)(0))";
    private const string Xor = "($0 != ($T)(0)) ^ ($1 != ($T)(0))";

    private static Helper[] LeftShift =>
    [
        new("shl_i", """
            $T $N($T x, $T n) {
              const $T w = ($T)(8 * sizeof($E) - 1);
              return (n < ($T)(0)) | (n > w) ? ($T)(0) : $s($u(x) << $u(n & w));
            }
            """),
    ];

    private static Helper[] RightShift =>
    [
        new("shr_i", "$T $N($T x, $T n) { const $T w = ($T)(8 * sizeof($E) - 1); return x >> ((n < ($T)(0)) | (n > w) ? w : n); }"),
        new("shr_u8", "$T $N($T x, $T n) { return n > ($T)(7) ? ($T)(0) : x >> (n & ($T)(7)); }"),
    ];
}
