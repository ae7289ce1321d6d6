using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>The batched matrix product.</summary>
internal static class Products
{
    /// <summary>(…, m, k) by (…, k, n), equal batch dimensions. Half types accumulate in float32, integers wrap.</summary>
    public static readonly Operator MatMul = new("mm", Iteration.Product)
    {
        Flops = (shape, operands) => 2 * shape.ElementCount * operands[0][-1],
        Reduction = ReduceOp.Dot,
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A],
        Gradient = c =>
        {
            // An operand seen transposed gets its gradient as the transpose of a product, so that it lies in memory as the operand's own
            // value does.
            var gradient = c.Grad.Operand;
            if (c.Needs(0))
                c.Return(0, IsTransposed(c.Node[0].View) ? Tensor.Product(c.Operand(1), gradient.Transposed, transposed: true)
                    : Tensor.Product(gradient, c.Operand(1).Transposed));
            if (c.Needs(1))
                c.Return(1, IsTransposed(c.Node[1].View) ? Tensor.Product(gradient.Transposed, c.Operand(0), transposed: true)
                    : Tensor.Product(c.Operand(0).Transposed, gradient));
        },
        Reference = c =>
        {
            var (a, b) = (c.In[0], c.In[1]);
            int m = a.Shape[-2], k = a.Shape[-1], n = b.Shape[-1];
            for (int row = 0; n > 0 && row < c.Out.Shape.ElementCount / n; row++)
                for (int j = 0; j < k; j++)
                {
                    // Row by row of b, so that memory is read as it lies: every element still adds up in the order of k.
                    int from = checked((row / m * k + j) * n);
                    if (c.Out.IsReal) AddRow(a.Real[row * k + j], b.Real.AsSpan(from, n), c.Out.Real.AsSpan(row * n, n));
                    else AddRow(a.Integer[row * k + j], b.Integer.AsSpan(from, n), c.Out.Integer.AsSpan(row * n, n));
                }
        },
    };

    private static bool IsTransposed(View? view) => view is not null && view.Strides[^2] == 1 && view.Strides[^1] != 1;

    private static void AddRow(double factor, ReadOnlySpan<double> row, Span<double> sum)
    {
        for (int i = 0; i < row.Length; i++) sum[i] += factor * row[i];
    }

    private static void AddRow(long factor, ReadOnlySpan<long> row, Span<long> sum)
    {
        for (int i = 0; i < row.Length; i++) sum[i] = unchecked(sum[i] + factor * row[i]);
    }
}
