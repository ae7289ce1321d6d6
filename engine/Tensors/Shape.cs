using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>The sizes of a tensor's dimensions, immutable; <c>[2, 3]</c> in C# and in print. Sizes are not negative, except that one or
/// more −1 stand for sizes yet to be found where a method says so (<c>Reshape(-1, 3)</c>): no tensor has such a shape.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    /// <summary>The shape of a scalar: no dimensions, one element.</summary>
    public static readonly Shape Scalar = new([], 0);

    // A step makes the same few shapes again and again: those seen last are kept, by their hash. Threads may overwrite each other's
    // entries, which are immutable.
    private const int SeenCount = 1024;
    private static readonly Shape?[] Seen = new Shape?[SeenCount];

    private readonly int[] sizes;
    private readonly int hash;
    private View? identity;

    // Bytes of such a tensor of the widest dtype, rounded up by an allocator, still fit a long.
    private const long MaxElements = 1L << 59;

    // A graph's fingerprint has a byte for it, and passes over a shape take its square.
    private const int MaxRank = byte.MaxValue;

    private Shape(int[] sizes, int hash)
    {
        (this.sizes, this.hash) = (sizes, hash);
        if (sizes.Length > MaxRank)
            throw new TensorShapeException($"A shape of {sizes.Length} dimensions was asked for; at most {MaxRank} are possible.");
        // Strides are products of sizes too, where a size of 0 counts as 1.
        long count = 1, strides = 1;
        foreach (int n in sizes)
        {
            if (n < -1) throw new TensorShapeException($"Shape {this}: sizes must not be negative.");
            // By division: the product itself may wrap, 65536⁴ to 0.
            if (n > 1 && strides > MaxElements / n) throw TooLarge(sizes);
            if (n > 1) strides *= n;
            if (n == -1) IsPattern = true;
            else count *= n;
        }
        ElementCount = count;
    }

    /// <summary>Makes a shape from sizes; collection expressions call this.</summary>
    /// <exception cref="TensorShapeException">A size is below −1, there are more than 255, or the shape has more than 2⁵⁹
    /// elements.</exception>
    public static Shape Create(ReadOnlySpan<int> sizes)
    {
        if (sizes.IsEmpty) return Scalar;
        int hash = sizes.Length;
        foreach (int n in sizes) hash = hash * 486187739 + n;
        ref var known = ref Seen[(uint)(hash ^ hash >>> 16) % SeenCount];
        return known is { } shape && shape.hash == hash && sizes.SequenceEqual(shape.sizes) ? shape : known = new(sizes.ToArray(), hash);
    }

    private static TensorShapeException TooLarge(int[] sizes)
    {
        var elements = sizes.Where(n => n > 0).Aggregate(System.Numerics.BigInteger.One, (product, n) => product * n);
        return new(FormattableString.Invariant(
            $"Shape [{string.Join(", ", sizes.Select(n => $"{n}"))}]: {elements:N0} elements, {elements * 4:N0} bytes as float32, ")
            + FormattableString.Invariant($"are more than any device holds (at most {MaxElements:N0} elements)."));
    }

    /// <summary>A size as a dimension can have it.</summary>
    /// <param name="size">Computed in 64 bits.</param>
    /// <param name="op">The operator, for the error.</param>
    /// <exception cref="TensorShapeException">The size is negative or does not fit an int.</exception>
    internal static int Size(long size, string op) => size is >= 0 and <= int.MaxValue ? (int)size : throw new TensorShapeException(
        FormattableString.Invariant($"{op}: a dimension of {size:N0} elements would result; a size is from 0 to {int.MaxValue:N0}."));

    /// <summary>Whether a size is −1, to be found from a tensor.</summary>
    internal bool IsPattern { get; }

    /// <summary>This shape, as that of a value.</summary>
    /// <exception cref="TensorShapeException">A size is −1.</exception>
    internal Shape Known() => IsPattern ? throw new TensorShapeException($"Shape {this}: sizes must not be negative.") : this;

    /// <summary>How a value of this shape looks at itself.</summary>
    internal View Identity => identity ??= new(this, ContiguousStrides(), 0);

    /// <summary>The number of dimensions.</summary>
    public int Rank => sizes.Length;

    /// <summary>The number of dimensions (of the list, not of elements: see <see cref="ElementCount"/>).</summary>
    public int Count => sizes.Length;

    /// <summary>The product of the sizes; 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>The size of a dimension; negative indices count from the end, as in PyTorch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int dim] => sizes.Length > 0 ? sizes[Dim(dim)]
        : throw new ArgumentOutOfRangeException(nameof(dim), $"There is no dimension {dim}: the shape is [].");

    internal ReadOnlySpan<int> Span => sizes;

    /// <summary>The dimension's index from 0, for an index that may count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    internal int Dim(int dim)
    {
        int d = dim < 0 ? dim + sizes.Length : dim;
        // A scalar takes dim 0 and -1, as in PyTorch.
        if ((uint)d < (uint)sizes.Length || (sizes.Length == 0 && dim is 0 or -1)) return Math.Max(d, 0);
        throw new ArgumentOutOfRangeException(nameof(dim),
            $"Dimension {dim} is out of range for shape {this}: expected {-Math.Max(1, Rank)} to {Math.Max(1, Rank) - 1}.");
    }

    /// <summary>Row-major strides in elements.</summary>
    internal long[] ContiguousStrides()
    {
        var strides = new long[sizes.Length];
        long s = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = s;
            s *= Math.Max(sizes[i], 1); // at most MaxElements
        }
        return strides;
    }

    /// <summary>The sizes as an array of the caller's own.</summary>
    public int[] ToArray() => (int[])sizes.Clone();

    /// <inheritdoc/>
    public bool Equals(Shape? other) =>
        ReferenceEquals(this, other) || (other is not null && hash == other.hash && sizes.AsSpan().SequenceEqual(other.sizes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <summary>Equal sizes.</summary>
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Different sizes.</summary>
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    /// <summary><c>[2, 3]</c></summary>
    public override string ToString() => $"[{string.Join(", ", sizes.Select(n => $"{n}"))}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => sizes.GetEnumerator();

    /// <summary>The shape two shapes broadcast to, by NumPy's rule.</summary>
    /// <exception cref="TensorShapeException">They do not broadcast.</exception>
    internal static Shape Broadcast(Shape a, Shape b, string op)
    {
        if (ReferenceEquals(a, b) || a.Equals(b)) return a;
        if (TryBroadcast(a, b, out var result)) return result!;
        throw new TensorShapeException($"{op}: shapes {a} and {b} do not broadcast: aligned from the right, each pair of sizes must be "
            + "equal or one of them 1.");
    }

    internal static bool TryBroadcast(Shape a, Shape b, out Shape? result)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var sizes = rank <= 16 ? stackalloc int[rank] : new int[rank];
        result = null;
        for (int i = 1; i <= rank; i++)
        {
            int m = i <= a.Rank ? a.sizes[^i] : 1, n = i <= b.Rank ? b.sizes[^i] : 1;
            if (m != n && m != 1 && n != 1) return false;
            sizes[^i] = m == 1 ? n : m;
        }
        result = sizes.SequenceEqual(a.sizes) ? a : sizes.SequenceEqual(b.sizes) ? b : Create(sizes);
        return true;
    }
}
