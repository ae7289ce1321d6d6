using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Reading and adding at places that an int64 tensor names.</content>
public partial class Tensor
{
    /// <summary>The positions of a dimension that a vector of indices names; the dimension takes the vector's length.</summary>
    /// <exception cref="TensorDTypeException">The index is of no integer dtype.</exception>
    /// <exception cref="TensorShapeException">The index has more than one dimension.</exception>
    public Tensor IndexSelect(int dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (index.Rank > 1) throw new TensorShapeException($"index_select: the index must be a vector, but has shape {index.Shape}.");
        var at = Indices("index_select", index).Reshape(-1);
        if (Rank == 0) return Reshape(1).IndexSelect(0, at).Reshape(GpuTensor.Shape.Scalar);
        int d = Shape.Dim(dim);
        IndexCheck.Record("index_select", at, Shape[d], fromEnd: false);
        return Take(at, d);
    }

    /// <summary>Rows of dimension d at the places of an index of any shape, whose dimensions stand where d was.</summary>
    private Tensor Take(Tensor index, int d)
    {
        var source = ToFront(d);
        Shape shape = [.. index.Shape, .. source.Shape.Skip(1)];
        if (shape.ElementCount == 0) return Nothing([.. Shape.Take(d), .. index.Shape, .. Shape.Skip(d + 1)]);
        var picked = Apply(Operators.Selection.IndexSelect, DType, shape, source.Operand, index.Operand);
        if (d == 0) return picked;
        int[] order = [.. Enumerable.Range(index.Rank, d), .. Enumerable.Range(0, index.Rank),
            .. Enumerable.Range(index.Rank + d, Rank - 1 - d)];
        return picked.Permute(order).Contiguous();
    }

    // No elements of this tensor, with its history.
    internal Tensor Nothing(Shape shape) => Flatten().Narrow(0, 0, 0).Reshape(shape).Clone();

    /// <summary>The rows of a table (n, …) that an int64 tensor of any shape names: shape (index…, …). Gradients add up in the
    /// table.</summary>
    /// <exception cref="TensorDTypeException">The index is of no integer dtype.</exception>
    /// <exception cref="TensorShapeException">The table has no dimensions.</exception>
    internal Tensor Lookup(Tensor index) => Rank > 0 ? Take(Indices("embedding", index), 0)
        : throw new TensorShapeException("embedding: the table must have rows, but it is 0-d.");

    /// <summary>out[…, i, …] = this[…, index[…, i, …], …] along a dimension; the other sizes of the index are at most this
    /// tensor's.</summary>
    /// <exception cref="TensorShapeException">The ranks differ or the index is too large.</exception>
    /// <exception cref="TensorDTypeException">The index is of no integer dtype.</exception>
    public Tensor Gather(int dim, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        index = Indices("gather", index);
        var gathered = GatherAt(dim, index);
        // Once its shape fits: a call that is refused must not leave a check behind, which whatever runs next would be blamed for.
        if (index.Rank == Rank) IndexCheck.Record("gather", index, Rank == 0 ? 1 : Shape[dim], fromEnd: false);
        return gathered;
    }

    /// <summary><see cref="Gather"/> at places that are known to exist, or checked already.</summary>
    private Tensor GatherAt(int dim, Tensor index)
    {
        if (Rank == 0 && index.Rank <= 1) return Reshape(1).GatherAt(0, index.Reshape(-1)).Reshape(index.Shape);
        int d = Shape.Dim(dim);
        if (index.ElementCount == 0) return Nothing(index.Shape);
        var source = Within("gather", index, d);
        if (d == Rank - 1) return Apply(Operators.Selection.Gather, DType, index.Shape, source.Operand, index.Operand);
        var turned = index.Transpose(d, -1);
        return Apply(Operators.Selection.Gather, DType, turned.Shape, source.Transpose(d, -1).Operand, turned.Operand).Transpose(d,
            -1).Contiguous();
    }

    /// <summary>As <see cref="Gather"/>, where all other dimensions broadcast; without a dimension, among all elements in row-major
    /// order.</summary>
    public Tensor TakeAlongDim(Tensor indices, int? dim = null)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (dim is null) return Flatten().TakeAlongDim(indices.Flatten(), 0);
        int d = Shape.Dim(dim.Value);
        if (indices.Rank != Rank)
            throw new TensorShapeException($"take_along_dim: ranks must be equal, but the shapes are {Shape} and {indices.Shape}.");
        int[] source = Shape.ToArray(), index = indices.Shape.ToArray();
        for (int i = 0; i < Rank; i++)
            if (i != d)
            {
                if (source[i] != index[i] && source[i] != 1 && index[i] != 1)
                    throw new TensorShapeException($"take_along_dim: {Shape} and {indices.Shape} do not broadcast.");
                source[i] = index[i] = source[i] == 1 ? index[i] : source[i];
            }
        var at = Indices("take_along_dim", indices);
        IndexCheck.Record("take_along_dim", at, Shape[d], fromEnd: true);
        // Unlike gather, negative positions count from the end.
        at = Places.FromStart(at, Shape[d]);
        return Expand(GpuTensor.Shape.Create(source)).GatherAt(d, at.Expand(GpuTensor.Shape.Create(index)));
    }

    private Tensor Within(string op, Tensor index, int d)
    {
        if (index.Rank != Rank)
            throw new TensorShapeException($"{op}: the index must have as many dimensions as the tensor, but the shapes are "
                + $"{index.Shape} and {Shape}.");
        var source = this;
        for (int i = 0; i < Rank; i++)
        {
            if (i == d || index.Shape[i] == Shape[i]) continue;
            if (index.Shape[i] > Shape[i])
                throw new TensorShapeException($"{op}: the index {index.Shape} is larger than the tensor {Shape} in dimension {i}.");
            source = source.Narrow(i, 0, index.Shape[i]);
        }
        return source;
    }

    private static Tensor Indices(string op, Tensor index) => index.DType.IsInteger() ? index.To(DType.Int64)
        : throw new TensorDTypeException($"{op}: the index must be int64 (or another integer dtype), not {index.DType.Name()}.");
}
