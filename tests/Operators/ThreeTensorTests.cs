using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Operators of three tensors compute in the common dtype of all three.</summary>
public class ThreeTensorTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void The_common_dtype_comes_before_the_first_rounding(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        Tensor exact = From(1f), half = From(1.0078125f).To(DType.BFloat16), whole = Tensor.From([3], device: device);
        // 0.1 · 1.0078125 is no bfloat16 number.
        const float product = 0.1f * 1.0078125f;
        Check(exact.Addcmul(half, From(1f), value: 0.1f), DType.Float32, 1 + product);
        Check(exact.Addcmul(half, half, value: 0.1f), DType.Float32, MathF.FusedMultiplyAdd(product, 1.0078125f, 1));
        Check(half.Addcmul(half, From(1f), value: 0.1f), DType.Float32, 1.0078125f + product);
        Check(exact.Addcdiv(half, From(1f), value: 0.1f), DType.Float32, 1 + product);
        Check(exact.Addcdiv(whole, From(7f), value: 0.1f), DType.Float32, 1 + 0.1f * 3 / 7);
        Check(exact.Addcmul(whole, whole, value: 0.1f), DType.Float32, MathF.FusedMultiplyAdd(0.1f * 3, 3, 1));
        // One rounding for a half type, too.
        Check(half.Addcmul(half, half, value: 0.1f).To(DType.Float32), DType.Float32,
            Half(MathF.FusedMultiplyAdd(product, 1.0078125f, 1.0078125f)));
        Check(half.Addcdiv(half, half, value: 0.1f).To(DType.Float32), DType.Float32, Half(1.0078125f + product / 1.0078125f));
        // Numbers without dimensions do not widen what has some.
        Assert.Equal(DType.BFloat16, half.Addcmul(half, Tensor.From([0.1f], device: device).Reshape()).DType);
        Assert.Equal(DType.BFloat16, half.Lerp(half, Tensor.From([0.1f], device: device).Reshape()).DType);
        Assert.Equal(DType.Float32, half.Lerp(half, From(0.1f)).DType);
        // Integers: the fraction of value goes.
        Assert.Equal([3L + 2 * 9], Tensor.From([3L], device: device).Addcmul(whole, whole, value: 2.9).ToArray<long>());
        Assert.Throws<TensorDTypeException>(() => exact.Addcdiv(whole, whole));
        var clamped = Tensor.From([(1 << 24) + 1], device: device).Clamp(From(0f), Tensor.From([1e9], device: device));
        Assert.Equal((DType.Float64, (1 << 24) + 1), (clamped.DType, clamped.Item<int>()));

        Tensor From(float value) => Tensor.From([value], device: device);

        static float Half(float x) => Tensor.From([x], device: Device.Cpu).To(DType.BFloat16).Item<float>();

        static void Check(Tensor actual, DType dtype, float expected)
        {
            Assert.Equal(dtype, actual.DType);
            Assert.Equal(expected, actual.Item<float>());
        }
    }
}
