using System.Diagnostics;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>Runs a scenario of <see cref="CudaScenarios"/> in a process of its own, since a process finds its libraries once and a lost
/// device is lost for good.</summary>
internal static class ScenarioProcess
{
    /// <summary>How it ended.</summary>
    public sealed record Result(int ExitCode, string Output, string Errors);

    /// <summary>Starts it; the scenario's process passes if the scenario does.</summary>
    public static async Task<Result> Run(string name, string folder, string simulator, TimeSpan limit,
        params IEnumerable<(string Name, string Value)> environment)
    {
        var command = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            command.ArgumentList.Add(typeof(ScenarioProcess).Assembly.Location);
        foreach (string argument in (string[])["--filter-method", "*CudaScenarioRunner.Run", "--no-ansi", "--progress", "off",
            "--show-live-output", "on"]) command.ArgumentList.Add(argument);
        command.Environment["GPUTENSOR_CUDA_LIBRARIES"] = folder;
        command.Environment["GPUTENSOR_SIMULATOR"] = simulator;
        command.Environment[CudaScenarios.Variable] = name;
        command.Environment.Remove("GPUTENSOR_TEST_DEVICES");
        command.Environment.Remove("GPUTENSOR_EAGER");
        foreach (var (variable, value) in environment) command.Environment[variable] = value;
        using var process = Process.Start(command)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{name}' did not end within {limit}.\n{await output}\n{await errors}");
        }
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>The same, and it must pass, or skip as this test then does.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> Passes(string name, string folder, string simulator, TimeSpan limit)
    {
        var result = await Run(name, folder, simulator, limit);
        if (result.Output.Contains("skipped: 1", StringComparison.Ordinal))
            Assert.Skip(result.Output.Split('\n').SkipWhile(l => !l.StartsWith("skipped ", StringComparison.Ordinal)).Skip(1)
                .FirstOrDefault("").Trim());
        Assert.True(result.ExitCode == 0 && result.Output.Contains("succeeded: 1", StringComparison.Ordinal),
            $"{name} ended with {result.ExitCode}.\n{result.Output}\n{result.Errors}");
        return result.Output;
    }
}
