using GpuTensor.Graph;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>Indexing with tensors: masks become places on the host (their count is a shape), places become one index into flattened
/// dimensions.</summary>
internal static class Advanced
{
    /// <summary>An index tensor as int64 places, one tensor for each dimension it stands for (a mask of rank r stands for r).</summary>
    /// <param name="index">The index.</param>
    /// <param name="shape">Of what is indexed.</param>
    /// <param name="dim">The dimension, or the first of a mask's.</param>
    /// <param name="device">Where places go.</param>
    /// <param name="named">Takes places that the index names itself, and the size of their dimension: whether they exist is to be checked,
    /// once the call is known to be one.</param>
    public static Tensor[] AsPlaces(Tensor index, Shape shape, int dim, Device device, List<(Tensor Places, int Size)> named)
    {
        if (index.DType != DType.Bool)
        {
            if (index.DType is not (DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8))
                throw new TensorDTypeException($"Indexing: an index tensor must be int64 or a bool mask, not {index.DType.Name()}.");
            var places = index.To(device).To(DType.Int64);
            named.Add((places, shape[dim]));
            return [places];
        }
        for (int i = 0; i < index.Rank; i++)
            if (index.Shape[i] != shape[dim + i])
                throw new TensorShapeException($"Indexing: a mask of shape {index.Shape} does not fit dimension {dim + i} of shape "
                    + $"{shape}.");
        return Unravel(Places(index), index.Shape, device);
    }

    /// <summary>The row-major places where a mask holds; flushes and waits.</summary>
    public static long[] Places(Tensor mask)
    {
        byte[] set = mask.Detach().ToArray<byte>();
        var places = new List<long>();
        for (int i = 0; i < set.Length; i++)
            if (set[i] != 0) places.Add(i);
        return [.. places];
    }

    /// <summary>Row-major places as one vector of positions for each dimension.</summary>
    public static Tensor[] Unravel(long[] places, Shape shape, Device device)
    {
        var strides = shape.ContiguousStrides();
        return [.. Enumerable.Range(0, shape.Rank).Select(d => Tensor.From(Array.ConvertAll(places,
            p => p / strides[d] % Math.Max(1, shape[d])), device: device))];
    }

    /// <summary>The elements of x where a mask of its shape holds. The gradient reads the mask's inverse instead of adding up.</summary>
    public static Tensor Masked(Tensor x, Tensor mask)
    {
        long[] places = Places(mask);
        if (places.Length == 0) return x.Nothing([0]);
        var inverse = new long[x.ElementCount];
        Array.Fill(inverse, -1);
        for (int i = 0; i < places.Length; i++) inverse[places[i]] = i;
        var flat = x.Flatten().Operand;
        return Tensor.Apply(Selection.MaskedSelect, x.DType, [places.Length], flat, Tensor.From(places, device: x.Device).Operand,
            flat.Grad ? [Tensor.From(inverse, device: x.Device).Operand] : null);
    }

    /// <summary>x at the places of index tensors (null: the whole dimension). Their broadcast dimensions stand where the first of them was
    /// if they are neighbours, else in front.</summary>
    public static Tensor Read(Tensor x, Tensor?[] tensors, List<(Tensor Places, int Size)> named)
    {
        var (source, index, at) = Flattened(x, tensors);
        Check(named);
        var picked = source.Lookup(index);
        if (at == 0) return picked;
        int r = index.Rank;
        return picked.Permute([.. Enumerable.Range(r, at), .. Enumerable.Range(0, r),
            .. Enumerable.Range(r + at, picked.Rank - r - at)]).Contiguous();
    }

    /// <summary>x with the elements at the places replaced by a value that broadcasts to them; of several values for one place the last is
    /// taken.</summary>
    public static Tensor Write(Tensor x, Tensor?[] tensors, List<(Tensor Places, int Size)> named, Tensor value)
    {
        var (source, index, at) = Flattened(x, tensors);
        int r = index.Rank, count = Shape.Size(index.ElementCount, "index_put_");
        int[] rest = [.. source.Shape.Skip(1)];
        Shape placed = [.. rest.Take(at), .. index.Shape, .. rest.Skip(at)];
        // As PyTorch: leading dimensions of size 1 that the place lacks are dropped.
        while (value.Rank > placed.Rank && value.Shape[0] == 1) value = value.Select(0, 0);
        if (!Shape.TryBroadcast(placed, value.Shape, out var fits) || fits != placed)
            throw new TensorShapeException($"Indexing: a value of shape {value.Shape} does not fit the places, whose shape is {placed}.");
        var values = value.Expand(placed).Permute([.. Enumerable.Range(at, r), .. Enumerable.Range(0, at),
            .. Enumerable.Range(at + r, rest.Length - at)]).Reshape([count, .. rest]);
        Check(named);
        // Nothing is written, but the values belong to the result's history all the same.
        if (values.ElementCount == 0) return values.RequiresGrad ? x.Clone().ViewAssign(new View([0], [1], 0), values.Reshape(0)) : x;

        // For each row the number of the last value that goes there, counted from 1; 0 where none does.
        int rows = source.Shape[0];
        var last = new Places(index.Reshape(count), rows).Last();
        var written = Tensor.Where(last.Gt(Zero).Reshape([rows, .. Enumerable.Repeat(1, rest.Length)]),
            values.Lookup((last - One).ClampMin(Zero)), source);

        // Back to x's own order of dimensions.
        int[] indexed = [.. Enumerable.Range(0, x.Rank).Where(d => tensors[d] is not null)];
        int[] order = [.. indexed, .. Enumerable.Range(0, x.Rank).Where(d => tensors[d] is null)];
        var inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        return written.Reshape([.. order.Select(d => x.Shape[d])]).Permute(inverse);
    }

    // Once all shapes fit: a call that is refused must not leave a check behind, which whatever runs next would be blamed for.
    private static void Check(List<(Tensor Places, int Size)> named)
    {
        foreach (var (places, size) in named) IndexCheck.Record("index", places, size, fromEnd: true);
    }

    /// <summary>The indexed dimensions of x as one leading dimension, the places in it, and how many of the other dimensions stand before
    /// the indexed ones in the result.</summary>
    private static (Tensor Source, Tensor Index, int At) Flattened(Tensor x, Tensor?[] tensors)
    {
        int[] indexed = [.. Enumerable.Range(0, x.Rank).Where(d => tensors[d] is not null)],
            others = [.. Enumerable.Range(0, x.Rank).Where(d => tensors[d] is null)];
        Tensor? index = null;
        foreach (int d in indexed)
        {
            int n = x.Shape[d];
            var place = tensors[d]!;
            if (indexed.Length == 1)
            {
                // Whoever reads or writes there counts negative places from the end itself.
                index = place;
                break;
            }
            var wrapped = Operators.Places.FromStart(place, n);
            index = index is null ? wrapped : index * Constant((long)n) + wrapped;
        }
        bool neighbours = indexed[^1] - indexed[0] == indexed.Length - 1;
        int flat = Shape.Size(indexed.Aggregate(1L, (count, d) => count * x.Shape[d]), "index");
        var source = x.Permute([.. indexed, .. others]).Reshape([flat, .. others.Select(d => x.Shape[d])]);
        return (source, index!, neighbours ? indexed[0] : 0);
    }
}
