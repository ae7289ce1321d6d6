namespace GpuTensor;

/// <summary>How a tensor looks at a contiguous row-major value: element i of the view is element Offset + Σ Strides[d]·i[d] of the value. A null view is the value itself.</summary>
internal sealed class View : IEquatable<View>
{
    public View(Shape shape, long[] strides, long offset)
    {
        (Shape, Strides, Offset) = (shape, strides, offset);
        var h = new HashCode();
        h.Add(shape);
        h.Add(offset);
        foreach (long s in strides) h.Add(s);
        hash = h.ToHashCode();
    }

    private readonly int hash;

    public Shape Shape { get; }

    public long[] Strides { get; }

    public long Offset { get; }

    /// <summary>The view of a value of <paramref name="source"/> shape as itself.</summary>
    public static View Identity(Shape source) => new(source, source.ContiguousStrides(), 0);

    /// <summary>This view, or null where it is the identity on a value of shape <paramref name="source"/>.</summary>
    public View? Simplify(Shape source) => Offset == 0 && Shape.Equals(source) && IsContiguous ? null : this;

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

    /// <summary>True where two elements of the view may be one element of the value (an expanded dimension).</summary>
    public bool Overlaps
    {
        get
        {
            for (int d = 0; d < Shape.Rank; d++)
                if (Strides[d] == 0 && Shape.Span[d] > 1) return true;
            return false;
        }
    }

    public View Permute(ReadOnlySpan<int> dims)
    {
        var sizes = new int[dims.Length];
        var strides = new long[dims.Length];
        for (int i = 0; i < dims.Length; i++) (sizes[i], strides[i]) = (Shape.Span[dims[i]], Strides[dims[i]]);
        return new(Shape.Adopt(sizes), strides, Offset);
    }

    /// <summary>Elements start, start + step, … (count of them) of one dimension; step may be negative.</summary>
    public View Slice(int dim, long start, int count, long step)
    {
        int[] sizes = Shape.ToArray();
        var strides = (long[])Strides.Clone();
        sizes[dim] = count;
        strides[dim] *= step;
        return new(Shape.Adopt(sizes), strides, count == 0 ? Offset : Offset + start * Strides[dim]);
    }

    /// <summary>Without the dimension, at one position of it.</summary>
    public View Select(int dim, long index)
    {
        var sizes = new int[Shape.Rank - 1];
        var strides = new long[Shape.Rank - 1];
        for (int i = 0, j = 0; i < Shape.Rank; i++)
            if (i != dim) (sizes[j], strides[j++]) = (Shape.Span[i], Strides[i]);
        return new(Shape.Adopt(sizes), strides, Offset + index * Strides[dim]);
    }

    /// <summary>Broadcast to a larger shape, which must be one this shape broadcasts to.</summary>
    public View Expand(Shape target)
    {
        var strides = new long[target.Rank];
        for (int i = 1; i <= Shape.Rank; i++)
            strides[^i] = Shape.Span[^i] == 1 && target.Span[^i] != 1 ? 0 : Strides[^i];
        return new(target, strides, Offset);
    }

    /// <summary>The same elements in row-major order under another shape, or null where no strides express that (the caller copies).</summary>
    public View? Reshape(Shape target)
    {
        if (Shape.ElementCount == 0) return new(target, target.ContiguousStrides(), Offset);
        var strides = new long[target.Rank];
        int t = target.Rank - 1;
        long chunk = 1, taken = 1, baseStride = 1;
        // Walk from the right; a run of dimensions that lie in each other's stride is one chunk, and target dimensions must tile whole chunks.
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
        return new(target, strides, Offset);
    }

    public bool Equals(View? other) => ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && Offset == other.Offset && Shape.Equals(other.Shape) && Strides.AsSpan().SequenceEqual(other.Strides));

    public override bool Equals(object? obj) => Equals(obj as View);

    public override int GetHashCode() => hash;

    public override string ToString() => $"{Shape} strides [{string.Join(", ", Strides)}] offset {Offset}";
}
