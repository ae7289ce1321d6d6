namespace GpuTensor;

/// <summary>One entry of <c>tensor[…]</c>: a position (int or <c>^1</c>), a range (<c>1..3</c>), a slice with a step, a bool mask or int64
/// indices, a new dimension, or "all the dimensions in between".</summary>
public readonly struct TensorIndex
{
    internal enum Kind : byte { Position, Slice, Tensor, NewAxis, Ellipsis }

    private TensorIndex(Kind what, long start = 0, long? stop = null, long step = 1, Tensor? tensor = null) =>
        (What, Start, Stop, Step, Tensor) = (what, start, stop, step, tensor);

    internal Kind What { get; }

    internal long Start { get; }

    internal long? Stop { get; }

    internal long Step { get; }

    internal Tensor? Tensor { get; }

    /// <summary>As many whole dimensions as are left: Python's <c>...</c>.</summary>
    public static TensorIndex Ellipsis { get; } = new(Kind.Ellipsis);

    /// <summary>A new dimension of size 1: Python's <c>None</c>.</summary>
    public static TensorIndex NewAxis { get; } = new(Kind.NewAxis);

    /// <summary>Python's <c>start:stop:step</c>; negative bounds count from the end, and bounds past the ends are cut.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not positive.</exception>
    public static TensorIndex Slice(int? start = null, int? stop = null, int step = 1)
    {
        if (step < 1) throw new ArgumentOutOfRangeException(nameof(step), $"{step}", "A step is at least 1.");
        return new(Kind.Slice, start ?? 0, stop, step);
    }

    /// <summary>One position; negative ones count from the end. The dimension goes away.</summary>
    public static implicit operator TensorIndex(int position) => new(Kind.Position, position);

    /// <summary>One position, <c>^1</c> the last. The dimension goes away.</summary>
    public static implicit operator TensorIndex(Index position) =>
        // One past the end is no position: it must not become 0.
        new(Kind.Position, !position.IsFromEnd ? position.Value : position.Value == 0 ? int.MaxValue + 1L : -(long)position.Value);

    /// <summary>A range; bounds past the ends are cut, as in Python.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Slice,
        range.Start.IsFromEnd ? (range.Start.Value == 0 ? long.MaxValue : -(long)range.Start.Value) : range.Start.Value,
        range.End.IsFromEnd ? (range.End.Value == 0 ? null : -(long)range.End.Value) : range.End.Value);

    /// <summary>A bool mask, or int64 indices.</summary>
    public static implicit operator TensorIndex(Tensor indices) => new(Kind.Tensor, tensor: indices.NotNull());

    /// <summary>Positions as int64 indices.</summary>
    public static implicit operator TensorIndex(int[] positions) =>
        new(Kind.Tensor, tensor: GpuTensor.Tensor.From(Array.ConvertAll(positions.NotNull(), i => (long)i), device: Device.Cpu));

    /// <summary>The start and count of a slice of a dimension of size n, by Python's rules.</summary>
    internal (long Start, int Count) Bounds(int n)
    {
        long Clip(long bound) => Math.Clamp(bound < 0 ? bound + n : bound, 0, n);
        long start = Clip(Start), stop = Stop is { } end ? Clip(end) : n;
        return (start, (int)Math.Max(0, (stop - start + Step - 1) / Step));
    }
}
