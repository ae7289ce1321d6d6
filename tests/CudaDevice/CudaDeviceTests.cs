using System.Diagnostics;
using GpuTensor.Tests.Simulator;
using GpuTensor.Tests.Train;
using Xunit;

namespace GpuTensor.Tests.CudaDevices;

/// <summary>The CUDA device on the simulator, in a process of its own for each scenario, since a process finds its libraries once and a lost device is lost for good.</summary>
public sealed class CudaDeviceTests
{
    /// <summary>Scenarios by name: what this process runs when it is started with one.</summary>
    public static TheoryData<string> Names => [.. CudaScenarios.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Scenario(string name)
    {
        Assert.SkipWhen(name == CudaScenarios.AllTraining && !TrainingRuns.All, "All recorded training runs on the simulator take minutes: GPUTENSOR_TRAIN=all.");
        string folder = SimulatorFolder.Require();
        var command = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") command.ArgumentList.Add(typeof(CudaDeviceTests).Assembly.Location);
        foreach (string argument in (string[])["--filter-method", "*CudaScenarioRunner.Run", "--no-ansi", "--progress", "off"]) command.ArgumentList.Add(argument);
        command.Environment["GPUTENSOR_CUDA_LIBRARIES"] = folder;
        // Two devices of different generations; most scenarios take the first.
        command.Environment["GPUTENSOR_SIMULATOR"] = "capability=8.6,9.0" + (name == CudaScenarios.WithoutEpilogues ? ";epilogues=0" : "");
        command.Environment[CudaScenarios.Variable] = name;
        command.Environment.Remove("GPUTENSOR_TEST_DEVICES");
        using var process = Process.Start(command)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0 && output.Contains("succeeded: 1", StringComparison.Ordinal), $"{name} ended with {process.ExitCode}.\n{output}\n{await error}");
    }
}

/// <summary>Runs one scenario in the process that <see cref="CudaDeviceTests"/> started for it; skipped in every other.</summary>
public sealed class CudaScenarioRunner
{
    [Fact]
    public void Run()
    {
        string? name = Environment.GetEnvironmentVariable(CudaScenarios.Variable);
        Assert.SkipWhen(name is null, $"Only in the processes of {nameof(CudaDeviceTests)}, which name a scenario.");
        CudaScenarios.All[name!]();
    }
}
