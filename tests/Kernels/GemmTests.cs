using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using GpuTensor.Tests.Backends;
using Xunit;

namespace GpuTensor.Tests.Kernels;

public class GemmTests
{
    private static void Check(OpenClBackend backend, GemmCase product, bool cpu, GemmTile? tile = null)
    {
        var plan = GemmPlanner.Plan(product.Spec, backend.Profile with { IsCpu = cpu }, Dialect.OpenCl, tile);
        // The shape of a GPU runs here only to be compared: code that compiles quickly will do.
        using var unoptimized = cpu ? null : OpenClTest.Open("-cl-opt-disable");
        string what = string.Join("; ", plan.Launches.Select(l => l.Description))
            + $" A {product.Spec.A[0]} B {product.Spec.B[0]} C {product.Spec.Epilogue[1]}";
        Assert.True(product.Expected().AsSpan().SequenceEqual(product.Run(unoptimized ?? backend, plan)), what);
    }

    [Fact]
    public void A_grid_that_is_too_short_for_the_tiles_is_one_of_one_dimension()
    {
        using var backend = OpenClTest.Open("-cl-opt-disable");
        var product = GemmCase.Random(new(3), DType.Float32, [3], 70, 40, 9);
        var profile = backend.Profile with { IsCpu = false, PreferredGroups = 1 };
        foreach (var (most, groups) in new (Size3, Size3)[] { (new(9, 9, 9), new(1, 2, 3)), (new(9, 9, 2), 6), (new(9, 1, 9), 6) })
        {
            var plan = GemmPlanner.Plan(product.Spec, profile with { MaxGroups = most }, Dialect.OpenCl);
            Assert.Equal(groups, Assert.Single(plan.Launches).Kernel.Shape.Groups);
            Assert.Equal(product.Expected(), product.Run(backend, plan));
        }
    }

    public static TheoryData<DType> Dtypes => new(DTypes.All.Where(d => d != DType.Bool));

    [Theory, MemberData(nameof(Dtypes))]
    public void Any_shape_and_strides_give_the_bits_of_the_definition(DType dtype)
    {
        using var backend = OpenClTest.Open();
        var random = new Random((int)dtype);
        for (int i = 0; i < 2; i++)
        {
            long[] batch = Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1, 4)).ToArray();
            var product = GemmCase.Random(random, dtype, batch, random.Next(1, 40), random.Next(1, 140), random.Next(1, 70));
            Check(backend, product, cpu: true);
            Check(backend, product, cpu: false);
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Tiles_and_blocks_of_depth_change_nothing(DType dtype)
    {
        using var backend = OpenClTest.Open();
        var random = new Random(5);
        var product = GemmCase.Random(random, dtype, [2], 75, 150, 90);
        foreach (var tile in new GemmTile[] { new(6, 64), new(12, 32, 32), new(14, 32, 16, 3), new(9, 48, 64, 1), new(1, 16, 16),
            new(16, 16) })
            Check(backend, product, cpu: true, tile);
    }

    [Theory, MemberData(nameof(Dtypes))]
    public void A_few_rows_meet_a_transposed_matrix(DType dtype)
    {
        using var backend = OpenClTest.Open();
        var random = new Random(10);
        var product = GemmCase.Random(random, dtype, [], 1 + (int)dtype % 3, 70, 37);
        product = new GemmCase
        {
            Data = [product.Data[0], new byte[70 * 40 * dtype.Size()], product.Data[2]],
            Spec = product.Spec with { B = [new Load(1, dtype, new Access(2, [1, 39]))] },
        };
        random.NextBytes(product.Data[1]);
        if (dtype.IsFloatingPoint()) product.Data[1] = GemmCase.Random(random, dtype, [], 1, 1, 2800).Data[0];
        Assert.Equal("gemv", Assert.Single(GemmPlanner.Plan(product.Spec, backend.Profile with { IsCpu = true }, Dialect.OpenCl).Launches)
            .Kernel.EntryPoint[..4]);
        Check(backend, product, cpu: true);

        // The order in which buffers are passed means nothing: no register may hide a buffer's name.
        var swapped = new GemmCase
        {
            Data = [product.Data[1], product.Data[0], product.Data[2]],
            Spec = product.Spec with { A = [new Load(1, dtype, ((Load)product.Spec.A[0]).At)],
                B = [new Load(0, dtype, new Access(2, [1, 39]))] },
        };
        foreach (bool cpu in new[] { true, false })
            Assert.Equal(product.Expected(),
                swapped.Run(backend, GemmPlanner.Plan(swapped.Spec, backend.Profile with { IsCpu = cpu }, Dialect.OpenCl)));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 10, 784)]
    [InlineData(128, 10, 256)]
    [InlineData(130, 300, 1100)]
    [InlineData(300, 1, 50)]
    public void Shapes_of_layers(long m, long n, long k)
    {
        using var backend = OpenClTest.Open();
        var random = new Random(6);
        var product = GemmCase.Random(random, DType.Float32, [], m, n, k);
        Check(backend, product, cpu: true);
        Check(backend, product, cpu: false);
    }

    [Fact]
    public void A_product_over_nothing_is_zero_and_an_empty_one_launches_nothing()
    {
        using var backend = OpenClTest.Open();
        var product = GemmCase.Random(new Random(7), DType.Float32, [], 20, 30, 0);
        Check(backend, product, cpu: true);
        Check(backend, product, cpu: false);
        foreach (var (batch, m, n) in new[] { (1, 0, 3), (1, 3, 0), (0, 3, 3) })
            Assert.Empty(GemmPlanner.Plan(GemmCase.Random(new Random(7), DType.Float32, [batch], m, n, 4).Spec, backend.Profile,
                Dialect.OpenCl).Launches);
    }

    [Theory, MemberData(nameof(Dtypes))]
    public void Tiles_fill_the_registers_of_either_kind_of_CPU(DType dtype)
    {
        foreach (int registerLanes in new[] { 8, 16 })
            foreach (var (m, n) in new[] { (1, 1), (1, 500), (3, 200), (6, 10), (128, 512), (1024, 80) })
            {
                var spec = GemmCase.Random(new Random(1), dtype, [], m, n, 5).Spec;
                var profile = new DeviceProfile { IsCpu = true, VectorRegisterLanes = registerLanes };
                int eachVector = 16 * GemmAccumulator.Of(dtype).Size() / (4 * registerLanes);
                foreach (var tile in GemmTiles.Candidates(spec, profile).Append(GemmTiles.Default(spec, profile)))
                {
                    Assert.InRange(tile.Rows, 1, m);
                    Assert.InRange(tile.Rows * tile.Columns / 16 * eachVector, 1, registerLanes == 16 ? 28 : 12);
                }
            }
    }

    [Fact]
    public void Batches_of_rows_become_one_product()
    {
        const DType f = DType.Float32;
        var spec = new GemmSpec([3, 1, 4], 5, 7, 6, f, [new(f, false), new(f, false), new(f, true)], [],
            [new Load(0, f, new Access(0, [120, 9, 30, 6, 1]))], [new Load(1, f, new Access(0, [0, 0, 0, 7, 1]))],
            [new Product(f), new Store(2, f, new Access(0, [140, 9, 35, 7, 1]), 0)]);
        var folded = GemmFold.Fold(spec);
        Assert.Empty(folded.Batch);
        Assert.Equal(60, folded.M);
        Assert.Equal([6, 1], ((Load)folded.A[0]).At.Strides);
        Assert.Equal([7, 1], ((Store)folded.Epilogue[1]).At.Strides);
        // A B of its own for each batch stays a batch.
        var own = GemmFold.Fold(spec with { B = [new Load(1, f, new Access(0, [42, 0, 0, 7, 1]))] });
        Assert.Equal([3], own.Batch);
        Assert.Equal(20, own.M);
    }

    [Fact]
    public void Underflow_to_negative_zero_survives()
    {
        using var backend = OpenClTest.Open();
        var spec = new GemmSpec([], 1, 1, 3, DType.Float32,
            [new(DType.Float32, false), new(DType.Float32, false), new(DType.Float32, true)], [],
            [new Load(0, DType.Float32, new Access(0, [3, 1]))], [new Load(1, DType.Float32, new Access(0, [1, 1]))],
            [new Product(DType.Float32), new Store(2, DType.Float32, new Access(0, [1, 1]), 0)]);
        byte[] Floats(params float[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();
        var product = new GemmCase { Spec = spec, Data = [Floats(1e-30f, -1e-30f, -1e-30f), Floats(1e-30f, 1e-30f, 1e-30f), Floats(7)] };
        Assert.Equal(BitConverter.SingleToUInt32Bits(-0f), BitConverter.ToUInt32(product.Expected()));
        Check(backend, product, cpu: true);
        Check(backend, product, cpu: false);
    }

    [Fact]
    public void Indices_past_32_bits_are_planned_wide()
    {
        var random = new Random(8);
        var small = GemmCase.Random(random, DType.Float32, [2], 20, 30, 10).Spec;
        var profile = new DeviceProfile { IsCpu = true };
        Assert.All(GemmPlanner.Plan(small, profile, Dialect.OpenCl).Launches, l => Assert.False(l.Kernel.WideIndices));
        Assert.All(GemmPlanner.Plan(small with { M = 1L << 31 }, profile, Dialect.OpenCl).Launches, l => Assert.True(l.Kernel.WideIndices));
    }

    [Fact]
    public void Wide_indices_give_the_same_bits()
    {
        using var backend = OpenClTest.Open();
        var product = GemmCase.Random(new Random(9), DType.Float32, [2], 20, 30, 10);
        foreach (bool cpu in new[] { true, false })
        {
            var plan = GemmPlanner.Plan(product.Spec, backend.Profile with { IsCpu = cpu }, Dialect.OpenCl, forceWide: true);
            Assert.All(plan.Launches, l => Assert.True(l.Kernel.WideIndices));
            Assert.Equal(product.Expected(), product.Run(backend, plan));
        }
    }
}
