namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The contents as PyTorch prints them, <c>tensor([[1., 2.], [3., 4.]])</c>; flushes and waits. The dtype is named where the
    /// numbers do not show it, the device where it is not <see cref="Device.Default"/>; more than 1000 elements are summarised.</summary>
    public override string ToString()
    {
        string? device = Device == Device.Default ? null : Device.Name;
        string[] history = GradFn is { } made ? [$"grad_fn=<{made.Name}0>"] : RequiresGrad ? ["requires_grad=True"] : [];
        return TensorFormatter.Format(ToHost(), device: device, suffixes: history);
    }
}
