using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A matrix product by the device's library, with an epilogue of the library where it has one (see <see
/// cref="LibraryLowering"/>).</summary>
internal sealed class LibraryProduct : Implementation
{
    /// <summary>Nothing is multiplied where a size is 0, and the result must be of the operands' dtype.</summary>
    public override bool CanCompute(FusionGroup group, Target target)
    {
        if (group.Kind != GroupKind.MatMul) return false;
        var product = group.Product.Value;
        var operand = product.Operands[0];
        return target.HasProducts(operand.Value.DType) && product.DType == operand.Value.DType && product.Shape.ElementCount > 0
            && operand.Shape[-1] > 0;
    }

    public override LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target)
    {
        var group = launch.Groups[0];
        var lowering = new Lowering(buffers);
        var gemm = lowering.Product(group);
        var sum = Array.Find(group.Members, m => m.Value.BiasGradientOf is not null)?.Value;
        return new LibraryLowering(gemm, lowering.Memories, lowering.ScalarSlots, target)
            .Lower(launch, kernel, sum is null ? null : (sum.BiasGradientOf!.Value.Left, buffers.Of(sum)));
    }
}
