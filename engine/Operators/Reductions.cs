using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>Reductions over the trailing dimensions of their operand.</summary>
internal static class Reductions
{
    public static readonly Operator Sum = new("sum", OperatorKind.Reduce)
    {
        Reduction = ReduceOp.Sum,
        Gradient = c =>
        {
            var shape = c.Node[0].Shape;
            var g = c.Grad;
            for (int d = g.Rank; d < shape.Rank; d++) g = g.Unsqueeze(-1);
            c.Return(0, g.Expand(shape));
        },
        Reference = c =>
        {
            int outer = (int)c.Out.Shape.ElementCount, inner = outer == 0 ? 0 : (int)(c.In[0].Shape.ElementCount / outer);
            for (int i = 0; i < outer; i++)
                for (int j = 0; j < inner; j++)
                    if (c.Out.IsReal) c.Out.Real[i] += c.In[0].Real[i * inner + j];
                    else c.Out.Integer[i] = unchecked(c.Out.Integer[i] + c.In[0].Integer[i * inner + j]);
        },
    };
}
