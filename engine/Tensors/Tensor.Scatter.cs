using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Writing and adding at places that an int64 tensor names (<see cref="Places"/>).</content>
public partial class Tensor
{
    /// <summary>A copy with out[…, index[…, i, …], …] = src[…, i, …] along a dimension; of several values for one place the last is
    /// taken.</summary>
    /// <param name="dim">The dimension the index counts in.</param>
    /// <param name="index">Int64, no larger than this tensor in the other dimensions, nor than <paramref name="src"/> in any.</param>
    /// <param name="src">The values.</param>
    /// <param name="reduce"><c>"add"</c> and <c>"multiply"</c> combine with what is there instead.</param>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    /// <exception cref="TensorDTypeException">The index is not int64, or the values are of another dtype.</exception>
    public Tensor Scatter(int dim, Tensor index, Tensor src, string? reduce = null) => reduce switch
    {
        null => AtPlaces("scatter", dim, index.NotNull(), src.NotNull(), (old, values, places) =>
        {
            var last = places.Last();
            return Where(last > Zero, values.GatherAt(-1, (last - One).ClampMin(Zero)), old);
        }),
        "add" => ScatterAdd(dim, index, src),
        "multiply" => AtPlaces("scatter", dim, index, src, (old, values, places) =>
            old * Where(places.Hits, values.Unsqueeze(-2), One).Prod(-1)),
        _ => throw new ArgumentException($"scatter: reduce is \"add\", \"multiply\" or null, not \"{reduce}\".", nameof(reduce)),
    };

    /// <summary><see cref="Scatter(int, Tensor, Tensor, string?)"/> of one number.</summary>
    public Tensor Scatter(int dim, Tensor index, Scalar value, string? reduce = null) =>
        Scatter(dim, index.NotNull(), Full(index.Shape, value, DType, Device), reduce);

    /// <summary>A copy with src[…, i, …] added at […, index[…, i, …], …] along a dimension.</summary>
    /// <inheritdoc cref="Scatter(int, Tensor, Tensor, string?)"/>
    public Tensor ScatterAdd(int dim, Tensor index, Tensor src) =>
        AtPlaces("scatter_add", dim, index.NotNull(), src.NotNull(), (old, values, places) => old + places.Sum(values));

    // Calls update with what stands there, the values and which place each goes to; the dimension is last in all three.
    private Tensor AtPlaces(string op, int dim, Tensor index, Tensor src, Func<Tensor, Tensor, Places, Tensor> update)
    {
        index = Indices(op, index);
        if (src.DType != DType)
            throw new TensorDTypeException($"{op}: the dtypes differ, {DType.Name()} and {src.DType.Name()}; convert with To(dtype) "
                + "first.");
        if (Rank == 0) return Reshape(1).AtPlaces(op, 0, index.Reshape(-1), src.Reshape(-1), update).Reshape(Shape);
        if (index.ElementCount == 0) return Clone();
        int d = Shape.Dim(dim);
        var target = Within(op, index, d);
        if (src.Rank != index.Rank)
            throw new TensorShapeException($"{op}: the index {index.Shape} and the values {src.Shape} must have as many dimensions.");
        for (int i = 0; i < Rank; i++)
        {
            if (src.Shape[i] < index.Shape[i])
                throw new TensorShapeException($"{op}: the index {index.Shape} is larger than the values {src.Shape} in dimension {i}.");
            src = src.Narrow(i, 0, index.Shape[i]);
        }
        // Once all shapes fit: a call that is refused must not leave a check behind, which whatever runs next would be blamed for.
        IndexCheck.Record(op, index, Shape[d], fromEnd: false);
        Tensor last(Tensor t) => t.Transpose(d, -1);
        var updated = last(update(last(target), last(src), new Places(last(index), Shape[d])));
        return target.Shape == Shape ? updated.Contiguous() : ViewAssign(target.ViewIn(this), updated);
    }

    // The view that shows in a contiguous copy of the whole what this tensor shows in the whole: both start at the origin of one shape.
    private View ViewIn(Tensor whole) => new(Shape, whole.Shape.ContiguousStrides(), 0);

    /// <summary>A copy with alpha times the rows of <paramref name="source"/> added at the positions of a dimension that a vector
    /// names.</summary>
    /// <exception cref="TensorShapeException">The index is no vector, or the source does not fit.</exception>
    /// <exception cref="TensorDTypeException">The index is not int64, or the source is of another dtype.</exception>
    public Tensor IndexAdd(int dim, Tensor index, Tensor source, Scalar? alpha = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(source);
        if (index.Rank > 1) throw new TensorShapeException($"index_add: the index must be a vector, but has shape {index.Shape}.");
        if (source.DType != DType)
            throw new TensorDTypeException($"index_add: the dtypes differ, {DType.Name()} and {source.DType.Name()}; convert with "
                + "To(dtype) first.");
        var at = Indices("index_add", index).Reshape(-1);
        if (Rank == 0) return Reshape(1).IndexAdd(0, at, source.Reshape(-1), alpha).Reshape(Shape);
        int d = Shape.Dim(dim);
        int[] expected = Shape.ToArray();
        expected[d] = at.Shape[0];
        if (!source.Shape.SequenceEqual(expected))
            throw new TensorShapeException($"index_add: a source of shape [{string.Join(", ", expected)}] was expected, got "
                + $"{source.Shape}.");
        IndexCheck.Record("index_add", at, Shape[d], fromEnd: false);
        if (source.ElementCount == 0) return Clone();
        return this + new Places(at, Shape[d]).Sum(Scaled(source, alpha).To(DType).ToFront(d)).FromFront(d);
    }

    /// <summary>A copy with a number at the positions of a dimension that a vector names.</summary>
    public Tensor IndexFill(int dim, Tensor index, Scalar value)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (Rank == 0) return Reshape(1).IndexFill(dim, index, value).Reshape(Shape);
        int d = Shape.Dim(dim), n = Shape[d];
        var at = Indices("index_fill", index).Reshape(-1);
        var named = at.ElementCount == 0 ? Zeros([n], DType.Bool, Device) : new Places(at, n).Last() > Zero;
        var filled = MaskedFill(named.Reshape([n, .. Enumerable.Repeat(1, Rank - 1 - d)]), value);
        IndexCheck.Record("index_fill", at, n, fromEnd: true);
        return filled;
    }

    /// <summary><see cref="Scatter(int, Tensor, Tensor, string?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Scatter_(int dim, Tensor index, Tensor src, string? reduce = null) =>
        Assign(Scatter(dim, index.NotNull(), src.NotNull(), reduce), "scatter_");

    /// <summary><see cref="Scatter(int, Tensor, Scalar, string?)"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Scatter_(int dim, Tensor index, Scalar value, string? reduce = null) =>
        Assign(Scatter(dim, index.NotNull(), value, reduce), "scatter_");

    /// <summary><see cref="ScatterAdd"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ScatterAdd_(int dim, Tensor index, Tensor src) => Assign(ScatterAdd(dim, index.NotNull(), src.NotNull()), "scatter_add_");

    /// <summary><see cref="IndexAdd"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor IndexAdd_(int dim, Tensor index, Tensor source, Scalar? alpha = null) =>
        Assign(IndexAdd(dim, index.NotNull(), source.NotNull(), alpha), "index_add_");

    /// <summary><see cref="IndexFill"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor IndexFill_(int dim, Tensor index, Scalar value) => Assign(IndexFill(dim, index.NotNull(), value), "index_fill_");
}
