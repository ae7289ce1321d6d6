using Xunit;

namespace GpuTensor.Tests.AutogradTests;

/// <summary>The gradient of a view of a result or of a leaf is what flows through the view, not through the value it looks at.</summary>
public class ViewGradientTests
{
    private static readonly float[] Weights = [1, 2, 3, 4];

    private static (Tensor Leaf, Tensor Weights) Make(string name)
    {
        var device = TestDevices.Get(name);
        return (Tensor.From(new[] { 5f, 6 }, device: device).RequiresGrad_(), Tensor.From(Weights, device: device).Reshape(2, 2));
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void An_expanded_result_has_a_gradient_for_each_element(string name)
    {
        var (w, weights) = Make(name);
        var x = w.Expand(2, 2);
        Assert.Equal([1f, 2, 3, 4], Autograd.Grad((x * weights).Sum(), x).ToArray<float>());
        // Broadcast further, it adds up.
        Assert.Equal([3f, 6, 9, 12], Autograd.Grad((x * weights.Expand(3, 2, 2)).Sum(), x).ToArray<float>());
        Assert.Equal([2f, 4, 6, 8], Autograd.Grad([x], [x], [weights * 2])[0]!.ToArray<float>());
        // Which of the elements that are one was read through another view, nobody can tell.
        var e = Assert.Throws<AutogradException>(() => Autograd.Grad((x * weights).Sum() + x[0].Sum(), x));
        Assert.Contains("Clone()", e.Message);
        var copy = x.Clone();
        Assert.Equal([2f, 3, 3, 4], Autograd.Grad((copy * weights).Sum() + copy[0].Sum(), copy).ToArray<float>());
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Windows_and_slices_have_gradients_of_their_own(string name)
    {
        var (w, weights) = Make(name);
        // 5, 6, 10, 12
        Tensor made() => Tensor.Cat([w, w * 2]);
        void Is(float[] expected, Func<Tensor, Tensor> view, Func<Tensor, Tensor, Tensor> loss)
        {
            var h = made();
            var x = view(h);
            Assert.Equal(expected, Autograd.Grad(loss(h, x), x).ToArray<float>());
        }

        Is([1, 2, 3, 4], h => h.Unfold(0, 2, 2), (_, x) => (x * weights).Sum());
        Is([1, 2, 3, 4], h => h[..3].Unfold(0, 2, 1), (_, x) => (x * weights).Sum());
        // What is read of the whole is not read through the slice.
        Is([12, 20], h => h[1..3], (h, x) => (x * x).Sum() + (h * h).Sum());
        // Through a view of it, it is.
        Is([13, 20], h => h[1..3], (_, x) => (x * x).Sum() + x[0]);
        // What has nothing to do with it changes nothing.
        Is([12, 20], h => h[1..3], (h, x) => (x * x).Sum() + h[3]);
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Views_retain_gradients_of_their_own(string name)
    {
        var (w, weights) = Make(name);
        var h = w * 1;
        var slice = h[..1];
        var other = h[1..];
        var expanded = h.Expand(2, 2);
        foreach (var result in new[] { h, slice, other, expanded }) result.RetainGrad();
        ((expanded * weights).Sum() + (slice * 3).Sum() + (other * 5).Sum() + (h * h).Sum()).Backward();
        Assert.Equal([1f, 2, 3, 4], expanded.Grad!.ToArray<float>());
        Assert.Equal([3f], slice.Grad!.ToArray<float>());
        Assert.Equal([5f], other.Grad!.ToArray<float>());
        Assert.Equal([17f, 23], h.Grad!.ToArray<float>());
        Assert.Equal([17f, 23], w.Grad!.ToArray<float>());
        Assert.Equal([5f, 6, 5, 6], expanded.ToArray<float>());
    }
}
