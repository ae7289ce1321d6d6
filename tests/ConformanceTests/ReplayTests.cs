using GpuTensor.Conformance;
using GpuTensor.Backends;
using GpuTensor.Runtime;
using GpuTensor.Tests.Backends.Cuda;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

/// <summary>Samples run again and again, until they are launches of captured graphs: on an OpenCL device that works as CUDA does.</summary>
public sealed class ReplayTests
{
    private static readonly SampleDraw Few = new(OneIn: 8, AtLeast: 3, Seed: 0);

    private static OperatorResult Run(string name, CudaLikeBackend backend)
    {
        string corpus = OptionalPart.Corpus.Require();
        using var executor = new PlannedExecutor(backend, CudaLikeBackend.Dialect);
        var device = Device.ForTests(executor);
        Assert.Equal(backend.Replays, ConformanceRun.CanReplay(device));
        return ConformanceRun.RunFile(Path.Combine(corpus, "ops", name + ".json"), device, Few, replay: true);
    }

    /// <summary>Inputs that move; variables that a call changes in place (embedding with max_norm); indices that are checked and
    /// refused.</summary>
    [Theory, InlineData("exp"), InlineData("nn.functional.embedding"), InlineData("gather")]
    public void Samples_give_the_same_bits_step_by_step_captured_and_replayed(string name)
    {
        var result = Run(name, new());
        Assert.True(result.Failures.Count == 0, string.Join('\n', result.Failures));
        Assert.True(result.Passed > 0);
        Assert.Equal(result.Passed, result.Replayed + result.Idle);
        Assert.True(result.Replayed > 0);
    }

    [Fact]
    public void A_replay_that_leaves_something_out_fails()
    {
        var result = Run("exp", new() { Forgets = true });
        Assert.Contains(result.Failures, f => f.Reason.StartsWith("run 4: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_that_does_not_capture_replays_nothing()
    {
        var result = Run("exp", new() { Replays = false });
        Assert.Equal((result.Idle, 0), (result.Passed, result.Replayed));
        Assert.NotEmpty(result.Failures);
        Assert.All(result.Failures, f => Assert.Contains("was not replayed", f.Reason));
    }
}
