using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Products with code merged before and after them give the bits of the same code as a reduction in one generated kernel, which is
/// their definition.</summary>
public sealed class FusedGemmTests(KernelRunner runner) : IClassFixture<KernelRunner>
{
    /// <summary>The product as a column section: one <see cref="ReduceOp.Dot"/> between the programs.</summary>
    private static KernelSpec AsReduction(GemmSpec spec)
    {
        int rank = spec.Batch.Length, a = spec.A.Length, b = spec.B.Length;
        Instruction[] Place(Instruction[] code, int shift, Func<SymInt[], SymInt[]> strides) =>
            [.. GemmProgram.Map(code, at => new Access(at.Offset, strides(at.Strides))).Select(i => i switch
        {
            Apply apply => apply with { Arguments = [.. apply.Arguments.Select(o => o + shift)] },
            Cast cast => cast with { Value = cast.Value + shift },
            Store store => store with { Value = store.Value + shift },
            Product product => new Reduce(ReduceOp.Dot, a - 1, product.Type, a + b - 1),
            _ => i,
        })];
        Instruction[] all =
        [
            .. Place(spec.A, 0, s => [.. s[..rank], s[rank], 0, s[rank + 1]]),
            .. Place(spec.B, a, s => [.. s[..rank], 0, s[rank + 1], s[rank]]),
            .. Place(spec.Epilogue, a + b, s => [.. s, 0]),
        ];
        return new KernelSpec("product", spec.Buffers, spec.Scalars,
            [new Section(SectionKind.Column, [.. spec.Batch, spec.M, spec.N], [spec.K], all)], false);
    }

    private static byte[] Values(Random random, DType dtype, long count)
    {
        byte[] bytes = new byte[count * dtype.Size()];
        for (int i = 0; i < count; i++) Elements.Write(bytes, dtype, i, new(random.NextDouble() * 4 - 2, random.Next(-9, 9)));
        return bytes;
    }

    // relu(x·s)ᵀ or not, weights plus a row of numbers, then bias, a residual that the result replaces, an activation, and the product
    // itself kept.
    private static GemmCase Layer(Random random, DType dtype, long[] batch, long m, long n, long k, bool transposeA, bool transposeB)
    {
        long batches = batch.Aggregate(1L, (x, y) => x * y);
        long[] Over(long each) => SpecBuilder.Contiguous([.. batch, each])[..^1];
        long[] none = new long[batch.Length];
        BufferParameter[] buffers = [new(dtype, false), new(dtype, false), new(dtype, true), new(dtype, false), new(dtype, true),
            new(DType.Int64, true)];
        ulong zero = 0;
        Instruction[] a =
        [
            new Load(0, dtype, new Access(0, [.. Over(m * k), .. transposeA ? [1L, m] : (long[])[k, 1]])),
            new ScalarArgument(0, dtype),
            new Apply("mul", dtype, [0, 1]),
            new Constant(zero, dtype),
            new Apply("max", dtype, [2, 3]),
        ];
        Instruction[] b =
        [
            new Load(1, dtype, new Access(0, [.. none, .. transposeB ? [1L, k] : (long[])[n, 1]])),
            new Load(3, dtype, new Access(0, [.. none, 0, 1])),
            new Apply("add", dtype, [0, 1]),
        ];
        long[] result = [.. Over(m * n), n, 1];
        Instruction[] epilogue =
        [
            new Product(dtype),
            new Load(3, dtype, new Access(1, [.. none, 0, 1])),
            new Apply("add", dtype, [0, 1]),
            new Load(2, dtype, new Access(0, result)),
            new Apply("add", dtype, [2, 3]),
            new Apply(dtype.IsFloatingPoint() ? "tanh" : "neg", dtype, [4]),
            new Store(2, dtype, new Access(0, result), 5),
            new Store(4, dtype, new Access(3, [.. Over(m * n + 3), 1, m]), 0),
            new Affine(new Access(5, [.. none, 1000, 1])),
            new Store(5, DType.Int64, new Access(0, result), 8),
        ];
        return new GemmCase
        {
            Spec = new GemmSpec(batch, m, n, k, dtype, buffers, [DType.Float64], a, b, epilogue),
            Data =
            [
                Values(random, dtype, batches * m * k), Values(random, dtype, k * n), Values(random, dtype, batches * m * n),
                Values(random, dtype, n + 1),
                Values(random, dtype, batches * (m * n + 3) + 3), new byte[batches * m * n * 8],
            ],
        };
    }

    private void Check(GemmCase layer, bool cpu)
    {
        object scalar = 1.25;
        byte[][] expected = runner.Run(AsReduction(layer.Spec), layer.Data, cpu, false, scalar);
        var plan = GemmPlanner.Plan(layer.Spec, runner.Profile(cpu), Dialect.OpenCl);
        byte[][] actual = layer.RunAll(runner.Backend, plan, scalar);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]),
                $"buffer {i}, {(cpu ? "CPU" : "GPU")} shape, {plan.Launches[^1].Description}");
    }

    public static TheoryData<DType, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<DType, bool, bool>();
            foreach (var dtype in (DType[])[DType.Float32, DType.Float16, DType.BFloat16, DType.Float64, DType.Int8, DType.Int64])
                data.Add(dtype, dtype == DType.Float32, dtype is DType.Float16 or DType.Float32 or DType.Int8);
            data.Add(DType.Float32, false, true);
            data.Add(DType.Float32, false, false);
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Code_before_and_after_a_product_gives_the_bits_of_one_reduction(DType dtype, bool transposeA, bool transposeB)
    {
        var random = new Random(3);
        Check(Layer(random, dtype, [2], 19, 70, 21, transposeA, transposeB), cpu: true);
        Check(Layer(random, dtype, [2], 19, 70, 21, transposeA, transposeB), cpu: false);
        // Few rows: the kernel that packs nothing.
        Check(Layer(random, dtype, [], 2, 37, 35, transposeA, transposeB), cpu: true);
    }

    [Fact]
    public void Plain_products_give_them_too()
    {
        var product = GemmCase.Random(new Random(4), DType.Float32, [2], 33, 50, 40);
        byte[] expected = runner.Run(AsReduction(product.Spec), product.Data, cpu: true)[2];
        Assert.Equal(expected, product.Expected());
        Assert.Equal(expected, product.Run(runner.Backend, GemmPlanner.Plan(product.Spec, runner.Profile(true), Dialect.OpenCl)));
    }
}
