using GpuTensor.Operators;

namespace GpuTensor.Nn;

/// <summary>PyTorch's <c>torch.nn.functional</c>: what layers compute, without the layers. All of it is composed of ordinary operators, so
/// every part has its gradient, and the fuser makes
/// few kernels of it.</summary>
public static partial class F
{
    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => x.Relu();

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => x.Tanh();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Tensor Sigmoid(Tensor x) => x.Sigmoid();

    /// <summary>x · Φ(x), Φ the normal distribution's function.</summary>
    /// <param name="approximate"><c>"none"</c>, or <c>"tanh"</c> for the approximation by a hyperbolic tangent.</param>
    public static Tensor Gelu(Tensor x, string approximate = "none") => x.Gelu(approximate);

    /// <summary>eˣ / Σ eˣ along a dimension.</summary>
    public static Tensor Softmax(Tensor x, int dim) => x.Softmax(dim);

    /// <summary>The logarithm of <see cref="Softmax"/>, without its overflow.</summary>
    public static Tensor LogSoftmax(Tensor x, int dim) => x.LogSoftmax(dim);

    /// <summary>x · weightᵀ + bias.</summary>
    /// <param name="x">(…, inputs).</param>
    /// <param name="weight">(outputs, inputs).</param>
    /// <param name="bias">(outputs), or none.</param>
    /// <returns>(…, outputs).</returns>
    /// <exception cref="TensorShapeException">The last size of x is not the weight's.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => x.Linear(weight, bias);

    /// <summary>Rows of a matrix, looked up by number.</summary>
    /// <param name="indices">int64, of any shape.</param>
    /// <param name="weight">(rows, width).</param>
    /// <param name="paddingIdx">A row that gets no gradient; negative counts from the end.</param>
    /// <returns>(…, width).</returns>
    public static Tensor Embedding(Tensor indices, Tensor weight, int? paddingIdx = null)
    {
        if (weight.Rank != 2) throw new TensorShapeException($"Embedding: the weight must be a matrix (rows, width), not {weight.Shape}.");
        var rows = weight.IndexSelect(0, indices.Reshape(-1)).Reshape([.. indices.Shape, .. weight.Shape.Skip(1)]);
        if (paddingIdx is not { } row) return rows;
        var isPadding = indices.Eq(row < 0 ? row + weight.Shape[0] : row).Unsqueeze(-1);
        return Tensor.Where(isPadding, rows.Detach(), rows);
    }

    /// <summary>Each sample brought to mean 0 and variance 1 over its trailing dimensions, then scaled and shifted (Ba and others,
    /// arXiv:1607.06450).</summary>
    /// <param name="normalizedShape">The trailing sizes.</param>
    /// <param name="weight">Of those sizes, or none.</param>
    /// <param name="bias">Of those sizes, or none.</param>
    /// <param name="eps">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor x, Shape normalizedShape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        int n = normalizedShape.Rank;
        if (n == 0 || n > x.Rank || !x.Shape.Skip(x.Rank - n).SequenceEqual(normalizedShape))
            throw new TensorShapeException($"LayerNorm: {x.Shape} does not end in {normalizedShape}.");
        int[] dims = [.. Enumerable.Range(x.Rank - n, n)];
        var wide = Wide(x);
        var centred = wide - wide.Mean(dims, keepDim: true);
        var y = centred * ((centred * centred).Mean(dims, keepDim: true) + eps).Rsqrt();
        if (weight is not null) y = y * Wide(weight);
        if (bias is not null) y = y + Wide(bias);
        return y.To(x.DType);
    }

    /// <summary>In training, zeroes each element with probability p and scales the others by 1 / (1 − p).</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is no probability.</exception>
    public static Tensor Dropout(Tensor x, double p = 0.5, bool training = true) => x.Dropout(p, training);

    /// <summary>Half types widened to float32: sums and their quotients are worked out there and rounded once.</summary>
    private static Tensor Wide(Tensor x) => Rows.Wide(x);
}
