using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>A matrix product by kernels of our own, with what follows it as their epilogue.</summary>
internal sealed class OwnProduct(LoweredProduct product) : Implementation
{
    public static OwnProduct? For(FusionGroup group, Buffers buffers, Target target) => group.Kind == GroupKind.MatMul
        && !Array.Exists(group.Members, m => m.Value.BiasGradientOf is not null) ? new(LoweredProduct.Of(group, buffers)) : null;

    public override LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target)
    {
        var gemm = product.Spec;
        var plan = target.Texts.Plan(gemm, target.Profile, target.Dialect);
        int own = gemm.Buffers.Length;
        var steps = new List<PlannedStep>();
        foreach (var part in plan.Launches)
            steps.Add(new(part.Kernel,
                [.. part.Buffers.Select(b => b < own ? product.Memories[b] : new MemoryId(MemoryKind.Scratch, b - own))],
                [.. part.Buffers.Select(b => b < own ? gemm.Buffers[b].DType : GemmAccumulator.Of(gemm.In))],
                [.. part.Scalars.Select(s => product.ScalarSlots[s])], new(kernel, part.Description)));
        return new(launch, [.. steps], plan.Scratch);
    }
}
