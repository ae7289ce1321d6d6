using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Reductions. <c>dim</c> names the dimensions that go (all by default; they stay with size 1 where <c>keepDim</c> is
/// true).</content>
public partial class Tensor
{
    /// <summary>The sum over dimensions. Integers and bools add up in int64; half types accumulate in float32.</summary>
    public Tensor Sum(Dims dim = default, bool keepDim = false, DType? dtype = null)
    {
        var type = dtype ?? (DType.IsFloatingPoint() ? DType : DType.Int64);
        return Reduce(Reductions.Sum, To(type), type, dim, keepDim);
    }

    /// <summary>The product of all elements. Integers and bools multiply in int64.</summary>
    public Tensor Prod(DType? dtype = null) => ProdOver(default, false, dtype);

    /// <summary>The product over one dimension.</summary>
    public Tensor Prod(int dim, bool keepDim = false, DType? dtype = null) => ProdOver(dim, keepDim, dtype);

    private Tensor ProdOver(Dims dim, bool keepDim, DType? dtype)
    {
        var type = dtype ?? (DType.IsFloatingPoint() ? DType : DType.Int64);
        return Reduce(Reductions.Prod, To(type), type, dim, keepDim);
    }

    /// <summary>The mean over dimensions, accumulated in float32 for half types; NaN over no elements.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating and no floating <paramref name="dtype"/> is given.</exception>
    public Tensor Mean(Dims dim = default, bool keepDim = false, DType? dtype = null)
    {
        var type = dtype ?? DType;
        if (!type.IsFloatingPoint())
            throw new TensorDTypeException($"mean: the result would be {type.Name()}; pass a floating dtype or convert with To(dtype) "
                + "first.");
        var x = To(Wider(type));
        return (x.Sum(dim, keepDim) / Constant((long)CountOf(dim, "mean"))).To(type);
    }

    /// <summary>The variance over dimensions: squared distances from the mean, divided by N − correction.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public Tensor Var(Dims dim = default, double correction = 1, bool keepDim = false) =>
        Spread(Distances(dim, "var"), dim, correction, keepDim).To(DType);

    /// <summary>The standard deviation over dimensions: the root of <see cref="Var"/>. Its gradient is zero where the deviation
    /// is.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public Tensor Std(Dims dim = default, double correction = 1, bool keepDim = false)
    {
        var (distance, drift) = Distances(dim, "std");
        if (CountOf(dim, "std") == 0) return RootOrZero(Spread((distance, drift), dim, correction, keepDim)).To(DType);
        // In units of the largest distance, so that no square overflows where the deviation itself does not.
        var largest = distance.Detach().Abs().AMax(dim, keepDim: true);
        var unit = Where((largest > Zero) & largest.IsFinite(), largest, One);
        var root = RootOrZero(Spread((distance / unit, drift is null ? null : drift / unit), dim, correction, keepDim));
        return (root * unit.Reshape(root.Shape)).To(DType);
    }

    /// <summary>Variance and mean over dimensions.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public (Tensor Var, Tensor Mean) VarMean(Dims dim = default, double correction = 1, bool keepDim = false) =>
        (Var(dim, correction, keepDim), Mean(dim, keepDim));

    /// <summary>Returns x − detach(mean) and mean − detach(mean). The second is zero but carries the mean's gradient; keeping it apart
    /// makes Var correct to second order, and its first derivative needs no sum over a gradient that may have overflowed: with m the mean
    /// and c the detached mean, Σ(x − m)² = Σ(x − c)² − N(m − c)² holds for derivatives of every order.</summary>
    private (Tensor Distance, Tensor? Drift) Distances(Dims dim, string op)
    {
        if (!DType.IsFloatingPoint())
            throw new TensorDTypeException($"{op} is not defined for {DType.Name()}; convert with To(dtype) first.");
        var x = To(Wider(DType));
        var mean = x.Mean(dim, keepDim: true);
        var number = mean.Detach();
        return (x - number, mean.RequiresGrad ? Where(number.IsFinite(), mean - number, Zero) : null);
    }

    private Tensor Spread((Tensor Distance, Tensor? Drift) from, Dims dim, double correction, bool keepDim)
    {
        long count = CountOf(dim, "var");
        var sum = (from.Distance * from.Distance).Sum(dim, keepDim);
        if (from.Drift is { } drift) sum = sum - (drift * drift * Constant(count)).Reshape(sum.Shape);
        return sum / Constant(Math.Max(0, count - correction));
    }

    /// <summary>√x with the gradient 0, not infinity, where x is 0.</summary>
    private static Tensor RootOrZero(Tensor x)
    {
        var zero = x.Eq(Zero);
        return Where(zero, Zero, Where(zero, One, x).Sqrt());
    }

    // Sums of half types that are computed on are held in float32.
    private static DType Wider(DType dtype) => dtype.IsHalf() ? DType.Float32 : dtype;

    private long CountOf(Dims dim, string op)
    {
        var meant = Rank <= MaxStackRank ? stackalloc bool[Rank] : new bool[Rank];
        dim.Mark(Shape, op, meant);
        long count = 1;
        for (int d = 0; d < meant.Length; d++) count *= meant[d] ? Shape.Span[d] : 1;
        return count;
    }

    /// <summary>The largest elements over dimensions; NaN wins. Equal largest elements share the gradient.</summary>
    /// <exception cref="TensorShapeException">There are no elements to choose from.</exception>
    public Tensor AMax(Dims dim = default, bool keepDim = false) => Reduce(Reductions.Max, NotEmpty(dim, "amax"), DType, dim, keepDim);

    /// <summary>The smallest elements over dimensions; NaN wins. Equal smallest elements share the gradient.</summary>
    /// <exception cref="TensorShapeException">There are no elements to choose from.</exception>
    public Tensor AMin(Dims dim = default, bool keepDim = false) => Reduce(Reductions.Min, NotEmpty(dim, "amin"), DType, dim, keepDim);

    /// <summary>The largest element.</summary>
    public Tensor Max() => AMax();

    /// <summary>The smallest element.</summary>
    public Tensor Min() => AMin();

    /// <summary>The larger of each pair: <see cref="Maximum"/>.</summary>
    public Tensor Max(Tensor other) => Maximum(other.NotNull());

    /// <summary>The smaller of each pair: <see cref="Minimum"/>.</summary>
    public Tensor Min(Tensor other) => Minimum(other.NotNull());

    /// <summary>Where the first largest element stands, in row-major order over all elements or along one dimension: int64. NaN counts as
    /// the largest.</summary>
    /// <exception cref="TensorShapeException">There are no elements to choose from.</exception>
    public Tensor ArgMax(int? dim = null, bool keepDim = false) => Position(Reductions.ArgMax, dim, keepDim);

    /// <summary>Where the first smallest element stands: int64. NaN counts as the smallest.</summary>
    /// <exception cref="TensorShapeException">There are no elements to choose from.</exception>
    public Tensor ArgMin(int? dim = null, bool keepDim = false) => Position(Reductions.ArgMin, dim, keepDim);

    private Tensor Position(Operator op, int? dim, bool keepDim)
    {
        Dims dims = dim is { } one ? (Dims)one : default;
        if (DType == DType.Bool) throw new TensorDTypeException($"{op.Name} is not defined for bool; convert with To(dtype) first.");
        return Reduce(op, NotEmpty(dims, op.Name), DType.Int64, dims, keepDim);
    }

    private Tensor NotEmpty(Dims dim, string op)
    {
        if (ElementCount > 0 || CountOf(dim, op) > 0) return this;
        throw new TensorShapeException($"{op}: there is nothing to choose from over dimensions {dim} of shape {Shape}.");
    }

    /// <summary>Whether all elements are true (not zero): bool, for uint8 uint8. True over no elements.</summary>
    public Tensor All(Dims dim = default, bool keepDim = false)
    {
        var truth = To(DType.Bool);
        return Reduce(Reductions.Min, truth, DType.Bool, dim, keepDim).To(DType == DType.UInt8 ? DType.UInt8 : DType.Bool);
    }

    /// <summary>Whether some element is true (not zero): bool, for uint8 uint8. False over no elements.</summary>
    public Tensor Any(Dims dim = default, bool keepDim = false)
    {
        var truth = To(DType.Bool);
        return Reduce(Reductions.Max, truth, DType.Bool, dim, keepDim).To(DType == DType.UInt8 ? DType.UInt8 : DType.Bool);
    }

    /// <summary>How many elements are not zero: int64.</summary>
    public Tensor CountNonzero(Dims dim = default) => To(DType.Bool).Sum(dim);

    /// <summary>The p-norm over dimensions: (Σ |x|ᵖ)^(1/p); ±∞ take the largest and smallest magnitude, 0 counts what is not
    /// zero.</summary>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public Tensor Norm(double p = 2, Dims dim = default, bool keepDim = false, DType? dtype = null)
    {
        var type = dtype ?? DType;
        if (!type.IsFloatingPoint())
            throw new TensorDTypeException($"norm is not defined for {type.Name()}; pass a floating dtype or convert with To(dtype) "
                + "first.");
        var x = To(Wider(type));
        Tensor norm;
        if (p == 2) norm = RootOrZero((x * x).Sum(dim, keepDim));
        else if (p == 1) norm = x.Abs().Sum(dim, keepDim);
        else if (double.IsPositiveInfinity(p)) norm = x.Abs().AMax(dim, keepDim);
        else if (double.IsNegativeInfinity(p)) norm = x.Abs().AMin(dim, keepDim);
        else if (p == 0) norm = x.Ne(Zero).To(x.DType).Sum(dim, keepDim);
        else
        {
            // A zero adds nothing and takes no gradient, whatever the power's derivative there is.
            var magnitude = x.Abs();
            var zero = magnitude.Eq(Zero);
            var sum = Where(zero, p < 0 ? double.PositiveInfinity : 0, Where(zero, One, magnitude).Pow(p)).Sum(dim, keepDim);
            var none = sum.Eq(Zero);
            norm = Where(none, Zero, Where(none, One, sum).Pow(1 / p));
        }
        return norm.To(type);
    }

    /// <summary>ln Σ eˣ over dimensions, without overflow in between.</summary>
    public Tensor LogSumExp(Dims dim = default, bool keepDim = false)
    {
        var x = Rows.Wide(Floating());
        if (ElementCount == 0 && CountOf(dim, "logsumexp") == 0) return x.Exp().Sum(dim, keepDim).Log();
        var largest = x.Detach().AMax(dim, keepDim: true);
        var shift = Where(largest.IsInf(), Zero, largest);
        var sum = (x - shift).Exp().Sum(dim, keepDim).Log();
        return (sum + shift.Reshape(sum.Shape)).To(FloatingOr32);
    }

    /// <summary>eˣ divided by its sum along a dimension.</summary>
    /// <param name="dim">The dimension that adds up to 1.</param>
    /// <param name="dtype">Converts first, so that half types do not overflow.</param>
    public Tensor Softmax(int dim, DType? dtype = null)
    {
        var x = Rows.Wide((dtype is { } type ? To(type) : this).Floating());
        var exp = (x - x.Peak(dim)).Exp();
        return (exp / exp.Sum(dim, keepDim: true)).To(dtype ?? FloatingOr32);
    }

    /// <summary>The logarithm of <see cref="Softmax"/>, accurate where that is small.</summary>
    public Tensor LogSoftmax(int dim, DType? dtype = null)
    {
        var x = Rows.Wide((dtype is { } type ? To(type) : this).Floating());
        var shifted = x - x.Peak(dim);
        return (shifted - shifted.Exp().Sum(dim, keepDim: true).Log()).To(dtype ?? FloatingOr32);
    }

    // A constant to the gradient: what is subtracted cancels out.
    private Tensor Peak(int dim) => ElementCount == 0 ? ZerosLike(this) : Detach().AMax(dim, keepDim: true);

    private DType FloatingOr32 => DType.IsFloatingPoint() ? DType : DType.Float32;

    /// <summary>A reduction: the reduced dimensions are brought to the end by a view, the operator reduces trailing dimensions.</summary>
    internal static Tensor Reduce(Operator op, Tensor x, DType result, Dims dim, bool keepDim)
    {
        var (operand, shape, reduced) = Trailing(op, x, dim);
        var value = Apply(op, result, shape, operand, attributes: ReduceAttributes.Of(reduced));
        return keepDim ? KeepDims(value, x, dim, op) : value;
    }

    /// <summary>An operand whose reduced dimensions are the last.</summary>
    /// <returns>The operand, the shape of the dimensions that are kept, and how many are reduced.</returns>
    private static (Operand Operand, Shape Kept, int Reduced) Trailing(Operator op, Tensor x, Dims dim)
    {
        int rank = x.Rank, kept = 0;
        var reduced = rank <= MaxStackRank ? stackalloc bool[rank] : new bool[rank];
        dim.Mark(x.Shape, op.Name, reduced);
        var order = rank <= MaxStackRank ? stackalloc int[rank] : new int[rank];
        var sizes = rank <= MaxStackRank ? stackalloc int[rank] : new int[rank];
        for (int d = 0; d < rank; d++)
            if (!reduced[d]) (order[kept], sizes[kept++]) = (d, x.Shape.Span[d]);
        int at = kept;
        for (int d = 0; d < rank; d++)
            if (reduced[d]) order[at++] = d;
        bool inOrder = kept == 0 || kept == rank || order[kept - 1] < order[kept];
        var operand = inOrder ? x.Operand : x.Operand with { View = x.FullView.Permute(order).Simplify(x.Node.Shape) };
        return (operand, GpuTensor.Shape.Create(sizes[..kept]), rank - kept);
    }

    /// <summary>A reduction's result with a dimension of size 1 where one was reduced.</summary>
    private static Tensor KeepDims(Tensor result, Tensor x, Dims dim, Operator op)
    {
        int rank = x.Rank;
        var reduced = rank <= MaxStackRank ? stackalloc bool[rank] : new bool[rank];
        dim.Mark(x.Shape, op.Name, reduced);
        var sizes = rank <= MaxStackRank ? stackalloc int[rank] : new int[rank];
        for (int d = 0; d < rank; d++) sizes[d] = reduced[d] ? 1 : x.Shape.Span[d];
        return result.Turn(GpuTensor.View.Identity(result.Shape).Reshape(GpuTensor.Shape.Create(sizes))!, ViewOperator.View);
    }
}
