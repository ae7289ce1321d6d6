using Xunit;

namespace GpuTensor.Tests.Tensors;

public class CoreTests
{
    private static Tensor From(Array a, bool grad = false) => Tensor.From(a, device: Device.Cpu, requiresGrad: grad);

    [Fact]
    public void In_place_changes_show_through_every_view_and_not_in_earlier_results()
    {
        var x = From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var row = x.Select(0, 1);
        var before = x + x;
        row.Assign(row * row, "test");
        Assert.Equal([1, 2, 3, 16, 25, 36], x.ToArray<float>());
        Assert.Equal([16, 25, 36], row.ToArray<float>());
        Assert.Equal([2, 4, 6, 8, 10, 12], before.ToArray<float>());
    }

    [Fact]
    public void Gradients_flow_through_products_views_and_broadcasts()
    {
        var w = From(new float[] { 1, 2, 3 }, grad: true);
        var x = From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        (x * w).T.Narrow(0, 1, 2).Sum().Backward();
        Assert.Equal([0, 7, 9], w.Grad!.ToArray<float>());
    }

    [Fact]
    public void Gradients_of_gradients()
    {
        var x = From(new float[] { 3 }, grad: true);
        (x * x * x).Sum().Backward(createGraph: true);
        var first = x.Grad!;
        Assert.Equal(27, first.Item<float>());
        x.Grad = null;
        first.Sum().Backward();
        Assert.Equal(18, x.Grad!.Item<float>());
    }

    [Fact]
    public void A_saved_value_changed_in_place_is_refused()
    {
        var a = From(new float[] { 1, 2 }, grad: true);
        var b = a + a;
        var c = b * b;
        b.Assign(b + b, "Add_");
        var e = Assert.Throws<AutogradException>(() => c.Sum().Backward());
        Assert.Contains("in-place", e.Message);
    }

    [Fact]
    public void A_second_backward_is_refused_unless_the_graph_was_retained()
    {
        var a = From(new float[] { 1, 2 }, grad: true);
        var loss = (a * a).Sum();
        loss.Backward(retainGraph: true);
        loss.Backward();
        Assert.Equal([4, 8], a.Grad!.ToArray<float>());
        Assert.Throws<AutogradException>(() => loss.Backward());
    }

    [Fact]
    public void A_view_of_what_asks_for_no_gradients_becomes_a_leaf_of_its_own()
    {
        var x = From(new float[] { 1, 2, 3, 4 });
        var leaf = x.Reshape(2, 2).RequiresGrad_();
        Assert.True(leaf.IsLeaf);
        (leaf * leaf).Sum().Backward();
        Assert.Equal([2, 4, 6, 8], leaf.Grad!.ToArray<float>());
        Assert.False(x.RequiresGrad);
        Assert.False(leaf.Select(0, 0).IsLeaf);

        var frozen = From(new float[] { 1, 2 }, grad: true).RequiresGrad_(false);
        var part = frozen.Narrow(0, 1, 1).RequiresGrad_();
        (part * 3).Sum().Backward();
        Assert.Equal([3], part.Grad!.ToArray<float>());
        Assert.False(frozen.RequiresGrad);
    }

    [Fact]
    public void A_gradient_that_is_read_can_be_changed_without_changing_another()
    {
        var (a, b) = (From(new float[] { 1, 2 }, grad: true), From(new float[] { 3, 4 }, grad: true));
        (a + b).Sum().Backward();
        a.Grad!.Mul_(5);
        Assert.Equal([5, 5], a.Grad!.ToArray<float>());
        Assert.Equal([1, 1], b.Grad!.ToArray<float>());
    }
}
