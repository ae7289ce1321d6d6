using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace GpuTensor.Bench;

/// <summary>A 1024×1024 matrix times another, float32: 2.1 thousand million operations.</summary>
public class MatMul
{
    private const int Size = 1024;

    private Tensor a = null!, b = null!;
    private torch.Tensor peerA = null!, peerB = null!;

    [GlobalSetup(Target = nameof(Ours))]
    public void Setup()
    {
        Tensor.ManualSeed(0);
        (a, b) = (Tensor.RandN(Size, Size).Realize(), Tensor.RandN(Size, Size).Realize());
        Device.Default.Synchronize();
        // Compiled here: a slow first call would make BenchmarkDotNet take one call for an iteration.
        Ours();
    }

    [Benchmark(Baseline = true)]
    public void Ours()
    {
        using var c = a.MatMul(b).Realize();
        Device.Default.Synchronize();
    }

    [GlobalSetup(Target = nameof(TorchSharp))]
    public void SetupPeer()
    {
        Setup();
        (peerA, peerB) = (Peer.Copy(a), Peer.Copy(b));
        using var theirs = peerA.matmul(peerB);
        Peer.MustAgree(a.MatMul(b).ToArray<float>(), theirs.data<float>().ToArray(), 1e-5);
    }

    [Benchmark]
    public void TorchSharp()
    {
        using var noGrad = torch.no_grad();
        using var c = peerA.matmul(peerB);
    }

    [GlobalCleanup(Target = nameof(TorchSharp))]
    public void CleanupPeer()
    {
        peerA.Dispose();
        peerB.Dispose();
    }
}
