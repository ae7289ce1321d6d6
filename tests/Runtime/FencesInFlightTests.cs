using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class FencesInFlightTests
{
    [Fact]
    public void The_third_run_waits_for_the_fence_of_the_first()
    {
        var backend = new FakeBackend();
        var fences = new FencesInFlight(backend);
        for (int run = 0; run < 3; run++)
        {
            fences.MakeRoom();
            fences.Mark(isTiny: false);
        }
        Assert.Equal(["mark", "mark", "wait", "give up", "mark"], backend.Calls);
    }

    [Fact]
    public void Of_tiny_runs_each_sixteenth_has_a_fence()
    {
        var backend = new FakeBackend();
        var fences = new FencesInFlight(backend);
        for (int run = 0; run < 48; run++) fences.Mark(isTiny: true);
        Assert.Equal(3, backend.Calls.Count(c => c == "mark"));
        Assert.Equal(45, backend.Calls.Count(c => c == "flush"));
        Assert.Equal("mark", backend.Calls[15]);
    }

    [Fact]
    public void A_run_that_is_not_tiny_begins_the_count_anew()
    {
        var backend = new FakeBackend();
        var fences = new FencesInFlight(backend);
        for (int run = 0; run < 15; run++) fences.Mark(isTiny: true);
        fences.Mark(isTiny: false);
        for (int run = 0; run < 15; run++) fences.Mark(isTiny: true);
        Assert.Equal(1, backend.Calls.Count(c => c == "mark"));
    }

    [Fact]
    public void Fences_are_given_up_without_a_wait_once_everything_was_waited_for()
    {
        var backend = new FakeBackend();
        var fences = new FencesInFlight(backend);
        fences.Mark(isTiny: false);
        fences.Mark(isTiny: false);
        fences.Clear();
        fences.MakeRoom();
        Assert.Equal(["mark", "mark", "give up", "give up"], backend.Calls);
    }
}
