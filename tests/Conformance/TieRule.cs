namespace GpuTensor.Conformance;

/// <summary>Where an output holds positions: which of equal elements it names is free.</summary>
internal enum Ties
{
    /// <summary>No output holds positions.</summary>
    None,
    /// <summary>Output 0 holds a position per slice (argmax).</summary>
    Position,
    /// <summary>Output 1 holds positions that may repeat along the dimension (cummax).</summary>
    Repeating,
    /// <summary>Output 1 holds positions that are all different along the dimension (sort, topk).</summary>
    Distinct,
}

/// <summary>Compares positions by what they point to.</summary>
internal static class TieRule
{
    /// <summary>True where <paramref name="mine"/> differs from <paramref name="theirs"/> only among equal elements of the input.</summary>
    public static bool Allows(OperatorRow row, Call call, int output, HostArray mine, HostArray theirs)
    {
        if (row.Ties == Ties.None || output != (row.Ties == Ties.Position ? 0 : 1)) return false;
        if (mine.DType != DType.Int64 || mine.Shape != theirs.Shape) return false;
        var input = call.X.Detach().ToHost();
        var values = HostNumbers.Doubles(input);
        // Argmax without a dimension counts through the whole input; sort and topk take the last one.
        int? dim = call.IntOrNull("dim") ?? (row.Ties == Ties.Position ? null : -1);
        int rank = input.Shape.Rank, size, inner = 1;
        if (dim is { } d && rank > 0)
        {
            d = d < 0 ? d + rank : d;
            size = input.Shape[d];
            for (int i = d + 1; i < rank; i++) inner *= input.Shape[i];
        }
        else size = values.Length;
        int outer = size * inner == 0 ? 0 : values.Length / (size * inner);
        if (outer == 0 || mine.Count % (outer * inner) != 0) return false;
        int length = (int)(mine.Count / (outer * inner));
        long[] a = mine.As<long>().ToArray(), b = theirs.As<long>().ToArray();
        for (int o = 0; o < outer; o++)
            for (int j = 0; j < inner; j++)
            {
                var seen = new HashSet<long>();
                for (int k = 0; k < length; k++)
                {
                    int at = (o * length + k) * inner + j;
                    if (a[at] < 0 || a[at] >= size || (!seen.Add(a[at]) && row.Ties == Ties.Distinct)) return false;
                    // Equals: NaN is as good as NaN; ==: so is a zero of the other sign.
                    double x = Value(a[at]), y = Value(b[at]);
                    if (!x.Equals(y) && x != y) return false;

                    double Value(long position) => values[(o * size + (int)position) * inner + j];
                }
            }
        return true;
    }

    /// <summary>The elements of a floating array in ascending order.</summary>
    public static HostArray Sorted(HostArray array)
    {
        var order = Enumerable.Range(0, checked((int)array.Count)).ToArray();
        Array.Sort(HostNumbers.Doubles(array), order);
        int size = array.DType.Size();
        var result = new HostArray(array.DType, array.Shape);
        for (int i = 0; i < order.Length; i++) array.Data.AsSpan(order[i] * size, size).CopyTo(result.Data.AsSpan(i * size));
        return result;
    }
}
