using System.Text.Json;
using GpuTensor.Conformance;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>The CUDA device on the simulator: each scenario in its process.</summary>
public sealed class CudaDeviceTests
{
    /// <summary>Scenarios by name.</summary>
    public static TheoryData<string> Names => [.. CudaScenarios.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public Task Scenario(string name)
    {
        Assert.SkipWhen(name == CudaScenarios.AllTraining && !TrainingRuns.All,
            "All recorded training runs on the simulator take minutes: GPUTENSOR_TRAIN=all.");
        // Two devices of different generations; most scenarios take the first.
        string machine = "capability=8.6,9.0" + (name == CudaScenarios.WithoutEpilogues ? ";epilogues=0" : "");
        return ScenarioProcess.Passes(name, SimulatorFolder.Require(), machine, TimeSpan.FromMinutes(60));
    }

    /// <summary>Every call that can fail does, in turn, the compiler's as well.</summary>
    [Theory, InlineData(FaultScenarios.WithPoolsName), InlineData(FaultScenarios.WithoutPoolsName), InlineData(FaultScenarios.DiskName)]
    public async Task Faults(string name)
    {
        string folder = SimulatorFolder.RequireDoor(out string setting);
        TestContext.Current.SendDiagnosticMessage(await ScenarioProcess.Passes(name, folder, $"capability=8.6;{setting}",
            TimeSpan.FromHours(2)));
    }
}

/// <summary>How a process ends that uses the CUDA device, and how it lasts.</summary>
public sealed class CudaProcessTests
{
    /// <summary>Exit code 42, no crash, no defect, and no call of the driver once it is gone. Several moments of each where
    /// <c>GPUTENSOR_EXIT_ROUNDS</c> says so.</summary>
    [Fact]
    public async Task Exit_in_mid_training_is_clean()
    {
        string folder = SimulatorFolder.Require();
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_EXIT_ROUNDS"), out int given) ? given : 1;
        using var place = new TempFolder();
        // Those that wait beside those that work.
        await Parallel.ForEachAsync(Enumerable.Range(1, rounds).SelectMany(r => ExitScenarios.All.Keys.Reverse().Select(name => (name, r))),
            new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (run, _) =>
        {
            var (name, round) = run;
            string report = place[$"{name} {round}"], cache = Directory.CreateDirectory(report + " cache").FullName;
            var result = await ScenarioProcess.Run(name, folder, $"capability=8.6;report={report}", TimeSpan.FromMinutes(20),
                (ExitScenarios.SeedVariable, $"{round}"), ("GPUTENSOR_CACHE", cache));
            string text = $"{name}, round {round}, ended with {result.ExitCode}.\n{result.Output}\n{result.Errors}";
            Assert.True(result.ExitCode == ExitScenarios.Code, text);
            Assert.DoesNotContain("nhandled exception", result.Errors, StringComparison.Ordinal);
            Assert.True(File.Exists(report), $"the driver was never taken apart: {text}");
            Assert.Equal(0, JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty("defects").GetArrayLength());
            bool holds = name.Contains("to the last", StringComparison.Ordinal);
            Assert.True(holds || !File.Exists(report + ".late"),
                $"called after the end: {(File.Exists(report + ".late") ? File.ReadAllText(report + ".late") : "")}{text}");
        });
    }

    [Fact]
    public async Task Soak()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_SOAK_SECONDS"), out int given) ? given : 8;
        string output = await ScenarioProcess.Passes(SoakScenario.Name, SimulatorFolder.Require(), "capability=8.6",
            TimeSpan.FromSeconds(seconds) + TimeSpan.FromMinutes(30));
        TestContext.Current.SendDiagnosticMessage(output);
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
