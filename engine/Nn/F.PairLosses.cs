using static GpuTensor.Operators.Constants;

namespace GpuTensor.Nn;

/// <content>Losses of each element with its target, as PyTorch defines them. <c>reduction</c> is <c>"mean"</c>, <c>"sum"</c> or
/// <c>"none"</c>.</content>
public static partial class F
{
    /// <summary>½d² for differences d up to delta, delta·(|d| − ½delta) beyond (Huber 1964).</summary>
    /// <exception cref="ArgumentException">delta is not positive, or the reduction is unknown.</exception>
    public static Tensor HuberLoss(Tensor input, Tensor target, string reduction = "mean", double delta = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        if (!(delta > 0)) throw new ArgumentException($"HuberLoss: delta must be positive, but is {delta}.", nameof(delta));
        return SquareThenLine(input, target, delta, 1, delta, reduction);
    }

    /// <summary>½d²/beta for differences d below beta, |d| − ½beta beyond; with beta 0 the <see cref="L1Loss"/>.</summary>
    /// <exception cref="ArgumentException">beta is negative, or the reduction is unknown.</exception>
    public static Tensor SmoothL1Loss(Tensor input, Tensor target, string reduction = "mean", double beta = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        if (!(beta >= 0)) throw new ArgumentException($"SmoothL1Loss: beta must not be negative, but is {beta}.", nameof(beta));
        return beta == 0 ? L1Loss(input, target, reduction) : SquareThenLine(input, target, beta, 1 / beta, 1, reduction);
    }

    /// <summary>−(t·ln p + (1 − t)·ln(1 − p)), the logarithms no lower than −100.</summary>
    /// <param name="input">Probabilities p, from 0 to 1; others give NaN.</param>
    /// <param name="target">Of the input's shape, from 0 to 1.</param>
    /// <param name="weight">How much each element counts; broadcasts.</param>
    /// <exception cref="TensorShapeException">The shapes differ.</exception>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        SameShape(input, target, nameof(BinaryCrossEntropy));
        var (p, t) = (Wide(input), Wide(target));
        var least = Constant(-100L);
        var loss = (t - One) * Least((-p).Log1p()) - t * Least(p.Log());
        return Weighted(loss, weight, reduction, input.DType);

        Tensor Least(Tensor log) => Tensor.Where(log < least, least, log);
    }

    /// <summary><see cref="BinaryCrossEntropy"/> of sigmoid(input), without its overflow.</summary>
    /// <param name="input">Scores, unbounded.</param>
    /// <param name="target">Of the input's shape, from 0 to 1.</param>
    /// <param name="weight">How much each element counts; broadcasts.</param>
    /// <param name="posWeight">How much positive targets count; broadcasts.</param>
    /// <exception cref="TensorShapeException">The shapes differ.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean",
        Tensor? posWeight = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        SameShape(input, target, nameof(BinaryCrossEntropyWithLogits));
        var (x, t) = (Wide(input), Wide(target));
        var log = Logsigmoid(x);
        var loss = (One - t) * x - (posWeight is null ? log : ((Wide(posWeight) - One) * t + One) * log);
        return Weighted(loss, weight, reduction, input.DType);
    }

    /// <summary>The Kullback-Leibler divergence of probabilities from log-probabilities: t·(ln t − input).</summary>
    /// <param name="input">Log-probabilities.</param>
    /// <param name="target">Probabilities, or their logarithms where <paramref name="logTarget"/> is true.</param>
    /// <param name="reduction">Also <c>"batchmean"</c>: the sum divided by the first dimension, which is the divergence by
    /// definition.</param>
    /// <param name="logTarget">Whether the target holds logarithms.</param>
    public static Tensor KlDiv(Tensor input, Tensor target, string reduction = "mean", bool logTarget = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        var (x, t) = (Wide(input), Wide(target));
        Tensor loss;
        if (logTarget) loss = t.Exp() * (t - x);
        else
        {
            var none = t.Eq(Zero);
            loss = Tensor.Where(none, Zero, t * Tensor.Where(none, One, t).Log()) - t * x;
        }
        if (reduction != "batchmean") return Reduce(loss, reduction).To(input.DType);
        return (input.Rank == 0 ? loss.Sum() : loss.Sum() / Constant((long)input.Shape[0])).To(input.DType);
    }

    // slope·½d² up to the bound, then its tangent: line·|d| and what joins them.
    private static Tensor SquareThenLine(Tensor input, Tensor target, double bound, double slope, double line, string reduction)
    {
        var difference = Wide(input - target);
        var size = difference.Abs();
        var near = size < bound;
        var d = Tensor.Where(near, difference, Zero);
        return Reduce(Tensor.Where(near, d * d * (0.5 * slope), (size - 0.5 * bound) * line), reduction)
            .To(Tensor.ResultType(input, target));
    }

    private static Tensor Weighted(Tensor loss, Tensor? weight, string reduction, DType dtype) =>
        Reduce(weight is null ? loss : loss * Wide(weight), reduction).To(dtype);

    private static void SameShape(Tensor input, Tensor target, string name)
    {
        if (input.Shape != target.Shape)
            throw new TensorShapeException($"{name}: the target {target.Shape} must have the input's shape {input.Shape}.");
    }
}
