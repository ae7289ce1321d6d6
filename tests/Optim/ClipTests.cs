using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Optim;

public class ClipTests
{
    private static Parameter P(params float[] values) => new(Tensor.From(values, device: Device.Cpu));

    private static Tensor T(params float[] values) => Tensor.From(values, device: Device.Cpu);

    [Fact]
    public void Gradients_above_the_limit_are_scaled_together_and_the_norm_before_is_returned()
    {
        var (a, b, none) = (P(0, 0), P(0), P(0));
        (a.Grad, b.Grad) = (T(2, 3), T(6));
        var norm = Optimizer.ClipGradNorm_([a, none, b, a], 3.5);
        Assert.Equal(7, norm.Item<float>());
        Assert.Equal([1f, 1.5f], a.Grad!.ToArray<float>(), (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal(3f, b.Grad!.Item<float>(), 1e-6f);
        Assert.Null(none.Grad);
    }

    [Fact]
    public void Gradients_below_the_limit_keep_their_bits()
    {
        var a = P(0, 0);
        a.Grad = T(0.1f, -0.2f);
        Optimizer.ClipGradNorm_([a], 1);
        Assert.Equal([0.1f, -0.2f], a.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_handle_on_the_gradient_sees_it_clipped_and_leaves_that_shared_a_gradient_are_clipped_each()
    {
        var (a, b) = (P(1, 1), P(1, 1));
        (a + b).Sum().Backward();
        var handle = a.Grad!;
        Optimizer.ClipGradNorm_([a, b], 1);
        Assert.Equal([0.5f, 0.5f], handle.ToArray<float>(), (x, y) => Math.Abs(x - y) < 1e-6);
        Assert.Equal([0.5f, 0.5f], b.Grad!.ToArray<float>(), (x, y) => Math.Abs(x - y) < 1e-6);
        a.Grad!.Mul_(2);
        Assert.Equal([0.5f, 0.5f], b.Grad!.ToArray<float>(), (x, y) => Math.Abs(x - y) < 1e-6);
    }
}
