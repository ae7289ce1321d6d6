using static GpuTensor.Operators.Constants;

namespace GpuTensor.Nn;

/// <content>Activations, in PyTorch's definitions. Half types are computed in float32 and rounded once; NaN stays NaN.</content>
public static partial class F
{
    private static readonly Scalar SeluAlpha = Constant(1.6732632423543772), SeluScale = Constant(1.0507009873554805), Three = Constant(3L),
        Six = Constant(6L);

    /// <summary>x cut to [minVal, maxVal]; no gradient flows from the bounds outwards.</summary>
    /// <exception cref="ArgumentException">minVal exceeds maxVal.</exception>
    public static Tensor Hardtanh(Tensor x, double minVal = -1, double maxVal = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (minVal > maxVal) throw new ArgumentException($"Hardtanh: minVal {minVal} exceeds maxVal {maxVal}.", nameof(minVal));
        return x.DType.IsFloatingPoint() ? Cut(x, minVal, maxVal) : Cut(x, (long)minVal, (long)maxVal);
    }

    /// <summary>x cut to [0, 6].</summary>
    public static Tensor Relu6(Tensor x) => Cut(x.NotNull(), Zero, Six);

    /// <summary>(x + 3) / 6 cut to [0, 1].</summary>
    public static Tensor Hardsigmoid(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var wide = Wide(x);
        var (number, inside) = (wide.Detach(), (wide > Constant(-3L)) & (wide < Three));
        // PyTorch's derivative is the float32 nearest to 1/6, for float64 too.
        var slope = Tensor.Where(inside, (wide - number) * Constant((double)(1f / 6f)), Zero);
        return (Cut(number + Three, Zero, Six) / Six + slope).To(x.DType);
    }

    /// <summary>x · hardsigmoid(x) (Howard and others, arXiv:1905.02244).</summary>
    public static Tensor Hardswish(Tensor x) => (Wide(x.NotNull()) * (Cut(Wide(x) + Three, Zero, Six) / Six)).To(x.DType);

    /// <summary>x where it is positive, else negativeSlope · x.</summary>
    public static Tensor LeakyRelu(Tensor x, double negativeSlope = 0.01) =>
        Tensor.Where(x.NotNull() > Zero, x, (Wide(x) * negativeSlope).To(x.DType));

    /// <summary>x where it is positive, else alpha · (eˣ − 1) (Clevert and others, arXiv:1511.07289).</summary>
    public static Tensor Elu(Tensor x, double alpha = 1) => ExponentialBelow(Wide(x.NotNull()), alpha, null).To(x.DType);

    /// <summary>The self-normalising unit: 1.0507 · elu(x, 1.6733) (Klambauer and others, arXiv:1706.02515).</summary>
    public static Tensor Selu(Tensor x) => (SeluScale * ExponentialBelow(Wide(x.NotNull()), SeluAlpha, null)).To(x.DType);

    /// <summary>x where it is positive, else alpha · (e^(x/alpha) − 1) (Barron, arXiv:1704.07483).</summary>
    /// <exception cref="ArgumentException">alpha is 0.</exception>
    public static Tensor Celu(Tensor x, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (alpha == 0) throw new ArgumentException("Celu: alpha must not be 0.", nameof(alpha));
        return ExponentialBelow(Wide(x), alpha, alpha).To(x.DType);
    }

    /// <summary>x · sigmoid(x), the swish (Elfwing and others, arXiv:1702.03118).</summary>
    public static Tensor Silu(Tensor x) => (Wide(x.NotNull()) * Unsaturated(Wide(x)).Sigmoid()).To(x.DType);

    /// <summary>x · tanh(softplus(x)) (Misra, arXiv:1908.08681).</summary>
    public static Tensor Mish(Tensor x) => (Wide(x.NotNull()) * Softplus(Unsaturated(Wide(x))).Tanh()).To(x.DType);

    /// <summary>ln(1 + e^(beta·x)) / beta; x itself where beta·x exceeds the threshold.</summary>
    public static Tensor Softplus(Tensor x, double beta = 1, double threshold = 20)
    {
        ArgumentNullException.ThrowIfNull(x);
        var wide = Wide(x);
        var scaled = wide * beta;
        var linear = scaled > threshold;
        return Tensor.Where(linear, wide, Tensor.Where(linear, Zero, scaled).Exp().Log1p() / beta).To(x.DType);
    }

    /// <summary>ln(1 / (1 + e⁻ˣ)), without overflow.</summary>
    public static Tensor Logsigmoid(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var wide = Wide(x);
        var negative = wide < Zero;
        return (Tensor.Where(negative, wide, Zero) - Tensor.Where(negative, wide, -wide).Exp().Log1p()).To(x.DType);
    }

    /// <summary>x / (1 + |x|).</summary>
    public static Tensor Softsign(Tensor x) => x.NotNull().DType.IsHalf() ? Softsign(Wide(x)).To(x.DType) : x / (x.Abs() + One);

    /// <summary>x where it exceeds the threshold, else the value.</summary>
    public static Tensor Threshold(Tensor x, Scalar threshold, Scalar value) =>
        Tensor.Where(x.NotNull() <= threshold, Tensor.Full([], value, x.DType, x.Device), x);

    // At the bounds the element itself (zeros keep their sign), but no gradient.
    private static Tensor Cut(Tensor x, Scalar min, Scalar max)
    {
        var number = x.Detach();
        var cut = Tensor.Where(number < min, min, Tensor.Where(number > max, max, number));
        return Tensor.Where((number <= min) | (number >= max), cut, x).To(x.DType);
    }

    // Beyond this e⁻ˣ is 0 or ∞ in every dtype and the derivative of what saturates 0: no gradient flows there, so that it cannot overflow
    // on the way.
    private static Tensor Unsaturated(Tensor x)
    {
        var number = x.Detach();
        var saturated = (number.Abs() > Constant(1000L)) & number.IsFinite();
        return Tensor.Where(saturated, number.Sign() * Constant(1000L), x);
    }

    // What is not taken is kept small, so that its exponential does not overflow and spoil the gradient; NaN goes the straight way, as in
    // PyTorch.
    private static Tensor ExponentialBelow(Tensor x, Scalar alpha, double? unit)
    {
        var negative = x <= Zero;
        var below = Tensor.Where(negative, x, Zero);
        return Tensor.Where(negative, alpha * (unit is { } u ? below / u : below).Expm1(), x);
    }
}
