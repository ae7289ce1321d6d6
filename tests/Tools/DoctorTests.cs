using System.Text.Json;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>gputensor doctor</c>, from outside: without a GPU, on the simulator, and on machines with a defect that it must
/// name.</summary>
public class DoctorTests
{
    private static readonly string[] Epilogues = ["Default", "Relu", "Gelu", "Bias", "ReluBias", "GeluBias"];

    [Fact]
    public void Without_a_driver_it_says_what_was_tried()
    {
        Assert.SkipWhen(GpuTensor.Bindings.Cuda.Cuda.Locate(GpuTensor.Bindings.Cuda.CudaLibrary.Driver) is not null,
            "This machine has an NVIDIA driver.");
        using var home = new TempFolder();
        var (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = null, ["HOME"] = home.Path, ["GPUTENSOR_CACHE"] = home["cache"] },
            "--device", "cuda");
        string? compiler = Finding(report, "cuda", "NVRTC, the compiler").GetProperty("detail").GetString();
        if (!compiler!.StartsWith("is here", StringComparison.Ordinal))
            Assert.Contains("pip install nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12", compiler);
        // Asked for CUDA alone, nothing was examined: that is no success.
        Assert.Equal(1, code);
        Assert.False(report.GetProperty("simulated").GetBoolean());
        var driver = Finding(report, "cuda", "driver");
        Assert.Contains(driver.GetProperty("outcome").GetString(), (string[])["skipped", "failed"]);
        Assert.Contains(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", driver.GetProperty("detail").GetString());
        Assert.Contains(report.GetProperty("attempts").EnumerateArray(), a => a.GetProperty("library").GetString() == "Driver"
            && !a.GetProperty("loaded").GetBoolean());
    }

    [Fact]
    public void OpenCL_is_examined_with_calculations()
    {
        TestDevices.Get("opencl");
        var (code, report) = Run([], "--device", "opencl:0");
        Assert.True(code == 0, report.ToString());
        foreach (string check in (string[])["opens", "copies", "kernel", "matmul", "replay"])
            Assert.Equal("passed", Outcome(report, "opencl:0", check));
        Assert.DoesNotContain(report.GetProperty("checks").EnumerateArray(), c =>
            c.GetProperty("device").GetString()!.StartsWith("cuda", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sound_machine_passes_every_check()
    {
        var (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = SimulatorFolder.Require() }, "--device", "cuda");
        Assert.True(code == 0, report.ToString());
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.True(report.GetProperty("simulated").GetBoolean());
        foreach (string check in (string[])["GPU", "compiler for this GPU", "versions of cuBLAS", "opens", "copies", "kernel", "matmul",
            "graph", .. Epilogues.Select(e => $"epilogue {e}")])
            Assert.Equal("passed", Outcome(report, "cuda:0", check));
        Assert.Contains("launches of captured graphs", Finding(report, "cuda:0", "graph").GetProperty("detail").GetString());
    }

    /// <summary>Three defects at a time: each is named with its call and a remedy, and everything else is still examined.</summary>
    [Fact]
    public void Calls_that_fail_are_named_and_the_report_is_whole()
    {
        var (code, report) = Run(new()
        {
            ["GPUTENSOR_CUDA_LIBRARIES"] = SimulatorFolder.Require(),
            ["GPUTENSOR_SIMULATOR"] = "capability=8.6;fail=cublasGemmEx:3;fail=cuGraphLaunch:1:999;fail=cublasLtMatmul:4",
        }, "--device", "cuda");
        Assert.Equal(1, code);
        Failed(report, "cuda:0", "matmul", "cublasGemmEx", "pip install");
        Failed(report, "cuda:0", "graph", "cuGraphLaunch", "modprobe");
        Failed(report, "cuda:0", "epilogue Bias", "cublasLtMatmul", "pip install");
        foreach (string check in (string[])["kernel", "epilogue Gelu", "epilogue ReluBias"])
            Assert.Equal("passed", Outcome(report, "cuda:0", check));
        Assert.Equal(3, report.GetProperty("failed").GetInt32());
    }

    [Fact]
    public void A_driver_that_does_not_start_is_named_with_what_mends_it()
    {
        string folder = SimulatorFolder.Require();
        var (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = folder, ["GPUTENSOR_SIMULATOR"] = "fail=cuInit:1:803" }, "--device",
            "cuda");
        Assert.Equal(1, code);
        Failed(report, "cuda", "driver", "cuInit", "restart the machine");

        (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = folder, ["CUDA_VISIBLE_DEVICES"] = "-1" }, "--device", "cuda");
        Assert.Equal(1, code);
        Failed(report, "cuda", "driver", "CUDA_VISIBLE_DEVICES=\"-1\"", "nvidia-smi -L");
    }

    [Fact]
    public void A_missing_library_is_named_with_its_packages_and_what_was_tried()
    {
        string whole = SimulatorFolder.Require();
        using var folder = new TempFolder();
        foreach (string file in Directory.GetFiles(whole))
            if (!Path.GetFileName(file).StartsWith("libcublas", StringComparison.Ordinal))
                File.CreateSymbolicLink(folder[Path.GetFileName(file)], file);
        var (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = folder.Path }, "--device", "cuda");
        Assert.Equal(1, code);
        Failed(report, "cuda", "cublasLt", "libcublasLt.so.13", "pip install nvidia-cublas");
        Failed(report, "cuda", "cuBLAS", "Tried, in order", "apt install libcublas");
        Assert.Equal("skipped", Outcome(report, "cuda:0", "calculations"));
        Assert.Equal("passed", Outcome(report, "cuda:0", "compiler for this GPU"));
    }

    [Fact]
    public void What_it_cannot_examine_is_an_error()
    {
        using var folder = new TempFolder();
        var result = Program.Run(Program.Cli, folder.Path, null, "doctor", "--device", "cpu");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("'cpu' is nothing the doctor examines", result.Errors);
    }

    private static (int ExitCode, JsonElement Report) Run(Dictionary<string, string?> environment, params string[] arguments)
    {
        using var folder = new TempFolder();
        environment.TryAdd("GPUTENSOR_SIMULATOR", null);
        environment.TryAdd("CUDA_VISIBLE_DEVICES", null);
        using var process = Program.Start(environment, Program.Cli, folder.Path, ["doctor", "--json", .. arguments]);
        var result = Program.Wait(process);
        Assert.True(result.Lines.Length > 0, result.Errors);
        return (result.ExitCode, JsonDocument.Parse(result.Lines[^1]).RootElement);
    }

    private static JsonElement Finding(JsonElement report, string device, string check)
    {
        var found = report.GetProperty("checks").EnumerateArray()
            .Where(c => c.GetProperty("device").GetString() == device && c.GetProperty("check").GetString() == check).ToList();
        Assert.True(found.Count == 1, $"{found.Count} findings '{device} {check}' in {report}");
        return found[0];
    }

    private static string? Outcome(JsonElement report, string device, string check) =>
        Finding(report, device, check).GetProperty("outcome").GetString();

    private static void Failed(JsonElement report, string device, string check, string detail, string remedy)
    {
        var finding = Finding(report, device, check);
        Assert.True(finding.GetProperty("outcome").GetString() == "failed", finding.ToString());
        Assert.Contains(detail, finding.GetProperty("detail").GetString());
        Assert.Contains(remedy, finding.GetProperty("remedy").GetString());
    }
}
