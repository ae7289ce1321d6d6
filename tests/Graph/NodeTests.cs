using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>What a node holds: any number of operands together with attributes, numbers with their source, counts, and what a variable
/// means before and after a change.</summary>
public class NodeTests
{
    private sealed record Factor(int By) : IAttributes
    {
        public void Write(Fingerprint fingerprint) => fingerprint.Add(By);
    }

    /// <summary>(x·w + b)·factor.</summary>
    private static readonly Operator ScaledFma = new("scaled_fma", Iteration.Pointwise)
    {
        Saves = Saves.AB,
        Gradient = c =>
        {
            int factor = ((Factor)c.Node.Attributes!).By;
            c.Return(0, c.Grad * c.B * factor);
            c.Return(1, c.Grad * c.A * factor);
            c.Return(2, c.Grad * factor);
        },
        Reference = c =>
        {
            for (int i = 0; i < c.Out.Real.Length; i++)
                c.Out.Real[i] = (c.In[0].Real[i] * c.In[1].Real[i] + c.In[2].Real[i]) * ((Factor)c.Node.Attributes!).By;
        },
    };

    private static Tensor Leaf(params float[] values) => Tensor.From(values, device: Device.Cpu, requiresGrad: true);

    private static Tensor Apply(Tensor x, Tensor w, Tensor b, IAttributes attributes) =>
        Tensor.Apply(ScaledFma, DType.Float32, x.Shape, x.Operand, w.Operand, [b.Operand], attributes);

    [Fact]
    public void An_operator_takes_three_operands_and_attributes()
    {
        Tensor x = Leaf(1, 2), w = Leaf(3, 4), b = Leaf(5, 6);
        var y = Apply(x, w, b, new Factor(10));
        Assert.Equal(3, y.Node.OperandCount);
        Assert.Equal(b.Node, y.Node[2].Node);
        y.Sum().Backward();
        Assert.Equal([80f, 140], y.ToArray<float>());
        Assert.Equal([30f, 40], x.Grad!.ToArray<float>());
        Assert.Equal([10f, 20], w.Grad!.ToArray<float>());
        Assert.Equal([10f, 10], b.Grad!.ToArray<float>());
    }

    [Fact]
    public void Operands_are_forgotten_and_attributes_stay()
    {
        Tensor x = Tensor.From([1f], device: Device.Cpu), y = Apply(x, x, x, new Factor(2));
        y.Realize();
        Assert.Equal(0, y.Node.OperandCount);
        Assert.Equal(new Factor(2), y.Node.Attributes);
        y.Node.ForgetAttributes();
        Assert.Null(y.Node.Attributes);
    }

    [Fact]
    public void The_fingerprint_holds_attributes_of_any_operator_but_no_numbers()
    {
        var x = Tensor.From([1f], device: Device.Cpu);
        Assert.NotEqual(Fingerprint(new Factor(2)), Fingerprint(new Factor(3)));
        Assert.Equal(Fingerprint(new Factor(2)), Fingerprint(new Factor(2)));
        Assert.Equal(Fingerprint(Number.Of(0)), Fingerprint(Number.Of(7)));
        Assert.Equal(Fingerprint(Number.Of(7)), Fingerprint(new LiveNumber(8, () => 8)));
        Assert.NotEqual(Fingerprint(ConstantNumber.Of(7)), Fingerprint(ConstantNumber.Of(8)));

        long[] Fingerprint(IAttributes attributes)
        {
            var recorder = Recorder.For(Device.Cpu);
            recorder.Flush();
            Tensor.Apply(ScaledFma, DType.Float32, x.Shape, x.Operand, x.Operand, [x.Operand], attributes);
            long[] words = recorder.Fingerprint.Words.ToArray();
            // The operator could not run with a number.
            if (attributes is not Factor) Assert.Throws<InvalidCastException>(recorder.Flush);
            return words;
        }
    }

    [Fact]
    public void A_number_knows_where_a_replay_takes_it_from()
    {
        var live = Tensor.FromScalar(Scalar.Live(() => 0.5), DType.Float32, Device.Cpu).Node.Number!;
        Assert.Equal((0.5, 0.5, false), (BitConverter.Int64BitsToDouble(live.Bits), live.Source!(), live.IsFixed));
        Assert.True(Tensor.FromScalar(0, DType.Int64, Device.Cpu).Node.Number!.IsFixed);

        var generator = new Generator(3);
        var words = Tensor.RandomWords([8], Device.Cpu, generator).Node;
        var key = words[0].Node;
        Assert.Equal((generator, generator), (words.Number!.Generator, key.Number!.Generator));
        Assert.Equal((0L, generator.Key), (words.Number.Bits, key.Number.Bits));
        Assert.False(words.Number.IsFixed);
    }

    [Fact]
    public void A_plan_holds_constants_and_no_other_numbers()
    {
        var recorder = Recorder.For(Device.Cpu);
        recorder.Flush();
        var x = Tensor.From([1f], device: Device.Cpu);
        var y = x * Scalar.Live(() => 2) * Scalar.Constant(3.0) * 4 + Tensor.RandomWords([1], Device.Cpu, new Generator(3));
        var snapshot = GraphSnapshot.Take(recorder, new(), KeepSet.ForExplanation(recorder, y.Node, missed: null, policy: null));
        var numbers = snapshot.Nodes.Select(n => n.Attributes).OfType<Number>();
        Assert.Equal(3, BitConverter.Int64BitsToDouble(Assert.IsType<ConstantNumber>(Assert.Single(numbers)).Bits));
        recorder.Flush();
    }

    [Fact]
    public void A_node_takes_112_bytes()
    {
        const int Count = 1000;
        Shape shape = [2, 3];
        var nodes = new Node[Count];
        for (int warm = 0; warm < 2; warm++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Count; i++) nodes[i] = new(ScaledFma, DType.Float32, shape, Device.Cpu);
            Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Count, 1, 112);
        }
    }

    [Fact]
    public void A_changed_variable_leaves_a_superseded_value_and_its_successor()
    {
        var x = Tensor.From([1f, 2], device: Device.Cpu);
        var (storage, before) = (x.Storage, x.Node);
        var after = (x + 1).Node;
        int shared = after.Storages;
        storage.Set(after);
        Assert.Equal((after, 1, 0, shared + 1), (storage.Current, storage.Version, before.Storages, after.Storages));
        Assert.Equal((true, after, after), (before.IsSuperseded, before.Successor, before.Latest));

        storage.Undo(before);
        Assert.Equal((before, 1), (storage.Current, before.Storages));
        Assert.False(before.IsSuperseded);
        Assert.Null(before.Successor);
        Assert.Null(before.Latest);
        Recorder.For(Device.Cpu).Flush();
    }

    [Fact]
    public void A_leaf_keeps_no_chain_of_successors()
    {
        var x = Leaf(1, 2);
        var first = x.Leaf!.Bind(x.Node);
        Assert.Equal(x.Leaf, first.Leaf);
        using (Tensor.NoGrad())
            for (int i = 0; i < 2; i++) x.Add_(1);
        Assert.True(first.IsSuperseded);
        Assert.Null(first.Successor);
        Assert.Equal(x.Node, first.Latest);
        Assert.Equal(x.Leaf, x.Node.Leaf);
        Recorder.For(Device.Cpu).Flush();
    }

    [Fact]
    public void A_variable_that_moves_keeps_its_value_and_its_leaf()
    {
        var x = Leaf(1, 2);
        var (storage, before) = (x.Storage, x.Leaf!.Bind(x.Node));
        var block = new Block { Bytes = 8 };
        var moved = before.Replacement(block);
        storage.Move(moved);
        Assert.Equal((moved, 1, 0, 0), (storage.Current, moved.Storages, before.Storages, storage.Version));
        Assert.False(before.IsSuperseded);
        Assert.Equal((block, x.Leaf), (moved.Block, moved.Leaf));

        storage.Renew(moved, 2);
        Assert.Equal((moved, 1, 2), (storage.Current, moved.Storages, storage.Version));
        var failed = moved.Replacement(new DeviceException("the device is gone"));
        storage.Renew(failed, 1);
        Assert.Equal((failed, 1, 0, 3), (storage.Current, failed.Storages, moved.Storages, storage.Version));
        Assert.Equal((NodeState.Failed, true), (failed.State, moved.IsSuperseded));
    }
}
