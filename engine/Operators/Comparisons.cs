using GpuTensor.Graph;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Comparisons and predicates: bool, without gradient. As IEEE: NaN compares unequal and in no order.</summary>
internal static class Comparisons
{
    public static readonly Operator Eq = Comparison("eq", (a, b) => a == b, (a, b) => a == b);

    public static readonly Operator Ne = Comparison("ne", (a, b) => a != b, (a, b) => a != b);

    public static readonly Operator Lt = Comparison("lt", (a, b) => a < b, (a, b) => a < b);

    public static readonly Operator Le = Comparison("le", (a, b) => a <= b, (a, b) => a <= b);

    public static readonly Operator Gt = Comparison("gt", (a, b) => a > b, (a, b) => a > b);

    public static readonly Operator Ge = Comparison("ge", (a, b) => a >= b, (a, b) => a >= b);

    public static readonly Operator IsNaN = Predicate("isnan", double.IsNaN);

    public static readonly Operator IsInf = Predicate("isinf", double.IsInfinity);

    public static readonly Operator IsFinite = Predicate("isfinite", double.IsFinite);
}
