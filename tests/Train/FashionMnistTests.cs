using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>The real Fashion-MNIST, from the Debian package dataset-fashion-mnist.</summary>
public class FashionMnistTests
{
#if DEBUG
    // Unoptimised, the reference's plain loops take two minutes for fifty.
    private const int Steps = 5;
#else
    private const int Steps = 50;
#endif

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void The_first_losses_are_pytorchs(string deviceName)
    {
        OptionalPart.FashionMnist.Require();
        TrainingRuns.Run(Corpus.Path(), TrainingRuns.FashionMlp, TestDevices.Get(deviceName), Steps);
    }
}
