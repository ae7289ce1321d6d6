using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>Pointwise sections of a GPU that read along another dimension than they write: through squares in local memory, full ones and
/// parts of them. A kernel each, since PoCL's compiler takes minutes over the barriers of many in one.</summary>
public sealed class TransposeKernelTests : IDisposable
{
    private readonly KernelRunner runner = new();

    /// <summary>out = a + b over a shape; what the kernels are made of must be squares, and their results those of plain loops.</summary>
    private void Check(DType type, long[] shape, long[] a, long[] b, long[] result, bool wide = false, Section? beside = null,
        bool first = false)
    {
        var builder = new SpecBuilder(SectionKind.Pointwise, shape, []);
        int x = builder.Load(0, type, 3, a), y = builder.Load(1, type, b);
        builder.Store(2, builder.Apply("add", x, y), result);
        var spec = builder.Spec("transposed", (type, false), (type, false), (type, true));
        if (beside is not null) spec = spec with { Sections = first ? [builder.Section, beside] : [beside, builder.Section] };
        Assert.NotNull(TransposeWriter.Find(builder.Section, new Nest(builder.Section), runner.Profile(cpu: false)));
        var cuda = runner.Profile(cpu: false) with { BranchesHaveBarriers = true };
        Assert.Contains("* 33 + ", Generator.Generate(spec, cuda, Dialect.Cuda, wide).Source);
        int n = (int)shape.Aggregate(1L, (p, q) => p * q);
        byte[][] buffers = [Elements.Random(type, n + 3, 1), Elements.Random(type, n, 2), new byte[(n + 100) * type.Size()]];
        byte[][] expected = new SpecInterpreter(spec, [.. buffers.Select(m => (byte[])m.Clone())], []).Run(),
            actual = runner.Run(spec, buffers, cpu: false, wide);
        if (Elements.Difference(type, expected[2], actual[2], 0) is { } difference)
            Assert.Fail($"{type}, [{string.Join(", ", shape)}]: {difference}");
    }

    [Theory, InlineData(DType.UInt8), InlineData(DType.Float16), InlineData(DType.Float32), InlineData(DType.Int64)]
    public void One_operand_lies_across(DType type) => Check(type, [70, 64], [1, 70], [64, 1], [64, 1]);

    [Fact]
    public void Both_operands_lie_across_and_the_result_along_the_first_dimension() =>
        Check(DType.Float32, [33, 47], [47, 1], [47, 1], [1, 33]);

    [Fact]
    public void The_middle_dimension_of_several() =>
        Check(DType.Float32, [2, 17, 3, 40], [17 * 3 * 40, 1, 40 * 17, 17], [0, 0, 0, 1], [17 * 3 * 40, 3 * 40, 40, 1]);

    [Fact]
    public void Wide_indices_give_the_same() => Check(DType.Float32, [20, 65], [1, 20], [65, 1], [65, 1], wide: true);

    /// <summary>On a GPU of CUDA's; OpenCL takes the plain way then, and has the same bits.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Beside_another_section(bool first)
    {
        var other = new SpecBuilder(SectionKind.Pointwise, [100], []);
        other.Add(new Store(2, DType.Float32, new(20 * 65, [1]), other.Load(1, DType.Float32, 1)));
        Check(DType.Float32, [20, 65], [1, 20], [65, 1], [65, 1], beside: other.Section, first: first);
    }

    /// <summary>A square of float32 takes 4,224 bytes.</summary>
    [Theory, InlineData(32 * 1024, 3), InlineData(9000, 2), InlineData(4224, 1), InlineData(4000, 0)]
    public void Operands_take_squares_while_local_memory_has_room(int bytes, int squares)
    {
        var b = new SpecBuilder(SectionKind.Pointwise, [40, 50], []);
        int sum = b.Load(0, DType.Float32, 1, 40);
        for (int i = 1; i < 4; i++) sum = b.Apply("add", sum, b.Load(i, DType.Float32, 1, 40));
        b.Store(4, sum, 50, 1);
        var profile = runner.Profile(cpu: false) with { LocalMemoryBytes = bytes };
        Assert.Equal(squares, TransposeWriter.Find(b.Section, new Nest(b.Section), profile)?.Loads.Length ?? 0);
    }

    /// <summary>Short dimensions leave most of a square empty, and what is only broadcast or reversed lies along.</summary>
    [Fact]
    public void Others_take_no_squares()
    {
        foreach (var (shape, strides) in ((long[], long[])[])[([100, 3], [1, 100]), ([8, 50], [1, 8]), ([40, 50], [1, 0]),
            ([40, 50], [50, -1]), ([40, 50], [100, 2])])
        {
            var b = new SpecBuilder(SectionKind.Pointwise, shape, []);
            b.Store(1, b.Load(0, DType.Float32, strides), SpecBuilder.Contiguous(shape));
            Assert.Null(TransposeWriter.Find(b.Section, new Nest(b.Section), runner.Profile(cpu: false)));
        }
    }

    public void Dispose() => runner.Dispose();
}
