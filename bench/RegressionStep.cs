using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;
using Torch = TorchSharp.Modules;

namespace GpuTensor.Bench;

/// <summary>The tutorial's training step: a line through 100 points by SGD with momentum, the loss read at every tenth step. The
/// arithmetic is nothing; what is measured is what a step costs around it.</summary>
public class RegressionStep
{
    internal const int ReadEvery = 10;
    private const int Points = 100;
    private const double Rate = 0.01, Momentum = 0.9;

    private Tensor xs = null!, ys = null!;
    private Func<Tensor, Tensor, Tensor> step = null!;
    private Nn.Linear model = null!;

    private torch.Tensor peerXs = null!, peerYs = null!;
    private Torch.Linear peerModel = null!;
    private torch.optim.Optimizer peerOptimizer = null!;
    private Torch.MSELoss peerCost = null!;

    [GlobalSetup(Target = nameof(Ours))]
    public void SetupOurs()
    {
        Setup();
        // Compiled here: a slow first call would make BenchmarkDotNet take one call for an iteration.
        Ours();
    }

    private void Setup()
    {
        Tensor.ManualSeed(0);
        xs = Tensor.Linspace(0, 10, Points).Reshape(-1, 1).Realize();
        ys = (2 * xs + 3 + Tensor.RandN(Points, 1) * 2).Realize();
        model = new(1, 1);
        var cost = new Nn.MSELoss();
        var optimizer = new Optim.SGD(model.Parameters(), lr: Rate, momentum: Momentum);
        step = Tensor.Compile((Tensor x, Tensor y) =>
        {
            var loss = cost.Forward(model.Forward(x), y);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            return loss;
        });
    }

    /// <summary>Ten steps; the time is that of one.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = ReadEvery)]
    public float Ours()
    {
        Tensor loss = null!;
        for (int i = 0; i < ReadEvery; i++) loss = step(xs, ys);
        return loss.Item<float>();
    }

    [GlobalSetup(Target = nameof(TorchSharp))]
    public void SetupPeer()
    {
        Setup();
        (peerXs, peerYs) = (Peer.Copy(xs), Peer.Copy(ys));
        peerModel = nn.Linear(1, 1);
        Peer.CopyTo(model.Parameters(), peerModel.parameters());
        peerOptimizer = optim.SGD(peerModel.parameters(), learningRate: Rate, momentum: Momentum);
        peerCost = nn.MSELoss();
        float[] ours = [Ours(), Ours(), Ours()], theirs = [TorchSharp(), TorchSharp(), TorchSharp()];
        Peer.MustAgree(ours, theirs, 1e-4);
        Peer.MustAgree([.. model.Parameters().SelectMany(p => p.ToArray<float>())], Peer.Values(peerModel.parameters()), 1e-4);
    }

    /// <summary>Ten steps; the time is that of one.</summary>
    [Benchmark(OperationsPerInvoke = ReadEvery)]
    public float TorchSharp()
    {
        float last = 0;
        for (int i = 0; i < ReadEvery; i++)
        {
            using var scope = NewDisposeScope();
            var loss = peerCost.forward(peerModel.forward(peerXs), peerYs);
            peerOptimizer.zero_grad();
            loss.backward();
            peerOptimizer.step();
            if (i == ReadEvery - 1) last = loss.item<float>();
        }
        return last;
    }

    [GlobalCleanup(Target = nameof(TorchSharp))]
    public void CleanupPeer()
    {
        peerXs.Dispose();
        peerYs.Dispose();
        peerModel.Dispose();
        peerOptimizer.Dispose();
        peerCost.Dispose();
    }
}
