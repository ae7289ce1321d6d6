using GpuTensor.Operators;

namespace GpuTensor.Nn;

/// <summary>PyTorch's <c>torch.nn.functional</c>: what layers compute, without the layers. All of it is composed of ordinary operators, so
/// every part has its gradient, and the fuser makes few kernels of it.</summary>
public static partial class F
{
    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => x.NotNull().Relu();

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => x.NotNull().Tanh();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Tensor Sigmoid(Tensor x) => x.NotNull().Sigmoid();

    /// <summary>x · Φ(x), Φ the normal distribution's function.</summary>
    /// <param name="approximate"><c>"none"</c>, or <c>"tanh"</c> for the approximation by a hyperbolic tangent.</param>
    public static Tensor Gelu(Tensor x, string approximate = "none") => x.NotNull().Gelu(approximate);

    /// <summary>eˣ / Σ eˣ along a dimension.</summary>
    /// <param name="dtype">Converts first, so that half types do not overflow.</param>
    public static Tensor Softmax(Tensor x, int dim, DType? dtype = null) => x.NotNull().Softmax(dim, dtype);

    /// <summary>The logarithm of <see cref="Softmax"/>, without its overflow.</summary>
    /// <param name="dtype">Converts first, so that half types do not overflow.</param>
    public static Tensor LogSoftmax(Tensor x, int dim, DType? dtype = null) => x.NotNull().LogSoftmax(dim, dtype);

    /// <summary>x · weightᵀ + bias.</summary>
    /// <param name="x">(…, inputs).</param>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="bias">(outputs), or none.</param>
    /// <returns>(…, outputs).</returns>
    /// <exception cref="TensorShapeException">The last size of x is not the weight's.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => x.NotNull().Linear(weight.NotNull(), bias);

    /// <summary>Rows of a matrix, looked up by number.</summary>
    /// <param name="indices">int64, of any shape.</param>
    /// <param name="weight">(rows, width).</param>
    /// <param name="paddingIdx">A row that gets no gradient; negative counts from the end.</param>
    /// <returns>(…, width).</returns>
    public static Tensor Embedding(Tensor indices, Tensor weight, int? paddingIdx = null)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank != 2) throw new TensorShapeException($"Embedding: the weight must be a matrix (rows, width), not {weight.Shape}.");
        var rows = weight.IndexSelect(0, indices.Reshape(-1)).Reshape([.. indices.Shape, .. weight.Shape.Skip(1)]);
        if (paddingIdx is not { } row) return rows;
        var isPadding = indices.Eq(row < 0 ? row + weight.Shape[0] : row).Unsqueeze(-1);
        return Tensor.Where(isPadding, rows.Detach(), rows);
    }

    /// <inheritdoc cref="Tensor.Pad(ReadOnlySpan{int}, string, Scalar?)"/>
    /// <param name="x">The tensor.</param>
    public static Tensor Pad(Tensor x, ReadOnlySpan<int> pad, string mode = "constant", Scalar? value = null) => x.Pad(pad, mode, value);

    /// <inheritdoc cref="Tensor.OneHot"/>
    /// <param name="x">Class numbers.</param>
    public static Tensor OneHot(Tensor x, int numClasses = -1) => x.NotNull().OneHot(numClasses);

    /// <summary>In training, zeroes each element with probability p and scales the others by 1 / (1 − p).</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is no probability.</exception>
    public static Tensor Dropout(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        x.NotNull().Dropout(p, training, generator);

    /// <summary>Half types widened to float32: sums and their quotients are worked out there and rounded once.</summary>
    private static Tensor Wide(Tensor x) => Rows.Wide(x);
}
