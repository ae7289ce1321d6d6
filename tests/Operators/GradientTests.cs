using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Every operator's gradient, and the gradient of that, against central differences in float64.</summary>
public class GradientTests
{
    /// <summary>On the reference, which shares the formulas with all devices; elsewhere those whose kernels the second derivatives do not run.</summary>
    public static TheoryData<string, string> First => Cases((s, device) => device == "cpu" || !s.TwiceDifferentiable);

    public static TheoryData<string, string> Second => Cases((s, _) => s.TwiceDifferentiable);

    [Theory]
    [MemberData(nameof(First))]
    public void Gradients_are_those_of_central_differences(string device, string sample)
    {
        var s = GradientSamples.All[sample];
        GradientCheck.First(s.Call, s.Values(), s.Shapes, TestDevices.Get(device));
    }

    [Theory]
    [MemberData(nameof(Second))]
    public void Gradients_of_gradients_are_those_of_central_differences(string device, string sample)
    {
        var s = GradientSamples.All[sample];
        GradientCheck.Second(s.Call, s.Values(), s.Shapes, TestDevices.Get(device));
    }

    private static TheoryData<string, string> Cases(Func<GradientSample, string, bool> which)
    {
        var cases = new TheoryData<string, string>();
        foreach (string device in TestDevices.Names)
            foreach (var sample in GradientSamples.All.Values.Where(s => which(s, device))) cases.Add(device, sample.Name);
        return cases;
    }
}
