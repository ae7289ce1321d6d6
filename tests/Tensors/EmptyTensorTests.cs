using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Tensors;

/// <summary>Tensors without elements: a sum over nothing is 0 and a product 1, whatever is fused around it.</summary>
public class EmptyTensorTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void Reductions_over_nothing(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        Tensor Zeros(params Shape shape) => Tensor.Zeros(shape, device: device);
        // Fill memory first: what is not written must not pass for 0.
        Assert.Equal(9f * 64, Tensor.Full([64], 9f, device: device).Sum().Item<float>());
        Assert.Equal(0, Zeros(0).Sum().Item<float>());
        Assert.True(float.IsNaN(Zeros(0).Mean().Item<float>()));
        Assert.Equal(1, Zeros(0).Prod().Item<float>());
        Assert.Equal([1f, 1, 1], (Zeros(3, 0).Sum(1) + 1).ToArray<float>());
        Assert.Equal([2f, 2, 2], ((Zeros(0, 3) + 1).Exp().Sum(0) + 2).ToArray<float>());
        Assert.Equal([1f, 1, 1, 1, 1, 1], ((Zeros(3, 0) + 1).MatMul(Zeros(0, 2) + 1) + 1).ToArray<float>());
        Assert.Equal([2f, 2], (Tensor.Cat([Zeros(0), Zeros(2) + 1, Zeros(0)]) + 1).ToArray<float>());
        Assert.Empty(Zeros(0, 3).LogSoftmax(1).ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_batch_of_nothing_has_gradients_of_zero(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var layer = new Linear(3, 2, device: device);
        layer.Forward(Tensor.Zeros([0, 3], device: device)).Relu().Sum().Backward();
        Assert.Equal(new float[6], layer.Weight.Grad!.ToArray<float>());
        Assert.Equal(new float[2], layer.Bias!.Grad!.ToArray<float>());
    }
}
