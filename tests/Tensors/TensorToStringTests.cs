using Xunit;

namespace GpuTensor.Tests.Tensors;

public class TensorToStringTests
{
    [Fact]
    public void A_tensor_prints_its_values_and_its_history()
    {
        string device = Device.Default == Device.Cpu ? "" : ", device='cpu'";
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, device: Device.Cpu);
        Assert.Equal($"tensor([[1., 2., 3.],\n        [4., 5., 6.]]{device})", x.ToString());
        Assert.Equal($"tensor([[1., 4.],\n        [2., 5.],\n        [3., 6.]]{device})", x.T.ToString());
        var w = Tensor.From(new float[] { 1, 2 }, device: Device.Cpu, requiresGrad: true);
        Assert.Equal($"tensor([1., 2.]{device}, requires_grad=True)", w.ToString());
        Assert.Equal($"tensor([1., 4.]{device}, grad_fn=<MulBackward0>)", (w * w).ToString());
        Assert.Equal($"tensor([1., 4.]{device})", (w * w).Detach().ToString());
    }
}
