using Xunit;

namespace GpuTensor.Tests.AutogradTests;

public class AutogradGradTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void Derivatives_of_derivatives(string deviceName)
    {
        var x = Tensor.From([0.5f, -1, 2], device: TestDevices.Get(deviceName), requiresGrad: true);
        var y = (x * x * x * x).Sum();
        var first = Autograd.Grad(y, x, createGraph: true);
        var second = Autograd.Grad(first.Sum(), x, createGraph: true);
        var third = Autograd.Grad(second.Sum(), x);
        Assert.Equal([0.5f, -4, 32], first.ToArray<float>());
        Assert.Equal([3f, 12, 48], second.ToArray<float>());
        Assert.Equal([12f, -24, 48], third.ToArray<float>());
        Assert.Null(x.Grad);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Several_outputs_and_inputs_that_are_results(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        Tensor a = Tensor.From([1f, 2], device: device, requiresGrad: true), b = Tensor.From([3f, 4], device: device, requiresGrad: true);
        var unused = Tensor.Ones([2], device: device, requiresGrad: true);
        var product = a * b;
        var part = product[1];
        var grads = Autograd.Grad([product, part * part], [a, product, unused], [Tensor.From([1f, 10], device: device), null],
            retainGraph: true, allowUnused: true);
        Assert.Equal([3f, 40 + 2 * 8 * 4], grads[0]!.ToArray<float>());
        Assert.Equal([1f, 10 + 2 * 8], grads[1]!.ToArray<float>());
        Assert.Null(grads[2]);
        Assert.Equal(4, Autograd.Grad(part, [a])[0].ToArray<float>()[1]);
    }

    [Fact]
    public void What_cannot_be_differentiated_says_why()
    {
        Tensor a = Tensor.From([1f, 2], device: Device.Cpu, requiresGrad: true),
            b = Tensor.From([1f, 2], device: Device.Cpu, requiresGrad: true);
        var y = (a * a).Sum();
        Assert.Contains("allowUnused", Assert.Throws<AutogradException>(() => Autograd.Grad(y, [a, b], retainGraph: true)).Message);
        Assert.Contains("does not require", Assert.Throws<AutogradException>(() => Autograd.Grad(y, a.Detach(), retainGraph: true))
            .Message);
        Autograd.Grad(y, a);
        Assert.Contains("second time", Assert.Throws<AutogradException>(() => Autograd.Grad(y, a)).Message);
        Assert.Throws<AutogradException>(() => Autograd.Grad(a * a, a));
        Assert.Throws<TensorShapeException>(() => Autograd.Grad(a * a, a, Tensor.Ones([3], device: Device.Cpu)));
    }
}
