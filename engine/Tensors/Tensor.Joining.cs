using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Joining, cutting, repeating, turning.</content>
public partial class Tensor
{
    /// <summary>Tensors one after the other along a dimension; the other sizes are equal; dtypes promote.</summary>
    /// <exception cref="TensorShapeException">There are none, or their shapes do not fit.</exception>
    public static Tensor Cat(IEnumerable<Tensor> tensors, int dim = 0)
    {
        Tensor[] all = [.. tensors.NoneNull()];
        if (all.Length == 0) throw new TensorShapeException("cat: at least one tensor is needed.");
        var dtype = all.Skip(1).Aggregate(all[0].DType, (t, x) => DTypes.Promote(t, x.DType));
        // PyTorch takes old-style empty tensors of shape [0] with anything.
        var shaped = all.FirstOrDefault(t => t.Rank != 1 || t.ElementCount > 0) ?? all[0];
        Tensor[] parts = [.. all.Select(t => t.Rank == 1 && t.ElementCount == 0 && shaped.Rank > 1 ? t.Reshape(shaped.EmptyAlong(dim))
            : t)];
        var first = shaped;
        if (first.Rank == 0) throw new TensorShapeException("cat: 0-d tensors cannot be concatenated; use Stack.");
        int d = first.Shape.Dim(dim);
        long total = 0;
        foreach (var part in parts)
        {
            bool fits = part.Rank == first.Rank;
            for (int i = 0; fits && i < first.Rank; i++) fits = i == d || part.Shape[i] == first.Shape[i];
            if (!fits) throw new TensorShapeException($"cat: {part.Shape} does not fit {first.Shape}: all sizes but that of dimension "
                + $"{d} must be equal.");
            total += part.Shape[d];
        }
        if (parts.Length == 1) return first.To(dtype).Clone();
        int[] sizes = first.Shape.ToArray();
        sizes[d] = GpuTensor.Shape.Size(total, "cat");

        // The operator joins along dimension 0: bring the dimension there by a view, and back.
        Graph.Operand Turned(Tensor t) => t.To(dtype).ToFront(d).Operand;
        (sizes[0], sizes[d]) = (sizes[d], sizes[0]);
        if (d > 0) sizes = [sizes[0], .. first.Shape.Take(d), .. first.Shape.Skip(d + 1)];
        var joined = Apply(Basic.Concat, dtype, GpuTensor.Shape.Create(sizes), Turned(parts[0]), Turned(parts[1]), parts.Length > 2
            ? [.. parts.Skip(2).Select(Turned)] : null);
        return joined.FromFront(d);
    }

    private Shape EmptyAlong(int dim)
    {
        int[] sizes = Shape.ToArray();
        sizes[Shape.Dim(dim)] = 0;
        return GpuTensor.Shape.Create(sizes);
    }

    /// <summary>This tensor with one dimension first.</summary>
    private Tensor ToFront(int d) => d == 0 ? this : Permute([d, .. Enumerable.Range(0, Rank).Where(i => i != d)]);

    /// <summary>The first dimension put at place d, the elements in row-major order again.</summary>
    private Tensor FromFront(int d) =>
        d == 0 ? this : Permute([.. Enumerable.Range(1, d), 0, .. Enumerable.Range(d + 1, Rank - d - 1)]).Contiguous();

    /// <summary>Tensors of one shape side by side along a new dimension.</summary>
    /// <exception cref="TensorShapeException">There are none, or their shapes differ.</exception>
    public static Tensor Stack(IEnumerable<Tensor> tensors, int dim = 0)
    {
        Tensor[] all = [.. tensors.NoneNull()];
        if (all.Length == 0) throw new TensorShapeException("stack: at least one tensor is needed.");
        foreach (var t in all)
            if (t.Shape != all[0].Shape)
                throw new TensorShapeException($"stack: all shapes must be equal, but {all[0].Shape} and {t.Shape} differ.");
        if (dim < -all[0].Rank - 1 || dim > all[0].Rank)
            throw new ArgumentOutOfRangeException(nameof(dim), $"stack: dimension {dim} is out of range for {all[0].Rank + 1} dimensions.");
        int d = dim < 0 ? dim + all[0].Rank + 1 : dim;
        return Cat(all.Select(t => t.Unsqueeze(d)), d);
    }

    /// <summary>Views of pieces of <paramref name="splitSize"/> along a dimension; the last may be smaller.</summary>
    public Tensor[] Split(int splitSize, int dim = 0)
    {
        int n = Shape[dim];
        if (splitSize < 0 || (splitSize == 0 && n > 0)) throw new TensorShapeException($"split: pieces of {splitSize} were asked for.");
        int count = splitSize == 0 ? 1 : Math.Max(1, (int)(((long)n + splitSize - 1) / splitSize));
        return Pieces("split", count, i => Narrow(dim, i * splitSize, Math.Min(splitSize, n - i * splitSize)));
    }

    // So many handles at least must find room in host memory.
    private static Tensor[] Pieces(string op, int count, Func<int, Tensor> piece)
    {
        const int HandleBytes = 200;
        HostMemory.Require((long)count * HandleBytes, $"{op} into {count} tensors");
        var pieces = new Tensor[count];
        for (int i = 0; i < count; i++) pieces[i] = piece(i);
        return pieces;
    }

    /// <summary>Views of pieces of the given sizes along a dimension.</summary>
    /// <exception cref="TensorShapeException">The sizes do not add up to the dimension's.</exception>
    public Tensor[] Split(int[] splitSizes, int dim = 0)
    {
        ArgumentNullException.ThrowIfNull(splitSizes);
        if (splitSizes.Any(n => n < 0) || splitSizes.Sum(n => (long)n) != Shape[dim])
            throw new TensorShapeException(
                $"split: sizes [{string.Join(", ", splitSizes.Select(n => $"{n}"))}] do not add up to {Shape[dim]}, dimension "
                + $"{dim} of {Shape}.");
        int at = 0;
        return [.. splitSizes.Select(n => Narrow(dim, (at += n) - n, n))];
    }

    /// <summary>Views of at most <paramref name="chunks"/> equal pieces along a dimension; the last may be smaller.</summary>
    public Tensor[] Chunk(int chunks, int dim = 0)
    {
        if (chunks < 1) throw new TensorShapeException($"chunk: {chunks} pieces were asked for.");
        int n = Shape[dim], size = (int)(((long)n + chunks - 1) / chunks);
        return size == 0 ? Pieces("chunk", chunks, _ => Narrow(dim, 0, 0)) : Split(size, dim);
    }

    /// <summary>Views of each position of a dimension, which goes away.</summary>
    public Tensor[] Unbind(int dim = 0) => Pieces("unbind", Shape[dim], i => Select(dim, i));

    /// <summary>A view of the diagonal of two dimensions, which go; it becomes the last one.</summary>
    /// <param name="offset">0 the main diagonal, positive above it.</param>
    /// <param name="dim1">The rows' dimension.</param>
    /// <param name="dim2">The columns' dimension.</param>
    public Tensor Diagonal(int offset = 0, int dim1 = 0, int dim2 = 1)
    {
        int rows = Shape.Dim(dim1), columns = Shape.Dim(dim2);
        if (Rank < 2 || rows == columns)
            throw new TensorShapeException($"diagonal: dimensions {dim1} and {dim2} of shape {Shape} are not two.");
        var view = FullView;
        int length = (int)Math.Max(0, offset >= 0 ? Math.Min(Shape[rows], (long)Shape[columns] - offset)
            : Math.Min((long)Shape[rows] + offset, Shape[columns]));
        long start = length == 0 ? 0 : offset >= 0 ? offset * view.Strides[columns] : -(long)offset * view.Strides[rows];
        int[] others = [.. Enumerable.Range(0, Rank).Where(d => d != rows && d != columns)];
        return WithView(new View([.. others.Select(d => Shape[d]), length],
            [.. others.Select(d => view.Strides[d]), view.Strides[rows] + view.Strides[columns]], view.Offset + start),
            ViewOperator.Diagonal);
    }

    /// <summary>A view of all windows of <paramref name="size"/> elements of a dimension, <paramref name="step"/> apart; a last dimension
    /// goes through each window.</summary>
    /// <exception cref="TensorShapeException">The window is larger than the dimension.</exception>
    public Tensor Unfold(int dimension, int size, int step)
    {
        int d = Shape.Dim(dimension), n = Rank == 0 ? 1 : Shape[d];
        if (size < 0 || size > n || step < 1)
            throw new TensorShapeException($"unfold: windows of {size}, {step} apart, do not fit dimension {dimension} of shape {Shape}.");
        if (Rank == 0) return Reshape(1).Narrow(0, 0, size);
        var view = FullView;
        int[] sizes = [.. Shape, size];
        long[] strides = [.. view.Strides, view.Strides[d]];
        sizes[d] = (n - size) / step + 1;
        if (sizes[d] > 1) strides[d] *= step;
        return WithView(new View(GpuTensor.Shape.Create(sizes), strides, view.Offset), ViewOperator.Unfold);
    }

    /// <summary>The tensor laid out several times along each dimension; more repeats than dimensions add dimensions in front.</summary>
    public Tensor Repeat(params ReadOnlySpan<int> repeats)
    {
        if (repeats.Length < Rank)
            throw new TensorShapeException($"repeat: {repeats.Length} repeats were given for shape {Shape}; each dimension needs one.");
        var x = this;
        while (x.Rank < repeats.Length) x = x.Unsqueeze(0);
        var (spread, wide, sizes) = (x, new List<int>(), new List<int>());
        for (int d = 0; d < repeats.Length; d++)
        {
            if (repeats[d] < 0) throw new TensorShapeException($"repeat: a dimension cannot be repeated {repeats[d]} times.");
            spread = spread.Unsqueeze(2 * d);
            wide.Add(repeats[d]);
            wide.Add(x.Shape[d]);
            sizes.Add(GpuTensor.Shape.Size((long)repeats[d] * x.Shape[d], "repeat"));
        }
        return spread.Expand([.. wide]).Clone().Reshape([.. sizes]);
    }

    /// <summary><see cref="Repeat"/>, where missing repeats are 1.</summary>
    public Tensor Tile(params ReadOnlySpan<int> dims) => Repeat([.. Enumerable.Repeat(1, Math.Max(0, Rank - dims.Length)), .. dims]);

    /// <summary>Each element (of all, or along a dimension) several times in a row.</summary>
    public Tensor RepeatInterleave(int repeats, int? dim = null)
    {
        if (dim is null) return Flatten().RepeatInterleave(repeats, 0);
        if (repeats < 0) throw new TensorShapeException($"repeat_interleave: an element cannot be repeated {repeats} times.");
        if (Rank == 0) return Reshape(1).RepeatInterleave(repeats, dim);
        int d = Shape.Dim(dim.Value);
        int[] wide = [.. Shape.Take(d + 1), repeats, .. Shape.Skip(d + 1)];
        int[] sizes = Shape.ToArray();
        sizes[d] = GpuTensor.Shape.Size((long)sizes[d] * repeats, "repeat_interleave");
        return Unsqueeze(d + 1).Expand(GpuTensor.Shape.Create(wide)).Clone().Reshape(GpuTensor.Shape.Create(sizes));
    }

    /// <summary>The order of the elements along some dimensions reversed. A copy, as in PyTorch.</summary>
    public Tensor Flip(params ReadOnlySpan<int> dims)
    {
        var turned = FullView;
        foreach (int dim in dims)
        {
            int d = Shape.Dim(dim);
            if (Rank > 0 && Shape[d] > 0) turned = turned.Slice(d, Shape[d] - 1, Shape[d], -1);
        }
        return WithView(turned, ViewOperator.Flip).Clone();
    }

    /// <summary>Elements shifted along a dimension; what leaves at one end comes in at the other. Without a dimension, all elements in
    /// row-major order.</summary>
    public Tensor Roll(int shifts, int? dim = null)
    {
        if (dim is null) return Flatten().Roll(shifts, 0).Reshape(Shape);
        if (Rank == 0) throw new TensorShapeException($"roll: dimension {dim} was named, but the tensor has none.");
        int n = Shape[dim.Value];
        if (n == 0) return Clone();
        int k = (int)(((long)(shifts % n) + n) % n);
        return k == 0 ? Clone() : Cat([Narrow(dim.Value, n - k, k), Narrow(dim.Value, 0, n - k)], dim.Value);
    }

    /// <summary><see cref="Roll(int, int?)"/> along several dimensions.</summary>
    public Tensor Roll(int[] shifts, int[] dims)
    {
        ArgumentNullException.ThrowIfNull(shifts);
        ArgumentNullException.ThrowIfNull(dims);
        if (shifts.Length == 0) throw new TensorShapeException("roll: no shifts were given.");
        if (shifts.Length == 1 && dims.Length == 0) return Roll(shifts[0]);
        if (shifts.Length != dims.Length) throw new TensorShapeException($"roll: {shifts.Length} shifts for {dims.Length} dimensions.");
        return shifts.Zip(dims).Aggregate(this, (x, p) => x.Roll(p.First, p.Second));
    }

    /// <summary>Zero above a diagonal of the last two dimensions (0 the main one, positive above it).</summary>
    public Tensor Tril(int diagonal = 0) => Where(Band("tril", diagonal).Ge(Zero), this, FromScalar(Zero, DType, Device));

    /// <summary>Zero below a diagonal of the last two dimensions.</summary>
    public Tensor Triu(int diagonal = 0) => Where(Band("triu", diagonal).Le(Zero), this, FromScalar(Zero, DType, Device));

    // row − column + diagonal: zero on the diagonal, positive below it.
    private Tensor Band(string op, int diagonal)
    {
        if (Rank < 2) throw new TensorShapeException($"{op} takes matrices; this tensor has shape {Shape}.");
        return Positions(new View([Shape[-2], Shape[-1]], [1, -1], diagonal), Device);
    }
}
