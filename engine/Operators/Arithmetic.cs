using GpuTensor.Graph;
using GpuTensor.Kernels;
using static GpuTensor.Operators.Constants;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Arithmetic on two numbers or one. Integers wrap; an integer division by zero gives 0.</summary>
internal static class Arithmetic
{
    public static readonly Operator Add = OfTwo("add", (a, b) => a + b, (a, b) => unchecked(a + b), c => c.Grad, c =>
        c.Grad, forBool: Logic.LogicalOr);

    public static readonly Operator Sub = OfTwo("sub", (a, b) => a - b, (a, b) => unchecked(a - b), c => c.Grad, c => -c.Grad,
        types: TypeRule.RefusesBool);

    public static readonly Operator Mul = OfTwo("mul", (a, b) => a * b, (a, b) => unchecked(a * b),
        c => c.Grad * c.B, c => c.Grad * c.A, Saves.B, Saves.A, forBool: Logic.LogicalAnd);

    public static readonly Operator Div = OfTwo("div", (a, b) => a / b, TruncateQuotient,
        c => c.Grad / c.B, c => -Wide(c.Grad) * (Wide(c.A) / Wide(c.B) / Wide(c.B)), Saves.B, Saves.AB, TypeRule.Floats);

    public static readonly Operator TruncDiv = OfTwo("trunc_div", (a, b) => Math.Truncate(a / b), TruncateQuotient,
        c => Tensor.ZerosLike(c.Grad), c => Tensor.ZerosLike(c.Grad), types: TypeRule.RefusesBool);

    /// <summary>Python's <c>//</c>, in PyTorch's definition for floating numbers.</summary>
    public static readonly Operator FloorDiv = OfTwo("floor_div", FloorQuotient, FloorQuotient,
        c => Tensor.ZerosLike(c.Grad), c => Tensor.ZerosLike(c.Grad), types: TypeRule.RefusesBool);

    /// <summary>The rest of a division rounded towards zero: it has the dividend's sign.</summary>
    public static readonly Operator Fmod = OfTwo("fmod", (a, b) => a % b, TruncateRest,
        c => c.Grad, c => -c.Grad * c.A.Div(c.B, roundingMode: "trunc"), Saves.None, Saves.AB, TypeRule.RefusesBool);

    /// <summary>Python's <c>%</c>, the rest of a division rounded down: it has the divisor's sign.</summary>
    public static readonly Operator Remainder = OfTwo("remainder", FloorRest, FloorRest,
        c => c.Grad, c => -c.Grad * c.A.Div(c.B, roundingMode: "floor"), Saves.None, Saves.AB, TypeRule.RefusesBool);

    public static readonly Operator Pow = OfTwo("pow", Math.Pow, IntegerPower,
        c => Tensor.Where(c.B.Eq(Zero), Zero, Wide(c.Grad) * (Wide(c.B) * Wide(c.A).Pow(Wide(c.B) - One))),
        c => Tensor.Where(c.A.Eq(Zero).LogicalAnd(c.B.Ge(Zero)), Zero, Wide(c.Grad) * (Wide(c.Output) * Wide(c.A).Log())),
        Saves.AB, Saves.AB | Saves.Output, TypeRule.RefusesBool);

    public static readonly Operator Atan2 = OfTwo("atan2", Math.Atan2, NoIntegers,
        c => Wide(c.Grad) * Wide(c.B) * InverseSquare(c),
        c => Wide(c.Grad) * -Wide(c.A) * InverseSquare(c), Saves.AB, Saves.AB, TypeRule.Floats);

    public static readonly Operator Hypot = OfTwo("hypot", double.Hypot, NoIntegers,
        c => Wide(c.Grad) * PartOfHypot(c, c.A), c => Wide(c.Grad) * PartOfHypot(c, c.B),
        Saves.AB | Saves.Output, Saves.AB | Saves.Output, TypeRule.Floats);

    /// <summary>The larger; NaN wins. Equal operands share the gradient.</summary>
    public static readonly Operator Maximum = OfTwo("maximum", Larger, Math.Max,
        c => Share(c.Grad, c.A, c.B, c.A.Lt(c.B)), c => Share(c.Grad, c.A, c.B, c.B.Lt(c.A)), Saves.AB, Saves.AB, forBool: Logic.LogicalOr,
        function: "max");

    /// <summary>The smaller; NaN wins. Equal operands share the gradient.</summary>
    public static readonly Operator Minimum = OfTwo("minimum", Smaller, Math.Min,
        c => Share(c.Grad, c.A, c.B, c.A.Gt(c.B)), c => Share(c.Grad, c.A, c.B, c.B.Gt(c.A)), Saves.AB, Saves.AB, forBool: Logic.LogicalAnd,
        function: "min");

    /// <summary>The larger of zero (operand 0) and a number; the gradient at zero is zero.</summary>
    public static readonly Operator Relu = new("relu", Iteration.Pointwise)
    {
        Function = Functions.Get("max"),
        Types = TypeRule.RefusesBool,
        Saves = Saves.Output,
        Gradient = c => c.Return(1, Tensor.Where(c.Output.Le(Zero), Zero, c.Grad)),
        Reference = c => c.Map(Larger, Math.Max),
    };

    public static readonly Operator Neg = new("neg", Iteration.Pointwise)
    {
        Function = Functions.Get("neg"),
        Types = TypeRule.RefusesBool,
        Gradient = c => c.Return(0, -c.Grad),
        Reference = c => c.Map(a => -a, a => unchecked(-a)),
    };

    public static readonly Operator Abs = new("abs", Iteration.Pointwise)
    {
        Function = Functions.Get("abs"),
        Saves = Saves.A,
        Gradient = c => c.Return(0, c.Grad * c.A.Sign()),
        Reference = c => c.Map(Math.Abs, a => a < 0 ? unchecked(-a) : a),
    };

    /// <summary>−1, 0 or 1; 0 for NaN, as PyTorch.</summary>
    public static readonly Operator Sign = Steps("sign", a => a > 0 ? 1 : a < 0 ? -1 : 0, a => Math.Sign(a));

    /// <summary>a·b + c, rounded once.</summary>
    public static readonly Operator Fma = new("fma", Iteration.Pointwise)
    {
        GradName = "AddBackward",
        Function = Functions.Get("fma"),
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A, Saves.None],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, c.Grad * c.B);
            if (c.Needs(1)) c.Return(1, c.Grad * c.A);
            c.Return(2, c.Grad);
        },
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Shape.ElementCount; i++)
                if (c.Out.IsReal) c.Out.Real[i] = Math.FusedMultiplyAdd(c.In[0].Real[i], c.In[1].Real[i], c.In[2].Real[i]);
                else c.Out.Integer[i] = unchecked(c.In[0].Integer[i] * c.In[1].Integer[i] + c.In[2].Integer[i]);
        },
    };

    // 1/(a² + b²), and 0 at the origin, where atan2 has no derivative.
    private static Tensor InverseSquare(GradientContext c)
    {
        var square = Wide(c.A) * Wide(c.A) + Wide(c.B) * Wide(c.B);
        return Tensor.Where(square.Eq(Zero), Zero, square.Reciprocal());
    }

    // x/√(a² + b²), also where the root overflows and its half does not.
    private static Tensor PartOfHypot(GradientContext c, Tensor x)
    {
        var root = Wide(c.Output);
        return Tensor.Where(root.IsInf(), Wide(x) * OneHalf / (Wide(c.A) * OneHalf).Hypot(Wide(c.B) * OneHalf), Wide(x) / root);
    }

    // Of equal numbers the second, so that zeros have their signs as in PyTorch (it is what x86's instructions do).
    private static double Larger(double a, double b) => double.IsNaN(a) || a > b ? a : b;

    private static double Smaller(double a, double b) => double.IsNaN(a) || a < b ? a : b;

    private static Tensor Share(Tensor gradient, Tensor a, Tensor b, Tensor loses) =>
        Tensor.Where(loses, Zero, Tensor.Where(a.Eq(b), gradient * OneHalf, gradient));

    private static long TruncateQuotient(long a, long b) => b switch { 0 => 0, -1 => unchecked(-a), _ => a / b };

    private static long TruncateRest(long a, long b) => b is 0 or -1 ? 0 : a % b;

    private static long FloorRest(long a, long b)
    {
        long rest = TruncateRest(a, b);
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static double FloorRest(double a, double b)
    {
        double rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
    }

    private static long FloorQuotient(long a, long b) =>
        TruncateQuotient(a, b) - (TruncateRest(a, b) is var rest && rest != 0 && rest < 0 != b < 0 ? 1 : 0);

    private static double FloorQuotient(double a, double b)
    {
        if (b == 0) return a / b;
        double rest = a % b, quotient = (a - rest) / b;
        if (rest != 0 && rest < 0 != b < 0) quotient--;
        if (quotient == 0) return Math.CopySign(0, a / b);
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /// <summary>Wraps as repeated multiplication does; a negative exponent gives the truncated quotient 1/aⁿ.</summary>
    private static long IntegerPower(long a, long n)
    {
        if (n < 0) return a switch { 1 => 1, -1 => (n & 1) == 0 ? 1 : -1, _ => 0 };
        long result = 1;
        for (; n > 0; n >>= 1, a = unchecked(a * a))
            if ((n & 1) != 0) result = unchecked(result * a);
        return result;
    }

    private static long NoIntegers(long a, long b) =>
        throw new InvalidOperationException("Integers were to be converted to float32 first.");
}
