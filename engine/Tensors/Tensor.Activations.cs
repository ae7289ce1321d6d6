using GpuTensor.Operators;
using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Activations that PyTorch has as tensor methods, and what the functional forms of <c>GpuTensor.Nn</c> need of it.</content>
public partial class Tensor
{
    /// <summary>max(x, 0); NaN stays. The gradient at 0 is 0.</summary>
    /// <exception cref="TensorDTypeException">The tensor is bool.</exception>
    public Tensor Relu() => Binary(Arithmetic.Relu, Zero, this);

    /// <summary>x · Φ(x), with Φ the normal distribution function.</summary>
    /// <param name="approximate"><c>"none"</c>: by the error function; <c>"tanh"</c>: ½x(1 + tanh(√(2/π)(x + 0.044715x³))).</param>
    /// <exception cref="TensorDTypeException">The dtype is not floating.</exception>
    public Tensor Gelu(string approximate = "none")
    {
        if (!DType.IsFloatingPoint())
            throw new TensorDTypeException($"gelu is not defined for {DType.Name()}; convert with To(dtype) first.");
        var x = Rows.Wide(this);
        var y = approximate switch
        {
            "none" => OneHalf * x * (One + (x * Constant(Math.Sqrt(0.5))).Erf()),
            "tanh" => OneHalf * x * (One + (Constant(Math.Sqrt(2 / Math.PI)) * (x + Constant(0.044715) * (x * x * x))).Tanh()),
            _ => throw new ArgumentException($"gelu: approximate is \"none\" or \"tanh\", not \"{approximate}\".", nameof(approximate)),
        };
        return y.To(DType);
    }

    /// <summary>Each element zero with probability p, the others divided by 1 − p; itself where <paramref name="training"/> is
    /// false.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is not in [0, 1].</exception>
    public Tensor Dropout(double p = 0.5, bool training = true, Generator? generator = null)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"{p}", "dropout: the probability must be from 0 to 1.");
        if (!training) return this;
        // 1/(1−p) is a number of the caller's like p, and finite: with p = 1 nothing is kept that it could multiply.
        double scale = p < 1 ? 1 / (1 - p) : 0;
        return Where(UniformWords(Shape, DType.Float32, Device, generator) >= p, this * scale, Zero);
    }
}
