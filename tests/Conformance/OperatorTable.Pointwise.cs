using GpuTensor.Nn;
using static GpuTensor.Conformance.OperatorClass;

namespace GpuTensor.Conformance;

internal static partial class OperatorTable
{
    private static IEnumerable<OperatorRow> Pointwise() =>
    [
        // Arithmetic
        Row("add", "other alpha", Exact, c =>
            c.Either("other", t => c.X.Add(t, c.NumberOrNull("alpha")), s => c.X.Add(s, c.NumberOrNull("alpha")))),
        Row("sub", "other alpha", Exact, c =>
            c.Either("other", t => c.X.Sub(t, c.NumberOrNull("alpha")), s => c.X.Sub(s, c.NumberOrNull("alpha")))),
        Row("mul", "other", Exact, c => c.Either("other", t => c.X * t, s => c.X * s)),
        Row("div", "other rounding_mode", Exact, c => c.Either("other",
            t => c.X.Div(t, c.TextOrNull("rounding_mode")),
            s => c.X.Div(s, c.TextOrNull("rounding_mode")))),
        Row("remainder", "other", Exact, c => c.XIsNumber ? Tensor.Remainder(c.XNumber, c.T("other"))
            : c.Either("other", t => c.X.Remainder(t), s => c.X.Remainder(s))),
        Row("fmod", "other", Exact, c => c.Either("other", t => c.X.Fmod(t), s => c.X.Fmod(s))),
        Row("pow", "exponent", Function, c => c.XIsNumber ? Tensor.Pow(c.XNumber, c.T("exponent"))
            : c.Either("exponent", t => c.X.Pow(t), s => c.X.Pow(s))),
        Row("neg", "", Exact, c => -c.X),
        Row("abs", "", Exact, c => c.X.Abs()),
        Row("sign", "", Exact, c => c.X.Sign()),
        Row("square", "", Exact, c => c.X.Square()),
        Row("reciprocal", "", Exact, c => c.X.Reciprocal()),
        Row("maximum", "other", Exact, c => c.X.Maximum(c.T("other"))),
        Row("minimum", "other", Exact, c => c.X.Minimum(c.T("other"))),
        Row("clamp", "min max", Exact, c => c.IsTensor("min") || c.IsTensor("max")
            ? c.X.Clamp(c.TOrNull("min"), c.TOrNull("max"))
            : c.X.Clamp(c.NumberOrNull("min"), c.NumberOrNull("max"))),
        Row("lerp", "end weight", Function, c => c.Either("weight", t => c.X.Lerp(c.T("end"), t), s => c.X.Lerp(c.T("end"), s))),
        Row("addcmul", "tensor1 tensor2 value", Function, c => c.X.Addcmul(c.T("tensor1"), c.T("tensor2"), c.NumberOrNull("value"))),
        Row("addcdiv", "tensor1 tensor2 value", Function, c => c.X.Addcdiv(c.T("tensor1"), c.T("tensor2"), c.NumberOrNull("value"))),
        Row("where", "condition other", Exact, c =>
            c.Either("other", t => Tensor.Where(c.T("condition"), c.X, t), s => Tensor.Where(c.T("condition"), c.X, s))),
        Row("masked_fill", "mask value", Exact, c =>
            c.Either("value", t => c.X.MaskedFill(c.T("mask"), t), s => c.X.MaskedFill(c.T("mask"), s))),

        // Rounding
        Row("floor", "", Exact, c => c.X.Floor()),
        Row("ceil", "", Exact, c => c.X.Ceil()),
        Row("trunc", "", Exact, c => c.X.Trunc()),
        Row("frac", "", Exact, c => c.X.Frac()),
        Row("round", "decimals", Function, c => c.X.Round(c.Int("decimals", 0))),

        // Functions
        Row("exp", "", Function, c => c.X.Exp()),
        Row("exp2", "", Function, c => c.X.Exp2()),
        Row("expm1", "", Function, c => c.X.Expm1()),
        Row("log", "", Function, c => c.X.Log()),
        Row("log2", "", Function, c => c.X.Log2()),
        Row("log10", "", Function, c => c.X.Log10()),
        Row("log1p", "", Function, c => c.X.Log1p()),
        Row("sqrt", "", Exact, c => c.X.Sqrt()),
        Row("rsqrt", "", Function, c => c.X.Rsqrt()),
        Row("sin", "", Function, c => c.X.Sin()),
        Row("cos", "", Function, c => c.X.Cos()),
        Row("tan", "", Function, c => c.X.Tan()),
        Row("asin", "", Function, c => c.X.Asin()),
        Row("acos", "", Function, c => c.X.Acos()),
        Row("atan", "", Function, c => c.X.Atan()),
        Row("atan2", "other", Function, c => c.X.Atan2(c.T("other"))),
        Row("hypot", "other", Function, c => c.X.Hypot(c.T("other"))),
        Row("sinh", "", Function, c => c.X.Sinh()),
        Row("cosh", "", Function, c => c.X.Cosh()),
        Row("tanh", "", Function, c => c.X.Tanh()),
        Row("asinh", "", Function, c => c.X.Asinh()),
        Row("acosh", "", Function, c => c.X.Acosh()),
        Row("atanh", "", Function, c => c.X.Atanh()),
        Row("erf", "", Function, c => c.X.Erf()),
        Row("erfc", "", Function, c => c.X.Erfc()),
        Row("sigmoid", "", Function, c => c.X.Sigmoid()),

        // Activations
        Row("nn.functional.relu", "", Exact, c => c.X.Relu()),
        Row("nn.functional.gelu", "approximate", Function, c => c.X.Gelu(c.Text("approximate", "none"))),

        Row("nn.functional.hardtanh", "min_val max_val", Exact, c => F.Hardtanh(c.X, c.Double("min_val", -1), c.Double("max_val", 1))),
        Row("nn.functional.relu6", "", Exact, c => F.Relu6(c.X)),
        Row("nn.functional.hardsigmoid", "", Function, c => F.Hardsigmoid(c.X)),
        Row("nn.functional.hardswish", "", Function, c => F.Hardswish(c.X)),
        Row("nn.functional.leaky_relu", "negative_slope", Exact, c => F.LeakyRelu(c.X, c.Double("negative_slope", 0.01))),
        Row("nn.functional.elu", "alpha", Function, c => F.Elu(c.X, c.Double("alpha", 1))),
        Row("nn.functional.selu", "", Function, c => F.Selu(c.X)),
        Row("nn.functional.celu", "alpha", Function, c => F.Celu(c.X, c.Double("alpha", 1))),
        Row("nn.functional.silu", "", Function, c => F.Silu(c.X)),
        Row("nn.functional.mish", "", Function, c => F.Mish(c.X)),
        Row("nn.functional.softplus", "beta threshold", Function, c => F.Softplus(c.X, c.Double("beta", 1), c.Double("threshold", 20))),
        Row("nn.functional.logsigmoid", "", Function, c => F.Logsigmoid(c.X)),
        Row("nn.functional.softsign", "", Function, c => F.Softsign(c.X)),
        Row("nn.functional.threshold", "threshold value", Exact, c => F.Threshold(c.X, c.Number("threshold"), c.Number("value"))),

        // Comparisons
        Row("eq", "other", Exact, c => c.Either("other", t => c.X.Eq(t), s => c.X.Eq(s))),
        Row("ne", "other", Exact, c => c.Either("other", t => c.X.Ne(t), s => c.X.Ne(s))),
        Row("lt", "other", Exact, c => c.Either("other", t => c.X < t, s => c.X < s)),
        Row("le", "other", Exact, c => c.Either("other", t => c.X <= t, s => c.X <= s)),
        Row("gt", "other", Exact, c => c.Either("other", t => c.X > t, s => c.X > s)),
        Row("ge", "other", Exact, c => c.Either("other", t => c.X >= t, s => c.X >= s)),
        Row("isnan", "", Exact, c => c.X.IsNaN()),
        Row("isinf", "", Exact, c => c.X.IsInf()),
        Row("isfinite", "", Exact, c => c.X.IsFinite()),

        // Logic
        Row("logical_and", "other", Exact, c => c.X.LogicalAnd(c.T("other"))),
        Row("logical_or", "other", Exact, c => c.X.LogicalOr(c.T("other"))),
        Row("logical_xor", "other", Exact, c => c.X.LogicalXor(c.T("other"))),
        Row("logical_not", "", Exact, c => c.X.LogicalNot()),
        Row("bitwise_and", "other", Exact, c => c.Either("other", t => c.X & t, s => c.X & s)),
        Row("bitwise_or", "other", Exact, c => c.Either("other", t => c.X | t, s => c.X | s)),
        Row("bitwise_xor", "other", Exact, c => c.Either("other", t => c.X ^ t, s => c.X ^ s)),
        Row("bitwise_not", "", Exact, c => ~c.X),
        Row("bitwise_left_shift", "other", Exact, c => c.Either("other", t => c.X << t, s => c.X << s)),
        Row("bitwise_right_shift", "other", Exact, c => c.Either("other", t => c.X >> t, s => c.X >> s)),
    ];
}
