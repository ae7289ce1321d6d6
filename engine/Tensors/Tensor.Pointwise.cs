using System.Runtime.CompilerServices;
using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Functions of each element. Where a function gives fractions, integers and bools are taken as float32.</content>
public partial class Tensor
{
    /// <summary>The absolute value.</summary>
    public Tensor Abs() => Unary(Arithmetic.Abs, this);

    /// <summary>The negative.</summary>
    public Tensor Neg() => -this;

    /// <summary>−1, 0 or 1 by sign; 0 for NaN. The gradient is zero.</summary>
    public Tensor Sign() => Unary(Arithmetic.Sign, this);

    /// <summary>The square; of bools in int64.</summary>
    public Tensor Square() => Pow(Two);

    /// <summary>Rounded down; integers stay. The gradient is zero.</summary>
    public Tensor Floor() => Whole(Rounding.Floor);

    /// <summary>Rounded up; integers stay. The gradient is zero.</summary>
    public Tensor Ceil() => Whole(Rounding.Ceil);

    /// <summary>Rounded towards zero; integers stay. The gradient is zero.</summary>
    public Tensor Trunc() => Whole(Rounding.Trunc);

    /// <summary>Rounded to the nearest, halves to even. The gradient is zero.</summary>
    /// <param name="decimals">Decimal places to keep; negative ones round to tens, hundreds, …</param>
    public Tensor Round(int decimals = 0)
    {
        if (decimals == 0 || !DType.IsFloatingPoint()) return Whole(Rounding.Round);
        // As PyTorch, which scales by 10^|decimals|: a power of ten is exact where its reciprocal is not.
        var factor = Constant(Math.Pow(10, Math.Abs((double)decimals)));
        return decimals > 0 ? (this * factor).Round() / factor : (this / factor).Round() * factor;
    }

    // Whole numbers stay what they are.
    private Tensor Whole(Graph.Operator op) => DType.IsInteger() ? Clone() : Unary(op, this);

    /// <summary>What is left after rounding towards zero, with the sign.</summary>
    public Tensor Frac() => this - Trunc();

    /// <summary>e to the power of each element.</summary>
    public Tensor Exp() => Unary(Transcendental.Exp, this);

    /// <summary>2 to the power of each element.</summary>
    public Tensor Exp2() => Unary(Transcendental.Exp2, this);

    /// <summary>eˣ − 1, accurate for small elements.</summary>
    public Tensor Expm1() => Unary(Transcendental.Expm1, this);

    /// <summary>The natural logarithm; NaN below 0, −∞ at 0.</summary>
    public Tensor Log() => Unary(Transcendental.Log, this);

    /// <summary>The logarithm to base 2.</summary>
    public Tensor Log2() => Unary(Transcendental.Log2, this);

    /// <summary>The logarithm to base 10.</summary>
    public Tensor Log10() => Unary(Transcendental.Log10, this);

    /// <summary>ln(1 + x), accurate for small elements.</summary>
    public Tensor Log1p() => Unary(Transcendental.Log1p, this);

    /// <summary>The square root; NaN below 0.</summary>
    public Tensor Sqrt() => Unary(Transcendental.Sqrt, this);

    /// <summary>1/√x.</summary>
    public Tensor Rsqrt() => Unary(Transcendental.Rsqrt, this);

    /// <summary>1/x.</summary>
    public Tensor Reciprocal() => Unary(Transcendental.Reciprocal, this);

    /// <summary>The sine.</summary>
    public Tensor Sin() => Unary(Transcendental.Sin, this);

    /// <summary>The cosine.</summary>
    public Tensor Cos() => Unary(Transcendental.Cos, this);

    /// <summary>The tangent.</summary>
    public Tensor Tan() => Unary(Transcendental.Tan, this);

    /// <summary>The inverse sine.</summary>
    public Tensor Asin() => Unary(Transcendental.Asin, this);

    /// <summary>The inverse cosine.</summary>
    public Tensor Acos() => Unary(Transcendental.Acos, this);

    /// <summary>The inverse tangent.</summary>
    public Tensor Atan() => Unary(Transcendental.Atan, this);

    /// <summary>The hyperbolic sine.</summary>
    public Tensor Sinh() => Unary(Transcendental.Sinh, this);

    /// <summary>The hyperbolic cosine.</summary>
    public Tensor Cosh() => Unary(Transcendental.Cosh, this);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Unary(Transcendental.Tanh, this);

    /// <summary>The inverse hyperbolic sine.</summary>
    public Tensor Asinh() => Unary(Transcendental.Asinh, this);

    /// <summary>The inverse hyperbolic cosine.</summary>
    public Tensor Acosh() => Unary(Transcendental.Acosh, this);

    /// <summary>The inverse hyperbolic tangent.</summary>
    public Tensor Atanh() => Unary(Transcendental.Atanh, this);

    /// <summary>The error function.</summary>
    public Tensor Erf() => Unary(Transcendental.Erf, this);

    /// <summary>1 − erf(x), accurate where that is small.</summary>
    public Tensor Erfc() => Unary(Transcendental.Erfc, this);

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => Unary(Transcendental.Sigmoid, this);

    /// <summary>No smaller than <paramref name="min"/> and no larger than <paramref name="max"/>; where min exceeds max, max wins; NaN
    /// stays. No gradient flows to what was cut off.</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    [OverloadResolutionPriority(1)]
    public Tensor Clamp(Scalar? min = null, Scalar? max = null)
    {
        if (min is null && max is null) throw new ArgumentException("Clamp: at least one of min and max must be given.");
        var dtype = DType;
        if (min is { } least) dtype = least.PromoteWith(dtype);
        if (max is { } most) dtype = most.PromoteWith(dtype);
        var x = To(dtype);
        var cut = x.Detach();
        Tensor? inside = null;
        if (min is { } a)
        {
            inside = x >= a;
            cut = cut.Maximum(FromScalar(a, dtype, Device));
        }
        if (max is { } b)
        {
            inside = inside is null ? x <= b : inside & (x <= b);
            cut = cut.Minimum(FromScalar(b, dtype, Device));
        }
        return Where(inside!, x, cut);
    }

    /// <summary>No smaller than <paramref name="min"/> and no larger than <paramref name="max"/>, element by element; the gradient flows to
    /// whichever was taken.</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    public Tensor Clamp(Tensor? min = null, Tensor? max = null)
    {
        if (min is null && max is null) throw new ArgumentException("Clamp: at least one of min and max must be given.");
        if (max is null) return Where(this >= min!, this, Where(this < min!, min!, Detach() + min!.Detach()));
        if (min is null) return Where(this <= max, this, Where(this > max, max, Detach() + max.Detach()));
        var x = this;
        UnifyAll(ref x, ref min, ref max);
        var type = ResultType(x, min, max);
        (x, min, max) = (x.To(type), min.To(type), max.To(type));
        // PyTorch's rule: min takes part where it is below max, max where it cuts or the bounds are crossed.
        var rest = x.Detach().Maximum(min.Detach()).Minimum(max.Detach());
        return Where((x >= min) & (x <= max), x, Where((min < max) & (x < min), min,
            Where((x > max) | (max < min), max, rest)));
    }

    /// <summary>No smaller than <paramref name="min"/>.</summary>
    public Tensor ClampMin(Scalar min) => Clamp(min: min);

    /// <summary>No larger than <paramref name="max"/>.</summary>
    public Tensor ClampMax(Scalar max) => Clamp(max: max);

    /// <summary>NaN, +∞ and −∞ replaced by numbers: 0 and the dtype's largest and smallest unless given.</summary>
    public Tensor NanToNum(double nan = 0, double? posInf = null, double? negInf = null)
    {
        if (!DType.IsFloatingPoint()) return Clone();
        double largest = DType switch { DType.Float16 => 65504, DType.BFloat16 => 3.3895313892515355e38, DType.Float32 => float.MaxValue,
            _ => double.MaxValue };
        var infinite = Where(this > Zero, posInf ?? largest, Full([], negInf ?? -largest, DType, Device));
        return Where(IsNaN(), nan, Where(IsInf(), infinite.To(DType), this));
    }
}
