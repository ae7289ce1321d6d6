using GpuTensor.Graph;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Nn;

public static partial class F
{
    /// <summary>The mean (or sum) of the negative log-probability of the right classes, from unnormalised scores, as
    /// <c>torch.nn.functional.cross_entropy</c>.</summary>
    /// <param name="input">(N, classes, …) or (classes): the scores.</param>
    /// <param name="target">int64 class numbers, of the input's shape without the classes; or probabilities, of the input's shape and a
    /// floating dtype.</param>
    /// <param name="weight">(classes): how much each class counts.</param>
    /// <param name="ignoreIndex">Targets with this number count nothing.</param>
    /// <param name="reduction"><c>"mean"</c> (over what is not ignored, weighted), <c>"sum"</c> or <c>"none"</c>.</param>
    /// <param name="labelSmoothing">The share of the target that is spread over all classes.</param>
    /// <returns>0-d, or the target's shape without the classes.</returns>
    /// <exception cref="TensorShapeException">Input and target do not fit.</exception>
    /// <exception cref="TensorIndexException">A class number does not exist and is not <paramref name="ignoreIndex"/>. Numbers on a device
    /// are checked there: the next wait (a read, a save, <see cref="Device.Synchronize"/>) throws then.</exception>
    /// <remarks>The right class is picked by comparing class numbers with the target in the row's own kernel: no one-hot matrix is
    /// made.</remarks>
    public static Tensor CrossEntropy(Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100,
        string reduction = "mean", double labelSmoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        if (!(labelSmoothing is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), $"{labelSmoothing}",
                "CrossEntropy: labelSmoothing is a share, from 0 to 1.");
        var scores = ClassesLast(input, nameof(CrossEntropy));
        var logp = Wide(scores).LogSoftmax(-1);
        if (!target.DType.IsFloatingPoint())
            return PickedLoss(logp, target, weight, ignoreIndex, reduction, labelSmoothing, "cross_entropy").To(input.DType);
        if (target.Shape != input.Shape)
            throw new TensorShapeException(
                $"CrossEntropy: probabilities {target.Shape} must have the input's shape {input.Shape}; class numbers are int64.");
        var share = Wide(ClassesLast(target, nameof(CrossEntropy)));
        int classes = scores.Shape[-1];
        if (labelSmoothing > 0) share = share * (1 - labelSmoothing) + labelSmoothing / classes;
        if (weight is not null) share = share * Wide(weight);
        var loss = -(logp * share).Sum(-1);
        return (reduction == "mean" ? loss.Sum() / (double)loss.ElementCount : Reduce(loss, reduction)).To(input.DType);
    }

    /// <summary>The negative log-likelihood: as <see cref="CrossEntropy"/>, from log-probabilities.</summary>
    /// <param name="input">(N, classes, …) or (classes): log-probabilities.</param>
    /// <param name="target">int64 class numbers.</param>
    /// <inheritdoc cref="CrossEntropy"/>
    public static Tensor NllLoss(Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100, string reduction = "mean") =>
        PickedLoss(Wide(ClassesLast(input.NotNull(), nameof(NllLoss))), target.NotNull(), weight, ignoreIndex, reduction.NotNull(), 0,
            "nll_loss").To(input.DType);

    /// <summary>The mean (or sum) of squared differences, broadcast.</summary>
    /// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
    public static Tensor MseLoss(Tensor input, Tensor target, string reduction = "mean")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        var difference = input - target;
        return Reduce(difference * difference, reduction);
    }

    /// <summary>The mean (or sum) of absolute differences, broadcast.</summary>
    /// <param name="reduction"><c>"mean"</c>, <c>"sum"</c> or <c>"none"</c>.</param>
    public static Tensor L1Loss(Tensor input, Tensor target, string reduction = "mean") =>
        Reduce((input.NotNull() - target.NotNull()).Abs(), reduction);

    /// <summary>The loss of the class that each target names, from log-probabilities with the classes last.</summary>
    private static Tensor PickedLoss(Tensor logp, Tensor target, Tensor? weight, long ignoreIndex, string reduction, double smoothing,
        string name)
    {
        int classes = logp.Shape[-1];
        if (!target.DType.IsInteger())
            throw new TensorDTypeException($"{name}: class numbers are int64 (or another integer dtype), not {target.DType.Name()}.");
        if (!target.Shape.SequenceEqual(logp.Shape.Take(logp.Rank - 1)))
            throw new TensorShapeException($"{name}: class numbers {target.Shape} do not fit scores of {classes} classes for "
                + $"{string.Join("×", logp.Shape.Take(logp.Rank - 1))} samples.");
        IndexCheck.Record(name, target.To(DType.Int64), classes, fromEnd: false, allowed: ignoreIndex);
        var isTarget = Tensor.Positions(classes, logp.Device).Eq(target.Unsqueeze(-1));
        var counts = target.Ne(ignoreIndex);
        var exists = target.Ge(Zero).LogicalAnd(target.Lt(classes));
        var loss = -Tensor.Where(isTarget, logp, Zero).Sum(-1);
        var share = weight is null ? null : Tensor.Where(isTarget, Wide(weight), Zero).Sum(-1);
        if (share is not null) loss = loss * share;
        if (smoothing > 0) loss = loss * (1 - smoothing) - (weight is null ? logp : logp * Wide(weight)).Sum(-1) * (smoothing / classes);
        loss = Tensor.Where(counts, Tensor.Where(exists, loss, Constant(double.NaN)), Zero);
        if (reduction != "mean") return Reduce(loss, reduction);
        return loss.Sum() / (share is null ? counts.To(logp.DType) : Tensor.Where(counts, share, Zero)).Sum();
    }

    private static Tensor ClassesLast(Tensor x, string name) => x.Rank switch
    {
        0 => throw new TensorShapeException($"{name}: the input needs a dimension of classes."),
        <= 2 => x,
        _ => x.Permute([0, .. Enumerable.Range(2, x.Rank - 2), 1]),
    };

    private static Tensor Reduce(Tensor loss, string reduction) => reduction switch
    {
        "mean" => loss.Mean(),
        "sum" => loss.Sum(),
        "none" => loss,
        _ => throw new ArgumentException($"reduction is \"mean\", \"sum\" or \"none\", not \"{reduction}\".", nameof(reduction)),
    };
}
