using GpuTensor.Graph;
using GpuTensor.Kernels;
using static GpuTensor.Operators.Constants;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Logic on bools, bits of integers, and the choice between two numbers.</summary>
internal static class Logic
{
    public static readonly Operator LogicalNot = OfIntegers("logical_not", (a, _, _) => 1 - a, TypeRule.TakesBool);

    public static readonly Operator LogicalAnd = OfIntegers("logical_and", (a, b, _) => a & b, TypeRule.TakesBool);

    public static readonly Operator LogicalOr = OfIntegers("logical_or", (a, b, _) => a | b, TypeRule.TakesBool);

    public static readonly Operator LogicalXor = OfIntegers("logical_xor", (a, b, _) => a ^ b, TypeRule.TakesBool);

    public static readonly Operator BitwiseNot = OfIntegers("bitwise_not", (a, _, _) => ~a, forBool: LogicalNot);

    public static readonly Operator BitwiseAnd = OfIntegers("bitwise_and", (a, b, _) => a & b, forBool: LogicalAnd);

    public static readonly Operator BitwiseOr = OfIntegers("bitwise_or", (a, b, _) => a | b, forBool: LogicalOr);

    public static readonly Operator BitwiseXor = OfIntegers("bitwise_xor", (a, b, _) => a ^ b, forBool: LogicalXor);

    /// <summary>A shift by a negative number or past the width gives 0.</summary>
    public static readonly Operator ShiftLeft = OfIntegers("shift_left", (a, b, type) => b < 0 || b >= type.Size() * 8 ? 0 : a << (int)b,
        TypeRule.RefusesFloats | TypeRule.RefusesBool);

    /// <summary>Arithmetic for signed types. A shift by a negative number or past the width leaves only the sign.</summary>
    public static readonly Operator ShiftRight = OfIntegers("shift_right", (a, b, type) => b < 0 || b >= type.Size() * 8 ? (a < 0 ? -1 : 0)
        : a >> (int)b,
        TypeRule.RefusesFloats | TypeRule.RefusesBool);

    /// <summary>Operand 1 where operand 0 (bool) holds, else operand 2.</summary>
    public static readonly Operator Where = new("where", Iteration.Pointwise)
    {
        Function = Functions.Get("where"),
        Saves = Saves.A,
        Gradient = c =>
        {
            if (c.Needs(1)) c.Return(1, Tensor.Where(c.A, c.Grad, Zero));
            if (c.Needs(2)) c.Return(2, Tensor.Where(c.A, Zero, c.Grad));
        },
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Shape.ElementCount; i++)
            {
                var chosen = c.In[0].Integer[i] != 0 ? c.In[1] : c.In[2];
                if (c.Out.IsReal) c.Out.Real[i] = chosen.Real[i];
                else c.Out.Integer[i] = chosen.Integer[i];
            }
        },
    };
}
