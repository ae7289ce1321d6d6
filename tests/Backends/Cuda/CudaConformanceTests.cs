using System.Text.Json;
using GpuTensor.Tests.Tools;
using GpuTensor.Tests.IO;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary><c>gputensor conformance --device cuda</c> on the simulator: PyTorch's recorded calls, each step by step, captured and replayed
/// with the same bits. A draw of each operator's samples, as <c>GPUTENSOR_CONFORMANCE_SEED</c> says, and every call that must be refused;
/// <c>GPUTENSOR_CONFORMANCE=all</c> runs them all. Then the operators whose float64 results are nothing but the rounding of what cancels,
/// whole.</summary>
public sealed class CudaConformanceTests
{
    private static bool All => Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE") == "all";

    [Fact]
    public void Samples_of_every_operator_pass_and_give_the_same_bits_replayed()
    {
        string seed = Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE_SEED") ?? "0";
        // Samples are small: what large tensors run is to pass too, and has more that can go wrong.
        if (All) Run(forms: null);
        var result = Run(forms: "0", All ? [] : ["--one-in", "40", "--seed", seed]);
        // A file has three samples at least.
        Assert.True(result.GetProperty("passed").GetInt32() >= 500, result.ToString());
    }

    [Theory, InlineData("gelu"), InlineData("cross_entropy"), InlineData("scaled_dot_product_attention"), InlineData("gather")]
    public void Samples_at_the_edge_of_rounding_pass(string filter)
    {
        Assert.SkipWhen(All, "Among all samples, which are run.");
        Run(forms: null, "--filter", filter);
    }

    /// <summary>Runs the command: no sample may fail, and each that passes was replayed, but for the few that leave the device nothing to
    /// do.</summary>
    /// <param name="forms">Elements of the largest tensor that has the forms of small ones; null: as on a GPU.</param>
    /// <param name="arguments">The command's.</param>
    private static JsonElement Run(string? forms, params string[] arguments)
    {
        string corpus = Corpus.Path();
        using var folder = new TempFolder();
        using var process = Program.Start(
            new Dictionary<string,
            string?> { ["GPUTENSOR_CUDA_LIBRARIES"] = SimulatorFolder.Require(), ["GPUTENSOR_SIMULATOR"] = "capability=9.0",
                ["GPUTENSOR_EAGER"] = null, ["GPUTENSOR_SMALL_DOMAIN"] = forms },
            Program.Cli, folder.Path, ["conformance", "--device", "cuda", "--json", "--corpus", corpus, .. arguments]);
        var ended = Program.Wait(process, minutes: 60);
        var result = JsonDocument.Parse(ended.Lines[^1]).RootElement;
        Assert.True(ended.ExitCode == 0 && result.GetProperty("failed").GetInt32() == 0,
            $"exit code {ended.ExitCode}\n{ended.Output}\n{ended.Errors}");
        Assert.True(result.GetProperty("simulated").GetBoolean());
        int passed = result.GetProperty("passed").GetInt32(), idle = result.GetProperty("idle").GetInt32();
        Assert.Equal(passed, result.GetProperty("replayed").GetInt32() + idle);
        Assert.True(idle < passed / 4, $"{idle} of {passed} samples left the device nothing to do");
        return result;
    }
}
