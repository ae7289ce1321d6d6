namespace GpuTensor.Nn;

/// <summary>The mean squared difference, as <c>torch.nn.MSELoss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class MSELoss(string reduction = "mean") : Module
{
    private readonly string reduction = reduction.NotNull();

    /// <inheritdoc cref="F.MseLoss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.MseLoss(input.NotNull(), target.NotNull(), reduction);
}

/// <summary>The mean absolute difference, as <c>torch.nn.L1Loss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class L1Loss(string reduction = "mean") : Module
{
    private readonly string reduction = reduction.NotNull();

    /// <inheritdoc cref="F.L1Loss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.L1Loss(input.NotNull(), target.NotNull(), reduction);
}

/// <summary>The cross entropy of class scores, as <c>torch.nn.CrossEntropyLoss</c>.</summary>
/// <param name="weight">(classes): how much each class counts; a buffer.</param>
/// <param name="ignoreIndex">Targets with this number count nothing.</param>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="labelSmoothing">The share of the target that is spread over all classes.</param>
public sealed class CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean", double labelSmoothing = 0)
    : Module
{
    private readonly string reduction = reduction.NotNull();

    [Buffer]
    private readonly Tensor? weight = weight;

    /// <inheritdoc cref="F.CrossEntropy"/>
    public Tensor Forward(Tensor input, Tensor target) =>
        F.CrossEntropy(input.NotNull(), target.NotNull(), weight, ignoreIndex, reduction, labelSmoothing);
}

/// <summary>The negative log-likelihood of log-probabilities, as <c>torch.nn.NLLLoss</c>.</summary>
/// <param name="weight">(classes): how much each class counts; a buffer.</param>
/// <param name="ignoreIndex">Targets with this number count nothing.</param>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class NLLLoss(Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean") : Module
{
    private readonly string reduction = reduction.NotNull();

    [Buffer]
    private readonly Tensor? weight = weight;

    /// <inheritdoc cref="F.NllLoss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.NllLoss(input.NotNull(), target.NotNull(), weight, ignoreIndex, reduction);
}

/// <summary>Quadratic for small differences, linear for large ones, as <c>torch.nn.HuberLoss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="delta">Where it becomes linear.</param>
public sealed class HuberLoss(string reduction = "mean", double delta = 1) : Module
{
    private readonly string reduction = reduction.NotNull();

    /// <inheritdoc cref="F.HuberLoss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.HuberLoss(input.NotNull(), target.NotNull(), reduction, delta);
}

/// <summary>Quadratic for small differences, linear for large ones, as <c>torch.nn.SmoothL1Loss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="beta">Where it becomes linear.</param>
public sealed class SmoothL1Loss(string reduction = "mean", double beta = 1) : Module
{
    private readonly string reduction = reduction.NotNull();

    /// <inheritdoc cref="F.SmoothL1Loss"/>
    public Tensor Forward(Tensor input, Tensor target) => F.SmoothL1Loss(input.NotNull(), target.NotNull(), reduction, beta);
}

/// <summary>The cross entropy of probabilities with two classes, as <c>torch.nn.BCELoss</c>.</summary>
/// <param name="weight">How much each element counts; a buffer.</param>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
public sealed class BCELoss(Tensor? weight = null, string reduction = "mean") : Module
{
    private readonly string reduction = reduction.NotNull();

    [Buffer]
    private readonly Tensor? weight = weight;

    /// <inheritdoc cref="F.BinaryCrossEntropy"/>
    public Tensor Forward(Tensor input, Tensor target) => F.BinaryCrossEntropy(input.NotNull(), target.NotNull(), weight, reduction);
}

/// <summary>The cross entropy of scores with two classes, as <c>torch.nn.BCEWithLogitsLoss</c>.</summary>
/// <param name="weight">How much each element counts; a buffer.</param>
/// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="posWeight">How much positive targets count; a buffer.</param>
public sealed class BCEWithLogitsLoss(Tensor? weight = null, string reduction = "mean", Tensor? posWeight = null) : Module
{
    private readonly string reduction = reduction.NotNull();

    [Buffer]
    private Tensor? Weight { get; } = weight;

    [Buffer]
    private Tensor? PosWeight { get; } = posWeight;

    /// <inheritdoc cref="F.BinaryCrossEntropyWithLogits"/>
    public Tensor Forward(Tensor input, Tensor target) =>
        F.BinaryCrossEntropyWithLogits(input.NotNull(), target.NotNull(), Weight, reduction, PosWeight);
}

/// <summary>The Kullback-Leibler divergence from log-probabilities, as <c>torch.nn.KLDivLoss</c>.</summary>
/// <param name="reduction"><c>"mean"</c>, <c>"batchmean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
/// <param name="logTarget">Whether the target holds logarithms.</param>
public sealed class KLDivLoss(string reduction = "mean", bool logTarget = false) : Module
{
    private readonly string reduction = reduction.NotNull();

    /// <inheritdoc cref="F.KlDiv"/>
    public Tensor Forward(Tensor input, Tensor target) => F.KlDiv(input.NotNull(), target.NotNull(), reduction, logTarget);
}
