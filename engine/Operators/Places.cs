using GpuTensor.Graph;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>Which values go to which place: what scattering, adding up at an index, and the gradients of reading at one ask. Among few
/// every place is compared with every index. Among many the indices are sorted, stably, and each place finds the segment of its own by a
/// search. Either way the bits are the same every time, without atomics.</summary>
/// <param name="index">(o…, m): a place for each value, negative ones from the end.</param>
/// <param name="count">The places there are in each row o….</param>
internal sealed class Places(Tensor index, int count)
{
    /// <summary>Up to so many comparisons cost less than sorting and searching.</summary>
    private const long FewComparisons = 1 << 18;

    private readonly Tensor index = FromStart(index, count);
    private readonly int rank = index.Rank;
    private Tensor? order, first, last;

    /// <summary>The positions of a dimension of that size counted from its start: −1 of 3 is 2.</summary>
    public static Tensor FromStart(Tensor index, int size) => Tensor.Where(index.Lt(Zero), index + Constant((long)size), index);

    /// <summary>(o…, count, m): whether a value goes to a place.</summary>
    public Tensor Hits => index.Unsqueeze(-2).Eq(Tensor.Positions(count, index.Device).Unsqueeze(-1));

    /// <summary>Values (o…, m, r…) added up at their places: (o…, count, r…) of the same dtype; of bools, whether any is true.</summary>
    public Tensor Sum(Tensor values)
    {
        int[] rows = [.. values.Shape.Take(rank - 1)], rest = [.. values.Shape.Skip(rank)];
        int m = values.Shape[rank - 1], all = Shape.Size(rows.Aggregate(1L, (a, b) => a * b), "scatter_add");
        if ((Int128)values.ElementCount * count <= FewComparisons)
        {
            // r… before the values that are added up.
            var hits = Hits.Reshape([.. rows, count, .. rest.Select(_ => 1), m]);
            int[] turned = [.. Enumerable.Range(0, rank - 1), .. Enumerable.Range(rank, rest.Length), rank - 1];
            return Tensor.Where(hits, values.Permute(turned).Unsqueeze(rank - 1), Zero).Sum(-1, dtype: values.DType);
        }
        if (values.DType == DType.Bool) return Sum(values.To(DType.Int32)).To(DType.Bool);
        Segment();
        Tensor inAll(Tensor t, int each) => (all == 1 ? t : t + Starts(rows, each)).Reshape(-1);
        var sums = Tensor.Apply(Selection.SegmentSum, values.DType, [Shape.Size((long)all * count, "scatter_add"), .. rest],
            values.Reshape([Shape.Size((long)all * m, "scatter_add"), .. rest]).Operand,
            inAll(order!, m).Contiguous().Operand, [inAll(index, count).Operand, inAll(first!, m).Operand, inAll(last!, m).Operand]);
        return sums.Reshape([.. rows, count, .. rest]);
    }

    /// <summary>(o…, count): 1 + the position of the last value that goes to a place, or 0.</summary>
    public Tensor Last()
    {
        if ((Int128)index.ElementCount * count <= FewComparisons)
            return Tensor.Where(Hits, Tensor.Positions(new View([index.Shape[-1]], [1], 1), index.Device), Zero).AMax(-1);
        Segment();
        return Tensor.Where(last! > first!, order!.TakeAlongDim((last! - One).ClampMin(Zero), -1) + One, Zero);
    }

    /// <summary>The values' positions sorted by place (o…, m), and where each place's begin and end among them (o…, count).</summary>
    private void Segment()
    {
        if (order is not null) return;
        (var sorted, order) = index.Sort();
        var starts = sorted.SearchSorted(Tensor.Positions(Shape.Size(count + 1L, "scatter"), index.Device)
            .Expand([.. index.Shape.Take(rank - 1), count + 1]));
        (first, last) = (starts.Narrow(-1, 0, count), starts.Narrow(-1, 1, count));
    }

    /// <summary>(o…, 1): where each row starts in all of them flattened.</summary>
    private Tensor Starts(int[] rows, int each)
    {
        var shape = Shape.Create([.. rows, 1]);
        return Tensor.Positions(new View(shape, [.. shape.ContiguousStrides().Select(s => s * each)], 0), index.Device);
    }
}
