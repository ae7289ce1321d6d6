namespace GpuTensor.Kernels;

/// <summary>Arithmetic. Integers wrap; an integer division by zero gives 0 and does not trap.</summary>
internal static class ArithmeticFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        new("add", 2) { Float = "$0 + $1", Integer = "$s($u($0) + $u($1))", Bool = "$0 | $1" },
        new("sub", 2) { Float = "$0 - $1", Integer = "$s($u($0) - $u($1))", Bool = "$0 ^ $1" },
        new("mul", 2) { Float = "$0 * $1", Integer = "$s($u($0) * $u($1))", Bool = "$0 & $1" },
        // Integers are divided in software.
        new("div", 2)
        {
            Float = "$0 / $1",
            Integer = "@div($0, $1)",
            Bool = "$0 & $1",
            Cost = 4,
            IntegerCost = 30,
            Helpers = IntegerDivision,
        },
        new("trunc_div", 2) { Float = "trunc($0 / $1)", Integer = "@div($0, $1)", Cost = 5, IntegerCost = 30 },
        new("fmod", 2) { Float = "@fmod($0, $1)", Integer = "@fmod($0, $1)", Cost = 30, Helpers = Rest },
        new("remainder", 2) { Float = "@remainder($0, $1)", Integer = "@remainder($0, $1)", Cost = 30, Helpers = FloorRest },
        new("floor_div", 2) { Float = "@floor_div($0, $1)", Integer = "@floor_div($0, $1)", Cost = 30, Helpers = FloorQuotient },
        // NaN wins.
        new("max", 2) { Float = "($0 > $1) | ($0 != $0) ? $0 : $1", Integer = "$0 > $1 ? $0 : $1", Bool = "$0 | $1", IsExact = true },
        new("min", 2) { Float = "($0 < $1) | ($0 != $0) ? $0 : $1", Integer = "$0 < $1 ? $0 : $1", Bool = "$0 & $1", IsExact = true },
        new("neg", 1) { Float = "-$0", Integer = "$s(-$u($0))", Bool = "$0", IsExact = true },
        new("abs", 1) { Float = "fabs($0)", Integer = "$0 < ($T)(0) ? $s(-$u($0)) : $0", Bool = "$0", IsExact = true },
        new("sign", 1) { Float = Signum, Integer = Signum, Bool = "$0", IsExact = true },
        new("fma", 3) { Float = "fma($0, $1, $2)", Integer = "$s($u($0) * $u($1) + $u($2))", Bool = "($0 & $1) | $2" },
    ];

    private const string Signum = "$0 > ($T)(0) ? ($T)(1) : ($0 < ($T)(0) ? ($T)(-1) : ($T)(0))";

    private static Helper[] IntegerDivision =>
    [
        // Division by zero gives 0, and by −1 is a negation: the processor would trap on both (the least number has no positive
        // counterpart).
        new("div_i", """
            $T $N($T x, $T y) {
              const $T d = (y == ($T)(0)) | (y == ($T)(-1)) ? ($T)(1) : y, q = x / d;
              return y == ($T)(0) ? ($T)(0) : (y == ($T)(-1) ? $s(-$u(x)) : q);
            }
            """),
        new("div_u8", "$T $N($T x, $T y) { const $T d = y == ($T)(0) ? ($T)(1) : y, q = x / d; return y == ($T)(0) ? ($T)(0) : q; }"),
    ];

    /// <summary>Of floating numbers the device's own function, lane by lane.</summary>
    private static Helper[] Rest =>
    [
        new("fmod_i", "$T $N($T x, $T y) { const $T q = @div(x, y); return y == ($T)(0) ? ($T)(0) : $s($u(x) - $u(q) * $u(y)); }"),
        new("fmod_f", "fmod(x, y)", Lanes: 2),
    ];

    /// <summary>Remainders and quotients as Python and PyTorch define them, over fmod.</summary>
    private static Helper[] FloorRest =>
    [
        new("remainder_i", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y);
              return (r != ($T)(0)) & ((r < ($T)(0)) ^ (y < ($T)(0))) ? $s($u(r) + $u(y)) : r;
            }
            """),
        new("remainder_f", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y);
              return (r != ($T)(0.0f)) & ((y < ($T)(0.0f)) ^ (r < ($T)(0.0f))) ? r + y : r;
            }
            """),
    ];

    /// <inheritdoc cref="FloorRest"/>
    private static Helper[] FloorQuotient =>
    [
        new("floor_div_i", """
            $T $N($T x, $T y) {
              const $T q = @div(x, y), r = @fmod(x, y);
              return (r != ($T)(0)) & ((r < ($T)(0)) ^ (y < ($T)(0))) ? $s($u(q) - $u(($T)(1))) : q;
            }
            """),
        new("floor_div_f", """
            $T $N($T x, $T y) {
              const $T r = @fmod(x, y), q = x / y, d = (x - r) / y;
              const $T e = (r != ($T)(0.0f)) & ((y < ($T)(0.0f)) ^ (r < ($T)(0.0f))) ? d - ($T)(1.0f) : d, g = floor(e);
              const $T w = e - g > ($T)(0.5f) ? g + ($T)(1.0f) : g;
              return y == ($T)(0.0f) ? q : (e == ($T)(0.0f) ? copysign(($T)(0.0f), q) : w);
            }
            """),
    ];
}
