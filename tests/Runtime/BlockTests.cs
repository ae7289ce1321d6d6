using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class BlockTests
{
    [Fact]
    public void A_value_is_told_when_another_one_takes_its_place()
    {
        var place = new Block();
        var (first, second) = (new Value(), new Value());
        place.Occupy(first);
        place.Occupy(first);
        Assert.Empty(first.Heard);
        place.Occupy(second);
        Assert.Equal(["overwritten"], first.Heard);
        Assert.Empty(second.Heard);
        Assert.Same(second, place.Occupant);
    }

    [Fact]
    public void A_value_is_told_when_a_run_that_wrote_to_its_place_broke_off()
    {
        var place = new Block();
        var value = new Value();
        place.Fail(new InvalidOperationException("nobody is there"));
        place.Occupy(value);
        place.Fail(new InvalidOperationException("the device is gone"));
        Assert.Equal(["the device is gone"], value.Heard);
        Assert.Null(place.Occupant);
        place.Occupy(new Value());
        Assert.Single(value.Heard);
    }

    [Fact]
    public void A_new_value_is_not_blamed_for_what_was_found_about_the_one_before()
    {
        var place = new Block { Verdict = new() { Error = new TensorIndexException("index 7 is out of range") } };
        place.Occupy(new Value());
        Assert.Null(place.Verdict);
    }

    private sealed class Value : IOccupant
    {
        public List<string> Heard { get; } = [];

        public void OnOverwritten(Block place) => Heard.Add("overwritten");

        public void OnFailed(Block place, Exception cause) => Heard.Add(cause.Message);
    }
}
