using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>The batched matrix product.</summary>
internal static class Products
{
    /// <summary>(…, m, k) by (…, k, n), equal batch dimensions. Half types accumulate in float32, integers wrap.</summary>
    public static readonly Operator MatMul = new("mm", OperatorKind.MatMul)
    {
        Reduction = ReduceOp.Dot,
        Saves = Saves.AB,
        SavesFor = [Saves.B, Saves.A],
        Gradient = c =>
        {
            if (c.Needs(0)) c.Return(0, Tensor.Product(c.Grad, c.B.Transpose(-2, -1)));
            if (c.Needs(1)) c.Return(1, Tensor.Product(c.A.Transpose(-2, -1), c.Grad));
        },
        Reference = c =>
        {
            var (a, b) = (c.In[0], c.In[1]);
            int m = a.Shape[-2], k = a.Shape[-1], n = b.Shape[-1];
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
            {
                long batch = i / ((long)m * n), row = i / n % m, column = i % n;
                long at = (batch * m + row) * k, bt = batch * k * n + column;
                if (c.Out.IsReal)
                {
                    double sum = 0;
                    for (int j = 0; j < k; j++) sum += a.Real[at + j] * b.Real[bt + (long)j * n];
                    c.Out.Real[i] = sum;
                }
                else
                {
                    long sum = 0;
                    for (int j = 0; j < k; j++) sum = unchecked(sum + a.Integer[at + j] * b.Integer[bt + (long)j * n]);
                    c.Out.Integer[i] = sum;
                }
            }
        },
    };
}
