using GpuTensor.Graph;
using GpuTensor.Operators;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>Where a value stands: which changes there are, and that what belongs to a state is gone with it.</summary>
public class NodeStateTests
{
    private static readonly Block Block = new() { Bytes = 4 }, Other = new() { Bytes = 4 };
    private static readonly Exception Cause = new DeviceException("the device is gone");

    private static Recorder Graph => Recorder.For(Device.Cpu);

    private static readonly Dictionary<string, Action<Node>> Changes = new()
    {
        ["BecomePending"] = n => n.BecomePending(Graph, 3),
        ["Materialize"] = n => n.Materialize(Block),
        ["Drop"] = n => n.Drop(null),
        ["Move"] = n => n.Move(Other),
        ["Overwrite"] = n => n.Overwrite(),
        ["Release"] = n => n.Release(),
        ["Fail"] = n => n.Fail(Cause),
    };

    private static Node After(params string[] changes)
    {
        var node = new Node(Basic.Leaf, DType.Float32, Shape.Scalar, Device.Cpu);
        foreach (string change in changes) Changes[change](node);
        return node;
    }

    /// <summary>The changes that lead to each state, and what each further change makes of it.</summary>
    [Theory]
    [InlineData("", "BecomePending Pending, Materialize Materialized, Fail Failed")]
    [InlineData("BecomePending", "Materialize Materialized, Drop Dropped, Fail Failed")]
    [InlineData("Materialize", "Move Materialized, Overwrite Overwritten, Release Overwritten, Fail Failed")]
    [InlineData("BecomePending Drop", "BecomePending Pending")]
    [InlineData("Materialize Overwrite", "")]
    [InlineData("Materialize Release", "")]
    [InlineData("Fail", "")]
    public void Only_these_changes_of_a_state_exist(string path, string expected)
    {
        string[] changes = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var before = After(changes).State;
        List<string> legal = [];
        foreach (var (name, change) in Changes)
        {
            var node = After(changes);
            try
            {
                change(node);
                legal.Add($"{name} {node.State}");
            }
            catch (InvalidOperationException e)
            {
                Assert.Contains("cannot become", e.Message, StringComparison.Ordinal);
                Assert.Equal(before, node.State);
            }
        }
        Assert.Equal(expected, string.Join(", ", legal));
    }

    [Fact]
    public void What_belongs_to_a_state_is_seen_in_that_state_only()
    {
        Check(After(), NodeState.New);
        Check(After("BecomePending"), NodeState.Pending, pendingIn: Graph);
        Check(After("Materialize"), NodeState.Materialized, block: Block);
        Check(After("Materialize", "Move"), NodeState.Materialized, block: Other);
        Check(After("BecomePending", "Materialize"), NodeState.Materialized, block: Block);
        Check(After("BecomePending", "Drop"), NodeState.Dropped);
        Check(After("Materialize", "Overwrite"), NodeState.Overwritten);
        Check(After("Materialize", "Release"), NodeState.Overwritten, isReleased: true);
        Check(After("Materialize", "Fail"), NodeState.Failed, failure: Cause);

        static void Check(Node node, NodeState state, Recorder? pendingIn = null, Block? block = null, Exception? failure = null,
            bool isReleased = false)
        {
            Assert.Equal(state, node.State);
            Assert.Equal(pendingIn, node.PendingIn);
            Assert.Equal(pendingIn is not null, node.IsPendingIn(Graph));
            Assert.Equal(block, node.Block);
            Assert.Equal(block is not null, node.IsMaterialized);
            Assert.Equal(failure, node.Failure);
            Assert.Equal(isReleased, node.IsReleased);
            Assert.Null(node.DroppedBy);
        }
    }

    [Fact]
    public void A_dropped_value_keeps_its_position_until_it_is_recorded_again()
    {
        var node = After("BecomePending", "Drop");
        Assert.Equal(3, node.Index);
        node.BecomePending(Graph, 5);
        Assert.Equal(5, node.Index);
    }

    [Fact]
    public void Memory_that_is_taken_over_or_fails_takes_only_the_value_that_stands_in_it()
    {
        Block place = new() { Bytes = 4 }, copy = new() { Bytes = 4 };
        Node first = In(place), second = In(place), third = In(place);
        place.Occupy(first);
        first.Move(copy);
        place.Occupy(second);
        Assert.Equal(copy, first.Block);
        place.Occupy(third);
        Assert.Equal(NodeState.Overwritten, second.State);
        place.Fail(Cause);
        Assert.Equal(Cause, third.Failure);
        Assert.Equal(copy, first.Block);

        static Node In(Block block) => Node.InMemory(Basic.Leaf, DType.Float32, Shape.Scalar, Device.Cpu, block);
    }
}
