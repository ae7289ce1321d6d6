using GpuTensor.Graph;
using GpuTensor.Kernels;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>The largest or smallest element over the last dimension and its position (torch.max and torch.min with a dimension): one node
/// with two results. NaN wins over every number, and of equal elements the first is found.</summary>
internal static class Extremes
{
    /// <summary>The numbers of the results.</summary>
    private const int Values = 0, Indices = 1;

    public static readonly Operator Max = Row("max", ReduceOp.ArgMax, (x, best) => x > best, (x, best) => x > best);

    public static readonly Operator Min = Row("min", ReduceOp.ArgMin, (x, best) => x < best, (x, best) => x < best);

    private static Operator Row(string name, ReduceOp search, Func<double, double, bool> real, Func<long, long, bool> integer) =>
        new(name, Iteration.Reduction)
    {
        Results = [Operator.Result(name, Values, "values"), Operator.Result(name, Indices, "indices")],
        Reduction = search,
        Saves = Saves.Result(Indices),
        Gradient = Gradient,
        Reference = c => Search(c, (x, best) => real(x, best) || (double.IsNaN(x) && !double.IsNaN(best)), integer),
    };

    /// <summary>The gradient of the values goes to the elements at the indices.</summary>
    private static void Gradient(GradientContext c)
    {
        if (c.GradOf(Values) is not { } gradient) return;
        var shape = c.Node[0].Shape;
        if (shape.Rank == 0)
        {
            c.Return(0, gradient);
            return;
        }
        var places = Tensor.Arange(shape[-1], device: gradient.Device);
        c.Return(0, Tensor.Where(places.Eq(c.Result(Indices).Unsqueeze(-1)), gradient.Unsqueeze(-1), Zero));
    }

    private static void Search(ReferenceCall c, Func<double, double, bool> real, Func<long, long, bool> integer)
    {
        var x = c.In[0];
        var values = ReferenceArray.Make(x.DType, c.Node.Shape);
        var indices = ReferenceArray.Make(DType.Int64, c.Node.Shape);
        long rows = c.Node.Shape.ElementCount, length = rows == 0 ? 0 : x.Shape.ElementCount / rows;
        for (long row = 0; row < rows; row++)
        {
            long best = row * length;
            for (long i = best; i < (row + 1) * length; i++)
                if (x.IsReal ? real(x.Real[i], x.Real[best]) : integer(x.Integer[i], x.Integer[best])) best = i;
            indices.Integer[row] = best - row * length;
            if (x.IsReal) values.Real[row] = x.Real[best];
            else values.Integer[row] = x.Integer[best];
        }
        c.Results = [values, indices];
    }
}
