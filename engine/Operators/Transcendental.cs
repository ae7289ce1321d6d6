using GpuTensor.Graph;
using static GpuTensor.Operators.Constants;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Functions of one floating number, each with its derivative (g: the gradient of the result, x: the argument, y: the
/// result).</summary>
internal static class Transcendental
{
    private static readonly Scalar Ln2 = Constant(Math.Log(2)), Ln10 = Constant(Math.Log(10)),
        TwoBySqrtPi = Constant(2 / Math.Sqrt(Math.PI));

    public static readonly Operator Exp = OfOutput("exp", Math.Exp, (g, y) => g * y);

    public static readonly Operator Exp2 = OfOutput("exp2", x => Math.Pow(2, x), (g, y) => g * y * Ln2);

    public static readonly Operator Expm1 = OfInput("expm1", SpecialFunctions.Expm1, (g, x) => g * x.Exp());

    public static readonly Operator Log = OfInput("log", Math.Log, (g, x) => g / x);

    public static readonly Operator Log2 = OfInput("log2", Math.Log2, (g, x) => g / (x * Ln2));

    public static readonly Operator Log10 = OfInput("log10", Math.Log10, (g, x) => g / (x * Ln10));

    public static readonly Operator Log1p = OfInput("log1p", SpecialFunctions.Log1p, (g, x) => g / (x + One));

    public static readonly Operator Sqrt = OfOutput("sqrt", Math.Sqrt, (g, y) => g / (Two * y));

    public static readonly Operator Rsqrt = OfOutput("rsqrt", x => 1 / Math.Sqrt(x), (g, y) => Constant(-0.5) * g * (y * y * y));

    public static readonly Operator Reciprocal = OfOutput("reciprocal", x => 1 / x, (g, y) => -g * (y * y));

    public static readonly Operator Sin = OfInput("sin", Math.Sin, (g, x) => g * x.Cos());

    public static readonly Operator Cos = OfInput("cos", Math.Cos, (g, x) => g * -x.Sin());

    public static readonly Operator Tan = OfOutput("tan", Math.Tan, (g, y) => g * (y * y + One));

    public static readonly Operator Asin = OfInput("asin", Math.Asin, (g, x) => g * (One - x * x).Rsqrt());

    public static readonly Operator Acos = OfInput("acos", Math.Acos, (g, x) => -g * (One - x * x).Rsqrt());

    public static readonly Operator Atan = OfInput("atan", Math.Atan, (g, x) => g / (x * x + One));

    public static readonly Operator Sinh = OfInput("sinh", Math.Sinh, (g, x) => g * x.Cosh());

    public static readonly Operator Cosh = OfInput("cosh", Math.Cosh, (g, x) => g * x.Sinh());

    public static readonly Operator Tanh = OfOutput("tanh", Math.Tanh, (g, y) => g * (One - y * y));

    public static readonly Operator Asinh = OfInput("asinh", Math.Asinh, (g, x) => g * (x * x + One).Rsqrt());

    public static readonly Operator Acosh = OfInput("acosh", Math.Acosh, (g, x) => g * (x * x - One).Rsqrt());

    public static readonly Operator Atanh = OfInput("atanh", Math.Atanh, (g, x) => g / (One - x * x));

    public static readonly Operator Erf = OfInput("erf", SpecialFunctions.Erf, (g, x) => g * (TwoBySqrtPi * (-(x * x)).Exp()));

    public static readonly Operator Erfc = OfInput("erfc", SpecialFunctions.Erfc, (g, x) => -g * (TwoBySqrtPi * (-(x * x)).Exp()));

    public static readonly Operator Sigmoid = OfOutput("sigmoid", x => 1 / (1 + Math.Exp(-x)), (g, y) => g * (One - y) * y);
}
