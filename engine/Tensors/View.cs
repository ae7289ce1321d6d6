using GpuTensor.Kernels;

namespace GpuTensor;

/// <summary>How a tensor looks at a contiguous row-major value: element i of the view is element Offset + Σ Strides[d]·i[d] of the value. A
/// null view is the value itself.</summary>
internal sealed class View : IEquatable<View>
{
    // The views seen last, by their hash: a step looks at its values in the same few ways again and again. Threads may overwrite each
    // other's entries, which are immutable.
    private const int SeenCount = 1024;
    private static readonly View?[] Seen = new View?[SeenCount];

    /// <summary>Ranks up to this are worked out on the stack.</summary>
    private const int UsualRank = 16;

    private readonly int hash;

    // 1: yes, −1: no, 0: nobody asked yet.
    private sbyte overlaps;

    /// <summary>The last element it reads; −1 for none, and <see cref="long.MaxValue"/> where it would read before the first.</summary>
    private readonly long last;

    public View(Shape shape, long[] strides, long offset) : this(shape, strides, offset, HashOf(shape, strides, offset)) { }

    private View(Shape shape, long[] strides, long offset, int hash)
    {
        (Shape, Strides, Offset, this.hash) = (shape.Known(), strides, offset, hash);
        // Strides of positions are any numbers: in 128 bits nothing wraps.
        Int128 first = offset, last = offset;
        for (int d = 0; d < strides.Length; d++)
        {
            var reach = (Int128)strides[d] * (shape.Span[d] - 1);
            if (reach < 0) first += reach;
            else last += reach;
        }
        if (shape.ElementCount == 0) (first, last) = (0, -1);
        this.last = first < 0 || last > long.MaxValue ? long.MaxValue : (long)last;
    }

    /// <summary>The view with these strides, which are copied where it is new.</summary>
    public static View Of(Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        int hash = HashOf(shape, strides, offset);
        ref var known = ref Seen[(uint)(hash ^ hash >>> 16) % SeenCount];
        return known is { } view && view.IsAs(hash, shape, strides, offset) ? view : known = new(shape, strides.ToArray(), offset, hash);
    }

    private static int HashOf(Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        ulong hash = (uint)shape.GetHashCode() * Prime + (ulong)offset;
        foreach (long stride in strides) hash = hash * Prime + (ulong)stride;
        return (int)(hash ^ hash >> 32);
    }

    private bool IsAs(int otherHash, Shape shape, ReadOnlySpan<long> strides, long offset) =>
        hash == otherHash && Offset == offset && Shape.Equals(shape) && strides.SequenceEqual(Strides);

    public Shape Shape { get; }

    public long[] Strides { get; }

    public long Offset { get; }

    /// <summary>The view of a value of <paramref name="source"/> shape as itself.</summary>
    public static View Identity(Shape source) => source.Identity;

    /// <summary>This view, or null where it is the identity on a value of shape <paramref name="source"/>.</summary>
    public View? Simplify(Shape source) => Offset == 0 && Shape.Equals(source) && IsContiguous ? null : this;

    /// <summary>True where all elements of the view are elements of a value of so many.
    /// What passes this nobody can read or write outside.</summary>
    public bool IsWithin(long elementCount) => last < elementCount;

    /// <summary>True where the view's elements lie one after the other (from any offset).</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int d = Shape.Rank - 1; d >= 0; d--)
            {
                if (Shape.Span[d] == 1) continue;
                if (Strides[d] != expected && Shape.ElementCount != 0) return false;
                expected *= Shape.Span[d];
            }
            return true;
        }
    }

    /// <summary>True where two elements of the view are one element of the value (an expanded dimension, windows that overlap).</summary>
    public bool Overlaps
    {
        get
        {
            if (overlaps == 0) overlaps = (sbyte)(FindOverlap() ? 1 : -1);
            return overlaps > 0;
        }
    }

    private bool FindOverlap()
    {
        if (Shape.ElementCount == 0) return false;
        // A step beyond all that the smaller ones reach together never meets them. Usually the last dimension has the smallest.
        long within = 0;
        int left = Shape.Rank - 1;
        for (; left >= 0; left--)
        {
            if (Shape.Span[left] == 1) continue;
            if (Math.Abs(Strides[left]) <= within) break;
            within += Math.Abs(Strides[left]) * (Shape.Span[left] - 1);
        }
        return left >= 0 && !ToLayout().IsInjective;
    }

    /// <summary>Which element of the value each of the view's is, in row-major order.</summary>
    public IEnumerable<long> Elements() => ToLayout().Places();

    private Layout ToLayout() => new([.. Shape.Span.ToArray().Select(n => (long)n)], Strides, Offset);

    public View Permute(ReadOnlySpan<int> dims)
    {
        int rank = dims.Length;
        var sizes = rank <= UsualRank ? stackalloc int[rank] : new int[rank];
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        for (int i = 0; i < rank; i++) (sizes[i], strides[i]) = (Shape.Span[dims[i]], Strides[dims[i]]);
        return Of(Shape.Create(sizes), strides, Offset);
    }

    /// <summary>The last two dimensions exchanged.</summary>
    public View TransposeLast()
    {
        int rank = Shape.Rank;
        var order = rank <= UsualRank ? stackalloc int[rank] : new int[rank];
        for (int d = 0; d < rank; d++) order[d] = d;
        (order[^2], order[^1]) = (order[^1], order[^2]);
        return Permute(order);
    }

    /// <summary>Elements start, start + step, … (count of them) of one dimension; step may be negative.</summary>
    public View Slice(int dim, long start, int count, long step)
    {
        int rank = Shape.Rank;
        var sizes = rank <= UsualRank ? stackalloc int[rank] : new int[rank];
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        Shape.Span.CopyTo(sizes);
        Strides.CopyTo(strides);
        sizes[dim] = count;
        // Of one element the step means nothing, and may be any number.
        if (count > 1) strides[dim] *= step;
        return Of(Shape.Create(sizes), strides, count == 0 ? Offset : Offset + start * Strides[dim]);
    }

    /// <summary>The view at one position of a dimension, without that dimension.</summary>
    public View Select(int dim, long index)
    {
        int rank = Shape.Rank - 1;
        var sizes = rank <= UsualRank ? stackalloc int[rank] : new int[rank];
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        for (int i = 0, j = 0; i < Shape.Rank; i++)
            if (i != dim) (sizes[j], strides[j++]) = (Shape.Span[i], Strides[i]);
        return Of(Shape.Create(sizes), strides, Offset + index * Strides[dim]);
    }

    /// <summary>With a dimension of size 1 put in before <paramref name="dim"/>.</summary>
    public View Insert(int dim)
    {
        int rank = Shape.Rank + 1;
        var sizes = rank <= UsualRank ? stackalloc int[rank] : new int[rank];
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        for (int i = 0; i < rank; i++)
            (sizes[i], strides[i]) = i == dim ? (1, 1) : (Shape.Span[i < dim ? i : i - 1], Strides[i < dim ? i : i - 1]);
        return Of(Shape.Create(sizes), strides, Offset);
    }

    /// <summary>Broadcast to a larger shape, which must be one this shape broadcasts to.</summary>
    public View Expand(Shape target)
    {
        int rank = target.Rank;
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        strides.Clear();
        for (int i = 1; i <= Shape.Rank; i++)
            strides[^i] = Shape.Span[^i] == 1 && target.Span[^i] != 1 ? 0 : Strides[^i];
        return Of(target, strides, Offset);
    }

    /// <summary>The same elements in row-major order under another shape, or null where no strides express that (the caller
    /// copies).</summary>
    public View? Reshape(Shape target)
    {
        if (Shape.ElementCount == 0) return Of(target, target.Identity.Strides, Offset);
        int rank = target.Rank;
        var strides = rank <= UsualRank ? stackalloc long[rank] : new long[rank];
        strides.Clear();
        int t = rank - 1;
        long chunk = 1, taken = 1, baseStride = 1;
        // Walk from the right; a run of dimensions that lie in each other's stride is one chunk, and target dimensions must tile whole
        // chunks.
        for (int d = Shape.Rank - 1; d >= 0; d--)
        {
            int n = Shape.Span[d];
            if (chunk == 1 && taken == 1) baseStride = n == 1 ? baseStride : Strides[d];
            chunk *= n;
            bool endsChunk = d == 0 || (Shape.Span[d - 1] != 1 && chunk != 1 && Strides[d - 1] != chunk * baseStride);
            if (!endsChunk) continue;
            while (t >= 0 && (taken < chunk || target.Span[t] == 1))
            {
                strides[t] = taken * baseStride;
                taken *= target.Span[t--];
            }
            if (taken != chunk) return null;
            chunk = taken = 1;
        }
        while (t >= 0) strides[t--] = 1;
        return Of(target, strides, Offset);
    }

    public bool Equals(View? other) =>
        ReferenceEquals(this, other) || (other is not null && IsAs(other.hash, other.Shape, other.Strides, other.Offset));

    public override bool Equals(object? obj) => Equals(obj as View);

    public override int GetHashCode() => hash;

    public override string ToString() => $"{Shape} strides [{string.Join(", ", Strides.Select(s => $"{s}"))}] offset {Offset}";
}
