using GpuTensor.Nn;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Modules nested a hundred thousand deep: a recursion over them would end the process.</summary>
public class DeepModuleAttacks
{
    private const int Depth = 100_000;

    private static void Walk(string path)
    {
        var leaf = new Linear(2, 3, device: Device.Cpu);
        Module model = leaf;
        for (int i = 0; i < Depth; i++) model = new Sequential(model);
        Assert.Equal(2, model.StateDict().Count);
        Assert.Equal(string.Join('.', Enumerable.Repeat("0", Depth)) + ".weight", model.StateDict().GetAt(0).Key);
        Assert.Equal(2, model.Parameters().Count());
        Assert.Equal(2, model.NamedParameters().Count());
        Assert.Empty(model.Buffers());
        Assert.Equal(Depth + 1, model.Modules().Count());
        Assert.Equal(9, model.ParameterCount);
        Module? first = null;
        int applied = 0;
        model.Apply(m =>
        {
            first ??= m;
            applied++;
        });
        Assert.Same(leaf, first);
        Assert.Equal(Depth + 1, applied);
        model.Eval();
        Assert.False(leaf.Training);
        model.To(DType.Float64).To(Device.Cpu).RequiresGrad_(false).ZeroGrad();
        Assert.Equal(DType.Float64, leaf.Parameters().First().DType);
        model.Save(path);
        Assert.True(model.Load(path).IsComplete);
        Assert.Contains("nested", Assert.Throws<TensorException>(() => model.Forward(Tensor.Ones([1, 2], DType.Float64, Device.Cpu)))
            .Message);
        Assert.NotNull(model.ToString());
    }

    private static void WalkInCircles()
    {
        var outer = new Sequential(new Linear(2, 2, device: Device.Cpu));
        // A container alone would be taken for the list of modules.
        var inner = new Sequential((Module)outer);
        outer.Add(inner);
        Assert.Equal(3, outer.Modules().Count());
        Assert.Equal(2, outer.Parameters().Count());
        Assert.False(outer.Eval().Training);
        int applied = 0;
        outer.Apply(_ => applied++);
        Assert.Equal(3, applied);
        Assert.Contains("contains itself", Assert.Throws<InvalidOperationException>(outer.StateDict).Message);
        Assert.Contains("contains itself",
            Assert.Throws<InvalidOperationException>(() => outer.LoadStateDict(new Dictionary<string, Tensor>())).Message);
        Assert.Throws<TensorException>(() => inner.Forward(Tensor.Ones([2, 2], device: Device.Cpu)));
    }

    private sealed class Circular : Module
    {
        private readonly List<IEnumerable<object>> lists = [];

        public Circular() => lists.Add(lists);
    }

    private sealed class Ambiguous : Module
    {
        internal override IEnumerable<Member> Members() => [new("a.b", new Linear(1, 1, device: Device.Cpu)), new("a", new Inner())];
    }

    private sealed class Inner : Module
    {
        internal override IEnumerable<Member> Members() => [new("b", new Linear(1, 1, device: Device.Cpu))];
    }

    private static void WalkListsInCircles()
    {
        Assert.Contains("contain itself", Assert.Throws<InvalidOperationException>(() => new Circular().Parameters().Count()).Message);
        Assert.Contains("'a.b.weight'", Assert.Throws<InvalidOperationException>(new Ambiguous().StateDict).Message);
    }

    [Fact]
    public async Task A_collection_that_contains_itself_is_named() => (await ChildProcess.Run(WalkListsInCircles, "cpu")).Succeeded();

    [Fact]
    public async Task Modules_may_be_nested_as_deep_as_memory_lets_them()
    {
        using var folder = new TempFolder();
        (await ChildProcess.Run(Walk, "cpu", arguments: folder["a"])).Succeeded();
    }

    [Fact]
    public async Task A_module_that_contains_itself_is_visited_once_and_has_no_state() =>
        (await ChildProcess.Run(WalkInCircles, "cpu")).Succeeded();
}
