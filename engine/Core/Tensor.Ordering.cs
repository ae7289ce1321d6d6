using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Running sums, products and maxima, and sorting.</content>
public partial class Tensor
{
    /// <summary>Running sums along a dimension. Integers and bools add up in int64.</summary>
    public Tensor CumSum(int dim, DType? dtype = null) => Scan(dim, dtype, (a, b) => a + b);

    /// <summary>Running products along a dimension. Integers and bools multiply in int64.</summary>
    /// <remarks>The derivative by a factor that is not finite is NaN, as in PyTorch.</remarks>
    public Tensor CumProd(int dim, DType? dtype = null)
    {
        var finite = IsFinite();
        var x = RequiresGrad ? Where(finite, this, Where(finite, One, this).Reciprocal().Reciprocal()) : this;
        return x.Scan(dim, dtype, (a, b) => a * b);
    }

    private Tensor Scan(int dim, DType? dtype, Func<Tensor, Tensor, Tensor> combine)
    {
        var type = dtype ?? (DType.IsFloatingPoint() ? DType : DType.Int64);
        if (Rank == 0 || ElementCount == 0) return To(type).Clone();
        int d = Shape.Dim(dim);
        return Scans.Inclusive(To(Wider(type)).Transpose(d, -1), combine).Transpose(d, -1).To(type).Contiguous();
    }

    /// <summary>Running maxima along a dimension and where they stand (the last of equal ones); NaN wins. The gradient flows to
    /// those.</summary>
    public (Tensor Values, Tensor Indices) CumMax(int dim) => Running(dim, (a, b) => a.Maximum(b));

    /// <summary>Running minima along a dimension and where they stand (the last of equal ones); NaN wins. The gradient flows to
    /// those.</summary>
    public (Tensor Values, Tensor Indices) CumMin(int dim) => Running(dim, (a, b) => a.Minimum(b));

    private (Tensor, Tensor) Running(int dim, Func<Tensor, Tensor, Tensor> better)
    {
        if (Rank == 0 || ElementCount == 0) return (Clone(), Zeros(Shape, DType.Int64, Device));
        int d = Shape.Dim(dim);
        var x = Transpose(d, -1);
        var data = x.Detach();
        var isBest = data.Eq(Scans.Inclusive(data, better));
        if (DType.IsFloatingPoint()) isBest |= data.IsNaN();
        var at = Scans.Inclusive(Where(isBest, Positions(x.Shape[-1], Device), Zero), (a, b) => a.Maximum(b));
        return (x.GatherAt(-1, at).Transpose(d, -1).Contiguous(), at.Transpose(d, -1).Contiguous());
    }

    /// <summary>The elements along a dimension in order, and where they came from. Equal elements keep their order; NaN counts as the
    /// largest.</summary>
    /// <remarks>In short rows each element's place is counted by n² comparisons, in one kernel; longer ones are merged by a bitonic network
    /// of n·log²n. Both give the same order.</remarks>
    public (Tensor Values, Tensor Indices) Sort(int dim = -1, bool descending = false)
    {
        if (Rank == 0) return (Clone(), Zeros([], DType.Int64, Device));
        int d = Shape.Dim(dim);
        if (ElementCount == 0) return (Clone(), Zeros(Shape, DType.Int64, Device));
        var x = Transpose(d, -1);
        var at = x.Order(descending);
        return (x.GatherAt(-1, at).Transpose(d, -1).Contiguous(), at.Transpose(d, -1).Contiguous());
    }

    /// <summary>The positions that would sort along a dimension (see <see cref="Sort"/>).</summary>
    public Tensor ArgSort(int dim = -1, bool descending = false) => Sort(dim, descending).Indices;

    /// <summary>The k largest elements along a dimension (or smallest), in order, and where they stand.</summary>
    /// <exception cref="TensorShapeException">There are fewer than k.</exception>
    public (Tensor Values, Tensor Indices) TopK(int k, int dim = -1, bool largest = true, bool sorted = true)
    {
        _ = sorted; // They always are.
        if (Rank == 0 && k is 0 or 1) return (k == 1 ? Clone() : Zeros([0], DType, Device), Zeros(k == 1 ? [] : [0], DType.Int64, Device));
        if (k < 0 || k > Shape[dim])
            throw new TensorShapeException($"topk: {k} elements were asked for, but dimension {dim} of {Shape} has {Shape[dim]}.");
        var at = ArgSort(dim, largest).Narrow(dim, 0, k).Contiguous();
        return (GatherAt(dim, at), at);
    }

    /// <summary>For each place of the last dimension which element belongs there.</summary>
    private Tensor Order(bool descending)
    {
        int n = Shape[-1];
        var data = DType == DType.Bool ? To(DType.UInt8) : Detach();
        if (n > LongestCounted) return OrderByMerging(data, descending);
        var places = Positions(n, Device);
        var rank = Precedes(data.Unsqueeze(-2), places.Unsqueeze(-2), data.Unsqueeze(-1), places.Unsqueeze(-1), descending).Sum(-1);
        return Where(rank.Unsqueeze(-2).Eq(places.Unsqueeze(-1)), places, Zero).Sum(-1);
    }

    private const int LongestCounted = 512;

    /// <summary>Where a comes before b: by value, equal ones by place. NaN counts as the largest value.</summary>
    private static Tensor Precedes(Tensor a, Tensor aPlace, Tensor b, Tensor bPlace, bool descending)
    {
        var before = descending ? a > b : a < b;
        var equal = a.Eq(b);
        if (a.DType.IsFloatingPoint())
        {
            before |= descending ? a.IsNaN() & b.IsNaN().LogicalNot() : b.IsNaN() & a.IsNaN().LogicalNot();
            equal |= a.IsNaN() & b.IsNaN();
        }
        return before | (equal & (aPlace < bPlace));
    }

    /// <summary>Batcher's bitonic network over rows filled up to a power of two with what comes last.</summary>
    private static Tensor OrderByMerging(Tensor data, bool descending)
    {
        int n = data.Shape[-1], size = 1 << (32 - System.Numerics.BitOperations.LeadingZeroCount((uint)(n - 1)));
        var values = data.Pad([0, size - n], LastOf(data.DType, descending));
        var places = Positions(size, data.Device).Expand(values.Shape);
        int[] rows = [.. data.Shape.Take(data.Rank - 1)];
        for (int run = 2; run <= size; run *= 2)
            for (int gap = run / 2; gap > 0; gap /= 2)
            {
                Shape pairs = [.. rows, size / (2 * gap), 2, gap];
                var (v, p) = (values.Reshape(pairs), places.Reshape(pairs));
                var (a, b, aPlace, bPlace) = (v.Select(-2, 0), v.Select(-2, 1), p.Select(-2, 0), p.Select(-2, 1));
                // Every other run is sorted backwards, so that it and its neighbour make one that rises and falls.
                var forwards = Positions(size / (2 * gap), data.Device).FloorDivide(run / (2 * gap)).Remainder(2).Eq(0).Unsqueeze(-1);
                var swap = Precedes(b, bPlace, a, aPlace, descending).Eq(forwards);
                values = Stack([Where(swap, b, a), Where(swap, a, b)], -2).Reshape(values.Shape);
                places = Stack([Where(swap, bPlace, aPlace), Where(swap, aPlace, bPlace)], -2).Reshape(values.Shape);
            }
        return places.Narrow(-1, 0, n);
    }

    private static Scalar LastOf(DType dtype, bool descending) => dtype switch
    {
        DType.UInt8 => descending ? byte.MinValue : byte.MaxValue,
        DType.Int8 => descending ? sbyte.MinValue : sbyte.MaxValue,
        DType.Int16 => descending ? short.MinValue : short.MaxValue,
        DType.Int32 => descending ? int.MinValue : int.MaxValue,
        DType.Int64 => descending ? long.MinValue : long.MaxValue,
        _ => descending ? double.NegativeInfinity : double.NaN,
    };
}
