using System.Diagnostics;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>A built program of this repository, run as a user runs it: a process of its own in a folder of its own.</summary>
internal static class Program
{
    /// <summary>How a run ended.</summary>
    public sealed record Result(int ExitCode, string Output, string Errors)
    {
        public string[] Lines { get; } = Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        /// <summary>This result, if it ended well; else the test fails with what the program said.</summary>
        public Result Succeeded()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
            return this;
        }
    }

    /// <summary>The command line's program.</summary>
    public static string Cli => Built("tools/cli", "GpuTensor.Cli");

    /// <summary>A sample's program.</summary>
    public static string Sample(string name) => Built($"tests/Samples/{name}", $"Sample.{name}");

    /// <summary>Starts a program; the caller waits for it or ends it.</summary>
    public static Process Start(string dll, string folder, string? device, params IEnumerable<string> arguments) =>
        Start(new Dictionary<string, string?> { ["GPUTENSOR_DEVICE"] = device }, dll, folder, arguments);

    /// <summary>Starts a program, an assembly or an executable, in this process's environment with changes; null removes a
    /// variable.</summary>
    public static Process Start(IReadOnlyDictionary<string, string?> environment, string program, string folder,
        params IEnumerable<string> arguments)
    {
        bool isAssembly = program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : program) { WorkingDirectory = folder, RedirectStandardOutput = true,
            RedirectStandardError = true };
        foreach (string argument in isAssembly ? [program, .. arguments] : arguments) start.ArgumentList.Add(argument);
        // Timing tiles would cost more than these small products.
        start.Environment["GPUTENSOR_AUTOTUNE"] = "0";
        foreach (var (name, value) in environment)
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a program to its end, or fails after half an hour.</summary>
    public static Result Run(string dll, string folder, string? device, params IEnumerable<string> arguments)
    {
        using var process = Start(dll, folder, device, arguments);
        return Wait(process);
    }

    /// <summary>Waits for a program's end. The limit is for one that hangs, on a machine however busy.</summary>
    public static Result Wait(Process process, int minutes = 30)
    {
        // Both are read at once: a full pipe would stop the program.
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(minutes)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The program did not end within {minutes} minutes.");
        }
        return new(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>The program's file, which building the solution in these tests' configuration makes.</summary>
    private static string Built(string project, string name)
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        string framework = tests.Name, configuration = tests.Parent!.Name;
        string dll = Path.Combine(Repository.Root, project, "bin", configuration, framework, $"{name}.dll");
        if (!File.Exists(dll)) Assert.Skip($"{dll} is not there: build the whole of GpuTensor.sln first.");
        return dll;
    }
}
