using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Dimensions of size 0 and 1, and tables made of one number, where loops collapse.</summary>
public class DegenerateShapeTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void Statistics_of_no_elements_are_nan_whatever_was_fused_before(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        foreach (var dtype in (DType[])[DType.Float32, DType.Float16])
        {
            var none = Tensor.Zeros([0], dtype, device);
            Assert.True(double.IsNaN((none * 2).Mean().To(DType.Float64).Item<double>()));
            Assert.True(double.IsNaN((none * 2).Var(correction: 0).To(DType.Float64).Item<double>()));
            Assert.True(double.IsNaN((none * 2).Std(correction: 0).To(DType.Float64).Item<double>()));
            Assert.Equal(3, ((none * 2).Sum() + 3).To(DType.Float64).Item<double>());
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_maximum_over_a_dimension_of_one_has_a_gradient(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.Arange(12, dtype: DType.Float32, device: device).Reshape(3, 2, 1, 2).RequiresGrad_();
        x.AMax(2, keepDim: true).Backward(Tensor.Arange(12, dtype: DType.Float32, device: device).Reshape(3, 2, 1, 2));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), x.Grad!.Flatten().ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void One_number_can_be_looked_up_in(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var at = Tensor.From([1L, 0, 1], device: device);
        Assert.Equal([7f, 7, 7], Tensor.Full([2], 7f, device: device).IndexSelect(0, at).ToArray<float>());
        Assert.Equal([8f, 8, 8], (Tensor.Full([2], 7f, device: device) + 1).Gather(0, at).ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Deviations_do_not_overflow_where_only_their_squares_do(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.From([1e30f, 3e30f], device: device).RequiresGrad_();
        var std = x.Std();
        Assert.Equal(1.4142135e30f, std.Item<float>(), 1e24f);
        std.Backward();
        Assert.Equal([-0.70710677f, 0.70710677f], x.Grad!.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
    }
}
