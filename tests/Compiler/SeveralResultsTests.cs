using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>Planning of an operator with two results.</summary>
public class SeveralResultsTests
{
    private static RecordedNode Node(Operator op, DType dtype, int[] sizes, int source) =>
        new(op, dtype, Shape.Create(sizes), [new(source, null)], op.Iteration == Iteration.Reduction ? new ReduceAttributes(1) : null);

    [Theory, InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void A_result_that_nothing_reads_is_no_value(bool keepsValues, bool keepsIndices)
    {
        var values = LiveValues.Run(new()
        {
            Leaves = [new(DType.Float32, Shape.Create([8, 16]), null)],
            Nodes =
            [
                Node(Values.Max, DType.Float32, [8, 16], -1), Node(Values.Max.Results[0], DType.Float32, [8], 0),
                Node(Values.Max.Results[1], DType.Int64, [8], 0),
            ],
        }, isKept: [false, keepsValues, keepsIndices]);
        string[] results = [.. values.Where(v => v.Op.Iteration == Iteration.Result).Select(v => v.Op.Name)];
        Assert.Equal([.. ((string[])["max.values", "max.indices"]).Where((_, i) => i == 0 ? keepsValues : keepsIndices)], results);
        Assert.Single(values, v => v.Op == Values.Max);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void An_operator_and_its_results_are_one_group_whether_or_not_others_are_fused(bool fuse)
    {
        var given = new Values();
        var search = given.Search(Values.Whole(given.Leaf(8, 16)));
        Value values = given.ValuesOf(search), indices = given.IndicesOf(search, isKept: true);
        // Another group reads the values.
        given.Apply([8], Values.Through(values, [8], [-1], 7));
        var fusion = Fuser.Run(new(given.All), Values.Cpu.Profile, fuse);
        Assert.Equal(2, fusion.Groups.Length);
        Assert.Same(fusion.GroupOf(search), fusion.GroupOf(values));
        Assert.Same(fusion.GroupOf(search), fusion.GroupOf(indices));
        Assert.Equal((false, true, true), (fusion.Of(search)!.IsStored, fusion.Of(values)!.IsStored, fusion.Of(indices)!.IsStored));
    }

    [Fact]
    public void Pointwise_work_before_and_after_joins_the_group()
    {
        var given = new Values();
        var x = given.Leaf(8, 16);
        var sum = given.Apply([8, 16], Values.Whole(x), Values.Whole(x));
        var search = given.Search(Values.Whole(sum));
        var values = given.ValuesOf(search);
        given.IndicesOf(search, isKept: true);
        given.Apply([8, 16], Values.Whole(sum), Values.Through(values, [8, 16], [1, 0]));
        var group = Assert.Single(given.Fuse().Groups);
        Assert.Equal(["max.indices"], group.Members.Where(m => m.IsStored).Select(m => m.Value.Op.Name));
    }

    [Fact]
    public void One_reduction_gives_both_and_a_result_that_is_not_read_is_not_written()
    {
        Assert.Equal([0, 1], ResultsOf(both: true));
        Assert.Equal([1], ResultsOf(both: false));

        static int[] ResultsOf(bool both)
        {
            var given = new Values();
            var search = given.Search(Values.Whole(given.Leaf(8, 16)));
            if (both) given.ValuesOf(search, isKept: true);
            given.IndicesOf(search, isKept: true);
            var fusion = given.Fuse();
            var buffers = Placement.Run(fusion);
            var implementations = Implementation.Choose(fusion, Placement.Run(fusion), Values.Cpu);
            var launch = Assert.Single(Launches.Run(fusion, buffers, implementations, Values.Cpu.Profile, fuse: true));
            var section = Assert.Single(new Lowering(buffers).Kernel(launch, "max").Sections);
            Assert.Single(section.Code, i => i is Reduce);
            Assert.Equal(both ? 2 : 1, section.Code.Count(i => i is Store));
            return [.. section.Code.OfType<ResultOf>().Select(r => r.Number)];
        }
    }
}
