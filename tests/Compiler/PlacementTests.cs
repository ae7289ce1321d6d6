using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Operators;
using Xunit;

namespace GpuTensor.Tests.Compiler;

public class PlacementTests
{
    [Fact]
    public void A_variable_is_changed_in_place_after_all_others_have_read_it()
    {
        var given = new Values();
        var old = given.Put(new(0, Basic.Leaf, DType.Float32, Shape.Create([8])) { Role = Role.Leaf, Slot = 0,
            Home = new(0, -1, 0, 32, [0]) });
        var other = given.Apply([4], Values.Through(old, [4], [2]));
        given.Apply([8], Values.Whole(old));
        given.Put(given.All[^1] with { IsKept = true, Home = old.Home });
        var fusion = given.Fuse();
        var buffers = Placement.Run(fusion);
        Assert.Equal(new Place(new(MemoryKind.Home, 0), 0), buffers.Of(given.All[^1]));
        Assert.Empty(buffers.Copies);
        Assert.Contains(fusion.GroupOf(other)!.Ordinal, buffers.Before[fusion.GroupOf(given.All[^1])!.Ordinal]);
    }

    [Fact]
    public void A_copy_that_would_be_written_over_is_left_out_where_its_memory_can_be_taken_over()
    {
        var given = new Values();
        var old = given.Put(new(0, Basic.Leaf, DType.Float32, Shape.Create([8])) { Role = Role.Leaf, Slot = 0,
            Home = new(0, -1, 0, 32, [0]) });
        given.Put(new(0, Basic.ViewAssign, DType.Float32, Shape.Create([8]))
        {
            Operands = [Values.Whole(old), Values.Whole(given.Leaf(2))],
                Attributes = new ViewAttributes(new View(Shape.Create([2]), [1], 3)), IsKept = true, Home = old.Home,
        });
        var graph = new ValueGraph(Containers.Run(given.All));
        var fusion = Fuser.Run(graph, Values.Cpu.Profile, fuse: true);
        var buffers = Placement.Run(fusion);
        var assigned = graph.Values[^1];
        Assert.Equal(fusion.GroupOf(assigned.BaseCopy!)!.Ordinal, Assert.Single(buffers.Elided));
        Assert.Equal(buffers.Of(assigned), buffers.Of(assigned.Fillers[0].Value));
        // The groups themselves are as they were.
        Assert.All(fusion.Groups, g => Assert.NotEmpty(g.Members));
    }

    [Fact]
    public void Parts_of_a_flat_storage_that_cannot_all_be_computed_at_home_are_copied_together_for_their_reader()
    {
        var given = new Values();
        Home First(params int[] occupants) => new(0, 0, 0, 16, occupants);
        var old = given.Put(new(0, Basic.Leaf, DType.Float32, Shape.Create([4])) { Role = Role.Leaf, Slot = 0, Home = First(0) });
        var beside = given.Put(new(0, Basic.Leaf, DType.Float32, Shape.Create([4])) { Role = Role.Leaf, Slot = 1,
            Home = new(-1, 0, 16, 16, [1]) });
        // Reads its old value backwards: that cannot be written over meanwhile.
        var part = given.Put(new(0, Values.Add, DType.Float32, Shape.Create([4])) { Operands = [Values.Through(old, [4], [-1], 3)],
            Index = 0, IsKept = true, Home = First(0) });
        var flat = given.Concat([8], Values.Whole(part), Values.Whole(beside));
        given.Apply([8], Values.Whole(flat));
        var graph = new ValueGraph(Containers.Run(given.All));
        var fusion = Fuser.Run(graph, Values.Cpu.Profile, fuse: true);
        var buffers = Placement.Run(fusion);
        Value now = graph.Values.Single(v => v.Index == 0), region = Assert.Single(graph.Values, v => v.IsRegion);
        Assert.Equal(MemoryKind.Arena, buffers.Of(now).Memory.Kind);
        Assert.Same(now, Assert.Single(buffers.Copies).Value);
        int reader = fusion.GroupOf(graph.Values[^1])!.Ordinal;
        Assert.Equal([region], buffers.Gathered[reader]);

        var launches = Launches.Run(fusion, buffers, Implementation.Choose(fusion, buffers, Values.Cpu), Values.Cpu.Profile, fuse: true);
        Assert.Equal(2, launches.Count);
        var lowered = GatherSteps.Run([.. launches.Select(l => new LoweredLaunch(l, [], []))], Identification.Run(launches, fusion),
            buffers);
        var copies = lowered[1].Steps;
        Assert.Equal([(0L, 0L, 16L), (16L, 16L, 16L)], copies.Select(c => c.Copy!.Value));
        Assert.Equal([buffers.Of(now).Memory, new MemoryId(MemoryKind.Region, 0)], copies.Select(c => c.Memories[0]));
        Assert.Empty(lowered[0].Steps);
        // The part lives until it is copied home; what is copied together, while it is read.
        var lives = Lifetimes.Run(buffers, lowered).Lives;
        Assert.Equal([(16L, 0, 2), (32L, 1, 1)], lives);
    }

    [Fact]
    public void A_flat_result_that_cannot_be_computed_at_home_is_copied_there_part_by_part()
    {
        var given = new Values();
        var old = given.Put(new(0, Basic.Leaf, DType.Float32, Shape.Create([4])) { Role = Role.Leaf, Slot = 0,
            Home = new(0, 0, 0, 16, [0]) });
        var whole = given.Apply([8], Values.Through(old, [8], [0], 2));
        for (int i = 0; i < 2; i++)
            given.Put(new(0, Basic.Copy, DType.Float32, Shape.Create([4]))
            {
                Operands = [Values.Through(whole, [4], [1], i * 4)], Index = i, IsKept = true,
                    Home = new(i, 0, i * 16, 16, i == 0 ? [0] : []),
            });
        var fusion = Fuser.Run(new(FlatResults.Run(given.All)), Values.Cpu.Profile, fuse: true);
        var buffers = Placement.Run(fusion);
        Assert.Equal([Role.Alias, Role.Alias], buffers.Copies.Select(c => c.Value.Role));
        Assert.Equal([0, 1], buffers.Copies.Select(c => c.Home.Index));
        Assert.Equal([0L, 4], buffers.Copies.Select(c => buffers.Of(c.Value).Offset));
        Assert.Equal(32, Assert.Single(buffers.Arena).Bytes);
    }
}
