using System.Runtime.CompilerServices;
using GpuTensor.Operators;

namespace GpuTensor;

/// <content>Indexing by position, range, mask and index tensors.</content>
public partial class Tensor
{
    /// <summary>The elements that the entries select, one entry a dimension; missing ones take all. Positions and ranges give views, which
    /// write through; masks and index tensors give copies (a mask reads a count: it flushes and waits).</summary>
    /// <remarks>Setting writes in place; the value broadcasts and is converted to this dtype. Negative positions count from the end. Of
    /// several values for one place the last is taken, also by <c>x[at] += y</c>; <see cref="IndexAdd"/> adds all up.</remarks>
    /// <exception cref="TensorShapeException">There are too many entries, or index shapes do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its dimension.</exception>
    [IndexerName("Elements")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            if (IsMask(indices, out var mask) && mask.Shape == Shape) return Advanced.Masked(this, mask);
            var view = Basics(indices, out var tensors, out var named);
            return tensors is null ? view : Advanced.Read(view, tensors, named);
        }
        set
        {
            if (value.Device != Device && value.IsNumber) value = value.NumberOn(Device);
            value = value.To(DType);
            if (IsMask(indices, out var mask) && value.ElementCount == 1 && mask.Rank <= Rank
                && mask.Shape.SequenceEqual(Shape.Take(mask.Rank)))
            {
                // One value needs no count: a choice that waits for nothing.
                Assign(Where(mask.To(Device).Reshape([.. mask.Shape, .. Enumerable.Repeat(1, Rank - mask.Rank)]),
                    value.Reshape(GpuTensor.Shape.Scalar), this), "index_put_");
                return;
            }
            var view = Basics(indices, out var tensors, out var named);
            if (tensors is null)
            {
                // As PyTorch: leading dimensions of size 1 that the place lacks are dropped.
                while (value.Rank > view.Rank && value.Shape[0] == 1) value = value.Select(0, 0);
                view.CheckAssign(value.Shape, value.DType, value.Device, "index_put_");
                // Where all is written, what was there keeps its part in the history: a gradient of zeros, as in PyTorch.
                if (view.view is null && view.Operand.Grad) value = view.ViewAssign(view.FullView, value.Expand(view.Shape));
                view.Assign(value, "index_put_");
            }
            else view.Assign(Advanced.Write(view, tensors, named, value), "index_put_");
        }
    }

    private static bool IsMask(ReadOnlySpan<TensorIndex> indices, out Tensor mask)
    {
        mask = indices.Length == 1 ? indices[0].Tensor! : null!;
        return mask is not null && mask.DType == DType.Bool;
    }

    /// <summary>Applies positions, ranges and new dimensions as a view. Index tensors stay as whole dimensions of the view; they are
    /// returned by dimension, and those whose places are to be checked.</summary>
    private Tensor Basics(ReadOnlySpan<TensorIndex> indices, out Tensor?[]? tensors, out List<(Tensor Places, int Size)> named)
    {
        named = [];
        int used = 0, ellipses = 0;
        foreach (var index in indices)
        {
            used += index.What switch
            {
                TensorIndex.Kind.Position or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => index.Tensor!.DType == DType.Bool ? index.Tensor.Rank : 1,
                _ => 0,
            };
            if (index.What == TensorIndex.Kind.Ellipsis) ellipses++;
        }
        if (used > Rank) throw new TensorShapeException($"Indexing: {used} indices were given for a tensor of shape {Shape}.");
        if (ellipses > 1) throw new TensorShapeException("Indexing: an ellipsis can stand only once.");

        var view = FullView;
        var found = new List<Tensor?>();
        bool any = false;
        int d = 0;
        foreach (var index in indices)
            switch (index.What)
            {
                case TensorIndex.Kind.Position:
                    int n = view.Shape[d];
                    long at = index.Start < 0 ? index.Start + n : index.Start;
                    if (at < 0 || at >= n)
                        throw new ArgumentOutOfRangeException(nameof(indices),
                            $"Index {(index.Start > int.MaxValue ? "^0" : index.Start)} is out of range for a dimension of size {n} of "
                            + $"shape {Shape}.");
                    view = view.Select(d, at);
                    break;
                case TensorIndex.Kind.Slice:
                    var (start, count) = index.Bounds(view.Shape[d]);
                    view = view.Slice(d++, start, count, index.Step);
                    found.Add(null);
                    break;
                case TensorIndex.Kind.NewAxis:
                    view = new([.. view.Shape.Take(d), 1, .. view.Shape.Skip(d)], [.. view.Strides.Take(d), 1, .. view.Strides.Skip(d)],
                        view.Offset);
                    d++;
                    found.Add(null);
                    break;
                case TensorIndex.Kind.Ellipsis:
                    for (int i = Rank - used; i > 0; i--, d++) found.Add(null);
                    break;
                case TensorIndex.Kind.Tensor when index.Tensor is { Rank: 0, DType: DType.Bool } whether:
                    // True keeps all as the one entry of a new dimension, false keeps nothing.
                    any = true;
                    view = view.Insert(d++);
                    found.Add(From(whether.Item<bool>() ? [0L] : Array.Empty<long>(), device: Device));
                    break;
                default:
                    any = true;
                    foreach (var part in Advanced.AsPlaces(index.Tensor!, view.Shape, d, Device, named))
                    {
                        found.Add(part);
                        d++;
                    }
                    break;
            }
        tensors = null;
        if (any)
        {
            while (found.Count < view.Shape.Rank) found.Add(null);
            tensors = [.. found];
        }
        return WithView(view, ViewOperator.Slice);
    }

    /// <summary>The elements where a mask (bool, broadcasts with this tensor) holds, as a vector in row-major order; reads a count, so it
    /// flushes and waits.</summary>
    /// <exception cref="TensorDTypeException">The mask is not bool.</exception>
    public Tensor MaskedSelect(Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.DType != DType.Bool) throw new TensorDTypeException($"masked_select: the mask must be bool, not {mask.DType.Name()}.");
        var shape = GpuTensor.Shape.Broadcast(Shape, mask.Shape, "masked_select");
        return Advanced.Masked(Expand(shape), mask.Expand(shape));
    }

    /// <summary>Where the elements are not zero: int64 (count, rank), in row-major order; flushes and waits.</summary>
    public Tensor Nonzero()
    {
        var places = Advanced.Places(To(DType.Bool));
        return Rank == 0 ? Zeros([places.Length, 0], DType.Int64, Device) : Stack(Advanced.Unravel(places, Shape, Device), 1);
    }
}
