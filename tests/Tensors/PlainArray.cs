namespace GpuTensor.Tests.Tensors;

/// <summary>A tensor as plain loops know it: for each of its elements, which element of a shared memory it is. It shares nothing with the
/// library's views.</summary>
internal sealed class PlainArray(double[] memory, int[] shape, int[] at)
{
    public int[] Shape { get; } = shape;

    /// <summary>Where each element lies, in row-major order.</summary>
    public int[] At { get; } = at;

    public int Count => At.Length;

    public double this[int i]
    {
        get => memory[At[i]];
        set => memory[At[i]] = value;
    }

    public double[] Values => [.. At.Select(i => memory[i])];

    /// <summary>Whether two of its elements are one.</summary>
    public bool Overlaps => At.Distinct().Count() != At.Length;

    /// <summary>An array with memory of its own.</summary>
    public static PlainArray Of(int[] shape, IEnumerable<double> values) =>
        new([.. values], shape, [.. Enumerable.Range(0, CountOf(shape))]);

    public static int CountOf(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    public PlainArray Map(Func<double, double> f) => Of(Shape, Values.Select(f));

    public PlainArray Zip(PlainArray other, Func<double, double, double> f) => Of(Shape, Values.Zip(other.Values, f));

    /// <summary>Another look at the same memory: each index of the new shape names an index of this array.</summary>
    public PlainArray Look(int[] shape, Func<int[], int[]> source)
    {
        var found = new int[CountOf(shape)];
        for (int i = 0; i < found.Length; i++) found[i] = At[Flat(source(Index(i, shape)), Shape)];
        return new(memory, shape, found);
    }

    /// <summary>The same elements in the same order under another shape, in the same memory.</summary>
    public PlainArray Reshaped(int[] shape) => new(memory, shape, At);

    /// <summary>With every element in memory of its own.</summary>
    public PlainArray Copied() => Of(Shape, Values);

    public PlainArray Permuted(int[] order) => Look([.. order.Select(d => Shape[d])], i =>
    {
        var from = new int[i.Length];
        for (int k = 0; k < i.Length; k++) from[order[k]] = i[k];
        return from;
    });

    public PlainArray Sliced(int d, int start, int count, int step) => Look(With(Shape, d, count), i => With(i, d, start + i[d] * step));

    public PlainArray Expanded(int[] shape)
    {
        int more = shape.Length - Shape.Length;
        return Look(shape, i => [.. i.Skip(more).Select((n, d) => Shape[d] == 1 ? 0 : n)]);
    }

    public PlainArray Diagonal(int offset, int rows, int columns)
    {
        int length = Math.Max(0, offset >= 0 ? Math.Min(Shape[rows], Shape[columns] - offset)
            : Math.Min(Shape[rows] + offset, Shape[columns]));
        int[] others = [.. Enumerable.Range(0, Shape.Length).Where(d => d != rows && d != columns)];
        return Look([.. others.Select(d => Shape[d]), length], i =>
        {
            var from = new int[Shape.Length];
            for (int k = 0; k < others.Length; k++) from[others[k]] = i[k];
            (from[rows], from[columns]) = (i[^1] + Math.Max(0, -offset), i[^1] + Math.Max(0, offset));
            return from;
        });
    }

    public PlainArray Unfolded(int d, int size, int step) =>
        Look([.. With(Shape, d, (Shape[d] - size) / step + 1), size], i => With(i[..^1], d, i[d] * step + i[^1]));

    /// <summary>Without its last dimension, whose elements are folded.</summary>
    public PlainArray Reduced(Func<IEnumerable<double>, double> fold)
    {
        int n = Shape[^1];
        return Of(Shape[..^1], Enumerable.Range(0, CountOf(Shape[..^1]))
            .Select(i => fold(Enumerable.Range(i * n, n).Select(j => this[j]))));
    }

    public static int[] With(int[] values, int d, int value)
    {
        int[] result = [.. values];
        result[d] = value;
        return result;
    }

    public static int[] Index(int flat, int[] shape)
    {
        var index = new int[shape.Length];
        for (int d = shape.Length - 1; d >= 0; d--) (flat, index[d]) = Math.DivRem(flat, shape[d]);
        return index;
    }

    public static int Flat(int[] index, int[] shape)
    {
        int flat = 0;
        for (int d = 0; d < shape.Length; d++) flat = flat * shape[d] + index[d];
        return flat;
    }
}
