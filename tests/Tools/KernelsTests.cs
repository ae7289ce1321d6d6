using System.Text.Json;
using GpuTensor.Tests.Bindings;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>gputensor kernels</c>: what the CUDA device compiles, through NVIDIA's own compilers for every architecture.</summary>
public class KernelsTests
{
    /// <summary>A seeded draw, of less than a minute on two cores; everything, for at most 25, where <c>GPUTENSOR_NVRTC_ALL</c> is 1: then
    /// it must be whole. Two GPUs of different generations give the same kernels. Argument blocks were compared with the PTX at each first
    /// launch too, by the bindings.</summary>
    [Fact]
    public void What_programs_compile_keeps_the_rules_with_both_compilers_for_every_architecture()
    {
        Nvrtc.Folder(13);
        Nvrtc.Folder(12);
        bool all = Environment.GetEnvironmentVariable("GPUTENSOR_NVRTC_ALL") == "1";
        string[] arguments = all ? ["--limit", "1500"] : ["--files", "2", "--seed", "5", "--compilations", "14", "--limit", "1500"];
        var (code, report) = Run(new() { ["GPUTENSOR_CUDA_LIBRARIES"] = SimulatorFolder.Require(),
            ["GPUTENSOR_SIMULATOR"] = "capability=7.5,9.0" }, 30, arguments);
        if (all) TestContext.Current.SendDiagnosticMessage(report.ToString());
        Assert.True(code == 0, report.ToString());
        Assert.Equal(2, report.GetProperty("compilers").GetArrayLength());
        Assert.Empty(report.GetProperty("not_run").EnumerateArray());
        int kernels = report.GetProperty("kernels").GetInt32();
        Assert.True(kernels >= 20, report.ToString());
        Assert.Empty(report.GetProperty("not_of_all_devices").EnumerateArray());
        Assert.Equal(2, report.GetProperty("kernels_by_device").EnumerateObject().Count());
        Assert.Equal(all, report.GetProperty("whole").GetBoolean());
        // Fourteen of the one written by hand, and as many of the draw.
        Assert.True(report.GetProperty("compiled").GetInt32() == 14 + 14 || all, report.ToString());
    }

    [Fact]
    public void A_run_that_its_limit_cuts_says_so_and_fails()
    {
        string folder = Nvrtc.Folder(13);
        using var place = new TempFolder();
        // More compilations than a second has room for.
        string[] sources = [.. Enumerable.Range(0, 400).SelectMany(i =>
        {
            string file = place[$"k{i}.cu"];
            File.WriteAllText(file, $"extern \"C\" __global__ void k{i}(float* x) {{ x[threadIdx.x] = sinf(x[threadIdx.x]) * {i}; }}");
            return (string[])["--source", file];
        })];
        var (code, report) = Run([], 30, ["--nvrtc", folder, "--limit", "1", .. sources]);
        Assert.True(code == 2, report.ToString());
        Assert.True(report.GetProperty("cut").GetBoolean());
        Assert.False(report.GetProperty("whole").GetBoolean());
        Assert.InRange(report.GetProperty("compiled").GetInt32(), 1, report.GetProperty("wanted").GetInt32() - 1);
    }

    [Theory]
    [InlineData("a stack of 256 bytes",
        "extern \"C\" __global__ void k(float* x, int n) { float a[64]; for (int i = 0; i < 64; i++) a[(i * n) & 63] = x[i]; for (int i = "
        + "0; i < 64; i++) x[i] = a[(i * 7 + n) & 63]; }")]
    [InlineData("division by zero", "extern \"C\" __global__ void k(int* x) { x[0] = 1 / 0; }")]
    [InlineData("could not open source file", "#include <cuda_fp16.h>\nextern \"C\" __global__ void k(int* x) { x[0] = 1; }")]
    [InlineData("bytes of spills", "extern \"C\" __global__ void __launch_bounds__(1024, 1) k(const float* x, float* y) { float a[128]; "
        + "#pragma unroll\nfor (int i = 0; i < 128; i++) a[i] = x[i * 1024 + threadIdx.x]; __syncthreads();\n"
        + "#pragma unroll\nfor (int i = 0; i < 128; i++) y[i * 1024 + threadIdx.x] = a[127 - i] * a[i]; }")]
    public void A_kernel_that_breaks_a_rule_is_named(string problem, string source)
    {
        string folder = Nvrtc.Folder(13);
        using var place = new TempFolder();
        File.WriteAllText(place["bad.cu"], source.Replace("{ float a[128]; #", "{ float a[128];\n#", StringComparison.Ordinal));
        var (code, report) = Run([], 30, "--nvrtc", folder, "--source", place["bad.cu"]);
        Assert.Equal(1, code);
        Assert.Contains(report.GetProperty("first_problems").EnumerateArray(), p =>
            p.GetString()!.Contains(problem, StringComparison.Ordinal) && p.GetString()!.StartsWith("k, NVRTC ", StringComparison.Ordinal));
    }

    private static (int ExitCode, JsonElement Report) Run(Dictionary<string, string?> environment, int minutes, params string[] arguments)
    {
        using var folder = new TempFolder();
        using var process = Program.Start(environment, Program.Cli, folder.Path, ["kernels", "--json", .. arguments]);
        var result = Program.Wait(process, minutes);
        Assert.True(result.Lines.Length > 0, result.Errors);
        return (result.ExitCode, JsonDocument.Parse(result.Lines[^1]).RootElement);
    }
}
