using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

public sealed class RowKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    private static readonly int[] Lengths = [1, 15, 16, 17, 63, 64, 65, 1000, 1024, 5000];

    internal static KernelSpec Softmax(long rows, long n, DType type)
    {
        var b = new SpecBuilder(SectionKind.Row, [rows], [n]);
        int x = b.Load(0, type, n, 1), max = b.Reduce(ReduceOp.Max, x, type);
        int e = b.Apply("exp", b.Apply("sub", x, max)), sum = b.Reduce(ReduceOp.Sum, e, type);
        b.Store(1, b.Apply("div", e, sum), n, 1);
        return b.Spec("softmax", (type, false), (type, true));
    }

    internal static KernelSpec LayerNorm(long rows, long n)
    {
        var b = new SpecBuilder(SectionKind.Row, [rows], [n]);
        var f = DType.Float32;
        int x = b.Load(0, f, n, 1), scale = b.Constant(f, 1.0 / n), mean = b.Apply("mul", b.Reduce(ReduceOp.Sum, x, f), scale),
            d = b.Apply("sub", x, mean);
        int variance = b.Apply("mul", b.Reduce(ReduceOp.Sum, b.Apply("mul", d, d), f), scale);
        int r = b.Apply("rsqrt", b.Apply("add", variance, b.Constant(f, 1e-5)));
        int y = b.Apply("add", b.Apply("mul", b.Apply("mul", d, r), b.Load(1, f, 0, 1)), b.Load(2, f, 0, 1));
        b.Store(3, y, n, 1);
        b.Store(4, mean, 1, 0);
        return b.Spec("layer_norm", (f, false), (f, false), (f, false), (f, true), (f, true));
    }

    private void Check(KernelSpec spec, byte[][] buffers, bool cpu, double tolerance, bool wide = false)
    {
        byte[][] expected = new SpecInterpreter(spec, [.. buffers.Select(b => (byte[])b.Clone())], []).Run();
        byte[][] actual = runner.Run(spec, buffers, cpu, wide);
        for (int b = 0; b < buffers.Length; b++)
            if (spec.Buffers[b].Written && Elements.Difference(spec.Buffers[b].DType, expected[b], actual[b], tolerance) is { } difference)
                Assert.Fail($"{spec.Name}, buffer {b}: "
                    + $"{difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl, wide).Source}");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Softmax_over_rows(bool cpu)
    {
        const long rows = 7;
        foreach (int n in Lengths)
            Check(Softmax(rows, n, DType.Float32), [Elements.Random(DType.Float32, rows * n, 1, 3), new byte[rows * n * 4]], cpu, 1e-6);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Layer_norm_over_rows(bool cpu)
    {
        const long rows = 5;
        var f = DType.Float32;
        foreach (int n in Lengths)
            Check(LayerNorm(rows, n),
                [Elements.Random(f, rows * n, 2), Elements.Random(f, n, 3), Elements.Random(f, n, 4), new byte[rows * n * 4],
                    new byte[rows * 4]], cpu, 2e-5);
    }

    public static TheoryData<DType, bool> DTypesAndShapes() => PointwiseKernelTests.DTypesAndShapes();

    /// <summary>Every reduction that a dtype has, over rows of several lengths: in one kernel on a CPU; in the shape of a GPU a kernel
    /// each, since PoCL's compiler takes minutes over the barriers of all of them together.</summary>
    [Theory, MemberData(nameof(DTypesAndShapes))]
    public void Reductions_of_every_dtype(DType type, bool cpu)
    {
        var sections = new List<Section>();
        int at = 0, places = 0, sums = 0;
        var sumType = type.IsFloatingPoint() ? type : DType.Int64;
        foreach (long n in (long[])[1, 7, 16, 40, 130])
        {
            var b = new SpecBuilder(SectionKind.Row, [3], [n]);
            int x = b.Load(0, type, n, 1);
            foreach (var op in (ReduceOp[])[ReduceOp.Max, ReduceOp.Min])
            {
                b.Add(new Store(1, type, new(at, [1, 0]), b.Reduce(op, x, type)));
                at += 3;
            }
            foreach (var op in (ReduceOp[])[ReduceOp.ArgMax, ReduceOp.ArgMin])
            {
                int search = b.Reduce(op, x, DType.Int64);
                b.Add(new Store(2, DType.Int64, new(places, [1, 0]), search));
                places += 3;
                b.Add(new Store(1, type, new(at, [1, 0]), b.Add(new ResultOf(search, 0, type))));
                at += 3;
            }
            foreach (var op in (ReduceOp[])[ReduceOp.Sum, ReduceOp.Prod])
            {
                b.Add(new Store(3, sumType, new(sums, [1, 0]), b.Reduce(op, x, sumType)));
                sums += 3;
            }
            sections.Add(b.Section);
        }
        foreach (var part in cpu ? [[.. sections]] : sections.Select(s => new[] { s }))
        {
            var spec = new KernelSpec("reduce_" + type.Name(),
                [new(type, false), new(type, true), new(DType.Int64, true), new(sumType, true)], [], part, false);
            Check(spec, [Elements.Random(type, 400, 1, 0.5), new byte[at * type.Size()], new byte[places * 8],
                new byte[sums * sumType.Size()]], cpu, type.IsFloatingPoint() ? 4 * type.Epsilon() : 0);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Any_and_all_are_sums_and_products_of_bools(bool cpu)
    {
        var b = new SpecBuilder(SectionKind.Row, [50], [19]);
        int x = b.Apply("lt", b.Load(0, DType.Float32, 19, 1), b.Constant(DType.Float32, 1.8));
        b.Store(1, b.Reduce(ReduceOp.Sum, x, DType.Bool), 1, 0);
        b.Store(2, b.Reduce(ReduceOp.Prod, x, DType.Bool), 1, 0);
        byte[][] result = runner.Run(b.Spec("any_all", (DType.Float32, false), (DType.Bool, true), (DType.Bool, true)),
            [Elements.Random(DType.Float32, 950, 1), new byte[50], new byte[50]], cpu);
        Assert.All(result[1], any => Assert.Equal(1, any));
        Assert.Contains((byte)0, result[2]);
        Check(b.Spec("any_all", (DType.Float32, false), (DType.Bool, true), (DType.Bool, true)),
            [Elements.Random(DType.Float32, 950, 1), new byte[50], new byte[50]], cpu, 0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void NaN_and_ties(bool cpu)
    {
        const int N = 200;
        byte[] x = new byte[6 * N * 4];
        void Set(int row, int j, double v) => Elements.Write(x, DType.Float32, row * N + j, new(v, 0));
        for (int j = 0; j < N; j++) Set(1, j, double.NegativeInfinity);
        Set(2, 150, double.NaN);
        Set(2, 20, 7);
        foreach (int j in (int[])[33, 97, 161]) Set(3, j, 5);
        for (int j = 0; j < N; j++) Set(4, j, double.NaN);
        Set(5, 199, 1);
        var b = new SpecBuilder(SectionKind.Row, [6], [N]);
        int v = b.Load(0, DType.Float32, N, 1);
        b.Store(1, b.Reduce(ReduceOp.ArgMax, v, DType.Int64), 1, 0);
        b.Store(2, b.Reduce(ReduceOp.ArgMin, v, DType.Int64), 1, 0);
        b.Store(3, b.Reduce(ReduceOp.Max, v, DType.Float32), 1, 0);
        byte[][] result = runner.Run(b.Spec("extremes", (DType.Float32, false), (DType.Int64, true), (DType.Int64, true),
            (DType.Float32, true)), [x, new byte[48], new byte[48], new byte[24]], cpu);
        Assert.Equal([0, 0, 150, 33, 0, 199], Enumerable.Range(0, 6).Select(i => Elements.Read(result[1], DType.Int64, i).Integer));
        Assert.Equal([0, 0, 150, 0, 0, 0], Enumerable.Range(0, 6).Select(i => Elements.Read(result[2], DType.Int64, i).Integer));
        Assert.Equal([0, double.NegativeInfinity, double.NaN, 5, double.NaN, 1],
            Enumerable.Range(0, 6).Select(i => Elements.Read(result[3], DType.Float32, i).Real));
    }

    /// <summary>Reduced dimensions that cannot be walked as one: their flattened order still decides the sum, so a contiguous copy gives
    /// the same bits.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Rows_over_several_dimensions_sum_in_flattened_order(bool cpu)
    {
        var strided = new SpecBuilder(SectionKind.Row, [4], [5, 7, 3]);
        strided.Store(1, strided.Reduce(ReduceOp.Sum, strided.Load(0, DType.Float32, 1, 4, 20, 140), DType.Float32), 1, 0, 0, 0);
        var flat = new SpecBuilder(SectionKind.Row, [4], [5, 7, 3]);
        flat.Store(1, flat.Reduce(ReduceOp.Sum, flat.Load(0, DType.Float32, 105, 21, 3, 1), DType.Float32), 1, 0, 0, 0);
        byte[] x = Elements.Random(DType.Float32, 420, 1), copy = new byte[x.Length];
        for (int o = 0; o < 4; o++)
            for (int i = 0; i < 105; i++)
                Elements.Write(copy, DType.Float32, o * 105 + i,
                    Elements.Read(x, DType.Float32, o + i / 21 * 4 + i / 3 % 7 * 20 + i % 3 * 140));
        var s = strided.Spec("strided", (DType.Float32, false), (DType.Float32, true));
        Check(s, [x, new byte[16]], cpu, 1e-6);
        Assert.Equal(runner.Run(flat.Spec("flat", (DType.Float32, false), (DType.Float32, true)), [copy, new byte[16]], cpu)[1],
            runner.Run(s, [x, new byte[16]], cpu)[1]);
    }

    /// <summary>Invariant: a sum's bits depend on its shape alone, whatever is computed beside it, between rows, or before it.</summary>
    [Theory, InlineData(true, 1000), InlineData(false, 1000), InlineData(true, 37), InlineData(false, 5000)]
    public void A_sum_has_the_same_bits_alone_and_fused(bool cpu, int n)
    {
        var f = DType.Float32;
        byte[] x = Elements.Random(f, 3 * n, 9);
        var alone = new SpecBuilder(SectionKind.Row, [3], [n]);
        alone.Store(1, alone.Reduce(ReduceOp.Sum, alone.Load(0, f, n, 1), f), 1, 0);
        byte[] expected = runner.Run(alone.Spec("alone", (f, false), (f, true)), [x, new byte[12]], cpu)[1];
        var b = new SpecBuilder(SectionKind.Row, [3], [n]);
        int v = b.Load(0, f, n, 1), max = b.Reduce(ReduceOp.Max, v, f), e = b.Apply("exp", b.Apply("sub", v, max));
        b.Reduce(ReduceOp.ArgMax, v, DType.Int64);
        int sum = b.Reduce(ReduceOp.Sum, v, f), other = b.Reduce(ReduceOp.Sum, e, f);
        b.Store(2, b.Apply("div", e, other), n, 1);
        b.Store(1, sum, 1, 0);
        var fused = b.Spec("fused", (f, false), (f, true), (f, true));
        Assert.Equal(expected, runner.Run(fused, [x, new byte[12], new byte[12 * n]], cpu)[1]);
        Assert.Equal(expected, runner.Run(fused with { Serial = true }, [x, new byte[12], new byte[12 * n]], cpu)[1]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_split_sum_covers_the_row_once(bool cpu)
    {
        const int L = 300, Total = 1000, Chunks = 4;
        var b = new SpecBuilder(SectionKind.Row, [3, Chunks], [L], Total);
        int x = b.Load(0, DType.Float32, Total, L, 1);
        b.Store(1, b.Reduce(ReduceOp.Sum, x, DType.Float32), Chunks, 1, 0);
        b.Store(2, b.Reduce(ReduceOp.ArgMax, x, DType.Int64), Chunks, 1, 0);
        Check(b.Spec("split", (DType.Float32, false), (DType.Float32, true), (DType.Int64, true)),
            [Elements.Random(DType.Float32, 3000, 1), new byte[48], new byte[96]], cpu, 1e-5);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Halves_accumulate_in_float_and_round_once(bool cpu)
    {
        foreach (var type in (DType[])[DType.Float16, DType.BFloat16])
        {
            // 4,096 ones and a half: an accumulator of that type would stop at 2,048 or 256.
            var b = new SpecBuilder(SectionKind.Row, [1], [4096]);
            b.Store(1, b.Reduce(ReduceOp.Sum, b.Load(0, type, 0, 1), type), 0, 0);
            byte[] ones = new byte[8192];
            for (int i = 0; i < 4096; i++) Elements.Write(ones, type, i, new(1, 0));
            Assert.Equal(4096, Elements.Read(runner.Run(b.Spec("ones", (type, false), (type, true)), [ones, new byte[2]], cpu)[1], type, 0)
                .Real);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void In_place(bool cpu)
    {
        // One buffer read and written, and values needed after the store would be repeated: the store waits for the last pass.
        var f = DType.Float32;
        var b = new SpecBuilder(SectionKind.Row, [5], [70]);
        int x = b.Load(0, f, 70, 1), y = b.Apply("add", x, x);
        b.Store(0, y, 70, 1);
        int d = b.Apply("sub", x, b.Reduce(ReduceOp.Max, x, f));
        b.Store(1, b.Apply("add", d, y), 70, 1);
        Check(b.Spec("in_place", (f, true), (f, true)), [Elements.Random(f, 350, 1), new byte[1400]], cpu, 0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Wide_indices_give_the_same(bool cpu)
    {
        Check(Softmax(3, 100, DType.Float32), [Elements.Random(DType.Float32, 300, 1), new byte[1200]], cpu, 1e-6, wide: true);
        var b = new SpecBuilder(SectionKind.Row, [3], [10, 10]);
        b.Store(1, b.Reduce(ReduceOp.ArgMax, b.Load(0, DType.Float32, 100, 1, 10), DType.Int64), 1, 0, 0);
        Check(b.Spec("wide_arg", (DType.Float32, false), (DType.Int64, true)), [Elements.Random(DType.Float32, 300, 1), new byte[24]], cpu,
            0, wide: true);
    }

    public void Dispose() => runner.Dispose();
}
