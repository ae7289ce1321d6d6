using GpuTensor.Graph;

namespace GpuTensor.Operators;

/// <summary>Arithmetic on two numbers or one: add, sub, mul, div, neg.</summary>
internal static class Arithmetic
{
    public static readonly Operator Add = new("add", OperatorKind.Pointwise)
    {
        Function = "add",
        Gradient = c =>
        {
            c.Return(0, c.Grad);
            c.Return(1, c.Grad);
        },
        Reference = c => c.Map((a, b) => a + b, (a, b) => unchecked(a + b)),
    };

    public static readonly Operator Sub = new("sub", OperatorKind.Pointwise)
    {
        Function = "sub",
        Gradient = c =>
        {
            c.Return(0, c.Grad);
            if (c.Needs(1)) c.Return(1, -c.Grad);
        },
        Reference = c => c.Map((a, b) => a - b, (a, b) => unchecked(a - b)),
    };

    public static readonly Operator Mul = new("mul", OperatorKind.Pointwise)
    {
        Function = "mul",
        Saves = Saves.AB,
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, c.Grad * c.B);
            if (c.Needs(1)) c.Return(1, c.Grad * c.A);
        },
        Reference = c => c.Map((a, b) => a * b, (a, b) => unchecked(a * b)),
    };

    public static readonly Operator Div = new("div", OperatorKind.Pointwise)
    {
        Function = "div",
        Saves = Saves.AB,
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, c.Grad / c.B);
            if (c.Needs(1)) c.Return(1, -c.Grad * c.A / (c.B * c.B));
        },
        Reference = c => c.Map((a, b) => a / b, (a, b) => b == 0 ? 0 : unchecked(a / b)),
    };

    public static readonly Operator Neg = new("neg", OperatorKind.Pointwise)
    {
        Function = "neg",
        Gradient = c => c.Return(0, -c.Grad),
        Reference = c => c.Map(a => -a, a => unchecked(-a)),
    };
}
