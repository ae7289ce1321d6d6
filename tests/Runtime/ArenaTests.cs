using GpuTensor.Backends;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class ArenaTests
{
    private const long Megabyte = 1 << 20;

    private readonly FakeBackend backend = new();
    private readonly Pool pool;
    private readonly Arena arena;
    private int moved;

    public ArenaTests()
    {
        pool = new(backend);
        arena = new(backend, pool, () => moved++);
    }

    private DeviceBuffer? Run(long bytes)
    {
        arena.Begin(bytes);
        var buffer = arena.Take("working memory");
        arena.End();
        return buffer;
    }

    [Fact]
    public void Plans_share_what_the_largest_of_them_needs()
    {
        Assert.Null(Run(0));
        var large = Run(8 * Megabyte);
        Assert.Same(large, Run(2 * Megabyte));
        Assert.Same(large, Run(8 * Megabyte));
        Assert.Null(Run(0));
        Assert.Equal(["allocate 8388608"], backend.Calls);
    }

    [Fact]
    public void It_grows_into_another_buffer_once_the_old_one_was_let_go()
    {
        Run(2 * Megabyte);
        moved = 0;
        int before = backend.Calls.Count;
        Run(4 * Megabyte);
        Assert.Equal(1, moved);
        Assert.Equal(["free 2097152", "allocate 4194304"], backend.Calls[before..]);
    }

    [Fact]
    public void Out_of_memory_before_a_run_has_it_so_much_is_left_as_the_run_needs()
    {
        Run(8 * Megabyte);
        arena.Begin(8 * Megabyte);
        arena.Spare();
        Assert.NotNull(arena.Buffer);
        arena.Begin(Megabyte);
        arena.Spare();
        Assert.Null(arena.Buffer);
        Assert.Equal("free 8388608", backend.Calls[^1]);
    }

    [Fact]
    public void Out_of_memory_while_a_run_has_it_all_of_it_is_left()
    {
        var large = Run(8 * Megabyte);
        arena.Begin(Megabyte);
        Assert.Same(large, arena.Take("working memory"));
        arena.Spare();
        Assert.Same(large, arena.Buffer);
        arena.End();
        arena.Spare();
        Assert.Null(arena.Buffer);
    }
}
