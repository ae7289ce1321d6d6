using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>Nodes of an operator with three results of different dtypes and shapes, on the reference device: quotient and remainder by a
/// number, and the number of elements.</summary>
public class SeveralResultsTests
{
    private sealed record Divisor(int By) : IAttributes
    {
        public void Write(Fingerprint fingerprint) => fingerprint.Add(By);
    }

    /// <summary>x = quotient·by + remainder. Its rule reads the remainder, so that it is saved: x̄ = quotient̄ / by + remainder̄ ·
    /// remainder.</summary>
    private static readonly Operator DivMod = new("divmod", Iteration.Pointwise)
    {
        Results =
        [
            Operator.Result("divmod", 0, "quotient"), Operator.Result("divmod", 1, "remainder"), Operator.Result("divmod", 2, "count"),
        ],
        Saves = Saves.Result(1),
        Gradient = c =>
        {
            int by = ((Divisor)c.Node.Attributes!).By;
            if (c.GradOf(0) is { } quotient) c.Return(0, quotient / by);
            if (c.GradOf(1) is { } remainder) c.Return(0, remainder * c.Result(1));
        },
        Reference = c =>
        {
            var shape = c.Node.Shape;
            ReferenceArray quotient = ReferenceArray.Make(DType.Float32, shape), remainder = ReferenceArray.Make(DType.Float32, shape);
            var count = ReferenceArray.Make(DType.Int64, Shape.Create([]));
            int by = ((Divisor)c.Node.Attributes!).By;
            for (int i = 0; i < shape.ElementCount; i++)
                (quotient.Real[i], remainder.Real[i]) = (Math.Floor(c.In[0].Real[i] / by), c.In[0].Real[i] % by);
            count.Integer[0] = shape.ElementCount;
            c.Results = [quotient, remainder, count];
        },
    };

    private static Tensor[] Apply(Tensor x, int by) => Tensor.ApplySeveral(DivMod, x, x.Operand, x.Shape, new Divisor(by),
        (DType.Float32, x.Shape), (DType.Float32, x.Shape), (DType.Int64, Shape.Create([])));

    private static Tensor Leaf(params float[] values) => Tensor.From(values, device: Device.Cpu, requiresGrad: true);

    [Fact]
    public void Results_have_dtypes_shapes_and_histories_of_their_own()
    {
        var x = Leaf(7, 9, 4);
        var results = Apply(x, 4);
        Assert.Equal(["divmod.quotient", "divmod.remainder", "divmod.count"], results.Select(r => r.Node.Op.Name));
        Assert.Equal([true, true, false], results.Select(r => r.RequiresGrad));
        Assert.Equal("DivmodBackward", results[1].GradFn!.Name);
        Assert.Equal([1f, 2, 1], results[0].ToArray<float>());
        Assert.Equal([3f, 1, 0], results[1].ToArray<float>());
        Assert.Equal(3, results[2].Item<long>());
    }

    [Fact]
    public void The_operator_has_no_value_and_knows_the_results_that_its_gradient_reads()
    {
        var results = Apply(Leaf(7), 4);
        var node = results[0].Node[0].Node;
        Assert.All(results, r => Assert.Equal(node, r.Node[0].Node));
        Assert.Equal(new Divisor(4), node.Attributes);
        Assert.Null(node.SavedResult(0));
        Assert.Equal(results[1].Node, node.SavedResult(1));
        Assert.Equal((0, 1, 0), (results[0].Node.Uses, results[1].Node.Uses, results[2].Node.Uses));
        results[0].Realize();
        Assert.Equal(NodeState.Dropped, node.State);
        results[0].Sum().Backward();
        Assert.Null(node.SavedResult(1));
        Assert.Equal(0, results[1].Node.Uses);
    }

    [Fact]
    public void Without_a_gradient_nothing_is_saved()
    {
        var x = Leaf(7);
        Tensor[] results;
        using (Tensor.NoGrad()) results = Apply(x, 4);
        Assert.All(results, r => Assert.False(r.RequiresGrad));
        Assert.Null(results[0].Node[0].Node.SavedResult(1));
        Assert.Equal(0, results[1].Node.Uses);
    }

    [Fact]
    public void Gradients_of_several_results_meet_in_one_call_of_the_rule()
    {
        var x = Leaf(7, 9);
        var results = Apply(x, 4);
        (results[0] * 8 + results[1] * 10 + results[0]).Sum().Backward();
        Assert.Equal([9f / 4 + 30, 9f / 4 + 10], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_graph_that_is_full_runs_before_the_operator_or_after_its_results()
    {
        for (int before = Recorder.MaxPending - 3; before <= Recorder.MaxPending; before++)
        {
            var x = Leaf(7, 9);
            Tensor y = x;
            for (int i = 0; i < before; i++) y = y.Clone();
            var results = Apply(y, 4);
            (results[0] + results[1]).Sum().Backward();
            Assert.Equal([3.25f, 1.25f], x.Grad!.ToArray<float>());
            Assert.Equal([3f, 1], results[1].ToArray<float>());
        }
    }

    [Fact]
    public void Another_thread_reads_a_result_that_is_pending_here()
    {
        var results = Apply(Leaf(7, 9), 4);
        float[] remainder = [];
        var thread = new Thread(() => remainder = results[1].Detach().ToArray<float>());
        thread.Start();
        thread.Join();
        Assert.Equal([3f, 1], remainder);
        Assert.Equal([1f, 2], results[0].ToArray<float>());
    }

    [Fact]
    public void A_saved_result_must_not_be_changed_in_place_and_others_may()
    {
        var x = Leaf(7);
        var results = Apply(x, 4);
        var sum = (results[0] + results[1]).Sum();
        using (Tensor.NoGrad()) results[1].Detach().Add_(1);
        var error = Assert.Throws<AutogradException>(() => sum.Backward());
        Assert.Contains("result of divmod (float32 [1]) is needed", error.Message);
        results = Apply(x, 4);
        using (Tensor.NoGrad()) results[2].Add_(1);
        results[0].Sum().Backward();
        Assert.Equal([0.25f], x.Grad!.ToArray<float>());
    }
}
