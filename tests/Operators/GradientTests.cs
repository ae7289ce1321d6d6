using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Every operator's gradient, and the gradient of that, against central differences in float64: all on the reference, whose
/// formulas all devices share, a part on a device, where each sample compiles a dozen kernels. (Recorded gradients of every operator are
/// compared there too: <see cref="ConformanceTests.DeviceCorpusTests"/>.)</summary>
public class GradientTests
{
    /// <summary>On a device those that have no second derivative.</summary>
    public static TheoryData<string, string> First => Cases((s, device) => device == "cpu" || !s.TwiceDifferentiable);

    /// <summary>On a device every second sample, which runs the kernels of the gradient as well; all with
    /// <c>GPUTENSOR_CONFORMANCE=all</c>.</summary>
    public static TheoryData<string, string> Second
    {
        get
        {
            bool all = Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE") == "all";
            var twice = GradientSamples.All.Values.Where(s => s.TwiceDifferentiable).Index().ToDictionary(s => s.Item, s => s.Index);
            return Cases((s, device) => twice.TryGetValue(s, out int number) && (all || device == "cpu" || number % 2 == 0));
        }
    }

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
