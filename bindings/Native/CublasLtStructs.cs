using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>An algorithm cublasLt has chosen for a product: 64 opaque bytes, valid for the library version and device that made
/// them.</summary>
[Native("cublasLtMatmulAlgo_t")]
[StructLayout(LayoutKind.Sequential)]
public struct CublasLtAlgorithm
{
    internal Words data;

    /// <summary>The opaque words.</summary>
    [InlineArray(8)]
    internal struct Words
    {
        private ulong _word;
    }
}

/// <summary>One answer of cublasLt's heuristic.</summary>
[Native("cublasLtMatmulHeuristicResult_t")]
[StructLayout(LayoutKind.Sequential)]
internal struct LtHeuristicResult
{
    public CublasLtAlgorithm algo;
    public nuint workspaceSize;
    public CublasStatus state;
    public float wavesCount;
    public Reserved reserved;

    /// <summary>Four reserved ints.</summary>
    [InlineArray(4)]
    internal struct Reserved
    {
        private int _word;
    }
}
