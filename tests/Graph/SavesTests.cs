using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>What a gradient saves, as a set of operands and results of any number.</summary>
public class SavesTests
{
    [Fact]
    public void An_operand_and_a_result_of_one_number_are_different()
    {
        for (int i = 0; i < 31; i++)
            for (int k = 0; k < 31; k++)
            {
                Assert.Equal(i == k, Saves.Operand(i).HasOperand(k));
                Assert.Equal(i == k, Saves.Result(i).HasResult(k));
                Assert.False(Saves.Operand(i).HasResult(k));
                Assert.False(Saves.Result(i).HasOperand(k));
            }
    }

    [Fact]
    public void A_union_holds_what_either_holds()
    {
        var saves = Saves.AB | Saves.Operand(7) | Saves.Output | Saves.Result(2);
        Assert.Equal([0, 1, 7], Enumerable.Range(0, 20).Where(saves.HasOperand));
        Assert.Equal([0, 2], Enumerable.Range(0, 20).Where(saves.HasResult));
        Assert.Equal(saves, saves | Saves.None);
    }

    [Fact]
    public void Operands_beyond_the_last_bit_are_saved_with_each_other()
    {
        Assert.True(Saves.Operand(1000).HasOperand(1000));
        Assert.True(Saves.Operand(1000).HasOperand(40));
        Assert.False(Saves.Operand(1000).HasOperand(30));
        Assert.False(Saves.Operand(30).HasOperand(1000));
    }

    [Fact]
    public void A_rule_that_reads_less_for_some_operands_saves_less()
    {
        Tensor constant = Tensor.From([1f, 2], device: Device.Cpu), x = Tensor.From([3f, 4], device: Device.Cpu, requiresGrad: true);
        var product = (constant * x).Node;
        Assert.Equal(Saves.A, product.Op.SavedBy(product));
        Assert.Equal(Saves.None, product.Op.SavedBy((constant * constant).Node));
    }
}
