using GpuTensor.Tests.Tensors;

namespace GpuTensor.Tests.Operators;

/// <summary>A random <c>x[…]</c>, fixed by its seed: positions, ranges, slices with steps, new dimensions, an ellipsis, masks and index
/// tensors that broadcast, negative and repeated positions among them. Beside it stands what plain loops select: for each element of the
/// result its place in x.</summary>
internal sealed class IndexExpression
{
    private readonly Random random;
    private readonly List<Func<Device, TensorIndex>> entries = [];
    private readonly List<string> text = [];

    // Of the result's dimensions before index tensors take part: where each of its positions lies in x, by dimension of x. Index tensors:
    // one such for all.
    private readonly List<(int[] Dims, int[][] Places, bool Indexed)> parts = [];
    private readonly List<int[]> broadcast = [];

    public IndexExpression(int seed)
    {
        random = new(seed);
        Shape = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => 1 + random.Next(4))];
        int ellipsis = random.Next(4) == 0 ? random.Next(Shape.Length + 1) : -1;
        bool indices = random.Next(4) > 0;
        // Index tensors of one expression broadcast to one shape.
        int[] common = [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(8) == 0 ? 0 : 1 + random.Next(3))];
        for (int d = 0; d < Shape.Length;)
        {
            if (d == ellipsis)
            {
                Entry(TensorIndex.Ellipsis, "...");
                int left = random.Next(Shape.Length - d + 1);
                for (; left > 0; left--) All(d++);
                ellipsis = -1;
                // What is left must be spelled out.
                for (; d < Shape.Length;) d += Add(d, indices, common);
                return;
            }
            if (random.Next(8) == 0)
            {
                Entry(TensorIndex.NewAxis, "None");
                parts.Add(([], [[]], false));
            }
            if (ellipsis < 0 && random.Next(8) == 0)
            {
                // The rest is left out.
                for (; d < Shape.Length;) All(d++);
                return;
            }
            d += Add(d, indices, common);
        }
    }

    public int[] Shape { get; }

    public override string ToString() => $"[{string.Join(", ", Shape)}][{string.Join(", ", text)}]";

    public TensorIndex[] On(Device device) => [.. entries.Select(e => e(device))];

    private void Entry(TensorIndex index, string what)
    {
        entries.Add(_ => index);
        text.Add(what);
    }

    private void All(int d) => parts.Add(([d], [.. Enumerable.Range(0, Shape[d]).Select(i => new[] { i })], false));

    private int Add(int d, bool indices, int[] common)
    {
        int n = Shape[d];
        switch (random.Next(indices ? 7 : 3))
        {
            case 0:
                int at = random.Next(2 * n) - n;
                if (at < 0 && random.Next(2) == 0) Entry(new Index(-at, fromEnd: true), $"^{-at}");
                else Entry(at, $"{at}");
                parts.Add(([d], [[(at + n) % n]], false));
                gone.Add(parts.Count - 1);
                return 1;
            case 1 or 2:
                int start = random.Next(2 * n) - n, stop = random.Next(2 * n + 2) - n, step = 1 + random.Next(3);
                Entry(TensorIndex.Slice(start, stop > n ? null : stop, step), $"{start}:{(stop > n ? "" : stop)}:{step}");
                int first = start < 0 ? start + n : start, end = stop > n ? n : stop < 0 ? stop + n : stop;
                var taken = new List<int[]>();
                for (int i = first; i < end; i += step) taken.Add([i]);
                parts.Add(([d], [.. taken], false));
                return 1;
            case 3:
                // A mask over one dimension, or over two.
                int rank = d + 1 < Shape.Length && random.Next(2) == 0 ? 2 : 1;
                int[] size = Shape[d..(d + rank)];
                bool[] mask = [.. Enumerable.Range(0, PlainArray.CountOf(size)).Select(_ => random.Next(2) == 0)];
                int[][] set = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i]).Select(i => PlainArray.Index(i, size))];
                // Its places must broadcast with those of other indices.
                if (broadcast.Count > 0 || set.Length != 1 && common.Length > 0 && common[^1] != set.Length) goto default;
                entries.Add(device => Tensor.From(mask, device: device).Reshape(GpuTensor.Shape.Create(size)));
                text.Add($"mask {string.Concat(mask.Select(b => b ? 1 : 0))}");
                parts.Add(([.. Enumerable.Range(d, rank)], set, true));
                broadcast.Add([set.Length]);
                return rank;
            default:
                int[] shape = [.. common[random.Next(common.Length + 1)..].Select(k => k != 1 && random.Next(4) == 0 ? 1 : k)];
                if (broadcast.Any(b => b.Length == 1 && shape.Length > 0 && b[0] != 1 && shape[^1] != 1 && b[0] != shape[^1])) shape = [];
                int[] places = [.. Enumerable.Range(0, PlainArray.CountOf(shape)).Select(_ => random.Next(2 * n) - n)];
                if (shape.Length == 1 && random.Next(2) == 0) Entry(places, $"[{string.Join(' ', places)}]");
                else
                {
                    entries.Add(device => Tensor.From(Array.ConvertAll(places, p => (long)p), device: device)
                        .Reshape(GpuTensor.Shape.Create(shape)).To(random.Next(2) == 0 ? DType.Int32 : DType.Int64));
                    text.Add($"tensor [{string.Join(',', shape)}] ({string.Join(' ', places)})");
                }
                parts.Add(([d], [.. places.Select(p => new[] { (p + n) % n })], true));
                broadcast.Add(shape);
                return 1;
        }
    }

    private readonly HashSet<int> gone = [];

    /// <summary>The places that the expression selects, and the shape they have.</summary>
    public PlainArray Select(PlainArray x)
    {
        // Broadcast index tensors by hand.
        int rank = broadcast.Count == 0 ? 0 : broadcast.Max(b => b.Length);
        var common = new int[rank];
        for (int k = 0; k < rank; k++)
        {
            int[] sizes = [.. broadcast.Where(b => b.Length > k).Select(b => b[^(k + 1)])];
            common[^(k + 1)] = sizes.Any(n => n != 1) ? sizes.First(n => n != 1) : 1;
        }
        var kept = Enumerable.Range(0, parts.Count).Where(i => !gone.Contains(i)).ToList();
        int[] indexed = [.. kept.Select((part, i) => (part, i)).Where(p => parts[p.part].Indexed).Select(p => p.i)];
        bool neighbours = indexed.Length > 0 && indexed[^1] - indexed[0] == indexed.Length - 1;
        int[] sizesOf(IEnumerable<int> some) => [.. some.Where(p => !parts[p].Indexed).Select(p => parts[p].Places.Length)];
        int before = indexed.Length == 0 ? kept.Count : neighbours ? indexed[0] : 0;
        int[] front = sizesOf(kept.Take(before)), back = sizesOf(kept.Skip(before));
        int[] shape = [.. front, .. common, .. back];
        int[] basics = [.. kept.Where(p => !parts[p].Indexed)];
        return x.Look(shape, index =>
        {
            var source = new int[Shape.Length];
            int[] inCommon = index[front.Length..(front.Length + rank)];
            int[] rest = [.. index[..front.Length], .. index[(front.Length + rank)..]];
            for (int p = 0, next = 0; p < parts.Count; p++)
            {
                int[] place;
                if (gone.Contains(p)) place = parts[p].Places[0];
                else if (!parts[p].Indexed) place = parts[p].Places[rest[Array.IndexOf(basics, p)]];
                else
                {
                    int[] own = broadcast[next++];
                    int[] at = [.. own.Select((n, k) => n == 1 ? 0 : inCommon[rank - own.Length + k])];
                    place = parts[p].Places[PlainArray.Flat(at, own)];
                }
                for (int k = 0; k < place.Length; k++) source[parts[p].Dims[k]] = place[k];
            }
            return source;
        });
    }
}
