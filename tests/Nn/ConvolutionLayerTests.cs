using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Nn;

public class ConvolutionLayerTests
{
    [Fact]
    public void Weights_then_bias_are_drawn_as_pytorch_does()
    {
        Tensor.ManualSeed(3, RandomStream.PyTorch);
        var layer = new Conv2d(4, 6, kernelSize: (3, 2), groups: 2, device: Device.Cpu);
        var stream = new TorchRandom(3);
        double bound = 1 / Math.Sqrt(2 * 3 * 2);
        Assert.Equal(stream.Uniform([6, 2, 3, 2], -bound, bound).As<float>().ToArray(), layer.Weight.ToArray<float>());
        Assert.Equal(stream.Uniform([6], -bound, bound).As<float>().ToArray(), layer.Bias!.ToArray<float>());
        Assert.Equal(["weight", "bias"], layer.StateDict().Keys);
        Assert.Null(new Conv1d(2, 3, 5, bias: false, device: Device.Cpu).Bias);
        Assert.Equal([4, 3, 2, 2], new ConvTranspose2d(4, 6, 2, groups: 2, device: Device.Cpu).Weight.Shape);
        Assert.Equal([6], new ConvTranspose2d(4, 6, 2, groups: 2, device: Device.Cpu).Bias!.Shape);
    }

    [Theory]
    [InlineData("reflect"), InlineData("replicate"), InlineData("circular"), InlineData("zeros")]
    public void A_border_of_the_inputs_own_elements(string mode)
    {
        var layer = new Conv2d(1, 1, 3, stride: 2, padding: (1, 2), paddingMode: mode, device: Device.Cpu);
        var x = Tensor.RandN([2, 1, 5, 6], device: Device.Cpu);
        var border = F.Pad(x, [2, 2, 1, 1], mode == "zeros" ? "constant" : mode);
        Assert.Equal(F.Conv2d(border, layer.Weight, layer.Bias, stride: 2).ToArray<float>(), layer.Forward(x).ToArray<float>());
        // An even kernel's border is one wider at the end.
        var same = new Conv1d(1, 1, 4, padding: "same", paddingMode: mode, device: Device.Cpu);
        var row = Tensor.RandN([1, 9], device: Device.Cpu);
        border = F.Pad(row, [1, 2], mode == "zeros" ? "constant" : mode);
        Assert.Equal(F.Conv1d(border, same.Weight, same.Bias).ToArray<float>(), same.Forward(row).ToArray<float>());
    }

    [Fact]
    public void Layers_of_every_rank_run_without_and_with_a_batch()
    {
        Module[] layers = [new Conv1d(2, 4, 3, device: Device.Cpu), new Conv2d(2, 4, 3, device: Device.Cpu),
            new Conv3d(2, 4, 3, device: Device.Cpu), new ConvTranspose1d(2, 4, 3, device: Device.Cpu),
            new ConvTranspose2d(2, 4, 3, device: Device.Cpu), new ConvTranspose3d(2, 4, 3, device: Device.Cpu)];
        for (int i = 0; i < layers.Length; i++)
        {
            int[] spatial = [.. Enumerable.Repeat(5, i % 3 + 1)];
            int size = i < 3 ? 3 : 7;
            var x = Tensor.RandN([1, 2, .. spatial], device: Device.Cpu);
            var y = ((Module)layers[i]).Forward(x);
            Assert.Equal([1, 4, .. spatial.Select(_ => size)], y.Shape);
            Assert.Equal(y.ToArray<float>(), layers[i].Forward(x[0]).ToArray<float>());
        }
    }

    [Fact]
    public void What_no_layer_can_be_made_of_is_named()
    {
        Assert.Contains("3 groups must divide 4 channels in and 6 out",
            Assert.Throws<ArgumentException>(() => new Conv2d(4, 6, 3, groups: 3)).Message);
        Assert.Contains("kernelSize takes one number, or 2, not (3, 3, 3)",
            Assert.Throws<ArgumentException>(() => new Conv2d(4, 6, (3, 3, 3))).Message);
        Assert.Contains("kernelSize must be 1 or more", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(4, 6, 0)).Message);
        Assert.Contains("a kernel size is needed", Assert.Throws<ArgumentException>(() => new Conv2d(4, 6, default)).Message);
        Assert.Contains("not \"mirror\"", Assert.Throws<ArgumentException>(() => new Conv1d(4, 6, 3, paddingMode: "mirror")).Message);
        Assert.Contains("takes stride 1", Assert.Throws<ArgumentException>(() => new Conv1d(4, 6, 3, stride: 2, padding: "same")).Message);
        Assert.Contains("channels must be 1 or more", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv3d(0, 6, 3)).Message);
    }
}
