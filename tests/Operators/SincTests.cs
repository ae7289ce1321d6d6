using Xunit;

namespace GpuTensor.Tests.Operators;

public class SincTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory]
    [MemberData(nameof(Devices))]
    public void Values_and_gradients_at_zero_at_zeros_and_at_infinity(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([0f, -0f, 0.5f, 1f, -3f, 100_000.5f, float.PositiveInfinity], device: device, requiresGrad: true);
        var y = x.Sinc();
        float[] values = y.ToArray<float>();
        Assert.Equal([1f, 1f, 0.63661975f, 0f, 0f], [.. values[..5].Select(Math.Abs)], (a, b) => Math.Abs(a - b) <= 1e-7f);
        // sin(100,000.5 π) is 1: only an exact reduction of the argument gives it in float32.
        Assert.Equal(1 / (Math.PI * 100_000.5), values[5], 1e-12);
        Assert.True(float.IsNaN(values[6]));
        y.Narrow(0, 0, 4).Sum().Backward();
        Assert.Equal([0, 0, -4 / Math.PI, -1], [.. x.Grad!.ToArray<float>()[..4].Select(g => (double)g)], (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Integers_give_float32_and_the_in_place_form_is_refused_for_them(string name)
    {
        var x = Tensor.From([0, 2], device: TestDevices.Get(name));
        Assert.Equal(DType.Float32, x.Sinc().DType);
        Assert.Throws<TensorDTypeException>(() => x.Sinc_());
    }
}
