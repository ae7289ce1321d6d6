namespace GpuTensor.Tests.Tensors;

/// <summary>A random program, fixed by its seed, of views and in-place writes over values of every origin: numbers, positions, comparisons
/// of them, random draws, leaves, values that are pending or in memory. Beside every tensor runs a <see cref="PlainArray"/>, to which it is
/// compared.</summary>
internal sealed partial class ViewProgram(int seed, Device device, bool large = false)
{
    private const int Steps = 14, Most = 6;

    // What dimensions have at most, a source in all, and a view.
    private readonly (int Dimension, int Source, int View) largest = large ? (60, 30_000, 60_000) : (4, 24, 64);

    private readonly Random random = new(seed);
    private readonly List<(Tensor Tensor, PlainArray Plain)> values = [];
    private readonly List<string> log = [];

    /// <summary>Runs it.</summary>
    /// <returns>What differs, with the steps that led there; null where all is as in plain loops.</returns>
    public string? Run()
    {
        try
        {
            for (int i = 0; i < 3; i++) AddSource();
            for (int i = 0; i < Steps; i++)
            {
                Step();
                // What the program does not hold may be written again where it is read.
                if (values.Count > Most) values.RemoveAt(random.Next(values.Count));
            }
            foreach (var (tensor, plain) in values.OrderBy(_ => random.Next()))
                if (Difference(tensor, plain) is { } difference) return Report(difference);
            return null;
        }
        catch (Exception e)
        {
            return Report(e.ToString());
        }
    }

    private string Report(string what) =>
        $"program {seed} on {device.Name}: {what}{Environment.NewLine}{string.Join(Environment.NewLine, log)}";

    private string? Difference(Tensor tensor, PlainArray plain)
    {
        double[] found = tensor.To(Device.Cpu).To(DType.Float64).ToArray<double>();
        return tensor.Shape.SequenceEqual(plain.Shape) && found.SequenceEqual(plain.Values) ? null
            : $"{Show(plain.Shape)} {Show(plain.Values)} was expected, but it is {Show(tensor.Shape)} {Show(found)}";
    }

    private static string Show<T>(IEnumerable<T> numbers) => $"[{string.Join(", ", numbers)}]";

    private int Pick(int count) => random.Next(count);

    private bool Chance(int of) => random.Next(of) == 0;

    private (Tensor Tensor, PlainArray Plain) Any() => values[Pick(values.Count)];

    private void Add(Tensor tensor, PlainArray plain, string what)
    {
        log.Add($"  {what} → {tensor.Shape} {tensor.DType.Name()}");
        if (plain.Count > 0 && plain.Count <= largest.View) values.Add((tensor, plain));
    }

    private int[] RandomShape()
    {
        while (true)
        {
            int[] shape = [.. Enumerable.Range(0, Pick(4)).Select(_ => 1 + Pick(largest.Dimension))];
            if (PlainArray.CountOf(shape) <= largest.Source) return shape;
        }
    }

    private Tensor Typed(Tensor tensor) => tensor.To(Pick(6) switch { 0 => DType.Int64, 1 => DType.Int32, _ => DType.Float32 });

    private void AddSource()
    {
        int[] shape = RandomShape();
        int n = PlainArray.CountOf(shape), k = Pick(7) - 3;
        PlainArray Plain(Func<int, double> f) => Numbers(shape, f);
        int kind = Pick(14);
        (Tensor tensor, var plain) = kind switch
        {
            0 => (Tensor.Zeros(Shape.Create(shape), device: device), Plain(_ => 0)),
            1 => (Typed(Tensor.Full(Shape.Create(shape), k, device: device)), Plain(_ => k)),
            2 => (Typed(Tensor.Arange(n, device: device).Reshape(Shape.Create(shape))), Plain(i => i)),
            3 => (Tensor.Linspace(0, n - 1, n, device: device).Reshape(Shape.Create(shape)), Plain(i => i)),
            4 => (Typed(Tensor.Eye(3, 4, device: device)), Numbers([3, 4], i => i / 4 == i % 4 ? 1 : 0)),
            5 => (Typed(Tensor.Rand(Shape.Create(shape), device: device).Lt(2)), Plain(_ => 1)),
            6 => (Typed(Tensor.Arange(n, device: device).Reshape(Shape.Create(shape)).Ge(k)), Plain(i => i >= k ? 1 : 0)),
            7 => (Typed(Tensor.Arange(5, device: device).Remainder(Tensor.Full([], 3L, device: device)).OneHot(3)),
                Numbers([5, 3], i => i / 3 % 3 == i % 3 ? 1 : 0)),
            8 => (Leaf(shape, i => i * 7 % 5 - 1), Plain(i => i * 7 % 5 - 1)),
            9 => (Leaf(shape, i => i * 3 % 7) + k, Plain(i => i * 3 % 7 + k)),
            10 => ((Tensor.Zeros(Shape.Create(shape), device: device) + k).Realize(), Plain(_ => k)),
            11 => (Tensor.Ones([4, 3], device: device).Tril(), Numbers([4, 3], i => i % 3 <= i / 3 ? 1 : 0)),
            12 => (Tensor.Arange(n, device: device).Reshape(Shape.Create(shape)) * k + 1, Plain(i => i * k + 1)),
            _ => (Tensor.Full([], k, DType.Float32, device), PlainArray.Of([], [k])),
        };
        Add(tensor, plain, $"source {kind}");
    }

    private static PlainArray Numbers(int[] shape, Func<int, double> f) =>
        PlainArray.Of(shape, Enumerable.Range(0, PlainArray.CountOf(shape)).Select(f));

    private Tensor Leaf(int[] shape, Func<int, double> f) =>
        Tensor.From(Numbers(shape, f).Values.Select(v => (float)v).ToArray(), device: device).Reshape(Shape.Create(shape));

    private void Step()
    {
        switch (Pick(12))
        {
            case 0: AddSource(); break;
            case 1 or 2 or 3:
                var (tensor, plain) = Any();
                Add(View(tensor, ref plain, out string what), plain, what);
                break;
            case 4 or 5: AddComputed(); break;
            case 6: AddReduced(); break;
            case 7 when Chance(2):
                var read = Any();
                log.Add("  read");
                if (Difference(read.Tensor, read.Plain) is { } difference) throw new InvalidOperationException(difference);
                break;
            default: Write(); break;
        }
    }

    /// <summary>Up to four views, one on the other.</summary>
    /// <param name="tensor">What is looked at.</param>
    /// <param name="plain">The same in plain loops.</param>
    /// <param name="what">The views in words.</param>
    /// <param name="copies">False: the plain array goes on in the same memory where the tensor is a copy.</param>
    private Tensor View(Tensor tensor, ref PlainArray plain, out string what, bool copies = true)
    {
        what = "";
        for (int depth = 1 + Pick(4); depth > 0; depth--)
        {
            int rank = plain.Shape.Length, d = rank == 0 ? 0 : Pick(rank);
            switch (Pick(9))
            {
                case 0 when rank > 1:
                    int[] order = [.. Enumerable.Range(0, rank).OrderBy(_ => random.Next())];
                    (tensor, plain) = (tensor.Permute(order), plain.Permuted(order));
                    what += $".Permute({Show(order)})";
                    break;
                case 1 when rank > 0:
                    int start = Pick(plain.Shape[d]), count = 1 + Pick(plain.Shape[d] - start);
                    (tensor, plain) = (tensor.Narrow(d, start, count), plain.Sliced(d, start, count, 1));
                    what += $".Narrow({d}, {start}, {count})";
                    break;
                case 2 when rank > 0:
                    var step = TensorIndex.Slice(Pick(plain.Shape[d]), null, 2);
                    TensorIndex[] entries = [.. Enumerable.Repeat<TensorIndex>(.., d), step];
                    (tensor, plain) = (tensor[entries], plain.Sliced(d, (int)step.Start, (plain.Shape[d] - (int)step.Start + 1) / 2, 2));
                    what += $"[{d}: {step.Start}::2]";
                    break;
                case 3:
                    int at = Pick(rank + 1);
                    int[] inserted = [.. plain.Shape[..at], 1, .. plain.Shape[at..]];
                    (tensor, plain) = (tensor.Unsqueeze(at), plain.Reshaped(inserted));
                    what += $".Unsqueeze({at})";
                    break;
                case 4:
                    int[] wide = [.. Enumerable.Repeat(0, Pick(2)).Select(_ => 1 + Pick(3)),
                        .. plain.Shape.Select(n => n == 1 ? 1 + Pick(3) : n)];
                    if (PlainArray.CountOf(wide) > largest.View) break;
                    (tensor, plain) = (tensor.Expand(Shape.Create(wide)), plain.Expanded(wide));
                    what += $".Expand({Show(wide)})";
                    break;
                case 5 when rank > 0:
                    // A copy, as in PyTorch.
                    var source = plain;
                    plain = plain.Look(plain.Shape, i => PlainArray.With(i, d, source.Shape[d] - 1 - i[d]));
                    if (copies) plain = plain.Copied();
                    tensor = tensor.Flip(d);
                    what += $".Flip({d})";
                    break;
                case 6 when rank > 0:
                    int size = 1 + Pick(plain.Shape[d]), by = 1 + Pick(2);
                    var windows = plain.Unfolded(d, size, by);
                    if (windows.Count > largest.View) break;
                    (tensor, plain) = (tensor.Unfold(d, size, by), windows);
                    what += $".Unfold({d}, {size}, {by})";
                    break;
                case 7 when rank > 1:
                    int other = (d + 1 + Pick(rank - 1)) % rank, offset = Pick(3) - 1;
                    var diagonal = plain.Diagonal(offset, d, other);
                    if (diagonal.Count == 0) break;
                    (tensor, plain) = (tensor.Diagonal(offset, d, other), diagonal);
                    what += $".Diagonal({offset}, {d}, {other})";
                    break;
                case 8:
                    int[] shape = Factors(plain.Count);
                    var before = tensor;
                    tensor = tensor.Reshape(Shape.Create(shape));
                    // Where strides cannot express it, Reshape is a copy.
                    plain = (!copies || ReferenceEquals(before, tensor) || Shares(before, shape) ? plain : plain.Copied()).Reshaped(shape);
                    what += $".Reshape({Show(shape)})";
                    break;
            }
        }
        return tensor;
    }

    private static bool Shares(Tensor tensor, int[] shape)
    {
        try
        {
            tensor.View(Shape.Create(shape));
            return true;
        }
        catch (TensorShapeException)
        {
            return false;
        }
    }

    private int[] Factors(int count)
    {
        var factors = new List<int>();
        while (count > 1 && factors.Count < 3)
        {
            int[] divisors = [.. Enumerable.Range(1, count).Where(n => count % n == 0)];
            factors.Add(divisors[Pick(divisors.Length)]);
            count /= factors[^1];
        }
        if (count > 1 || Chance(4)) factors.Add(count);
        return [.. factors];
    }

    /// <summary>A value that broadcasts to a shape: another of the program's, seen in some way, or a new one.</summary>
    private (Tensor, PlainArray) Operand(int[] shape, DType dtype)
    {
        foreach (var (tensor, plain) in values.OrderBy(_ => random.Next()).ToArray())
        {
            int[] order = [.. Enumerable.Range(0, plain.Shape.Length).OrderBy(_ => random.Next())];
            var (turned, turnedPlain) = (tensor.Permute(order), plain.Permuted(order));
            if (turnedPlain.Shape.SequenceEqual(shape)) return (turned.To(dtype), Cut(turnedPlain, dtype));
            int more = shape.Length - turnedPlain.Shape.Length;
            if (more >= 0 && turnedPlain.Shape.Zip(shape[more..]).All(p => p.First == p.Second || p.First == 1))
                return (turned.To(dtype), Cut(turnedPlain.Expanded(shape), dtype));
            if (plain.Count == PlainArray.CountOf(shape) && Chance(2))
                return (tensor.Reshape(Shape.Create(shape)).To(dtype), Cut(plain.Reshaped(shape), dtype));
        }
        int k = Pick(5);
        return (Tensor.Arange(PlainArray.CountOf(shape), device: device).Reshape(Shape.Create(shape)).To(dtype) + k,
            PlainArray.Of(shape, Enumerable.Range(0, PlainArray.CountOf(shape)).Select(i => (double)i + k)));
    }

    private static PlainArray Cut(PlainArray plain, DType dtype) => dtype.IsInteger() ? plain.Map(Math.Truncate) : plain;

    private void AddComputed()
    {
        var (x, plain) = Any();
        int k = Pick(5) - 2;
        int kind = Pick(8);
        switch (kind)
        {
            case 0: (x, plain) = (x + k, plain.Map(v => v + k)); break;
            case 1: (x, plain) = (-x, plain.Map(v => -v)); break;
            case 2: (x, plain) = (x.Clone(), plain.Copied()); break;
            case 3: (x, plain) = (x.Gt(k).To(DType.Float32), plain.Map(v => v > k ? 1 : 0)); break;
            case 4: (x, plain) = (x.To(DType.Float32) * 0.5, plain.Map(v => v * 0.5)); break;
            case 5:
                var (y, yPlain) = Operand(plain.Shape, x.DType);
                (x, plain) = (x + y, plain.Zip(yPlain, (a, b) => a + b));
                break;
            case 6:
                var (z, zPlain) = Operand(plain.Shape, x.DType);
                (x, plain) = (Tensor.Where(x.Gt(k), z, x), plain.Zip(zPlain, (a, b) => a > k ? b : a));
                break;
            default:
                // A few more than are written again where they are read.
                for (int i = Pick(6); i >= 0; i--)
                    (x, plain) = (x.Maximum(Tensor.Full([], k + i, x.DType, device)) - 1, plain.Map(v => Math.Max(v, k + i) - 1));
                break;
        }
        Add(x, plain, $"computed {kind} with {k}");
    }

    private void AddReduced()
    {
        var (x, plain) = Any();
        if (plain.Shape.Length == 0) return;
        int kind = Pick(4);
        switch (kind)
        {
            case 0: Add(x.Sum(-1), plain.Reduced(v => v.Sum()), "sum"); break;
            case 1: Add(x.AMax(-1), plain.Reduced(v => v.Max()), "amax"); break;
            case 2:
                var (y, yPlain) = Operand(plain.Shape, x.DType);
                Add(Tensor.Cat([x, y.Expand(x.Shape)]),
                    PlainArray.Of(PlainArray.With(plain.Shape, 0, 2 * plain.Shape[0]), [.. plain.Values, .. yPlain.Values]), "cat");
                break;
            default:
                if (plain.Shape.Length != 2) break;
                int n = plain.Shape[0], depth = plain.Shape[1];
                if (n > 60) break;
                var product = Numbers([n, n], i =>
                    Enumerable.Range(0, depth).Sum(j => plain[i / n * depth + j] * plain[i % n * depth + j]));
                // Small enough to be exact in float32.
                if (product.Values.All(v => Math.Abs(v) < 1e5)) Add(x.To(DType.Float32).MatMul(x.To(DType.Float32).T), product, "product");
                break;
        }
    }
}
