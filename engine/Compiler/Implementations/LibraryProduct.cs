using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A matrix product by the device's library, with an epilogue of the library where it has one (see <see
/// cref="LibraryForm"/>).</summary>
internal sealed class LibraryProduct(LoweredProduct product, LibraryForm form) : Implementation
{
    /// <summary>Nothing is multiplied where a size is 0, and the result must be of the operands' dtype.</summary>
    public static LibraryProduct? For(FusionGroup group, Buffers buffers, Target target)
    {
        if (group.Kind != GroupKind.MatMul) return null;
        var value = group.Product.Value;
        var operand = value.Operands[0];
        if (!target.HasProducts(operand.Value.DType) || value.DType != operand.Value.DType || value.Shape.ElementCount == 0
            || operand.Shape[-1] == 0) return null;
        var product = LoweredProduct.Of(group, buffers).Folded();
        var sum = Array.Find(group.Members, m => m.Value.BiasGradientOf is not null)?.Value;
        return new(product, LibraryForm.Choose(product, sum is null ? null : (sum.BiasGradientOf!.Value.Left, buffers.Of(sum)), target));
    }

    public LibraryForm Form => form;

    public override LoweredLaunch Lower(Launch launch, KernelIdentity kernel, Buffers buffers, Target target) =>
        new LibraryLowering(product, form, target).Lower(launch, kernel);
}
