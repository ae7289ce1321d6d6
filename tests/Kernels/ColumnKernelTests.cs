using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

public sealed class ColumnKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    private void Check(KernelSpec spec, byte[][] buffers, bool cpu, double tolerance)
    {
        byte[][] expected = new SpecInterpreter(spec, [.. buffers.Select(b => (byte[])b.Clone())], []).Run();
        byte[][] actual = runner.Run(spec, buffers, cpu);
        for (int b = 0; b < buffers.Length; b++)
            if (spec.Buffers[b].Written && Elements.Difference(spec.Buffers[b].DType, expected[b], actual[b], tolerance) is { } difference)
                Assert.Fail($"{spec.Name}, buffer {b}: "
                    + $"{difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl).Source}");
    }

    public static TheoryData<DType, bool> DTypesAndShapes() => PointwiseKernelTests.DTypesAndShapes();

    [Theory, MemberData(nameof(DTypesAndShapes))]
    public void Reductions_down_columns(DType type, bool cpu)
    {
        var sections = new List<Section>();
        int at = 0, places = 0, sums = 0;
        var sumType = type.IsFloatingPoint() ? type : DType.Int64;
        foreach (var (rows, columns) in ((long, long)[])[(1, 1), (9, 5), (20, 16), (3, 100), (40, 70)])
        {
            var b = new SpecBuilder(SectionKind.Column, [columns], [rows]);
            int x = b.Load(0, type, 1, columns);
            foreach (var op in (ReduceOp[])[ReduceOp.Max, ReduceOp.Min, ReduceOp.ArgMax, ReduceOp.ArgMin, ReduceOp.Sum, ReduceOp.Prod])
            {
                bool place = op is ReduceOp.ArgMax or ReduceOp.ArgMin, sum = op is ReduceOp.Sum or ReduceOp.Prod;
                var result = place ? DType.Int64 : sum ? sumType : type;
                ref int to = ref place ? ref places : ref sum ? ref sums : ref at;
                int register = b.Reduce(op, x, result);
                b.Add(new Store(place ? 2 : sum ? 3 : 1, result, new(to, [1, 0]), register));
                to += (int)columns;
                if (!place) continue;
                b.Add(new Store(1, type, new(at, [1, 0]), b.Add(new ResultOf(register, 0, type))));
                at += (int)columns;
            }
            sections.Add(b.Section);
        }
        var spec = new KernelSpec("columns_" + type.Name(), [new(type, false), new(type, true), new(DType.Int64, true), new(sumType, true)],
            [], [.. sections], false);
        Check(spec, [Elements.Random(type, 2800, 1, 0.5), new byte[at * type.Size()], new byte[places * 8],
            new byte[sums * sumType.Size()]], cpu, type.IsFloatingPoint() ? 16 * type.Epsilon() : 0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Column_sums_between_pointwise_code(bool cpu)
    {
        // out[b, c] = rsqrt(Σ_ij ((x[b, i, j, c] − mean[c])·2)²) + bias[c]
        var f = DType.Float32;
        var b = new SpecBuilder(SectionKind.Column, [3, 77], [5, 4]);
        int d = b.Apply("sub", b.Load(0, f, 1540, 1, 308, 77), b.Load(1, f, 0, 1, 0, 0)), e = b.Apply("add", d, d);
        int sum = b.Reduce(ReduceOp.Sum, b.Apply("mul", e, e), f);
        b.Store(2, b.Apply("add", b.Apply("rsqrt", sum), b.Load(1, f, 0, 1, 0, 0)), 77, 1, 0, 0);
        Check(b.Spec("variance", (f, false), (f, false), (f, true)),
            [Elements.Random(f, 4620, 1), Elements.Random(f, 77, 2), new byte[924]], cpu, 1e-6);
    }

    [Theory]
    [InlineData(DType.Float32, true), InlineData(DType.Float32, false), InlineData(DType.Float64, true), InlineData(DType.Int32, true),
        InlineData(DType.Int64, false), InlineData(DType.BFloat16, true)]
    public void Dot_is_a_matrix_product(DType type, bool cpu)
    {
        foreach (var (m, n, k) in ((int, int, int)[])[(1, 1, 1), (4, 32, 8), (7, 45, 19), (13, 10, 33), (3, 70, 5)])
        {
            var b = new SpecBuilder(SectionKind.Column, [m, n], [k]);
            int dot = b.Reduce(ReduceOp.Dot, b.Load(0, type, k, 0, 1), type, b.Load(1, type, 0, 1, n));
            b.Store(3, b.Apply("add", dot, b.Load(2, type, 0, 1, 0)), n, 1, 0);
            var spec = b.Spec("product", (type, false), (type, false), (type, false), (type, true));
            byte[][] buffers = [Elements.Random(type, m * k, 1), Elements.Random(type, k * n, 2), Elements.Random(type, n, 3),
                new byte[m * n * type.Size()]];
            Check(spec, buffers, cpu, type.IsFloatingPoint() ? 16 * type.Epsilon() : 0);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Split_columns_cover_every_row_once(bool cpu)
    {
        const int L = 30, Total = 100, Chunks = 4, N = 67;
        var b = new SpecBuilder(SectionKind.Column, [Chunks, N], [L], Total);
        int x = b.Load(0, DType.Float32, (long)L * N, 1, N);
        b.Store(1, b.Reduce(ReduceOp.Sum, x, DType.Float32), N, 1, 0);
        b.Store(2, b.Reduce(ReduceOp.ArgMin, x, DType.Int64), N, 1, 0);
        Check(b.Spec("split_columns", (DType.Float32, false), (DType.Float32, true), (DType.Int64, true)),
            [Elements.Random(DType.Float32, Total * N, 1), new byte[Chunks * N * 4], new byte[Chunks * N * 8]], cpu, 1e-5);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Serial_sections_see_each_others_stores(bool cpu)
    {
        // y = x·2; s = Σ_j y[i, j]; c = Σ_i y[i, j]; z = y / s + c: each from what the one before stored.
        var f = DType.Float32;
        var p = new SpecBuilder(SectionKind.Pointwise, [9, 50], []);
        p.Store(1, p.Apply("mul", p.Load(0, f, 50, 1), p.Constant(f, 2)), 50, 1);
        var r = new SpecBuilder(SectionKind.Row, [9], [50]);
        r.Store(2, r.Reduce(ReduceOp.Sum, r.Load(1, f, 50, 1), f), 1, 0);
        var c = new SpecBuilder(SectionKind.Column, [50], [9]);
        c.Store(3, c.Reduce(ReduceOp.Sum, c.Load(1, f, 1, 50), f), 1, 0);
        var z = new SpecBuilder(SectionKind.Pointwise, [9, 50], []);
        z.Store(4, z.Apply("add", z.Apply("div", z.Load(1, f, 50, 1), z.Load(2, f, 1, 0)), z.Load(3, f, 0, 1)), 50, 1);
        var spec = new KernelSpec("step", [new(f, false), new(f, true), new(f, true), new(f, true), new(f, true)], [],
            [p.Section, r.Section, c.Section, z.Section], true);
        Assert.Equal(1, Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl).Shape.Groups.Count);
        Check(spec, [Elements.Random(f, 450, 4), new byte[1800], new byte[36], new byte[200], new byte[1800]], cpu, 2e-4);
    }

    public void Dispose() => runner.Dispose();
}
