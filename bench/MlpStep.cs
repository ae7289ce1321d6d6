using BenchmarkDotNet.Attributes;
using GpuTensor.Nn;
using TorchSharp;
using static TorchSharp.torch;
using Torch = TorchSharp.Modules;

namespace GpuTensor.Bench;

/// <summary>A training step of the network for Fashion-MNIST: 784-512-256-10 with ReLU, batches of 128, cross entropy, Adam. The images
/// and labels are random numbers of that shape, 32 batches in turn; the loss is read at every tenth step.</summary>
public class MlpStep
{
    internal const int ReadEvery = 10;
    private const int Batch = 128, Batches = 32;
    private const double Rate = 1e-3;

    private Tensor[] images = null!, labels = null!;
    private Func<Tensor, Tensor, Tensor> step = null!, plain = null!;
    private Nn.Sequential model = null!;
    private int at;

    private torch.Tensor[] peerImages = null!, peerLabels = null!;
    private Torch.Sequential peerModel = null!;
    private torch.optim.Optimizer peerOptimizer = null!;
    private int peerAt;

    [GlobalSetup(Targets = [nameof(Ours), nameof(OursRecorded)])]
    public void SetupOurs()
    {
        Setup();
        // Compiled here: a slow first call would make BenchmarkDotNet take one call for an iteration.
        Ours();
        OursRecorded();
    }

    private void Setup()
    {
        Tensor.ManualSeed(0);
        images = [.. Enumerable.Range(0, Batches).Select(_ => Tensor.Rand(Batch, 784).Realize())];
        labels = [.. Enumerable.Range(0, Batches).Select(_ => Tensor.RandInt(10, [Batch], DType.Int64).Realize())];
        model = Network();
        var optimizer = new Optim.Adam(model.Parameters(), lr: Rate);
        plain = (x, y) =>
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        };
        step = Tensor.Compile(plain);
        at = 0;
    }

    internal static Nn.Sequential Network() =>
        new(new Nn.Linear(784, 512), new Nn.ReLU(), new Nn.Linear(512, 256), new Nn.ReLU(), new Nn.Linear(256, 10));

    /// <summary>Ten steps, replayed by <see cref="Tensor.Compile(Func{Tensor, Tensor, Tensor})"/>; the time is that of one.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = ReadEvery)]
    public float Ours() => Run(step);

    /// <summary>Ten steps, recorded each time as a plain training loop does; the time is that of one.</summary>
    [Benchmark(OperationsPerInvoke = ReadEvery)]
    public float OursRecorded() => Run(plain);

    private float Run(Func<Tensor, Tensor, Tensor> one)
    {
        Tensor loss = null!;
        for (int i = 0; i < ReadEvery; i++, at = (at + 1) % Batches) loss = one(images[at], labels[at]);
        return loss.Item<float>();
    }

    [GlobalSetup(Target = nameof(TorchSharp))]
    public void SetupPeer()
    {
        Setup();
        (peerImages, peerLabels) = ([.. images.Select(Peer.Copy)], [.. labels.Select(Peer.Copy)]);
        peerModel = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10));
        Peer.CopyTo(model.Parameters(), peerModel.parameters());
        float[] start = Peer.Values(peerModel.parameters());
        peerOptimizer = torch.optim.Adam(peerModel.parameters(), lr: Rate);
        peerAt = 0;
        float[] ours = [Ours(), Ours()], theirs = [TorchSharp(), TorchSharp()];
        Peer.MustAgree(ours, theirs, 1e-3);
        // On random labels the loss hardly moves; the weights do.
        Peer.MustMoveAlike(start, [.. model.Parameters().SelectMany(p => p.ToArray<float>())], Peer.Values(peerModel.parameters()), 0.01);
    }

    /// <summary>Ten steps; the time is that of one.</summary>
    [Benchmark(OperationsPerInvoke = ReadEvery)]
    public float TorchSharp()
    {
        float last = 0;
        for (int i = 0; i < ReadEvery; i++, peerAt = (peerAt + 1) % Batches)
        {
            using var scope = NewDisposeScope();
            peerOptimizer.zero_grad();
            var loss = nn.functional.cross_entropy(peerModel.forward(peerImages[peerAt]), peerLabels[peerAt]);
            loss.backward();
            peerOptimizer.step();
            if (i == ReadEvery - 1) last = loss.item<float>();
        }
        return last;
    }

    [GlobalCleanup(Target = nameof(TorchSharp))]
    public void CleanupPeer()
    {
        foreach (var tensor in peerImages.Concat(peerLabels)) tensor.Dispose();
        peerModel.Dispose();
        peerOptimizer.Dispose();
    }
}
