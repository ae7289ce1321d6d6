using GpuTensor.Compiler;
using Xunit;

namespace GpuTensor.Tests.Compiler;

public class FuserTests
{
    [Fact]
    public void Pointwise_work_its_row_sum_and_what_is_spread_over_the_row_again_are_one_group()
    {
        var given = new Values();
        var x = given.Leaf(8, 16);
        var twice = given.Apply([8, 16], Values.Whole(x), Values.Whole(x));
        var sum = given.Reduce(Values.Whole(twice), 1);
        given.Apply([8, 16], Values.Whole(twice), Values.Through(sum, [8, 16], [1, 0]));
        var group = Assert.Single(given.Fuse().Groups);
        Assert.Equal((GroupKind.Row, 1), (group.Kind, group.Space.ReduceDims));
        Assert.Equal([8L, 16], group.Space.Sizes);
        Assert.All(group.Members, m => Assert.False(m.IsStored));
    }

    [Fact]
    public void A_value_read_by_another_group_is_stored_and_groups_name_each_other()
    {
        var given = new Values();
        var twice = given.Apply([8, 16], Values.Whole(given.Leaf(8, 16)));
        // Rows in the opposite order.
        var turned = given.Apply([8, 16], Values.Through(twice, [8, 16], [-16, 1], 112));
        given.Apply([8, 16], Values.Whole(turned), Values.Whole(twice));
        var fusion = given.Fuse();
        Assert.Equal(2, fusion.Groups.Length);
        Assert.All(fusion.Groups, g => Assert.All(g.Sources, s => Assert.True(s < g.Ordinal)));
        Assert.All(fusion.Groups, g => Assert.All(g.Readers, r => Assert.Contains(g.Ordinal, fusion.Groups[r].Sources)));
        Assert.True(fusion.Of(twice)!.IsStored);
        Assert.Null(fusion.Of(given.All[0]));
        Assert.Same(fusion.GroupOf(twice), fusion.Groups[0]);
    }

    [Fact]
    public void A_value_that_is_refused_leaves_the_group_as_it_was()
    {
        var given = new Values();
        var x = given.Apply([12], Values.Whole(given.Leaf(12)));
        // Splits the dimension to line up with the first operand, and reads the second in another order.
        given.Apply([3, 4], Values.Through(x, [3, 4], [4, 1]), Values.Through(x, [3, 4], [1, 3]));
        var groups = given.Fuse().Groups;
        Assert.Equal(2, groups.Length);
        Assert.Equal([12L], groups[0].Space.Sizes);
        Assert.Equal([1L], groups[0].Members[0].Position);
        Assert.Contains("reads other elements", groups[1].Cut);

        // A reduction that would reorder the dimensions, of which one value does not follow the row.
        var rows = new Values();
        var leaf = rows.Leaf(2, 3, 4);
        var first = rows.Apply([2, 3, 4], Values.Whole(leaf), Values.Through(rows.Leaf(2, 4, 3), [2, 3, 4], [12, 1, 3]));
        rows.Reduce(Values.Through(first, [2, 3, 4], [12, 4, 1]), 2);
        groups = rows.Fuse().Groups;
        Assert.Equal(2, groups.Length);
        Assert.Equal((GroupKind.Pointwise, 0), (groups[0].Kind, groups[0].Space.ReduceDims));
        Assert.Equal([2L, 3, 4], groups[0].Space.Sizes);
    }

    [Fact]
    public void Rows_of_a_large_product_may_be_two_dimensions_of_what_follows_where_a_library_multiplies()
    {
        var given = new Values();
        var product = given.Product(Values.Whole(given.Leaf(64, 128)), Values.Whole(given.Leaf(128, 32)));
        given.Apply([4, 16, 32], Values.Through(product, [4, 16, 32], [512, 32, 1]),
            Values.Through(given.Leaf(32), [4, 16, 32], [0, 0, 1]));
        var group = Assert.Single(given.Fuse(splitsRows: true).Groups);
        Assert.Equal([4L, 16, 32], group.Space.Sizes);
        Assert.Equal([16L, 1, 0], group.Space.ProductRows);
        Assert.True(group.Space.HasRuns);
        Assert.Equal(2, given.Fuse(splitsRows: false).Groups.Length);
    }
}
