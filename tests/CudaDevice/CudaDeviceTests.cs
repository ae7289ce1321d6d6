using GpuTensor.Tests.Simulator;
using GpuTensor.Tests.Train;
using Xunit;

namespace GpuTensor.Tests.CudaDevices;

/// <summary>The CUDA device on the simulator: each scenario in its process.</summary>
public sealed class CudaDeviceTests
{
    /// <summary>Scenarios by name.</summary>
    public static TheoryData<string> Names => [.. CudaScenarios.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public Task Scenario(string name)
    {
        Assert.SkipWhen(name == CudaScenarios.AllTraining && !TrainingRuns.All, "All recorded training runs on the simulator take minutes: GPUTENSOR_TRAIN=all.");
        // Two devices of different generations; most scenarios take the first.
        string machine = "capability=8.6,9.0" + (name == CudaScenarios.WithoutEpilogues ? ";epilogues=0" : "");
        return ScenarioProcess.Passes(name, SimulatorFolder.Require(), machine, TimeSpan.FromMinutes(60));
    }

    /// <summary>Every call that can fail does, in turn, the compiler's as well.</summary>
    [Theory, InlineData(FaultScenarios.WithPoolsName), InlineData(FaultScenarios.WithoutPoolsName), InlineData(FaultScenarios.DiskName)]
    public async Task Faults(string name)
    {
        string folder = SimulatorFolder.RequireDoor(out string setting);
        TestContext.Current.SendDiagnosticMessage(await ScenarioProcess.Passes(name, folder, $"capability=8.6;{setting}", TimeSpan.FromHours(2)));
    }
}

/// <summary>Runs one scenario in the process that <see cref="ScenarioProcess"/> started for it; skipped in every other.</summary>
public sealed class CudaScenarioRunner
{
    [Fact]
    public void Run()
    {
        string? name = Environment.GetEnvironmentVariable(CudaScenarios.Variable);
        Assert.SkipWhen(name is null, $"Only in the processes of {nameof(CudaDeviceTests)}, which name a scenario.");
        (CudaScenarios.All.GetValueOrDefault(name!) ?? CudaScenarios.Special[name!])();
    }
}
