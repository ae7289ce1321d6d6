using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>A scalar function of five operands gives the bits of its composition, wherever the fifth operand alone decides: where the
/// result varies, what is needed, and which reductions come first.</summary>
public sealed class ManyOperandTests : IDisposable
{
    private const DType F = DType.Float32;

    private const long Rows = 37, Length = 70;

    private static readonly ScalarFunction Five = new("five", 5) { Float = "$0 + $1 * $2 - $3 * $4" };

    private readonly KernelRunner runner = new();

    /// <summary>The function of five registers, or the same as operators of two.</summary>
    private static int Apply(SpecBuilder b, bool composed, params int[] of) => composed
        ? b.Apply("sub", b.Apply("add", of[0], b.Apply("mul", of[1], of[2])), b.Apply("mul", of[3], of[4]))
        : b.Add(new Apply(Five, F, of));

    private void Check(SectionKind kind, long[] outer, long[] reduce, bool cpu, Action<SpecBuilder, bool> describe)
    {
        byte[][] expected = Run(composed: true), actual = Run(composed: false);
        for (int b = 0; b < expected.Length; b++) Assert.Equal(expected[b], actual[b]);

        byte[][] Run(bool composed)
        {
            var b = new SpecBuilder(kind, outer, reduce);
            describe(b, composed);
            return runner.Run(b.Spec("five", (F, false), (F, false), (F, true), (F, true)),
                [Elements.Random(F, Rows * Length, 1), Elements.Random(F, Rows, 2), new byte[4 * Rows * Length], new byte[4 * Rows]], cpu);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Pointwise(bool cpu) => Check(SectionKind.Pointwise, [Rows, Length], [], cpu, (b, composed) =>
    {
        int row = b.Load(1, F, 1, 0), x = b.Load(0, F, Length, 1);
        b.Store(2, Apply(b, composed, row, row, row, row, x), Length, 1);
    });

    [Theory, InlineData(true), InlineData(false)]
    public void Rows_of_reductions(bool cpu) => Check(SectionKind.Row, [Rows], [Length], cpu, (b, composed) =>
    {
        int row = b.Load(1, F, 1, 0), x = b.Load(0, F, Length, 1);
        int sum = b.Reduce(ReduceOp.Sum, Apply(b, composed, row, row, row, row, x), F);
        b.Store(2, Apply(b, composed, x, row, x, row, sum), Length, 1);
        b.Store(3, Apply(b, composed, row, row, row, row, sum), 1, 0);
    });

    [Theory, InlineData(true), InlineData(false)]
    public void Columns_of_reductions(bool cpu) => Check(SectionKind.Column, [Rows], [Length], cpu, (b, composed) =>
    {
        int column = b.Load(1, F, 1, 0), x = b.Load(0, F, 1, Rows);
        int sum = b.Reduce(ReduceOp.Sum, Apply(b, composed, column, column, column, column, x), F);
        b.Store(3, Apply(b, composed, column, column, column, column, sum), 1, 0);
    });

    public void Dispose() => runner.Dispose();
}
