using GpuTensor.Compiler;
using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>What planning asks about sizes is written down with the answer. No device is needed.</summary>
public sealed class SizeConditionsTests
{
    private static readonly Value Product = new(0, Basic.Copy, DType.Float32, Shape.Create([17, 10]));

    [Fact]
    public void A_question_and_its_answer_are_written_down()
    {
        var conditions = new SizeConditions();
        Assert.True(conditions.IsWithin(SizeLimit.SmallProduct, Product, 65_536));
        Assert.False(conditions.IsWithin(SizeLimit.SmallProduct, Product, 65_537));
        Assert.Equal([65_536, 65_537], conditions.Asked.Select(c => c.Size));
        Assert.Equal([true, false], conditions.Asked.Select(c => c.IsWithin));
    }

    [Fact]
    public void A_condition_reads_as_a_sentence()
    {
        var conditions = new SizeConditions();
        conditions.IsWithin(SizeLimit.SmallProduct, Product, 10_880);
        conditions.IsWithin(SizeLimit.Row, Product, 20_000);
        Assert.Equal(["clone [17, 10]: 10,880 multiplications, at most 65,536: a loop nest",
            "clone [17, 10]: 20,000 elements of a row, more than 16,383: two stages"], conditions.Asked.Select(c => c.ToString()));
    }

    [Theory]
    [InlineData(16_383, 256, 1)]
    [InlineData(16_384, 256, 2)]
    [InlineData(16_384, 257, 1)]
    public void A_long_reduction_rests_on_its_length_and_its_results(int length, int results, int stages)
    {
        var given = new Values();
        given.Reduce(Values.Whole(given.Leaf(results, length)), 1);
        var conditions = new SizeConditions();
        Assert.Equal(stages, LongReductions.Run(given.All, conditions).Count(v => v.Op.Iteration == Iteration.Reduction));
        Assert.Contains(conditions.Asked, c => c.Limit == SizeLimit.Row && c.Size == length);
        Assert.Equal(length > SizeLimit.Row.Most, conditions.Asked.Any(c => c.Limit == SizeLimit.FewResults && c.Size == results));
    }
}
