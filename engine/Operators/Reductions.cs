using GpuTensor.Graph;
using GpuTensor.Kernels;
using static GpuTensor.Operators.Constants;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Reductions over the trailing dimensions of their operand.</summary>
internal static class Reductions
{
    public static readonly Operator Sum = new("sum", Iteration.Reduction)
    {
        Reduction = ReduceOp.Sum,
        Gradient = c =>
        {
            var shape = c.Node[0].Shape;
            c.Return(0, Spread(c.Grad, shape).Expand(shape));
        },
        Reference = c => Fold(c, 0, 0, (sum, x) => sum + x, (sum, x) => unchecked(sum + x)),
    };

    /// <summary>The gradient is the product of the other elements, by products from both sides: right with any number of zeros.</summary>
    public static readonly Operator Prod = new("prod", Iteration.Reduction)
    {
        Reduction = ReduceOp.Prod,
        Saves = Saves.A,
        Gradient = c =>
        {
            var shape = c.Node[0].Shape;
            // The size is not −1: it cannot be worked out where another is 0.
            int reduced = checked((int)shape.Skip(c.Grad.Rank).Aggregate(1L, (n, size) => n * size));
            var rows = Wide(c.A).Reshape([.. c.Grad.Shape, reduced]);
            c.Return(0, (Wide(c.Grad).Unsqueeze(-1) * Scans.ProductOfOthers(rows)).Reshape(shape));
        },
        Reference = c => Fold(c, 1, 1, (product, x) => product * x, (product, x) => unchecked(product * x)),
    };

    /// <summary>The largest; NaN wins. Equal largest elements share the gradient.</summary>
    public static readonly Operator Max = new("amax", Iteration.Reduction)
    {
        Reduction = ReduceOp.Max,
        Saves = Saves.A | Saves.Output,
        Gradient = c => c.Return(0, Share(Wide(c.Grad), c.A, c.Output)),
        Reference = c => Fold(c, double.NegativeInfinity, long.MinValue, Math.Max, Math.Max),
    };

    /// <summary>The smallest; NaN wins. Equal smallest elements share the gradient.</summary>
    public static readonly Operator Min = new("amin", Iteration.Reduction)
    {
        Reduction = ReduceOp.Min,
        Saves = Saves.A | Saves.Output,
        Gradient = c => c.Return(0, Share(Wide(c.Grad), c.A, c.Output)),
        Reference = c => Fold(c, double.PositiveInfinity, long.MaxValue, Math.Min, Math.Min),
    };

    /// <summary>The position of the first largest element; NaN counts as the largest.</summary>
    public static readonly Operator ArgMax = new("argmax", Iteration.Reduction)
    {
        Reduction = ReduceOp.ArgMax,
        Reference = c => Find(c, (x, best) => x > best || (double.IsNaN(x) && !double.IsNaN(best)), (x, best) => x > best),
    };

    /// <summary>The position of the first smallest element; NaN counts as the smallest.</summary>
    public static readonly Operator ArgMin = new("argmin", Iteration.Reduction)
    {
        Reduction = ReduceOp.ArgMin,
        Reference = c => Find(c, (x, best) => x < best || (double.IsNaN(x) && !double.IsNaN(best)), (x, best) => x < best),
    };

    /// <summary>A reduction's result with a dimension of size 1 for each one that was reduced.</summary>
    private static Tensor Spread(Tensor reduced, Shape shape)
    {
        var sizes = shape.Rank <= 16 ? stackalloc int[shape.Rank] : new int[shape.Rank];
        reduced.Shape.Span.CopyTo(sizes);
        sizes[reduced.Rank..].Fill(1);
        return reduced.Reshape(Shape.Create(sizes));
    }

    private static Tensor Share(Tensor gradient, Tensor x, Tensor result)
    {
        var best = x.Eq(Spread(result, x.Shape));
        int[] reduced = [.. Enumerable.Range(result.Rank, x.Rank - result.Rank)];
        if (reduced.Length == 0) return gradient;
        // A product, not a choice: where NaN won nothing is equal to it, and the gradient is NaN as in PyTorch.
        var share = best.To(gradient.DType);
        return share * (Spread(gradient, x.Shape) / share.Sum(reduced, keepDim: true));
    }

    private static void Fold(ReferenceCall c, double startReal, long startInteger, Func<double, double, double> real, Func<long, long,
        long> integer)
    {
        var x = c.In[0];
        if (c.Out.IsReal) Array.Fill(c.Out.Real, startReal);
        else Array.Fill(c.Out.Integer, c.Out.DType == DType.Bool ? Math.Clamp(startInteger, 0, 1) : startInteger);
        long inner = Inner(c);
        for (long i = 0; i < x.Shape.ElementCount; i++)
            if (c.Out.IsReal) c.Out.Real[i / inner] = real(c.Out.Real[i / inner], x.Real[i]);
            else c.Out.Integer[i / inner] = integer(c.Out.Integer[i / inner], x.Integer[i]);
    }

    private static void Find(ReferenceCall c, Func<double, double, bool> real, Func<long, long, bool> integer)
    {
        var x = c.In[0];
        long inner = Inner(c);
        for (long i = 0; i < x.Shape.ElementCount; i++)
        {
            ref long best = ref c.Out.Integer[i / inner];
            long at = i / inner * inner + best;
            if (x.IsReal ? real(x.Real[i], x.Real[at]) : integer(x.Integer[i], x.Integer[at])) best = i % inner;
        }
    }

    private static long Inner(ReferenceCall c) => c.Out.Shape.ElementCount == 0 ? 1 : c.In[0].Shape.ElementCount / c.Out.Shape.ElementCount;
}
