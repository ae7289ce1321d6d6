using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>Lists of dimensions up to this long are worked out on the stack.</summary>
    private const int MaxStackRank = 16;

    /// <summary>How this tensor looks at its value, spelled out.</summary>
    internal View FullView => view ?? GpuTensor.View.Identity(Node.Shape);

    /// <summary>True where the elements lie in row-major order, one after the other.</summary>
    public bool IsContiguous => view is null || view.IsContiguous;

    /// <summary>The strides in elements.</summary>
    public IReadOnlyList<long> Strides => FullView.Strides;

    /// <summary>This tensor where its elements already lie in row-major order, else a copy in which they do.</summary>
    public Tensor Contiguous() => IsContiguous && view is null ? this : view!.IsContiguous
        && view.Shape.ElementCount == Node.Shape.ElementCount ? Recast() : Clone();

    /// <summary>A copy with memory of its own; gradients flow through it.</summary>
    public Tensor Clone() => Apply(Basic.Copy, DType, Shape, Operand);

    /// <summary>A contiguous tensor seen through a view of its value.</summary>
    internal Tensor ViewAs(View over)
    {
        var whole = Contiguous();
        return whole.ViewOf is null ? whole.WithView(over, ViewOperator.View) : whole.Clone().WithView(over, ViewOperator.View);
    }

    // The same elements in the same order: a handle is enough, but rules that want no view at all need a clone only where the view is not
    // the identity.
    private Tensor Recast() => this;

    /// <summary>The same elements under another shape, sharing memory. One size may be −1: it is worked out.</summary>
    /// <exception cref="TensorShapeException">The sizes do not multiply to the element count, or no strides express the shape (use
    /// <see cref="Reshape"/>).</exception>
    public Tensor View(params Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape = Resolve(shape);
        return WithView(FullView.Reshape(shape)
            ?? throw new TensorShapeException(
                $"View {Shape} as {shape}: the elements do not lie in an order that strides can express; use Reshape, which copies where "
                + "it must."), ViewOperator.View);
    }

    /// <summary>The same elements under another shape: shares memory where it can, else copies. One size may be −1.</summary>
    /// <exception cref="TensorShapeException">The sizes do not multiply to the element count.</exception>
    public Tensor Reshape(params Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape = Resolve(shape);
        return shape.Equals(Shape) ? this : FullView.Reshape(shape) is { } v ? WithView(v, ViewOperator.View) : Clone().View(shape);
    }

    private Shape Resolve(Shape shape)
    {
        int unknown = -1;
        long known = 1;
        var sizes = shape.Span;
        for (int i = 0; i < sizes.Length; i++)
            if (sizes[i] == -1 && unknown < 0) unknown = i;
            else if (sizes[i] < 0) throw new TensorShapeException($"Shape {shape}: sizes must not be negative, except one −1.");
            else known *= sizes[i]; // a shape's product fits
        if (unknown >= 0)
        {
            if (known == 0 && ElementCount == 0)
                throw new TensorShapeException(
                    $"Shape {shape}: beside a size of 0 the −1 could be any number; "
                    + $"the tensor {Shape} has no elements, so write the size.");
            if (known == 0 || ElementCount % known != 0)
                throw new TensorShapeException($"Shape {shape} does not fit {ElementCount} elements ({Shape}).");
            int[] whole = shape.ToArray();
            whole[unknown] = GpuTensor.Shape.Size(ElementCount / known, "reshape");
            return GpuTensor.Shape.Create(whole);
        }
        return known == ElementCount ? shape
            : throw new TensorShapeException($"Shape {shape} has {known} elements, but the tensor {Shape} has {ElementCount}.");
    }

    /// <summary>The dimensions in another order.</summary>
    public Tensor Permute(params ReadOnlySpan<int> dims)
    {
        if (dims.Length != Rank)
            throw new TensorShapeException($"Permute: {dims.Length} dimensions were given for a tensor of rank {Rank}.");
        var order = Rank <= MaxStackRank ? stackalloc int[Rank] : new int[Rank];
        for (int i = 0; i < dims.Length; i++)
        {
            order[i] = Shape.Dim(dims[i]);
            if (order[..i].Contains(order[i])) throw new TensorShapeException($"Permute: dimension {dims[i]} appears twice.");
        }
        return WithView(FullView.Permute(order), ViewOperator.Permute);
    }

    /// <summary>The dimensions in another order, then the same elements under another shape.</summary>
    internal Tensor Permuted(ReadOnlySpan<int> order, Shape shape)
    {
        var turned = FullView.Permute(order);
        if (turned.Reshape(shape) is not { } whole) return WithView(turned, ViewOperator.Permute).Reshape(shape);
        return whole.Equals(FullView) ? this : WithView(whole, ViewOperator.View);
    }

    /// <summary>Two dimensions exchanged.</summary>
    public Tensor Transpose(int dim0, int dim1)
    {
        if (Rank == 0) return this;
        var order = Rank <= MaxStackRank ? stackalloc int[Rank] : new int[Rank];
        for (int d = 0; d < order.Length; d++) order[d] = d;
        (order[Shape.Dim(dim0)], order[Shape.Dim(dim1)]) = (order[Shape.Dim(dim1)], order[Shape.Dim(dim0)]);
        return WithView(FullView.Permute(order), ViewOperator.Transpose);
    }

    /// <summary>The matrix transposed.</summary>
    public Tensor T => Rank <= 2 ? (Rank == 2 ? Transpose(0, 1) : this)
        : throw new TensorShapeException($"T takes a matrix; this tensor has shape {Shape}. Use Transpose or Permute.");

    /// <summary>Broadcast to a larger shape without copying; −1 keeps a size.</summary>
    public Tensor Expand(params Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < Rank) throw new TensorShapeException($"Expand: {shape} has fewer dimensions than {Shape}.");
        var sizes = shape.Rank <= MaxStackRank ? stackalloc int[shape.Rank] : new int[shape.Rank];
        shape.Span.CopyTo(sizes);
        for (int i = 1; i <= Rank; i++)
        {
            if (sizes[^i] == -1) sizes[^i] = Shape.Span[^i];
            if (Shape.Span[^i] != 1 && Shape.Span[^i] != sizes[^i])
                throw new TensorShapeException($"Expand: {Shape} does not broadcast to {shape}.");
        }
        return WithView(FullView.Expand(GpuTensor.Shape.Create(sizes)), ViewOperator.Expand);
    }

    /// <summary>One dimension cut to <paramref name="length"/> elements from <paramref name="start"/>.</summary>
    public Tensor Narrow(int dim, int start, int length)
    {
        if (Rank == 0) throw new TensorShapeException("Narrow: a 0-d tensor has no dimension to cut.");
        dim = Shape.Dim(dim);
        long first = start < 0 ? (long)start + Shape[dim] : start;
        if (first < 0 || length < 0 || first + length > Shape[dim])
            throw new TensorShapeException(
                $"Narrow: {length} elements from {start} on of dimension {dim} were asked for, but the tensor has shape {Shape}.");
        return WithView(FullView.Slice(dim, first, length, 1), ViewOperator.Slice);
    }

    /// <summary>One dimension cut to <paramref name="length"/> elements from an integer held by a 0-d tensor, which is read now.</summary>
    /// <exception cref="TensorDTypeException"><paramref name="start"/> is no 0-d integer tensor.</exception>
    public Tensor Narrow(int dim, Tensor start, int length) => start.NotNull().Rank == 0 && start.DType.IsInteger()
        ? Narrow(dim, (int)Math.Clamp(start.Item<long>(), int.MinValue, int.MaxValue), length)
        : throw new TensorDTypeException($"Narrow: start must be a 0-d integer tensor, not {start.DType.Name()} {start.Shape}.");

    /// <summary>One position of a dimension, which goes away.</summary>
    public Tensor Select(int dim, int index)
    {
        if (Rank == 0) throw new TensorShapeException("Select: a 0-d tensor has no dimension to select from.");
        dim = Shape.Dim(dim);
        int n = Shape[dim], i = index < 0 ? index + n : index;
        if ((uint)i >= (uint)n)
            throw new TensorShapeException($"Select: index {index} is out of range for dimension {dim} of shape {Shape}.");
        return WithView(FullView.Select(dim, i), ViewOperator.Select);
    }

    /// <summary>A dimension of size 1 put in before <paramref name="dim"/>.</summary>
    public Tensor Unsqueeze(int dim)
    {
        if (dim < -Rank - 1 || dim > Rank)
            throw new ArgumentOutOfRangeException(nameof(dim), $"Unsqueeze: dimension {dim} is out of range for shape {Shape}.");
        return WithView(FullView.Insert(dim < 0 ? dim + Rank + 1 : dim), ViewOperator.Unsqueeze);
    }

    /// <summary>Without its dimensions of size 1, or without that one.</summary>
    public Tensor Squeeze(int? dim = null)
    {
        if (dim is { } only && Shape.Dim(only) is var at && (Rank == 0 || Shape[at] != 1)) return this;
        int[] keep = [.. Enumerable.Range(0, Rank).Where(d => dim is null ? Shape[d] != 1 : d != Shape.Dim(dim.Value))];
        return WithView(FullView.Permute(keep), ViewOperator.Squeeze);
    }

    /// <summary>Without those of the named dimensions that have size 1.</summary>
    public Tensor Squeeze(int[] dim)
    {
        ArgumentNullException.ThrowIfNull(dim);
        int[] named = [.. dim.Select(d => Shape.Dim(d))];
        int[] keep = [.. Enumerable.Range(0, Rank).Where(d => Shape[d] != 1 || !named.Contains(d))];
        return WithView(FullView.Permute(keep), ViewOperator.Squeeze);
    }

    /// <summary>Dimensions <paramref name="startDim"/> to <paramref name="endDim"/> as one.</summary>
    public Tensor Flatten(int startDim = 0, int endDim = -1)
    {
        if (Rank == 0) return Reshape(1);
        int a = Shape.Dim(startDim), b = Shape.Dim(endDim);
        if (a > b) throw new TensorShapeException($"Flatten: start {startDim} comes after end {endDim}.");
        long n = 1;
        for (int d = a; d <= b; d++) n *= Shape[d];
        return Reshape([.. Shape.Take(a), GpuTensor.Shape.Size(n, "flatten"), .. Shape.Skip(b + 1)]);
    }
}
