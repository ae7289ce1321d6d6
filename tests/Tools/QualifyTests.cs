using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>gputensor qualify</c>, from outside: what its report says of stages that pass, fail, crash, are cut or miss
/// something.</summary>
public class QualifyTests
{
    private static readonly string[] Stages = ["doctor", "matmul", "conformance", "replay", "benchmarks", "sanitizer"];

    /// <summary>The bundle that <c>tools/bundle</c> publishes, unpacked, on the simulator: all stages run, on one recorded sample of each
    /// of sixty operators, and pass, so that it ends with 0. The program is the published one with the runtime it brings, and no other is
    /// found. compute-sanitizer is a stand-in that runs what it is given.</summary>
    [Fact]
    public void The_published_bundle_passes_every_stage_on_the_simulator()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "The bundle is for Linux x86-64.");
        string simulator = SimulatorFolder.Require(), corpus = Corpus.Path();
        using var folder = new TempFolder();
        string archive = folder["bundle.tar.gz"];
        var published = Tool(folder, Path.Combine(Repository.Root, "tools", "bundle"), archive);
        Assert.SkipWhen(published.Output.Contains("NU1301", StringComparison.Ordinal)
            || published.Errors.Contains("NU1301", StringComparison.Ordinal), "NuGet's packages of the runtime could not be fetched.");
        published.Succeeded();
        Assert.InRange(new FileInfo(archive).Length, 10 << 20, 60 << 20);
        Tool(folder, "tar", "-xzf", archive, "-C", folder.Path).Succeeded();
        // With every recorded sample, where the program looks for them.
        foreach (string part in (string[])["ops", "ops2"])
            Assert.Equal(Directory.GetFiles(Path.Combine(corpus, part)).Length,
                Directory.GetFiles(folder[$"gputensor-bundle/shared/corpus/{part}"]).Length);

        string sanitizer = Sanitizer(folder, "shift 6; exec \"$@\"");
        var (code, report, output) = RunProgram(folder, new()
        {
            ["GPUTENSOR_CUDA_LIBRARIES"] = simulator, ["GPUTENSOR_SIMULATOR"] = "capability=9.0", ["DOTNET_ROOT"] = folder["no-runtime"],
                ["GPUTENSOR_CORPUS"] = null,
            // Nothing else is needed of the machine.
            ["PATH"] = $"{sanitizer}:/usr/bin:/bin", ["GPUTENSOR_CACHE"] = folder["cache"],
        }, folder["gputensor-bundle/gputensor"], "--device", "cuda", "--limit-minutes", "30", "--corpus", OneSampleEach(folder, 60));
        foreach (string name in Stages) Assert.True(Outcome(report, name) == "passed", $"{name}: {Stage(report, name)}\n{output}");
        Assert.Equal(0, code);
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.True(report.GetProperty("simulated").GetBoolean());
        foreach (string list in (string[])["cut", "failed", "missing"]) Assert.Empty(Texts(report, list));
        Assert.Contains(Stage(report, "doctor").GetProperty("checks").EnumerateArray(), c =>
            c.GetProperty("check").GetString() == "cuda:0 graph" && c.GetProperty("outcome").GetString() == "passed");
        Assert.Contains(Stage(report, "matmul").GetProperty("checks").EnumerateArray(), c =>
            c.GetProperty("detail").GetString()!.Contains("equal those of plain loops", StringComparison.Ordinal));
        Assert.Contains(Stage(report, "replay").GetProperty("checks").EnumerateArray(), c =>
            c.GetProperty("detail").GetString()!.Contains("launches of graphs", StringComparison.Ordinal));
        Assert.Contains(Stage(report, "benchmarks").GetProperty("checks").EnumerateArray(), c =>
            c.GetProperty("detail").GetString()!.Contains("the median of", StringComparison.Ordinal));
        Assert.Equal(60, Stage(report, "conformance").GetProperty("operators").EnumerateArray()
            .Sum(o => o.GetProperty("passed").GetInt32() + o.GetProperty("unsupported").GetInt32()));
        // Opening the device, and the samples.
        Assert.Equal(51, Stage(report, "sanitizer").GetProperty("passed").GetInt32());
    }

    /// <summary>Nine seconds for all samples: the report says what was reached, and where it was cut.</summary>
    [Fact]
    public void What_the_time_cut_is_listed()
    {
        TestDevices.Get("opencl");
        string all = Corpus.Path();
        using var folder = new TempFolder();
        var (code, report, output) = Run(folder, [], "--device", "opencl:0", "--limit-minutes", "0.15", "--corpus", all, "--stages",
            "conformance");
        Assert.True(Outcome(report, "conformance") == "cut", output);
        Assert.Equal(2, code);
        Assert.Contains(Texts(report, "cut"), line => line.StartsWith("conformance: ", StringComparison.Ordinal));
        Assert.Equal(Stages, report.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }

    /// <summary>A process that dies of a fault, and what a sanitizer finds, fail the stage; the report is whole. A sanitizer that is not
    /// there is missing.</summary>
    [Theory]
    [InlineData("kill -SEGV $$", 1, "crashed", "the process ended with 139")]
    [InlineData("shift 6; \"$@\"; exit 86", 1, "failed", "compute-sanitizer found errors")]
    [InlineData(null, 2, "missing", "compute-sanitizer is not on PATH")]
    public void The_report_outlives_what_happens_to_a_stage(string? sanitizer, int exitCode, string outcome, string reason)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The stand-in for compute-sanitizer is a shell script.");
        TestDevices.Get("opencl");
        using var folder = new TempFolder();
        string path = sanitizer is null ? folder["path"] : Sanitizer(folder, sanitizer);
        string rest = string.Join(':', Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Where(p => !File.Exists(Path.Combine(p, "compute-sanitizer"))));
        var (code, report, output) = Run(folder, new() { ["PATH"] = $"{path}:{rest}" }, "--device", "opencl:0", "--limit-minutes", "30",
            "--corpus", FewFiles(folder, "exp"), "--stages", "sanitizer");
        Assert.True(Outcome(report, "sanitizer") == outcome, $"{Stage(report, "sanitizer")}\n{output}");
        Assert.Contains(reason, Stage(report, "sanitizer").GetProperty("reason").GetString());
        Assert.Contains(Texts(report, outcome == "missing" ? "missing" : "failed"), line =>
            line.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(exitCode, code);
        // The stand-in was handed the program's own command: the device opened, and a sample passed.
        if (outcome == "failed") Assert.Equal(2, Stage(report, "sanitizer").GetProperty("passed").GetInt32());
    }

    [Fact]
    public void Without_a_driver_stages_fail_and_say_why()
    {
        Assert.SkipWhen(GpuTensor.Bindings.Cuda.Cuda.Locate(GpuTensor.Bindings.Cuda.CudaLibrary.Driver) is not null,
            "This machine has an NVIDIA driver.");
        using var folder = new TempFolder();
        var (code, report, _) = Run(folder, new() { ["GPUTENSOR_CUDA_LIBRARIES"] = null }, "--stages", "replay");
        Assert.Equal(1, code);
        Assert.Equal("failed", Outcome(report, "replay"));
        Assert.Contains("There is no usable CUDA device", Stage(report, "replay").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("'cpu' is no device to qualify", "--device", "cpu")]
    [InlineData("'everything' is no stage", "--stages", "everything")]
    [InlineData("--limit-minutes must be", "--limit-minutes", "0")]
    public void What_it_cannot_do_is_an_error(string message, params string[] arguments)
    {
        using var folder = new TempFolder();
        var result = Program.Run(Program.Cli, folder.Path, null, ["qualify", .. arguments]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors);
    }

    /// <summary>A corpus of these files alone.</summary>
    private static string FewFiles(TempFolder folder, params string[] names)
    {
        Directory.CreateDirectory(folder["corpus/ops"]);
        foreach (string file in names.SelectMany(n => (string[])[$"{n}.json", $"{n}.safetensors"]))
            File.Copy(Corpus.Path("ops", file), folder[$"corpus/ops/{file}"]);
        return folder["corpus"];
    }

    /// <summary>A corpus of so many files with the first sample of each.</summary>
    private static string OneSampleEach(TempFolder folder, int count)
    {
        Directory.CreateDirectory(folder["corpus/ops"]);
        foreach (string path in Directory.GetFiles(Corpus.Path("ops"), "*.json").Where(f => Path.GetFileName(f) != "index.json")
            .Order(StringComparer.Ordinal).Take(count))
        {
            var file = JsonNode.Parse(File.ReadAllBytes(path))!;
            file["samples"] = new JsonArray(file["samples"]![0]!.DeepClone());
            file["errors"] = new JsonArray();
            File.WriteAllText(folder[$"corpus/ops/{Path.GetFileName(path)}"], file.ToJsonString());
            string data = Path.ChangeExtension(path, ".safetensors");
            File.Copy(data, folder[$"corpus/ops/{Path.GetFileName(data)}"]);
        }
        return folder["corpus"];
    }

    /// <summary>A stand-in for compute-sanitizer.</summary>
    /// <returns>Its folder.</returns>
    private static string Sanitizer(TempFolder folder, string script)
    {
        string path = Directory.CreateDirectory(folder["path"]).FullName, file = Path.Combine(path, "compute-sanitizer");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static Program.Result Tool(TempFolder folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.Path, RedirectStandardOutput = true,
            RedirectStandardError = true };
        using var process = Process.Start(start)!;
        return Program.Wait(process, minutes: 40);
    }

    private static (int ExitCode, JsonElement Report, string Output) Run(TempFolder folder, Dictionary<string, string?> environment,
        params string[] arguments) =>
        RunProgram(folder, environment, Program.Cli, arguments);

    private static (int ExitCode, JsonElement Report, string Output) RunProgram(TempFolder folder, Dictionary<string, string?> environment,
        string program, params string[] arguments)
    {
        environment.TryAdd("GPUTENSOR_SIMULATOR", null);
        environment.TryAdd("CUDA_VISIBLE_DEVICES", null);
        using var process = Program.Start(environment, program, folder.Path, ["qualify", "--out", "report.json", .. arguments]);
        var result = Program.Wait(process, minutes: 40);
        Assert.True(File.Exists(folder["report.json"]), result.Output + result.Errors);
        Assert.Equal(["report.json"], Directory.GetFiles(folder.Path, "report.json*").Select(f => Path.GetFileName(f)));
        return (result.ExitCode, JsonDocument.Parse(File.ReadAllBytes(folder["report.json"])).RootElement, result.Output + result.Errors);
    }

    private static JsonElement Stage(JsonElement report, string name) =>
        report.GetProperty("stages").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);

    private static string? Outcome(JsonElement report, string name) => Stage(report, name).GetProperty("outcome").GetString();

    private static string[] Texts(JsonElement report, string list) =>
        [.. report.GetProperty(list).EnumerateArray().Select(l => l.GetString()!)];
}
