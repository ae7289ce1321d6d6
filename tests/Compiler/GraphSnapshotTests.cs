using GpuTensor.Graph;
using GpuTensor.Compiler;
using Xunit;

namespace GpuTensor.Tests.Compiler;

public class GraphSnapshotTests
{
    [Fact]
    public void Operands_are_named_by_position_and_leaves_by_slot_and_nothing_changes_after_the_graph_has_run()
    {
        // What an earlier test of this thread has left.
        Device.Cpu.Synchronize();
        var x = Tensor.From([1f, 2], device: Device.Cpu);
        var y = (x * 3 + x).Sum();
        var recorder = Recorder.For(Device.Cpu);
        var snapshot = GraphSnapshot.Take(recorder, new(), KeepSet.ForExplanation(recorder, y.Node, missed: null, policy: null));

        Assert.Single(snapshot.Leaves);
        var sum = snapshot.Nodes[^1];
        Assert.Equal(Iteration.Reduction, sum.Op.Iteration);
        Assert.True(sum.IsKept);
        var add = snapshot.Nodes[sum.Operands[0].Source];
        Assert.Equal(-1, add.Operands[1].Source);
        Assert.False(add.IsKept);
        Assert.Equal(0, Assert.Single(snapshot.Nodes, n => n.Op.Iteration == Iteration.Number).Slot);

        Assert.Equal(12f, y.Item<float>());
        Assert.Equal(Iteration.Reduction, snapshot.Nodes[^1].Op.Iteration);
        Assert.Equal([2], snapshot.Leaves[0].Shape.ToArray());
    }

    [Fact]
    public void An_explanation_keeps_the_value_asked_for_and_what_its_gradient_reads_and_marks_nothing()
    {
        var x = Tensor.From([1f, 2], device: Device.Cpu, requiresGrad: true);
        var e = x.Exp();
        var y = e.Sum();
        var recorder = Recorder.For(Device.Cpu);
        int words = recorder.Fingerprint.Count;
        var kept = KeepSet.ForExplanation(recorder, y.Node, missed: null, policy: null);

        Assert.True(kept.Nodes[y.Node.Index]);
        Assert.True(kept.Saved[e.Node.Index]);
        Assert.Empty(kept.Held);
        Assert.Equal(NodeFlags.None, y.Node.Flags & NodeFlags.Keep);
        Assert.Equal(words, recorder.Fingerprint.Count);
        y.Realize();
    }
}
