namespace GpuTensor.Kernels;

/// <summary>How each row of <see cref="Functions"/> is written, in the template language of <see cref="Library"/> with the operands as <c>$0</c>, <c>$1</c>, <c>$2</c>: once for floating
/// kinds, once for integers, once for Bool. C and its relatives agree on all of it, so it is not part of a dialect.</summary>
internal static class Expressions
{
    /// <param name="Exact">The result of half operands is a half without rounding.</param>
    /// <param name="Cost">In additions, roughly; what row kernels and the chunking go by.</param>
    internal readonly record struct Row(string? Float, string? Integer, string? Bool, bool Exact, int Cost);

    private static readonly Dictionary<string, Row> Rows = [];

    static Expressions()
    {
        Add("add", "$0 + $1", "$s($u($0) + $u($1))", "$0 | $1");
        Add("sub", "$0 - $1", "$s($u($0) - $u($1))", "$0 ^ $1");
        Add("mul", "$0 * $1", "$s($u($0) * $u($1))", "$0 & $1");
        Add("div", "$0 / $1", "@div($0, $1)", "$0 & $1", cost: 4);
        foreach (string name in (string[])["fmod", "remainder", "floor_div"]) Add(name, $"@{name}($0, $1)", $"@{name}($0, $1)", cost: 30);
        Add("trunc_div", "trunc($0 / $1)", "@div($0, $1)", cost: 5);
        Add("pow", "@pow($0, $1)", "@pow($0, $1)", cost: 40);
        Add("atan2", "@atan2($0, $1)", cost: 20);
        Add("hypot", "@hypot($0, $1)", cost: 12);
        // NaN wins.
        Add("max", "($0 > $1) | ($0 != $0) ? $0 : $1", "$0 > $1 ? $0 : $1", "$0 | $1", exact: true);
        Add("min", "($0 < $1) | ($0 != $0) ? $0 : $1", "$0 < $1 ? $0 : $1", "$0 & $1", exact: true);
        Add("neg", "-$0", "$s(-$u($0))", "$0", exact: true);
        Add("abs", "fabs($0)", "$0 < ($T)(0) ? $s(-$u($0)) : $0", "$0", exact: true);
        Add("sign", "$0 > ($T)(0) ? ($T)(1) : ($0 < ($T)(0) ? ($T)(-1) : ($T)(0))", "$0 > ($T)(0) ? ($T)(1) : ($0 < ($T)(0) ? ($T)(-1) : ($T)(0))", "$0", exact: true);
        Add("fma", "fma($0, $1, $2)", "$s($u($0) * $u($1) + $u($2))", "($0 & $1) | $2");
        foreach (string name in (string[])["floor", "ceil", "trunc"]) Add(name, $"{name}($0)", "$0", "$0", exact: true);
        Add("round", "rint($0)", "$0", "$0", exact: true);
        foreach (string name in (string[])["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
            "atanh", "erf", "erfc", "sigmoid"])
            Add(name, $"@{name}($0)", cost: 16);
        Add("sqrt", "sqrt($0)", cost: 6);
        Add("rsqrt", "($T)(1) / sqrt($0)", cost: 8);
        Add("reciprocal", "($T)(1) / $0", cost: 4);
        Add("eq", "$0 == $1", "$0 == $1", "!($0 ^ $1)");
        Add("ne", "$0 != $1", "$0 != $1", "$0 ^ $1");
        Add("lt", "$0 < $1", "$0 < $1", "!$0 & $1");
        Add("le", "$0 <= $1", "$0 <= $1", "!$0 | $1");
        Add("gt", "$0 > $1", "$0 > $1", "$0 & !$1");
        Add("ge", "$0 >= $1", "$0 >= $1", "$0 | !$1");
        Add("isnan", "$0 != $0", "$0 != $0", "$0 ^ $0");
        Add("isinf", "fabs($0) == ($T)(INFINITY)", "$0 != $0", "$0 ^ $0");
        Add("isfinite", "fabs($0) < ($T)(INFINITY)", "$0 == $0", "!($0 ^ $0)");
        Add("logical_not", "$0 == ($T)(0)", "$0 == ($T)(0)", "!$0");
        Add("logical_and", "($0 != ($T)(0)) & ($1 != ($T)(0))", "($0 != ($T)(0)) & ($1 != ($T)(0))", "$0 & $1");
        Add("logical_or", "($0 != ($T)(0)) | ($1 != ($T)(0))", "($0 != ($T)(0)) | ($1 != ($T)(0))", "$0 | $1");
        Add("logical_xor", "($0 != ($T)(0)) ^ ($1 != ($T)(0))", "($0 != ($T)(0)) ^ ($1 != ($T)(0))", "$0 ^ $1");
        Add("bitwise_not", null, "~$0", "!$0");
        Add("bitwise_and", null, "$0 & $1", "$0 & $1");
        Add("bitwise_or", null, "$0 | $1", "$0 | $1");
        Add("bitwise_xor", null, "$0 ^ $1", "$0 ^ $1");
        Add("shift_left", null, "@shl($0, $1)", cost: 3);
        Add("shift_right", null, "@shr($0, $1)", cost: 3);
        Add("where", "$0 ? $1 : $2", "$0 ? $1 : $2", "$0 ? $1 : $2", exact: true);
        Add("philox", null, "@philox($0, $1, $2)", cost: 60);
    }

    private static void Add(string name, string? real, string? integer = null, string? logic = null, bool exact = false, int cost = 1) =>
        Rows.Add(name, new(real, integer, logic, exact, cost));

    public static Row Get(string function) => Rows[function];

    /// <summary>The template for a kind.</summary>
    /// <exception cref="ArgumentException">The function is not defined for it.</exception>
    public static string Template(string function, Kind kind)
    {
        var row = Rows[function];
        return (kind.IsFloat() ? row.Float : kind == Kind.Bool ? row.Bool : row.Integer)
            ?? throw new ArgumentException($"{function} is not defined for {kind}.", nameof(kind));
    }

    /// <summary>How two partial results of a reduction become one, and what a reduction starts from.</summary>
    public static string Combine(ReduceOp op, Kind kind) => (op, kind) switch
    {
        (ReduceOp.Sum or ReduceOp.Dot, _) => Template("add", kind),
        (ReduceOp.Prod, _) => Template("mul", kind),
        (ReduceOp.Max, _) => Template("max", kind),
        (ReduceOp.Min, _) => Template("min", kind),
        _ => throw new ArgumentException($"{op} keeps two values.", nameof(op)),
    };

    /// <inheritdoc cref="Combine"/>
    public static string Identity(Dialect dialect, ReduceOp op, Kind kind)
    {
        bool lowest = op is ReduceOp.Max or ReduceOp.ArgMax;
        string value = (op, kind) switch
        {
            (ReduceOp.Sum or ReduceOp.Dot, _) => "0",
            (ReduceOp.Prod, Kind.Bool) or (ReduceOp.Min, Kind.Bool) => "1",
            (ReduceOp.Max, Kind.Bool) => "0",
            (ReduceOp.Prod, _) => "1",
            (_, Kind.F32 or Kind.F64) => lowest ? "-INFINITY" : "INFINITY",
            (_, Kind.U8) => lowest ? "0" : "255",
            (_, Kind.I8) => lowest ? "-128" : "127",
            (_, Kind.I16) => lowest ? "-32768" : "32767",
            (_, Kind.I32) => lowest ? "(-2147483647 - 1)" : "2147483647",
            _ => lowest ? $"0x8000000000000000{dialect.WideSuffix}" : $"0x7fffffffffffffff{dialect.WideSuffix}",
        };
        return $"({dialect.Type(kind)})({value})";
    }
}
