using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

public sealed class RowKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    public static TheoryData<int, bool> Lengths()
    {
        var data = new TheoryData<int, bool>();
        foreach (int n in (int[])[1, 15, 16, 17, 63, 64, 65, 1000, 1024, 5000])
            foreach (bool cpu in (bool[])[true, false]) data.Add(n, cpu);
        return data;
    }

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
        int x = b.Load(0, f, n, 1), scale = b.Constant(f, 1.0 / n), mean = b.Apply("mul", b.Reduce(ReduceOp.Sum, x, f), scale), d = b.Apply("sub", x, mean);
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
                Assert.Fail($"{spec.Name}, buffer {b}: {difference}\n{Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl, wide).Source}");
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Softmax_over_rows(int n, bool cpu)
    {
        long rows = 7;
        Check(Softmax(rows, n, DType.Float32), [Elements.Random(DType.Float32, rows * n, 1, 3), new byte[rows * n * 4]], cpu, 1e-6);
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Layer_norm_over_rows(int n, bool cpu)
    {
        long rows = 5;
        var f = DType.Float32;
        Check(LayerNorm(rows, n), [Elements.Random(f, rows * n, 2), Elements.Random(f, n, 3), Elements.Random(f, n, 4), new byte[rows * n * 4], new byte[rows * 4]], cpu, 2e-5);
    }

    public void Dispose() => runner.Dispose();
}
