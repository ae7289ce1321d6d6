using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>Running sums and products along the last dimension, as log₂ n rounds of "combine with the element 2ᵏ places before": each round
/// is one pointwise operation, and their gradients follow from it.</summary>
internal static class Scans
{
    /// <summary>Element i becomes the combination of elements 0 … i.</summary>
    public static Tensor Inclusive(Tensor x, Func<Tensor, Tensor, Tensor> combine)
    {
        int n = x.Shape[-1], last = x.Rank - 1;
        for (long doubled = 1; doubled < n; doubled *= 2)
        {
            int step = (int)doubled;
            var combined = combine(x.Narrow(last, step, n - step), x.Narrow(last, 0, n - step));
            x = Tensor.Cat([x.Narrow(last, 0, step), combined], dim: last);
        }
        return x;
    }

    /// <summary>For each element the product of all others of its row; no division, so zeros do no harm.</summary>
    public static Tensor ProductOfOthers(Tensor x)
    {
        int n = x.Shape[-1], last = x.Rank - 1;
        if (n < 2) return Tensor.OnesLike(x);
        var one = Tensor.OnesLike(x.Narrow(last, 0, 1));
        var before = Tensor.Cat([one, Inclusive(x.Narrow(last, 0, n - 1), (a, b) => a * b)], dim: last);
        var after = Tensor.Cat([one, Inclusive(x.Flip(last).Narrow(last, 0, n - 1), (a, b) => a * b)], dim: last).Flip(last);
        return before * after;
    }
}
