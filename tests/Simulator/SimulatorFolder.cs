using System.Diagnostics;
using GpuTensor.Tests.Bindings;
using Xunit;

namespace GpuTensor.Tests.Simulator;

/// <summary>The simulator as a folder of native libraries, built by <c>tools/simulator</c> where its sources have changed.</summary>
internal static class SimulatorFolder
{
    private static readonly Lock Building = new();
    private static readonly Dictionary<string, (string? Folder, string? Problem)> Built = [];
    private static readonly Dictionary<string, string> Private = [];
    private static string? door;

    /// <summary>The folder for a driver's version ("13.0", "12.4", "11.4"), or the test ends here as skipped, with the reason.</summary>
    /// <param name="driver">The version.</param>
    /// <param name="compiles">False: the test does without NVRTC.</param>
    public static string Require(string driver = "13.0", bool compiles = true)
    {
        OptionalPart.CCompiler.Require();
        if (compiles) Nvrtc.Folder(driver == "13.0" ? 13 : 12);
        lock (Building)
        {
            if (!Built.TryGetValue(driver, out var built)) Built[driver] = built = Build(driver);
            Assert.SkipWhen(built.Folder is null, built.Problem ?? "");
            return built.Folder!;
        }
    }

    /// <summary>A copy of its own: another file is another library to the loader, with another state, which no other test
    /// disturbs.</summary>
    public static string RequirePrivate(string driver = "13.0", bool compiles = true)
    {
        string shared = Require(driver, compiles);
        lock (Building)
        {
            if (Private.TryGetValue(driver, out string? copy)) return copy;
            copy = Directory.CreateTempSubdirectory("gputensor-simulator-").FullName;
            string made = copy;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(made, recursive: true);
            string library = Path.Combine(copy, "simulator.so");
            File.Copy(Path.Combine(shared, "simulator.so"), library);
            foreach (string file in Directory.GetFiles(shared))
            {
                string name = Path.GetFileName(file);
                if (name == "simulator.so") continue;
                File.CreateSymbolicLink(Path.Combine(copy, name), name.StartsWith("libnvrtc", StringComparison.Ordinal) ? file : library);
            }
            return Private[driver] = copy;
        }
    }

    /// <summary>A folder in which the calls of NVRTC can be made to fail too: they go through the simulator. <paramref name="setting"/>
    /// belongs into its settings.</summary>
    public static string RequireDoor(out string setting)
    {
        string shared = Require();
        string real = Path.Combine(shared, "libnvrtc.so.13");
        setting = $"nvrtc={real}";
        lock (Building)
        {
            if (door is not null) return door;
            string made = door = Directory.CreateTempSubdirectory("gputensor-simulator-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(made, recursive: true);
            foreach (string file in Directory.GetFiles(shared))
            {
                string name = Path.GetFileName(file);
                if (name.StartsWith("libnvrtc.so", StringComparison.Ordinal)) continue;
                File.CreateSymbolicLink(Path.Combine(made, name), file);
            }
            File.CreateSymbolicLink(Path.Combine(made, "libnvrtc.so.13"), Path.Combine(shared, "simulator.so"));
            return made;
        }
    }

    private static (string?, string?) Build(string driver)
    {
        if (!OperatingSystem.IsLinux()) return (null, "The simulator is built for Linux.");
        string script = Path.Combine(Repository.Root, "tools", "simulator");
        var command = new ProcessStartInfo(script, [driver]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!Nvrtc.Versions.Any()) command.Environment["GPUTENSOR_NVRTC"] = "none";
        // MSBuild's own variables, which a test runner may have inherited, would mislead the build inside.
        foreach (string name in command.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            command.Environment.Remove(name);
        using var process = Process.Start(command)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 => (output, null),
            3 => (null, error.Result.Trim()),
            var code => throw new InvalidOperationException($"{script} {driver} ended with {code}: {output}{error.Result}"),
        };
    }
}
