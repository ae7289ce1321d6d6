namespace GpuTensor.Nn;

/// <summary>Layer normalisation, as <c>torch.nn.LayerNorm</c>.</summary>
public class LayerNorm : Module
{
    private readonly Shape normalizedShape;
    private readonly double eps;

    /// <summary>Over the last dimension.</summary>
    public LayerNorm(int width, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType? dtype = null,
        Device? device = null)
        : this([width], eps, elementwiseAffine, bias, dtype, device) { }

    /// <summary>Over trailing dimensions.</summary>
    /// <param name="normalizedShape">Their sizes.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether a weight (ones at first) and a bias (zeros) are learned.</param>
    /// <param name="bias">Whether the bias is.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    public LayerNorm(Shape normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType? dtype = null,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(normalizedShape);
        (this.normalizedShape, this.eps) = (normalizedShape, eps);
        if (!elementwiseAffine) return;
        Weight = new(Tensor.Ones(normalizedShape, dtype, device));
        if (bias) Bias = new(Tensor.Zeros(normalizedShape, dtype, device));
    }

    /// <summary>The scale, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>The shift, or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.LayerNorm(x.NotNull(), normalizedShape, Weight, Bias, eps);
}
