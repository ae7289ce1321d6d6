namespace GpuTensor.Nn;

/// <summary>Division by the root of the mean square over trailing dimensions, as <c>torch.nn.RMSNorm</c>.</summary>
public sealed class RMSNorm : Module
{
    private readonly Shape normalizedShape;
    private readonly double? eps;

    /// <summary>Over the last dimension.</summary>
    public RMSNorm(int width, double? eps = null, bool elementwiseAffine = true, DType? dtype = null, Device? device = null)
        : this([width], eps, elementwiseAffine, dtype, device) { }

    /// <summary>Over trailing dimensions.</summary>
    /// <param name="normalizedShape">Their sizes.</param>
    /// <param name="eps">Added to the mean square; by default the dtype's epsilon.</param>
    /// <param name="elementwiseAffine">Whether a weight (ones at first) is learned.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    public RMSNorm(Shape normalizedShape, double? eps = null, bool elementwiseAffine = true, DType? dtype = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(normalizedShape);
        (this.normalizedShape, this.eps) = (normalizedShape, eps);
        if (elementwiseAffine) Weight = new(Tensor.Ones(normalizedShape, dtype, device));
    }

    /// <summary>The scale, or null.</summary>
    public Parameter? Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.RmsNorm(x.NotNull(), normalizedShape, Weight, eps);
}

/// <summary>Normalisation of groups of channels, as <c>torch.nn.GroupNorm</c>.</summary>
public sealed class GroupNorm : Module
{
    private readonly int numGroups;
    private readonly double eps;

    /// <summary>Of numChannels channels in numGroups groups.</summary>
    /// <param name="numGroups">Groups of as many neighbouring channels each.</param>
    /// <param name="numChannels">All channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Whether a weight (ones at first) and a bias (zeros) are learned, one a channel.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">The channels cannot be divided so.</exception>
    public GroupNorm(int numGroups, int numChannels, double eps = 1e-5, bool affine = true, DType? dtype = null, Device? device = null)
    {
        if (numGroups < 1 || numChannels % numGroups != 0)
            throw new ArgumentException($"GroupNorm: {numChannels} channels cannot be divided into {numGroups} groups.",
                nameof(numChannels));
        (this.numGroups, this.eps) = (numGroups, eps);
        if (!affine) return;
        Weight = new(Tensor.Ones([numChannels], dtype, device));
        Bias = new(Tensor.Zeros([numChannels], dtype, device));
    }

    /// <summary>The scale, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>The shift, or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.GroupNorm(x.NotNull(), numGroups, Weight, Bias, eps);
}
