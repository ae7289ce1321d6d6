using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>The dimensions an operation works over, as an argument: one (<c>dim: 1</c>), several (<c>dim: [0, -1]</c>), or none given,
/// which means all.
/// Negative ones count from the end.</summary>
[CollectionBuilder(typeof(Dims), nameof(Create))]
public readonly struct Dims : IReadOnlyCollection<int>
{
    private const int MaxRank = 64;

    // Never changed: one dimension is the usual case.
    private static readonly int[][] Singles = [.. Enumerable.Range(-8, 16).Select(d => new[] { d })];

    private readonly int[]? dims;

    private Dims(int[]? dims) => this.dims = dims;

    /// <summary>Makes the list; collection expressions call this.</summary>
    public static Dims Create(ReadOnlySpan<int> dims) => new(dims.ToArray());

    /// <summary>One dimension.</summary>
    public static implicit operator Dims(int dim) =>
        new((uint)(dim + Singles.Length / 2) < (uint)Singles.Length ? Singles[dim + Singles.Length / 2] : [dim]);

    /// <summary>The dimensions of an array; null or empty: all.</summary>
    public static implicit operator Dims(int[]? dims) => new(dims);

    /// <summary>How many were named; 0 means all.</summary>
    public int Count => dims?.Length ?? 0;

    /// <summary>Sets for each dimension of a shape whether it is meant.</summary>
    /// <exception cref="TensorShapeException">A dimension appears twice.</exception>
    internal void Mark(Shape shape, string op, Span<bool> meant)
    {
        meant.Fill(Count == 0);
        if (shape.Rank > MaxRank)
            throw new TensorShapeException($"{op}: reductions take tensors of up to {MaxRank} dimensions, not {shape.Rank}.");
        foreach (int d in dims ?? [])
        {
            int at = shape.Dim(d);
            if (shape.Rank == 0) continue;
            if (meant[at]) throw new TensorShapeException($"{op}: dimension {d} appears twice.");
            meant[at] = true;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(dims ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => Count == 0 ? "all" : $"[{string.Join(", ", this.Select(d => $"{d}"))}]";
}
