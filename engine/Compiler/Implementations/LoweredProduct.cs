using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>A product of a group with what follows it, as element programs, and what their parameters stand for.</summary>
/// <param name="Spec">The product.</param>
/// <param name="Memories">The memory behind each buffer of the product.</param>
/// <param name="ScalarSlots">The graph's slot behind each scalar.</param>
internal sealed record LoweredProduct(GemmSpec Spec, IReadOnlyList<MemoryId> Memories, IReadOnlyList<int> ScalarSlots)
{
    /// <summary>Writes a group's product.</summary>
    public static LoweredProduct Of(FusionGroup group, Buffers buffers)
    {
        var lowering = new Lowering(buffers);
        return new(lowering.Product(group), lowering.Memories, lowering.ScalarSlots);
    }

    /// <summary>The same without batch dimensions that only add rows.</summary>
    public LoweredProduct Folded() => this with { Spec = GemmFold.Fold(Spec) };

    public long[] Batch => Array.ConvertAll(Spec.Batch, n => (long)n);

    public long M => (long)Spec.M;

    public long N => (long)Spec.N;

    public long K => (long)Spec.K;
}
