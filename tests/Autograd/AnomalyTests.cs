using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.AutogradTests;

public class AnomalyTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void The_first_nan_is_named_with_operator_shapes_and_line(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, -1, 4], device: device);
        using var mode = Autograd.DetectAnomaly();
        var fine = x.Abs().Sqrt();
        var e = Assert.Throws<AnomalyException>(() => (x.Sqrt() * 2).Sum());
        Assert.Contains("sqrt gave NaN at element 1 of float32 [3], from float32 [3]", e.Message);
        Assert.Contains("AnomalyTests.cs:", e.Message);
        Assert.Contains(nameof(The_first_nan_is_named_with_operator_shapes_and_line), e.Message);
        Assert.Equal([1f, 1, 2], fine.ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void In_a_backward_pass_the_forward_operator_and_its_line_are_named_too(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([0f, 1], device: device, requiresGrad: true);
        using var mode = Autograd.DetectAnomaly();
        var y = x.Sqrt();
        // The gradient of the root at 0 is infinite.
        var e = Assert.Throws<AnomalyException>(() => y.Sum().Backward());
        Assert.Contains("infinity", e.Message);
        Assert.Contains("part of the gradient of sqrt float32 [2], recorded at AnomalyTests.cs:", e.Message);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Infinities_a_program_asks_for_and_numbers_that_stay_finite_pass(string name)
    {
        var device = TestDevices.Get(name);
        var scores = Tensor.From([1f, 2, 3], device: device);
        var mask = Tensor.From([true, false, true], device: device);
        float[] expected = Masked().ToArray<float>();
        using (Autograd.DetectAnomaly()) Assert.Equal(expected, Masked().ToArray<float>());
        // Over: nothing is looked at.
        Assert.True(float.IsNaN(Tensor.From([-1f], device: device).Sqrt().Item<float>()));

        Tensor Masked() => Tensor.Where(mask, scores, Tensor.Full([3], double.NegativeInfinity, device: device)).Softmax(0);
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_nan_that_comes_from_outside_is_found_where_it_is_first_used(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, float.NaN], device: device);
        using var mode = Autograd.DetectAnomaly();
        var e = Assert.Throws<AnomalyException>(() => x * 2);
        Assert.Contains("(holds NaN)", e.Message);
    }

    [Fact]
    public void A_training_step_has_the_same_bits_with_it()
    {
        using var test = TestDevice.OpenCl();
        float[] Train(bool detect)
        {
            Tensor.ManualSeed(2);
            var model = new Sequential(new Linear(3, 4, device: test.Device), new ReLU(), new Dropout(0.5),
                new Linear(4, 2, device: test.Device));
            var optimizer = new GpuTensor.Optim.SGD(model.Parameters(), lr: 0.1, momentum: 0.9);
            for (int i = 0; i < 3; i++)
            {
                if (detect)
                    using (Autograd.DetectAnomaly()) Step();
                else Step();
            }
            return [.. model.Parameters().SelectMany(p => p.Detach().ToArray<float>())];

            void Step()
            {
                optimizer.ZeroGrad();
                F.CrossEntropy(model.Forward(Tensor.Ones([5, 3], device: test.Device)), Tensor.From(new long[5], device: test.Device))
                    .Backward();
                optimizer.Step();
            }
        }
        Assert.Equal(Train(false), Train(true));
    }
}
