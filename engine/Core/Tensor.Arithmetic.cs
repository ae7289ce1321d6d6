using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>This tensor's numbers in another dtype.</summary>
    public Tensor To(DType dtype) => dtype == DType ? this : Apply(Basic.Cast, dtype, Shape, Operand);

    /// <summary>The dtype of an operation of two tensors: tensors with dimensions outrank 0-d ones of the same category, as in PyTorch.</summary>
    internal static DType ResultType(Tensor a, Tensor b)
    {
        if (a.Rank == 0 == (b.Rank == 0)) return DTypes.Promote(a.DType, b.DType);
        var (ranked, zero) = a.Rank == 0 ? (b.DType, a.DType) : (a.DType, b.DType);
        return zero.Category() > ranked.Category() ? DTypes.Promote(ranked, zero) : ranked;
    }

    /// <summary>A pointwise operator on two tensors: broadcast, promoted; the result's dtype is the promoted one unless given.</summary>
    internal static Tensor Binary(Operator op, Tensor a, Tensor b, DType? result = null)
    {
        var dtype = ResultType(a, b);
        var shape = GpuTensor.Shape.Broadcast(a.Shape, b.Shape, op.Name);
        return Apply(op, result ?? dtype, shape, a.To(dtype).Broadcast(shape), b.To(dtype).Broadcast(shape));
    }

    /// <summary>A pointwise operator on a tensor and a number.</summary>
    internal static Tensor Binary(Operator op, Tensor a, Scalar b, DType? result = null)
    {
        var dtype = b.PromoteWith(a.DType);
        return Apply(op, result ?? dtype, a.Shape, a.To(dtype).Operand, FromScalar(b, dtype, a.Device).Broadcast(a.Shape));
    }

    /// <summary>A pointwise operator on a number and a tensor.</summary>
    internal static Tensor Binary(Operator op, Scalar a, Tensor b, DType? result = null)
    {
        var dtype = a.PromoteWith(b.DType);
        return Apply(op, result ?? dtype, b.Shape, FromScalar(a, dtype, b.Device).Broadcast(b.Shape), b.To(dtype).Operand);
    }

    /// <summary>The sum, element by element, broadcast.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Binary(Arithmetic.Add, a, b);

    /// <summary>The difference, element by element, broadcast.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Binary(Arithmetic.Sub, a, b);

    /// <summary>The product, element by element, broadcast.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Binary(Arithmetic.Mul, a, b);

    /// <summary>The quotient, element by element, broadcast; integers give float32.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Binary(Arithmetic.Div, a, b);

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(Tensor a, Scalar b) => Binary(Arithmetic.Add, a, b);

    /// <summary>The negative.</summary>
    /// <exception cref="TensorDTypeException">A bool tensor, as in PyTorch.</exception>
    public static Tensor operator -(Tensor a) => a.DType == DType.Bool
        ? throw new TensorDTypeException("Neg: a bool tensor has no negative; use LogicalNot for the opposite.")
        : Apply(Arithmetic.Neg, a.DType, a.Shape, a.Operand);

    /// <summary>The sum over dimensions (all by default). Integers and bool add up in int64.</summary>
    public Tensor Sum(int[]? dim = null, bool keepDim = false, DType? dtype = null)
    {
        var type = dtype ?? (DType.IsFloatingPoint() ? DType : DType.Int64);
        return Reduce(Reductions.Sum, To(type), type, dim, keepDim);
    }

    /// <summary>A reduction: the reduced dimensions are brought to the end by a view, the operator reduces trailing dimensions.</summary>
    internal static Tensor Reduce(Operator op, Tensor x, DType result, int[]? dim, bool keepDim)
    {
        var reduced = new bool[x.Rank];
        if (dim is null || dim.Length == 0) Array.Fill(reduced, true);
        else
            foreach (int d in dim)
            {
                int at = x.Shape.Dim(d);
                if (x.Rank == 0) continue;
                if (reduced[at]) throw new TensorShapeException($"{op.Name}: dimension {d} appears twice.");
                reduced[at] = true;
            }
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(d => !reduced[d])];
        int[] gone = [.. Enumerable.Range(0, x.Rank).Where(d => reduced[d])];
        var shape = GpuTensor.Shape.Adopt([.. kept.Select(d => x.Shape.Span[d])]);
        var source = kept.Length + gone.Length > 0 && gone.Length > 0 && gone[0] < kept.LastOrDefault(-1) ? x.Permute([.. kept, .. gone]) : x;
        var value = Apply(op, result, shape, source.Operand, attributes: new ReduceAttributes(gone.Length));
        return keepDim ? value.Reshape([.. Enumerable.Range(0, x.Rank).Select(d => reduced[d] ? 1 : x.Shape.Span[d])]) : value;
    }
}
