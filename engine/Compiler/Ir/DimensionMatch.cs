using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Expresses the dimensions of one iteration space in those of another, when both walk over the same value.</summary>
internal static class DimensionMatch
{
    /// <summary>For dimensions that move through a value by <paramref name="fromStrides"/>, finds their indices as sums of factors times
    /// the indices of dimensions that move through it by <paramref name="toStrides"/>. A dimension may be a product of several; stride 0
    /// (broadcast) pairs with stride 0.</summary>
    /// <param name="split">Set to a dimension of "to" that must first be split (its index, the inner size) for a match; the caller splits
    /// and tries again.</param>
    /// <returns>Factors [from][to], or null where the spaces do not match.</returns>
    public static long[][]? Find(ReadOnlySpan<long> fromSizes, ReadOnlySpan<long> fromStrides, ReadOnlySpan<long> toSizes,
        ReadOnlySpan<long> toStrides, bool[] used,
        out (int Dim, long Inner)? split)
    {
        split = null;
        Array.Clear(used);
        var result = new long[fromSizes.Length][];
        // Innermost first, so that products of dimensions are found from their fastest part, and repeated broadcast sizes pair in order.
        for (int d = fromSizes.Length - 1; d >= 0; d--)
        {
            var factors = result[d] = new long[toSizes.Length];
            long rest = fromSizes[d], stride = fromStrides[d], factor = 1;
            while (rest > 1)
            {
                int k = -1;
                for (int t = toSizes.Length - 1; t >= 0 && k < 0; t--)
                    if (!used[t] && toSizes[t] > 1 && toStrides[t] == stride) k = t;
                if (k < 0) return null;
                if (rest % toSizes[k] != 0)
                {
                    if (toSizes[k] % rest == 0) split = (k, rest);
                    return null;
                }
                used[k] = true;
                factors[k] = factor;
                rest /= toSizes[k];
                factor *= toSizes[k];
                stride *= toSizes[k];
            }
        }
        return result;
    }
}
