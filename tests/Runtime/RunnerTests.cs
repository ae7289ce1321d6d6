using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

/// <summary>A run is a transaction: everything that can fail comes before the first launch, or is known to have come after it.</summary>
public class RunnerTests
{
    private static readonly MemoryId Slot = new(MemoryKind.Slot, 0), Result = new(MemoryKind.Output, 0), Working = new(MemoryKind.Arena, 0);

    private readonly FakeBackend backend = new();
    private readonly Pool pool;
    private readonly Runner runner;
    private readonly Executable executable;
    private readonly RunArguments arguments = new([], []);

    public RunnerTests()
    {
        pool = new(backend);
        var replays = new GraphReplays(backend, pool);
        var arena = new Arena(backend, pool, replays.Clear);
        runner = new(backend, pool, arena, new(backend), new(backend, pool, new()), replays);
        executable = TestPlan.Load(backend, TestPlan.Make([[Slot, Working], [Working, Result]], outputs: [64], arena: [2 << 20]));
        arguments.Reserve(1, 0, 1);
        arguments.Slots[0] = pool.Allocate(64, "an input");
        backend.Calls.Clear();
    }

    [Fact]
    public void Memory_comes_before_the_launches_and_the_fence_after_them()
    {
        Assert.Equal(RunKind.Steps, runner.Run(executable, arguments));
        Assert.Equal(["allocate 2097152", "launch", "launch", "mark"], backend.Calls);
        Assert.NotNull(arguments.Outputs[0]);
        Assert.True(arguments.HasLaunched);
    }

    [Theory, InlineData("allocate", false), InlineData("launch", true), InlineData("mark", true)]
    public void A_run_that_breaks_off_gives_its_results_back_and_says_whether_it_had_begun(string at, bool hasLaunched)
    {
        long live = pool.LiveBytes;
        backend.Fault = call =>
        {
            if (call.StartsWith(at, StringComparison.Ordinal)) throw new DeviceException(call);
        };
        Assert.ThrowsAny<DeviceException>(() => runner.Run(executable, arguments));
        backend.Fault = null;
        Assert.Equal(live, pool.LiveBytes);
        Assert.Equal(hasLaunched, arguments.HasLaunched);
        // The next run finds everything as it was.
        arguments.Clear();
        arguments.Slots[0] = pool.Allocate(64, "an input");
        runner.Run(executable, arguments);
        Assert.Equal("mark", backend.Calls[^1]);
    }

    [Fact]
    public void A_plan_whose_kernels_cannot_all_be_made_holds_none_of_them()
    {
        int made = 0;
        backend.Fault = call =>
        {
            if (call == "kernel" && made++ == 1) throw new DeviceException(call);
        };
        Assert.Throws<DeviceException>(() => TestPlan.Load(backend, executable.Plan));
        Assert.Equal(1, backend.Calls.Count(c => c == "drop kernel"));
    }
}
