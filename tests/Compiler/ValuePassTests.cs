using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Operators;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>The passes from a snapshot to the values that are grouped. Each leaves its input as it is.</summary>
public class ValuePassTests
{
    [Fact]
    public void What_no_kept_value_depends_on_is_left_out_and_a_leaf_stands_before_its_first_user()
    {
        var shape = Shape.Create([4]);
        RecordedNode Node(params int[] sources) =>
            new(Values.Add, DType.Float32, shape, [.. sources.Select(s => new RecordedOperand(s, null))], null);
        var values = LiveValues.Run(new()
        {
            Nodes = [Node(-1, -1), Node(0, -2), Node(0, 0)],
            Leaves = [new(DType.Float32, shape, null), new(DType.Float32, shape, null)],
        }, isKept: [false, false, true]);
        Assert.Equal([Role.Leaf, Role.Computed, Role.Computed], values.Select(v => v.Role));
        Assert.Equal([-1, 0, 2], values.Select(v => v.Index));
        Assert.Equal([0, 1, 2], values.Select(v => v.Id));
        Assert.Same(values[1], values[2].Operands[0].Value);
    }

    [Fact]
    public void Work_on_numbers_alone_is_inlined_and_what_an_operator_gathers_from_is_copied_to_memory()
    {
        var given = new Values();
        var two = given.Number();
        var four = given.Apply([], Values.Whole(two), Values.Whole(two));
        var row = Values.Through(four, [8], [0]);
        given.Put(new(0, new("gather", Iteration.Pointwise) { Tables = 1 }, DType.Float32,
            Shape.Create([8])) { Operands = [row, Values.Whole(given.Leaf(8))] });
        var values = Inlining.Run(given.All, inline: true);
        Assert.Equal(Role.Inline, Assert.Single(values, v => v.Op == Values.Add).Role);
        var table = values[^1].Operands[0].Value;
        Assert.Equal((Basic.Copy, Role.Computed), (table.Op, table.Role));
        Assert.Equal(Role.Computed, given.All[1].Role);
        Assert.All(Inlining.Run(given.All, inline: false), v => Assert.NotEqual(Role.Inline, v.Role));
    }

    [Fact]
    public void A_long_sum_becomes_two_stages_and_a_short_one_stays_as_it_is()
    {
        var given = new Values();
        given.Reduce(Values.Whole(given.Leaf(1 << 20)), 1);
        var values = LongReductions.Run(given.All);
        Assert.Equal([0, 4096, 0], values.Select(v => v.ChunkLength));
        Assert.Equal(256, values[1].Shape.ElementCount);
        Assert.Same(values[1], values[2].Operands[0].Value);
        Assert.Same(given.All[0], given.All[1].Operands[0].Value);

        var small = new Values();
        small.Reduce(Values.Whole(small.Leaf(100)), 1);
        Assert.Equal(small.All, LongReductions.Run(small.All));
    }

    [Fact]
    public void A_column_sum_of_a_products_operand_is_left_to_the_library_whole_and_stands_after_its_product()
    {
        var given = new Values();
        var upstream = given.Leaf(4096, 32);
        var columns = Values.Through(upstream, [32, 4096], [1, 32]);
        var sum = given.Reduce(columns, 1);
        var weight = given.Product(Values.Through(given.Leaf(4096, 64), [64, 4096], [1, 64]), Values.Whole(upstream));
        var values = BiasGradients.Run(given.All, Values.WithLibrary);
        var moved = Assert.Single(values, v => v.BiasGradientOf is not null);
        Assert.Equal(sum.Index, moved.Index);
        Assert.Equal((weight.Index, false), (moved.BiasGradientOf!.Value.Product.Index, moved.BiasGradientOf.Value.Left));
        Assert.True(moved.BiasGradientOf.Value.Product.Id < moved.Id);
        Assert.All(values, v => Assert.All(v.Operands, o => Assert.True(o.Value.Id < v.Id)));
        // It stays one sum, however long it is.
        Assert.Equal(values, LongReductions.Run(values));
        Assert.Null(given.All[sum.Id].BiasGradientOf);
        Assert.Same(given.All[0], BiasGradients.Run(given.All, Values.Cpu)[0]);
    }

    [Fact]
    public void Concatenation_is_memory_that_copies_fill_and_the_base_of_an_assignment_is_copied_right_after_it_is_known()
    {
        var given = new Values();
        Value a = given.Leaf(2), b = given.Leaf(3);
        var both = given.Concat([5], Values.Whole(a), Values.Whole(b));
        var sum = given.Apply([5], Values.Whole(both), Values.Whole(both));
        var place = new View(Shape.Create([2]), [1], 3);
        given.Apply([2], Values.Whole(a), Values.Whole(a));
        given.Put(new(0, Basic.ViewAssign, DType.Float32,
            Shape.Create([5])) { Operands = [Values.Whole(sum), Values.Whole(a)], Attributes = new ViewAttributes(place) });
        var values = Containers.Run(given.All);
        var graph = new ValueGraph(values);
        var container = Assert.Single(values, v => v.Op == Basic.Concat);
        Assert.Equal([0L, 2], container.Fillers.Select(f => f.View.Offset));
        Assert.All(container.Fillers, f => Assert.Same(container, graph.Into(f.Value)!.Value.Container));
        var assigned = values[^1];
        Assert.Equal(place, Assert.Single(assigned.Fillers).View);
        var copy = assigned.BaseCopy!;
        Assert.Equal(values.Single(v => v.Index == sum.Index).Id + 1, copy.Id);
        Assert.True(graph.IsBaseCopy(copy) && graph.IsWanted(copy) && graph.Into(copy)!.Value.View is null);
        Assert.All(values, v => Assert.All(v.Operands, o => Assert.True(o.Value.Id < v.Id)));
    }

    [Fact]
    public void A_flat_result_whose_parts_all_go_to_one_flat_storage_is_computed_there()
    {
        var given = new Values();
        var whole = given.Apply([6], Values.Whole(given.Leaf(6)));
        Value Part(int at, int size, int home) => given.Put(new(0, Basic.Copy, DType.Float32, Shape.Create([size]))
        {
            Operands = [Values.Through(whole, [size], [1], at)], Index = at, IsKept = true,
                Home = new(home, 0, 256 + at * 4, size * 4, [home + 1]),
        });
        Part(0, 2, 0);
        Part(2, 4, 1);
        var values = FlatResults.Run(given.All);
        Assert.Equal([Role.Leaf, Role.Computed, Role.Alias, Role.Alias], values.Select(v => v.Role));
        Assert.Equal((0, 256L), (values[1].Home!.Region, values[1].Home!.Offset));
        Assert.Equal([1, 2], values[1].Home!.Occupants);
        Assert.Null(whole.Home);

        // A part that lies elsewhere in the storage.
        given.Put(given.All[^1] with { Home = new(2, 0, 1024, 16, []) });
        Assert.Equal(given.All, FlatResults.Run(given.All));
    }
}
