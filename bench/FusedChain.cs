using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace GpuTensor.Bench;

/// <summary>Pointwise operators in a row: <c>gelu(x·1.5 + b)·0.5 + x</c> with the error function, over 2^24 floats. What is measured is
/// how often the values travel between memory and processor: in and out once when fused, five times when each operator runs
/// by itself.</summary>
public class FusedChain
{
    private const int Rows = 4096, Columns = 4096;

    private Tensor x = null!, b = null!;
    private torch.Tensor peerX = null!, peerB = null!;

    [GlobalSetup(Target = nameof(Ours))]
    public void Setup()
    {
        Tensor.ManualSeed(0);
        (x, b) = (Tensor.RandN(Rows, Columns).Realize(), Tensor.RandN(Columns).Realize());
        Device.Default.Synchronize();
        // Compiled here: a slow first call would make BenchmarkDotNet take one call for an iteration.
        Ours();
    }

    [Benchmark(Baseline = true)]
    public void Ours()
    {
        using var y = Chain();
        Device.Default.Synchronize();
    }

    private Tensor Chain() => ((x * 1.5 + b).Gelu() * 0.5 + x).Realize();

    [GlobalSetup(Target = nameof(TorchSharp))]
    public void SetupPeer()
    {
        Setup();
        (peerX, peerB) = (Peer.Copy(x), Peer.Copy(b));
        using (var theirs = PeerChain()) Peer.MustAgree(Chain().ToArray<float>(), theirs.data<float>().ToArray(), 1e-6);
        x.Dispose();
    }

    [Benchmark]
    public void TorchSharp() => PeerChain().Dispose();

    private torch.Tensor PeerChain()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        return (torch.nn.functional.gelu(peerX * 1.5f + peerB) * 0.5f + peerX).MoveToOuterDisposeScope();
    }

    [GlobalCleanup(Target = nameof(TorchSharp))]
    public void CleanupPeer()
    {
        peerX.Dispose();
        peerB.Dispose();
    }
}
