using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class RunArgumentsTests
{
    private readonly FakeBackend backend = new();

    private Block Place(long offset) => new() { Buffer = backend.Allocate(1024), Offset = offset, Bytes = 64 };

    [Fact]
    public void Each_kind_of_memory_is_found_where_this_run_has_it()
    {
        var (slot, output, home, region, arena) = (Place(0), Place(256), Place(512), Place(768), backend.Allocate(4096));
        var run = new RunArguments([home], [region]);
        run.Reserve(slots: 2, scalars: 1, outputs: 1);
        (run.Slots[1], run.Outputs[0]) = (slot, output);
        run.UseArena(arena, [0, 1280]);
        Assert.Equal(new MemoryPlace(slot.Buffer!, 0), run.Resolve(new(MemoryKind.Slot, 1)));
        Assert.Equal(new MemoryPlace(output.Buffer!, 256), run.Resolve(new(MemoryKind.Output, 0)));
        Assert.Equal(new MemoryPlace(home.Buffer!, 512), run.Resolve(new(MemoryKind.Home, 0)));
        Assert.Equal(new MemoryPlace(region.Buffer!, 768), run.Resolve(new(MemoryKind.Region, 0)));
        Assert.Equal(new MemoryPlace(arena, 1280), run.Resolve(new(MemoryKind.Arena, 1)));
    }

    [Fact]
    public void Arguments_that_were_cleared_hold_no_memory_and_are_filled_again_in_place()
    {
        var run = new RunArguments([], []);
        run.Reserve(slots: 3, scalars: 2, outputs: 1);
        var (slots, scalars, outputs) = (run.Slots, run.Scalars, run.Outputs);
        slots[2] = outputs[0] = Place(0);
        run.UseArena(backend.Allocate(64), [0]);
        run.HasLaunched = true;
        run.Clear();
        Assert.All(slots, Assert.Null);
        Assert.All(outputs, Assert.Null);
        Assert.Null(run.Arena);
        Assert.False(run.HasLaunched);
        run.Reserve(slots: 3, scalars: 1, outputs: 0);
        Assert.Same(slots, run.Slots);
        Assert.Same(scalars, run.Scalars);
        Assert.Same(outputs, run.Outputs);
    }

    [Fact]
    public void A_capture_takes_over_all_but_inputs_and_results()
    {
        var (arena, block, home) = (backend.Allocate(4096), backend.Allocate(64), Place(0));
        var run = new RunArguments([home], []) { ScalarBlock = block };
        run.Reserve(1, 1, 1);
        run.UseArena(arena, [256]);
        var (inside, result) = (Place(256), Place(512));
        var captured = run.With([inside], [result]);
        Assert.Same(inside, captured.Slots[0]);
        Assert.Same(result, captured.Outputs[0]);
        Assert.Same(run.Scalars, captured.Scalars);
        Assert.Same(block, captured.ScalarBlock);
        Assert.Equal(new MemoryPlace(arena, 256), captured.Resolve(new(MemoryKind.Arena, 0)));
        Assert.Equal(run.Resolve(new(MemoryKind.Home, 0)), captured.Resolve(new(MemoryKind.Home, 0)));
    }
}
