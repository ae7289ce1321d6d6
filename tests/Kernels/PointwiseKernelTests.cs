using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>Strides, broadcasting, tails and conversions, for every dtype, in both shapes. Each kernel holds many sections, so ranges of
/// groups are exercised too.</summary>
public sealed class PointwiseKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    public static TheoryData<DType, bool> DTypesAndShapes()
    {
        var data = new TheoryData<DType, bool>();
        foreach (var type in DTypes.All)
            foreach (bool cpu in (bool[])[true, false]) data.Add(type, cpu);
        return data;
    }

    private void Check(KernelSpec spec, byte[][] buffers, bool cpu, double tolerance = 0, bool wide = false, params object[] scalars)
    {
        byte[][] expected = new SpecInterpreter(spec, [.. buffers.Select(b => (byte[])b.Clone())], scalars).Run();
        byte[][] actual = runner.Run(spec, buffers, cpu, wide, scalars);
        for (int b = 0; b < buffers.Length; b++)
            if (spec.Buffers[b].Written && Elements.Difference(spec.Buffers[b].DType, expected[b], actual[b], tolerance) is { } difference)
                Assert.Fail($"{spec.Name}, buffer {b}: "
                    + $"{difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl, wide).Source}");
    }

    /// <summary>out = where(x &lt; y, x + y, y) over shapes, with y broadcast, x and out strided in several ways.</summary>
    private KernelSpec Broadcasts(DType type, bool cpu, out int size)
    {
        var sections = new List<Section>();
        long[][] shapes = [[], [1], [15], [16], [17], [1000], [3, 5], [7, 100], [5, 3, 70], [100, 3], [2, 1, 33], [4, 5, 6, 7], [70, 64],
            [34, 39]];
        int at = 0;
        // All of them for one dtype, every third for each of the others: the sections of one kernel are what takes long to compile.
        foreach (long[] shape in type == DType.Float32 ? shapes : shapes.Where((_, i) => (i + (int)type) % 3 == 0))
            for (int variant = 0; variant < 4; variant++)
            {
                long n = shape.Aggregate(1L, (a, b) => a * b);
                var whole = SpecBuilder.Contiguous(shape);
                long[] xs = whole, ys = [.. whole], outs = whole;
                long xo = 0;
                if (variant == 1)
                {
                    // x transposed, y broadcast along the last dimension.
                    xs = [.. SpecBuilder.Contiguous([.. shape.Reverse()]).Reverse()];
                    if (shape.Length > 0) ys[^1] = 0;
                }
                if (variant == 2)
                {
                    // x backwards, y one row for all, the result in every other place.
                    (xs, xo, outs) = ([.. whole.Select(s => -s)], n - 1, [.. whole.Select(s => 2 * s)]);
                    for (int d = 0; d + 1 < shape.Length; d++) ys[d] = 0;
                }
                if (variant == 3 && shape.Length > 0)
                {
                    // x a window of wider rows, the result transposed: rows of 34 to 47 that are no multiple of 16 are walked flat, most
                    // vectors within one row.
                    xs = SpecBuilder.Contiguous([.. shape[..^1], shape[^1] + 1]);
                    outs = [.. SpecBuilder.Contiguous([.. shape.Reverse()]).Reverse()];
                }
                var b = new SpecBuilder(SectionKind.Pointwise, shape, []);
                int x = b.Load(0, type, xo, xs), y = b.Load(1, type, 0, ys), sum = b.Apply("add", x, y), less = b.Apply("lt", x, y);
                b.Add(new Store(2, type, new(at, outs), b.Apply("where", less, sum, y)));
                sections.Add(b.Section);
                at += (int)n * 2;
            }
        size = at;
        // What goes through local memory has a test of its own.
        if (!cpu) sections.RemoveAll(s => TransposeWriter.Find(s, new Nest(s), runner.Profile(cpu)) is not null);
        return new($"broadcasts_{type.Name()}", [new(type, false), new(type, false), new(type, true)], [], [.. sections], false);
    }

    [Theory, MemberData(nameof(DTypesAndShapes))]
    public void Broadcasting_and_strides(DType type, bool cpu)
    {
        var spec = Broadcasts(type, cpu, out int size);
        Check(spec, [Elements.Random(type, 5000, 1), Elements.Random(type, 5000, 2), Elements.Random(type, size, 3)], cpu);
    }

    [Theory, InlineData(DType.Float32), InlineData(DType.Float16), InlineData(DType.Int64), InlineData(DType.Bool)]
    public void In_a_small_domain_each_work_item_takes_one(DType type)
    {
        runner.SmallDomain = 1 << 18;
        Assert.DoesNotContain("for (int u",
            Generator.Generate(Broadcasts(type, cpu: false, out _), runner.Profile(cpu: false), Dialect.OpenCl).Source);
        Broadcasting_and_strides(type, cpu: false);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Wide_indices_give_the_same(bool cpu)
    {
        var spec = Broadcasts(DType.Float32, cpu, out int size);
        Check(spec, [Elements.Random(DType.Float32, 5000, 1), Elements.Random(DType.Float32, 5000, 2),
            Elements.Random(DType.Float32, size, 3)], cpu, wide: true);
    }

    [Theory, MemberData(nameof(DTypesAndShapes))]
    public void Conversions(DType from, bool cpu)
    {
        var values = new List<double>([0, -0.0, 1, -1, 2.5, -2.5, 3.999, 100.75, -100.75, 127, 0.3, 0.001, 1e-7, 5e-8, 3e-8, 65519, 65520,
            65504.1, 255, 1e-40]);
        if (from.IsFloatingPoint())
            values.AddRange([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 3e9, -3e9, 2147483647.5, 1e19, -1e30, 300.7,
                -1.5, 9.2e18]);
        if (from == DType.Int64)
            values.AddRange([long.MaxValue, long.MinValue, (1L << 53) + 1, (1L << 24) + 1, (1L << 62) + 12345, -(1L << 40) - 1]);
        if (from == DType.Int32) values.AddRange([int.MaxValue, int.MinValue, (1 << 24) + 1, (1 << 30) + 65]);
        byte[] x = new byte[values.Count * from.Size()];
        for (int i = 0; i < values.Count; i++)
            Elements.Write(x, from, i,
                Elements.Round(from, from.IsFloatingPoint() ? new(values[i], 0)
                    : new(0, i >= 20 && from == DType.Int64 ? (i == 20 ? long.MaxValue : (long)values[i]) : (long)values[i])));
        var b = new SpecBuilder(SectionKind.Pointwise, [values.Count], []);
        int v = b.Load(0, from, 1), k = 1;
        foreach (var to in DTypes.All) b.Store(k++, b.Cast(v, to), 1);
        var spec = b.Spec("convert_" + from.Name(), [(from, false), .. DTypes.All.Select(t => (t, true))]);
        Check(spec, [x, .. DTypes.All.Select(t => new byte[values.Count * t.Size()])], cpu);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Positions_scalars_and_constants(bool cpu)
    {
        var b = new SpecBuilder(SectionKind.Pointwise, [9, 21], []);
        int position = b.Add(new Affine(new(5, [-3, 100]))), factor = b.Add(new ScalarArgument(0, DType.Float32)),
            step = b.Add(new ScalarArgument(1, DType.Int64));
        int on = b.Add(new ScalarArgument(2, DType.Bool)), half = b.Add(new ScalarArgument(0, DType.BFloat16));
        int scaled = b.Apply("mul", b.Cast(position, DType.Float32), factor);
        b.Store(0, b.Apply("where", on, scaled, b.Constant(DType.Float32, double.NaN)), 21, 1);
        b.Store(1, b.Apply("add", position, step), 21, 1);
        b.Store(2, b.Apply("mul", half, b.Constant(DType.BFloat16, 1.5)), 21, 1);
        var spec = b.Spec("numbers", (DType.Float32, true), (DType.Int64, true),
            (DType.BFloat16, true)) with { Scalars = [DType.Float64, DType.Int64, DType.Bool] };
        Check(spec, [new byte[9 * 21 * 4], new byte[9 * 21 * 8], new byte[9 * 21 * 2]], cpu, 0, false, 0.1, -7L, 1L);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Gather_counts_negative_indices_from_the_end_and_reads_nothing_outside(bool cpu)
    {
        // Rows chosen by an index per row (embedding), elements chosen by an index each, both with bad indices.
        var rows = new SpecBuilder(SectionKind.Pointwise, [40, 37], []);
        int row = rows.Load(0, DType.Int64, 1, 0);
        rows.Store(2, rows.Add(new Gather(1, DType.Float32, new(0, [0, 1]), row, 37, 10)), 37, 1);
        var each = new SpecBuilder(SectionKind.Pointwise, [40, 37], []);
        int index = each.Cast(each.Load(0, DType.Int64, 0, 1), DType.Int32);
        each.Store(3, each.Add(new Gather(1, DType.Float32, new(3, [9, 0]), index, 2, 10)), 37, 1);
        byte[] indices = new byte[40 * 8];
        for (int i = 0; i < 40; i++) Elements.Write(indices, DType.Int64, i, new(0, i - 20));
        var spec = new KernelSpec("gather",
            [new(DType.Int64, false), new(DType.Float32, false), new(DType.Float32, true), new(DType.Float32, true)], [],
            [rows.Section, each.Section], false);
        Check(spec, [indices, Elements.Random(DType.Float32, 380, 1), new byte[40 * 37 * 4], new byte[40 * 37 * 4]], cpu);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Rows_chosen_by_an_index_are_read_in_vectors_with_zeros_for_rows_that_do_not_exist(bool cpu)
    {
        var sections = new List<Section>();
        DType[] types = [DType.Float32, DType.Float64, DType.Float16, DType.Int8];
        for (int t = 0; t < types.Length; t++)
        {
            var rows = new SpecBuilder(SectionKind.Pointwise, [40, 36], []);
            int index = rows.Load(0, DType.Int64, 1, 0);
            rows.Store(2 + 2 * t, rows.Add(new Gather(1 + 2 * t, types[t], new(4, [0, 1]), index, 36, 10)), 36, 1);
            sections.Add(rows.Section);
        }
        byte[] indices = new byte[40 * 8];
        for (int i = 0; i < 40; i++) Elements.Write(indices, DType.Int64, i, new(0, i - 20));
        var spec = new KernelSpec("gather_rows",
            [new(DType.Int64, false), .. types.SelectMany(t => (BufferParameter[])[new(t, false), new(t, true)])], [], [.. sections],
            false);
        Check(spec, [indices, .. types.SelectMany(t => (byte[][])[Elements.Random(t, 364, 1), new byte[40 * 36 * t.Size()]])], cpu);
    }

    [Theory]
    [InlineData(DType.Float32, true), InlineData(DType.Float32, false), InlineData(DType.Float64, true), InlineData(DType.Float64, false)]
    [InlineData(DType.Int64, true), InlineData(DType.Int64, false), InlineData(DType.Int32, true), InlineData(DType.UInt8, true),
        InlineData(DType.Int16, false)]
    public void Search_counts_what_comes_before(DType type, bool cpu)
    {
        // Three sorted rows, the last backwards in memory, one of them with NaN at its end; values that are there, between, below and
        // above, and one value for a whole row.
        const int Rows = 3, Length = 37, Values = 50;
        byte[] table = new byte[Rows * Length * type.Size()], values = new byte[Rows * Values * type.Size()];
        for (int r = 0; r < Rows; r++)
            for (int i = 0; i < Length; i++)
            {
                bool nan = type.IsFloatingPoint() && i >= 34;
                Elements.Write(table, type, r * Length + (r == 2 ? Length - 1 - i : i),
                    new(nan ? double.NaN : i / 3 * 2 + r, i / 3 * 2 + r));
            }
        for (int i = 0; i < Rows * Values; i++)
            Elements.Write(values, type, i, i % 17 == 5 && type.IsFloatingPoint() ? new(double.NaN, 0)
                : new(i % Values - 3, Math.Max(0, i % Values - 3)));
        var sections = new List<Section>();
        foreach (bool right in (bool[])[false, true])
        {
            var b = new SpecBuilder(SectionKind.Pointwise, [2, Values], []);
            b.Store(right ? 3 : 2, b.Add(new Search(0, new(0, [Length, 0]), b.Load(1, type, Values, 1), 1, Length, right)), Values, 1);
            var last = new SpecBuilder(SectionKind.Pointwise, [Values], []);
            last.Add(new Store(right ? 3 : 2, DType.Int64, new(2 * Values, [1]),
                last.Add(new Search(0, new(Rows * Length - 1, [0]), last.Load(1, type, 2 * Values, [1]), -1, Length, right))));
            var one = new SpecBuilder(SectionKind.Pointwise, [Values], []);
            int same = one.Add(new Search(0, new(0, [0]), one.Load(1, type, 7, [0]), 1, Length, right));
            one.Add(new Store(4, DType.Int64, new(right ? Values : 0, [1]), one.Apply("add", same, one.Add(new Affine(new(0, [1]))))));
            sections.AddRange([b.Section, last.Section, one.Section]);
        }
        var spec = new KernelSpec("search_" + type.Name(),
            [new(type, false), new(type, false), new(DType.Int64, true), new(DType.Int64, true), new(DType.Int64, true)], [], [.. sections],
            false);
        Check(spec, [table, values, new byte[Rows * Values * 8], new byte[Rows * Values * 8], new byte[2 * Values * 8]], cpu);
    }

    public static TheoryData<DType, bool> NumbersAndShapes() => [.. DTypesAndShapes().Where(row => row.Data.Item1 != DType.Bool)];

    [Theory, MemberData(nameof(NumbersAndShapes))]
    public void Segments_add_up_in_their_order(DType type, bool cpu)
    {
        // 23 rows in an order of their own, in nine segments of which two are empty and one is long; columns as long as a vector, of an odd
        // length, and none at all.
        int[] ends = [0, 3, 3, 4, 15, 16, 18, 22, 23];
        byte[] order = new byte[23 * 8], starts = new byte[10 * 8];
        for (int k = 0; k < 23; k++) Elements.Write(order, DType.Int64, k, new(0, k * 7 % 23));
        for (int k = 0; k < 9; k++) Elements.Write(starts, DType.Int64, k + 1, new(0, ends[k]));
        var sections = new List<Section>();
        int at = 0;
        foreach (int columns in (int[])[32, 36, 5, 1])
        {
            var b = new SpecBuilder(SectionKind.Pointwise, columns == 1 ? [9] : [9, columns], []);
            long[] along = columns == 1 ? [1] : [1, 0], store = columns == 1 ? [1] : [columns, 1], read = columns == 1 ? [0] : [0, 1];
            int first = b.Load(2, DType.Int64, along), last = b.Load(2, DType.Int64, 1, along);
            b.Add(new Store(3, type, new(at, store),
                b.Add(new SegmentSum(0, type, new(columns == 5 ? 3 : 0, read), 40, 23, 1, 0, 1, first, last))));
            sections.Add(b.Section);
            at += 9 * columns;
        }
        var spec = new KernelSpec("segments_" + type.Name(),
            [new(type, false), new(DType.Int64, false), new(DType.Int64, false), new(type, true)], [], [.. sections], false);
        byte[][] buffers = [Elements.Random(type, 23 * 40, 1), order, starts, new byte[at * type.Size()]];
        byte[][] expected = new SpecInterpreter(spec, [.. buffers.Select(b => (byte[])b.Clone())], []).Run();
        byte[][] actual = runner.Run(spec, buffers, cpu);
        if (Elements.Difference(type, expected[3], actual[3], type.IsFloatingPoint() ? 16 * type.Epsilon() : 0) is { } difference)
            Assert.Fail($"{difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl).Source}");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Philox_gives_the_published_numbers(bool cpu)
    {
        // Salmon et al.'s known answers: key 0 and counter 0, then key and counter of all ones in the words that are ours to set.
        var b = new SpecBuilder(SectionKind.Pointwise, [40], []);
        int i = b.Add(new Affine(new(0, [1]))), key = b.Constant(DType.Int64, 0), first = b.Constant(DType.Int64, 0);
        b.Store(0, b.Apply("philox", key, first, i), 1);
        byte[] result = runner.Run(b.Spec("philox", (DType.Int64, true)), [new byte[320]], cpu)[0];
        long[] words = [.. Enumerable.Range(0, 40).Select(k => Elements.Read(result, DType.Int64, k).Integer)];
        Assert.Equal([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8], words[..4]);
        Assert.All(words, w => Assert.InRange(w, 0, uint.MaxValue));
        Assert.Equal(40, words.Distinct().Count());
        const long Key = 0x123456789abcdef0, First = 0xfffffffe;
        var r = new SpecBuilder(SectionKind.Pointwise, [40], []);
        r.Store(0, r.Apply("philox", r.Add(new Constant(unchecked((ulong)Key), DType.Int64)), r.Add(new Constant(First, DType.Int64)),
            r.Add(new Affine(new(3, [1])))), 1);
        byte[] drawn = runner.Run(r.Spec("philox_any", (DType.Int64, true)), [new byte[320]], cpu)[0];
        Assert.Equal(Enumerable.Range(0, 40).Select(k => (long)Philox.Word(Key, First, k + 3)),
            Enumerable.Range(0, 40).Select(k => Elements.Read(drawn, DType.Int64, k).Integer));
    }

    public void Dispose() => runner.Dispose();
}
