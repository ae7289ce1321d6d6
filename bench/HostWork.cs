using BenchmarkDotNet.Attributes;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Nn;
using GpuTensor.Runtime;

namespace GpuTensor.Bench;

/// <summary>What the host does for a training step that is recorded anew: forward, backward, Adam's update and the flush that finds its
/// plan, on a device whose enqueues do nothing. Divided by the recorded nodes it is the price of an operator; the targets are 0.5 µs and
/// 200 bytes.</summary>
[MemoryDiagnoser]
public class HostWork
{
    public const double TargetNanoseconds = 500, TargetBytes = 200;

    private CountingBackend backend = null!;
    private Device? before;
    private Tensor images = null!, labels = null!;
    private Sequential model = null!;
    private Optim.Adam optimizer = null!;

    /// <summary>Nodes that a step records, and kernels that it enqueues.</summary>
    internal static (long Nodes, long Launches) PerStep { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        backend = new();
        var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        before = Device.Default;
        Device.Default = Device.ForTests(executor);
        try
        {
            Prepare(executor);
        }
        catch
        {
            Cleanup();
            throw;
        }
    }

    private void Prepare(PlannedExecutor executor)
    {
        images = Tensor.Rand(128, 784).Realize();
        // From the host, as a loader sends them: looked at there, while those computed on a device are checked by more operators in each
        // step.
        labels = Tensor.From([.. Enumerable.Range(0, 128).Select(i => (long)(i % 10))]);
        model = MlpStep.Network();
        optimizer = new(model.Parameters(), lr: 1e-3);
        for (int i = 0; i < 5; i++) Step();

        var (nodes, launches, plans) = (executor.NodesRun, backend.Counters.Launches, executor.PlansMade);
        Step();
        if (executor.PlansMade != plans)
            throw new InvalidOperationException("The sixth step of one shape made a new plan: this would measure planning.");
        PerStep = (executor.NodesRun - nodes, backend.Counters.Launches - launches);
    }

    [Benchmark]
    public void Step()
    {
        optimizer.ZeroGrad();
        var loss = F.CrossEntropy(model.Forward(images), labels);
        loss.Backward();
        optimizer.Step();
    }

    [GlobalCleanup]
    public void Cleanup() => Device.Default = before!;
}
