namespace GpuTensor.Nn;

/// <summary>A tensor that a module learns: a leaf that asks for gradients. As a field of a <see cref="Module"/> it is found by
/// <see cref="Module.Parameters"/>.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>A parameter over a tensor's memory, without its history, as <c>torch.nn.Parameter</c>.</summary>
    /// <param name="data">The initial value; the memory is shared.</param>
    /// <param name="requiresGrad">False: frozen from the start. It can be changed later.</param>
    /// <exception cref="AutogradException">Gradients are asked for and the dtype is not floating.</exception>
    public Parameter(Tensor data, bool requiresGrad = true) : base(data.NotNull()) => RequiresGrad_(requiresGrad);
}
