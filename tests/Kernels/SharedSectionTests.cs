using System.Text.RegularExpressions;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

using Generator = GpuTensor.Kernels.Generator;

/// <summary>Sections that do the same to other operands are one text in the kernel; each must find its own buffers, scalars, sizes and
/// groups.</summary>
public sealed partial class SharedSectionTests : IDisposable
{
    private const DType F = DType.Float32;

    private readonly KernelRunner runner = new();

    // Names that are declared, to be chosen later.
    [GeneratedRegex(@"^ *(?:const )?(?:__global )?\w+\* b0;$", RegexOptions.Multiline)]
    private static partial Regex Shared();

    private readonly List<BufferParameter> buffers = [];
    private readonly List<byte[]> contents = [];

    private int Buffer(DType type, int elements, bool written)
    {
        buffers.Add(new(type, written));
        contents.Add(written ? new byte[elements * type.Size()] : Elements.Random(type, elements, buffers.Count));
        return buffers.Count - 1;
    }

    private Section Scaled(int n, DType type, int scalar)
    {
        var b = new SpecBuilder(SectionKind.Pointwise, [n], []);
        int x = b.Load(Buffer(type, n, false), type, 1);
        b.Store(Buffer(type, n, true), b.Apply("add", b.Apply("mul", x, b.Add(new ScalarArgument(scalar, type))), x), 1);
        return b.Section;
    }

    private Section RowSums(int rows, int length)
    {
        var b = new SpecBuilder(SectionKind.Row, [rows], [length]);
        b.Store(Buffer(F, rows, true), b.Reduce(ReduceOp.Max, b.Load(Buffer(F, rows * length, false), F, length, 1), F), 1, 0);
        return b.Section;
    }

    private Section ColumnSums(int rows, int columns)
    {
        var b = new SpecBuilder(SectionKind.Column, [columns], [rows]);
        b.Store(Buffer(F, columns, true), b.Reduce(ReduceOp.Min, b.Load(Buffer(F, rows * columns, false), F, 1, columns), F), 1, 0);
        return b.Section;
    }

    private Section Across(int rows, int columns)
    {
        var b = new SpecBuilder(SectionKind.Pointwise, [rows, columns], []);
        b.Store(Buffer(F, rows * columns, true), b.Apply("neg", b.Load(Buffer(F, rows * columns, false), F, 1, rows)), columns, 1);
        return b.Section;
    }

    private void Check(Section[] sections, object[] scalars, bool cpu, int shared, bool wide = false, bool serial = false)
    {
        var spec = new KernelSpec("shared", [.. buffers], [.. scalars.Select(s => s is double ? DType.Float64 : DType.Int64)], sections,
            serial);
        Assert.Equal(shared, Shared().Count(Generator.Generate(spec, runner.Profile(cpu), Dialect.OpenCl, wide).Source));
        byte[][] before = [.. contents.Select(b => (byte[])b.Clone())];
        byte[][] expected = new SpecInterpreter(spec, [.. before.Select(b => (byte[])b.Clone())], scalars).Run(),
            actual = runner.Run(spec, before, cpu, wide, scalars);
        for (int b = 0; b < buffers.Count; b++)
            if (Elements.Difference(buffers[b].DType, expected[b], actual[b], 0) is { } difference)
                Assert.Fail($"buffer {b}: {difference}");
    }

    /// <summary>Five of one text, of which two differ in their scalar and one has no element, between others; one like them of another
    /// dtype is none of them.</summary>
    [Theory, InlineData(true, false), InlineData(false, false), InlineData(true, true), InlineData(false, true)]
    public void Pointwise_sections(bool cpu, bool wide) =>
        Check([Scaled(9001, F, 0), Scaled(0, F, 0), RowSums(3, 70), Scaled(5, F, 1), Scaled(2047, DType.Int32, 2), Scaled(33, F, 1),
            Scaled(4097, F, 0)], [0.5, -3.0, 7L], cpu, shared: 1, wide);

    [Theory, InlineData(true), InlineData(false)]
    public void Rows(bool cpu) => Check([RowSums(13, 70), RowSums(5, 90), Scaled(100, F, 0), RowSums(100, 66)], [2.0], cpu, shared: 1);

    [Theory, InlineData(true), InlineData(false)]
    public void Columns(bool cpu) =>
        Check([ColumnSums(40, 70), ColumnSums(100, 67), RowSums(4, 50), ColumnSums(33, 130), RowSums(9, 50)], [], cpu, shared: 2);

    /// <summary>Squares in local memory, where the dialect has them beside others.</summary>
    [Fact]
    public void Squares() => Check([Across(40, 65), Across(33, 67), Scaled(50, F, 0), Across(50, 35)], [2.0], cpu: false, shared: 1);

    /// <summary>In order: each reads what the one before it stored, and one of another text stands between.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void In_order(bool cpu)
    {
        const int N = 100;
        int[] chain = [Buffer(F, N, false), .. Enumerable.Range(0, 6).Select(_ => Buffer(F, N, true))];
        var sections = Enumerable.Range(0, 6).Select(k =>
        {
            var b = new SpecBuilder(SectionKind.Pointwise, [N], []);
            int x = b.Load(chain[k], F, 1);
            b.Store(chain[k + 1], k == 3 ? b.Apply("neg", x) : b.Apply("mul", x, b.Add(new ScalarArgument(k % 2, F))), 1);
            return b.Section;
        });
        // The first reads what nobody writes, and is another text for that.
        Check([.. sections], [1.5, -0.75], cpu, shared: cpu ? 2 : 0, serial: true);
    }

    public void Dispose() => runner.Dispose();
}
