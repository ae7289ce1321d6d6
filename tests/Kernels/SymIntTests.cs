using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Sizes that write down what is computed of them and asked about them. No device is needed.</summary>
public sealed class SymIntTests
{
    [Fact]
    public void Without_a_trace_it_is_a_number()
    {
        SymInt a = 7, b = 3;
        Assert.Equal([10, 4, 21, 2, 1, 3, 7, 8],
            ((SymInt[])[a + b, a - b, a * b, a / b, a % b, SymInt.Min(a, b), SymInt.Max(a, b), SymInt.NextPowerOfTwo(a)])
                .Select(n => (long)n));
        Assert.True(a > b && a >= b && a != b && !(a < b) && !(a <= b) && a == 7);
        Assert.Equal("7", $"{a}");
        Assert.Equal(3, (long)SymInt.Ceil(a, b));
        Assert.Equal(5, (long)SymInt.Clamp(a, 1, 5));
        Assert.Equal(42, (long)SymInt.Product([a, b, 2]));
    }

    [Fact]
    public void Reaches_do_not_wrap()
    {
        Assert.Equal(long.MaxValue, (long)SymInt.Reach(1L << 40, -(1L << 40)));
        Assert.Equal(6, (long)SymInt.Reach(-2, 3));
        Assert.Equal(long.MaxValue, (long)SymInt.AddReach(long.MaxValue - 1, 2));
        Assert.Equal(long.MaxValue, (long)SymInt.Reach(long.MinValue, 1));
    }

    [Fact]
    public void Numbers_are_computed_again_for_other_sizes()
    {
        var trace = new SizeTrace([10, 4]);
        var (rows, columns) = (trace.Input(0), trace.Input(1));
        var formulas = trace.Finish([rows * columns + 1, SymInt.Ceil(rows, columns), 5, columns, SymInt.DivisionBy(columns).Multiplier]);
        Assert.Equal([41, 3, 5, 4, Division.By(4).Multiplier], formulas.Compute([10, 4])!);
        Assert.Equal([64, 1, 5, 9, Division.By(9).Multiplier], formulas.Compute([7, 9])!);
        Assert.Empty(formulas.Conditions);
    }

    [Fact]
    public void A_question_is_a_condition()
    {
        var trace = new SizeTrace([10, 4]);
        var (rows, columns) = (trace.Input(0), trace.Input(1));
        bool isWide = rows > columns * 2;
        var formulas = trace.Finish([isWide ? rows : columns]);
        Assert.Equal(["n1 * 2 < n0"], formulas.Conditions);
        Assert.Equal([11], formulas.Compute([11, 5])!);
        Assert.Null(formulas.Compute([10, 5]));
    }

    /// <summary>A number that goes into a text as it is: another one would need another text.</summary>
    [Fact]
    public void To_look_at_the_number_is_a_question()
    {
        var trace = new SizeTrace([10, 4]);
        string text = $"{trace.Input(0)} {(long)trace.Input(1) * 3}";
        Assert.Equal("10 12", text);
        var formulas = trace.Finish([]);
        Assert.Equal(["n0 == 10", "n1 == 4"], formulas.Conditions);
        Assert.NotNull(formulas.Compute([10, 4]));
        Assert.Null(formulas.Compute([10, 5]));
    }

    [Fact]
    public void Each_computation_and_question_is_written_down_once()
    {
        var trace = new SizeTrace([10, 4]);
        var (rows, columns) = (trace.Input(0), trace.Input(1));
        for (int i = 0; i < 3; i++) Assert.True(rows + columns != 0 && columns == trace.Input(1));
        Assert.Equal(["not (n0 + n1) == 0"], trace.Finish([]).Conditions);
    }

    /// <summary>Conditions come before what rests on them.</summary>
    [Fact]
    public void Nothing_is_divided_by_a_size_that_a_condition_excludes()
    {
        var trace = new SizeTrace([10, 4]);
        var (rows, columns) = (trace.Input(0), trace.Input(1));
        var formulas = trace.Finish([columns == 0 ? 0 : rows / columns]);
        Assert.Null(formulas.Compute([10, 0]));
        Assert.Equal([3], formulas.Compute([12, 4])!);
    }
}
