namespace GpuTensor.Nn;

/// <summary>The mean squared difference, as <c>torch.nn.MSELoss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class MSELoss(string reduction = "mean") : Module
{
    /// <inheritdoc cref="F.MseLoss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.MseLoss(input, target, reduction);
}

/// <summary>The mean absolute difference, as <c>torch.nn.L1Loss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class L1Loss(string reduction = "mean") : Module
{
    /// <inheritdoc cref="F.L1Loss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.L1Loss(input, target, reduction);
}

/// <summary>The cross entropy of class scores, as <c>torch.nn.CrossEntropyLoss</c>.</summary>
/// <param name="weight">(classes): how much each class counts; moves with the module but is not part of its state.</param>
/// <param name="ignoreIndex">Targets with this number count nothing.</param>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="labelSmoothing">The share of the target that is spread over all classes.</param>
public sealed class CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean", double labelSmoothing = 0)
    : Module
{
    [Buffer(Persistent = false)]
    private readonly Tensor? weight = weight;

    /// <inheritdoc cref="F.CrossEntropy"/>
    public Tensor Forward(Tensor input, Tensor target) => F.CrossEntropy(input, target, weight, ignoreIndex, reduction, labelSmoothing);
}
