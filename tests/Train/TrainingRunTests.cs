using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>Whole training runs against PyTorch's.</summary>
public class TrainingRunTests
{
    public static TheoryData<string, string> Optimizers => TestDevices.Cross(TrainingRuns.Optimizers);

    public static TheoryData<string, string> Schedules => TestDevices.Cross(TrainingRuns.Schedules);

    public static TheoryData<string, string> Others => TestDevices.Cross(TrainingRuns.Others);

    [Theory, MemberData(nameof(Optimizers))]
    public void Every_optimizer_trains_as_pytorchs(string name, string deviceName) =>
        TrainingRuns.Run(Corpus.Path(), name, TestDevices.Get(deviceName));

    [Theory, MemberData(nameof(Schedules))]
    public void A_rate_that_changes_at_each_step_trains_as_pytorchs(string name, string deviceName) =>
        TrainingRuns.Run(Corpus.Path(), name, TestDevices.Get(deviceName));

    [Theory, MemberData(nameof(Others))]
    public void Networks_train_as_pytorchs(string name, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        if (device.Kind == "opencl" && TrainingRuns.IsSlowToCompile(name) && !TrainingRuns.All)
            Assert.Skip("Takes long to compile there: GPUTENSOR_TRAIN=all runs it.");
        TrainingRuns.Run(Corpus.Path(), name, device);
    }
}
