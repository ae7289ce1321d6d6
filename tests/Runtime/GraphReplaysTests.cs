using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class GraphReplaysTests
{
    private static readonly MemoryId Slot = new(MemoryKind.Slot, 0), Result = new(MemoryKind.Output, 0), Home = new(MemoryKind.Home, 0);

    private readonly FakeBackend backend = new() { Captures = true };
    private readonly Pool pool;
    private readonly GraphReplays replays;
    private readonly Executable executable;
    private readonly List<Block> homes;
    private readonly Block input, result;

    public GraphReplaysTests()
    {
        pool = new(backend);
        replays = new(backend, pool);
        executable = TestPlan.Load(backend, TestPlan.Make([[Slot, Home], [Home, Result]], outputs: [64]));
        homes = [pool.Allocate(64, "a variable")];
        (input, result) = (pool.Allocate(64, "an input"), pool.Allocate(64, "a result"));
    }

    private RunKind Run(Block? from = null)
    {
        var arguments = new RunArguments(homes, []);
        arguments.Reserve(1, 0, 1);
        (arguments.Slots[0], arguments.Outputs[0]) = (from ?? input, result);
        backend.Calls.Clear();
        var kind = replays.TryRun(executable, arguments);
        // Who runs the steps says so by himself.
        Assert.Equal(kind != RunKind.Steps, arguments.HasLaunched);
        return kind;
    }

    [Fact]
    public void The_third_run_is_captured_and_later_ones_are_one_launch()
    {
        Assert.Null(replays.Describe(executable));
        Assert.Equal([RunKind.Steps, RunKind.Steps, RunKind.Captured], [Run(), Run(), Run()]);
        Assert.Equal(["begin", "launch", "launch", "end", "graph", "copy"],
            backend.Calls.Where(c => !c.StartsWith("allocate", StringComparison.Ordinal)));
        Assert.Equal(RunKind.Replayed, Run());
        Assert.Equal(["graph", "copy"], backend.Calls);
        Assert.Equal(2, replays.Launches);
        Assert.Contains("2 runs were one launch of a graph", replays.Describe(executable));
    }

    [Fact]
    public void An_input_that_moves_is_copied_in()
    {
        for (int i = 0; i < 3; i++) Run();
        var other = pool.Allocate(64, "another input");
        Assert.Equal(RunKind.Captured, Run(other));
        Assert.Equal(RunKind.Replayed, Run(input));
        Assert.Equal(["copy", "graph", "copy"], backend.Calls);
    }

    [Fact]
    public void Where_a_variable_moved_the_run_is_captured_again_and_the_old_graph_waits()
    {
        for (int i = 0; i < 3; i++) Run();
        var old = homes[0];
        homes[0] = pool.Allocate(64, "another variable");
        Assert.Equal(RunKind.Captured, Run());
        Assert.Equal(2, replays.Count);
        homes[0] = old;
        Assert.Equal(RunKind.Replayed, Run());
    }

    [Fact]
    public void A_plan_that_goes_takes_its_graphs_with_it_and_is_forgotten()
    {
        for (int i = 0; i < 3; i++) Run();
        backend.Calls.Clear();
        replays.Forget(executable);
        Assert.Equal(0, replays.Count);
        Assert.Contains("drop graph", backend.Calls);
        Assert.Null(replays.Describe(executable));
        Assert.Equal(RunKind.Steps, Run());
    }

    [Fact]
    public void A_capture_that_fails_fails_the_step_and_after_the_second_time_there_is_none()
    {
        Run();
        Run();
        backend.Fault = call =>
        {
            if (call == "end") throw new DeviceException("this driver captures nothing");
        };
        Assert.Throws<DeviceException>(() => Run());
        Assert.Contains("abort", backend.Calls);
        Assert.Throws<DeviceException>(() => Run());
        Assert.Equal(RunKind.Steps, Run());
        Assert.Contains("capturing failed twice, the last time so: this driver captures nothing", replays.Describe(executable));
    }
}
