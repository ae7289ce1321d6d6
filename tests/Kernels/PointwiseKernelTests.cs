using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>Strides, broadcasting, tails and conversions, for every dtype, in both shapes. Each kernel holds many sections, so ranges of groups are exercised too.</summary>
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
                Assert.Fail($"{spec.Name}, buffer {b}: {difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl, wide).Source}");
    }

    /// <summary>out = where(x &lt; y, x + y, y) over shapes, with y broadcast, x and out strided in several ways.</summary>
    private KernelSpec Broadcasts(DType type, bool cpu, out int size)
    {
        var sections = new List<Section>();
        long[][] shapes = [[], [1], [15], [16], [17], [1000], [3, 5], [7, 100], [5, 3, 70], [100, 3], [2, 1, 33], [4, 5, 6, 7], [70, 64], [34, 39]];
        int at = 0;
        foreach (long[] shape in shapes)
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
                    // x a window of wider rows, the result transposed: rows of 34 to 47 that are no multiple of 16 are walked flat, most vectors within one row.
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

    [Theory, InlineData(true), InlineData(false)]
    public void Wide_indices_give_the_same(bool cpu)
    {
        var spec = Broadcasts(DType.Float32, cpu, out int size);
        Check(spec, [Elements.Random(DType.Float32, 5000, 1), Elements.Random(DType.Float32, 5000, 2), Elements.Random(DType.Float32, size, 3)], cpu, wide: true);
    }

    [Theory, MemberData(nameof(DTypesAndShapes))]
    public void Conversions(DType from, bool cpu)
    {
        var values = new List<double>([0, -0.0, 1, -1, 2.5, -2.5, 3.999, 100.75, -100.75, 127, 0.3, 0.001, 1e-7, 5e-8, 3e-8, 65519, 65520, 65504.1, 255, 1e-40]);
        if (from == DType.Int64) values.AddRange([long.MaxValue, long.MinValue, (1L << 53) + 1, (1L << 24) + 1, (1L << 62) + 12345, -(1L << 40) - 1]);
        if (from == DType.Int32) values.AddRange([int.MaxValue, int.MinValue, (1 << 24) + 1, (1 << 30) + 65]);
        byte[] x = new byte[values.Count * from.Size()];
        for (int i = 0; i < values.Count; i++)
            Elements.Write(x, from, i, Elements.Round(from, from.IsFloatingPoint() ? new(values[i], 0) : new(0, i >= 20 && from == DType.Int64 ? (i == 20 ? long.MaxValue : (long)values[i]) : (long)values[i])));
        var b = new SpecBuilder(SectionKind.Pointwise, [values.Count], []);
        int v = b.Load(0, from, 1), k = 1;
        foreach (var to in DTypes.All)
        {
            // Outside an integer's range a float's conversion is unspecified.
            if (from.IsFloatingPoint() && to.IsInteger())
            {
                double most = to.Size() >= 4 ? 60000 : 100;
                int inside = b.Apply("min", b.Apply("max", v, b.Constant(from, to == DType.UInt8 ? 0 : -most)), b.Constant(from, most));
                b.Store(k++, b.Cast(inside, to), 1);
            }
            else b.Store(k++, b.Cast(v, to), 1);
        }
        var spec = b.Spec("convert_" + from.Name(), [(from, false), .. DTypes.All.Select(t => (t, true))]);
        Check(spec, [x, .. DTypes.All.Select(t => new byte[values.Count * t.Size()])], cpu);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Positions_scalars_and_constants(bool cpu)
    {
        var b = new SpecBuilder(SectionKind.Pointwise, [9, 21], []);
        int position = b.Add(new Affine(new(5, [-3, 100]))), factor = b.Add(new ScalarArgument(0, DType.Float32)), step = b.Add(new ScalarArgument(1, DType.Int64));
        int on = b.Add(new ScalarArgument(2, DType.Bool)), half = b.Add(new ScalarArgument(0, DType.BFloat16));
        int scaled = b.Apply("mul", b.Cast(position, DType.Float32), factor);
        b.Store(0, b.Apply("where", on, scaled, b.Constant(DType.Float32, double.NaN)), 21, 1);
        b.Store(1, b.Apply("add", position, step), 21, 1);
        b.Store(2, b.Apply("mul", half, b.Constant(DType.BFloat16, 1.5)), 21, 1);
        var spec = b.Spec("numbers", (DType.Float32, true), (DType.Int64, true), (DType.BFloat16, true)) with { Scalars = [DType.Float64, DType.Int64, DType.Bool] };
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
        var spec = new KernelSpec("gather", [new(DType.Int64, false), new(DType.Float32, false), new(DType.Float32, true), new(DType.Float32, true)], [], [rows.Section, each.Section], false);
        Check(spec, [indices, Elements.Random(DType.Float32, 380, 1), new byte[40 * 37 * 4], new byte[40 * 37 * 4]], cpu);
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
        r.Store(0, r.Apply("philox", r.Add(new Constant(unchecked((ulong)Key), DType.Int64)), r.Add(new Constant(First, DType.Int64)), r.Add(new Affine(new(3, [1])))), 1);
        byte[] drawn = runner.Run(r.Spec("philox_any", (DType.Int64, true)), [new byte[320]], cpu)[0];
        Assert.Equal(Enumerable.Range(0, 40).Select(k => (long)Philox.Word(Key, First, k + 3)), Enumerable.Range(0, 40).Select(k => Elements.Read(drawn, DType.Int64, k).Integer));
    }

    public void Dispose() => runner.Dispose();
}
