using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Nn;

public class LayerTests
{
    private static Tensor T(params float[] values) => Tensor.From(values, device: Device.Cpu);

    private static void Near(float[] expected, Tensor actual, double tolerance = 1e-6) =>
        Assert.Equal(expected, actual.ToArray<float>(), (x, y) => Math.Abs(x - y) <= tolerance);

    [Fact]
    public void Linear_draws_weight_then_bias_as_pytorch()
    {
        Tensor.ManualSeed(3, RandomStream.PyTorch);
        var layer = new Linear(4, 2, device: Device.Cpu);
        var stream = new TorchRandom(3);
        Assert.Equal(stream.Uniform([2, 4], -0.5, 0.5).As<float>().ToArray(), layer.Weight.ToArray<float>());
        Assert.Equal(stream.Uniform([2], -0.5, 0.5).As<float>().ToArray(), layer.Bias!.ToArray<float>());
        Assert.Null(new Linear(4, 2, bias: false, device: Device.Cpu).Bias);
    }

    [Fact]
    public void Layer_norm_gives_each_row_mean_0_and_variance_1_and_then_scales()
    {
        var layer = new LayerNorm([2, 2], eps: 0, device: Device.Cpu);
        Near([-1, 1, 1, -1], layer.Forward(T(1, 3, 3, 1).Reshape(1, 2, 2)));
        using (Tensor.NoGrad())
        {
            layer.Weight!.Mul_(10);
            layer.Bias!.Add_(1);
        }
        Near([-9, 11, 11, -9], layer.Forward(T(1, 3, 3, 1).Reshape(1, 2, 2)), 1e-5);
        Assert.Empty(new LayerNorm(4, elementwiseAffine: false).Parameters());
        Assert.Contains("does not end in [2, 2]", Assert.Throws<TensorShapeException>(() => layer.Forward(T(1, 2))).Message);
    }

    [Fact]
    public void An_embedding_looks_rows_up_and_its_padding_learns_nothing()
    {
        var layer = new Embedding(3, 2, paddingIdx: -1, device: Device.Cpu);
        var rows = layer.Forward(Tensor.From(new long[,] { { 0, 2, 0 } }, device: Device.Cpu));
        Assert.Equal([1, 3, 2], rows.Shape);
        var w = layer.Weight.ToArray<float>();
        Assert.Equal([w[0], w[1], 0, 0, w[0], w[1]], rows.ToArray<float>());
        rows.Sum().Backward();
        Assert.Equal([2, 2, 0, 0, 0, 0], layer.Weight.Grad!.ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(3, 2, paddingIdx: 3));
    }

    [Fact]
    public void Dropout_drops_its_share_in_training_only_and_scales_the_rest()
    {
        Tensor.ManualSeed(1);
        var layer = new Dropout(0.25);
        var x = Tensor.Ones([10000], device: Device.Cpu);
        var y = layer.Forward(x).ToArray<float>();
        Assert.All(y, v => Assert.True(v == 0 || Math.Abs(v - 1 / 0.75) < 1e-6));
        Assert.InRange(y.Count(v => v == 0), 2300, 2700);
        Assert.NotEqual(y, layer.Forward(x).ToArray<float>());
        Assert.Equal(x.ToArray<float>(), layer.Eval().Forward(x).ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.5));
    }

    [Fact]
    public void Attention_weighs_values_and_sees_only_what_it_may()
    {
        var q = T(1, 0, 0, 1).Reshape(1, 2, 2);
        var v = T(1, 2, 3, 4).Reshape(1, 2, 2);
        double other = 1 / (1 + Math.Exp(Math.Sqrt(0.5))), own = 1 - other;
        float[] first = [(float)(own + 3 * other), (float)(2 * own + 4 * other)],
            second = [(float)(other + 3 * own), (float)(2 * other + 4 * own)];
        Near([.. first, .. second], F.ScaledDotProductAttention(q, q, v));
        Near([1, 2, .. second], F.ScaledDotProductAttention(q, q, v, isCausal: true));
        var mask = Tensor.From(new[,] { { false, true }, { false, false } }, device: Device.Cpu);
        Near([3, 4, 0, 0], F.ScaledDotProductAttention(q, q, v, mask));
        Assert.Throws<ArgumentException>(() => F.ScaledDotProductAttention(q, q, v, mask, isCausal: true));
        // A scale may be negative, and zero.
        foreach (double scale in (double[])[-0.7, 0, 2])
            Near((q.MatMul(q.Transpose(-2, -1)) * scale).Softmax(-1).MatMul(v).ToArray<float>(),
                F.ScaledDotProductAttention(q, q, v, scale: scale));
    }

    [Fact]
    public void Cross_entropy_leaves_ignored_targets_out_of_value_mean_and_gradient()
    {
        var scores = T(1, 2, 0, 1).Reshape(2, 2).RequiresGrad_();
        var loss = F.CrossEntropy(scores, Tensor.From([0L, -100], device: Device.Cpu));
        double p = 1 / (1 + Math.E);
        Near([(float)-Math.Log(p)], loss.Reshape(1));
        loss.Backward();
        Near([(float)(p - 1), (float)(1 - p), 0, 0], scores.Grad!);
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused()
    {
        var scores = Tensor.Zeros([2, 3], device: Device.Cpu);
        Assert.Throws<TensorIndexException>(() => F.CrossEntropy(scores, Tensor.From([0L, 3], device: Device.Cpu)));
        Assert.Throws<TensorIndexException>(() => F.CrossEntropy(scores, Tensor.From([-1L, 0], device: Device.Cpu)));
    }

    [Fact]
    public void Losses_refuse_what_does_not_fit()
    {
        var scores = Tensor.Zeros([2, 3], device: Device.Cpu);
        var target = Tensor.From([0L, 1, 2], device: Device.Cpu);
        Assert.Contains("[3]", Assert.Throws<TensorShapeException>(() => F.CrossEntropy(scores, target)).Message);
        Assert.Contains("\"avg\"", Assert.Throws<ArgumentException>(() => F.MseLoss(scores, scores, "avg")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => F.CrossEntropy(scores, scores, labelSmoothing: 2));
    }
}
