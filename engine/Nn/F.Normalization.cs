using static GpuTensor.Operators.Constants;

namespace GpuTensor.Nn;

public static partial class F
{
    /// <summary>Each sample brought to mean 0 and variance 1 over its trailing dimensions, then scaled and shifted (Ba and others,
    /// arXiv:1607.06450).</summary>
    /// <param name="normalizedShape">The trailing sizes.</param>
    /// <param name="weight">Of those sizes, or none.</param>
    /// <param name="bias">Of those sizes, or none.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public static Tensor LayerNorm(Tensor x, Shape normalizedShape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(normalizedShape);
        int[] dims = Trailing(x, normalizedShape, nameof(LayerNorm), weight, bias);
        return Affine(Standardized(Wide(x), dims, eps), weight, bias).To(x.DType);
    }

    /// <summary>Each sample divided by the root of its mean square over its trailing dimensions, then scaled (Zhang and Sennrich,
    /// arXiv:1910.07467).</summary>
    /// <param name="normalizedShape">The trailing sizes.</param>
    /// <param name="weight">Of those sizes, or none.</param>
    /// <param name="eps">Added to the mean square; by default the dtype's epsilon.</param>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public static Tensor RmsNorm(Tensor x, Shape normalizedShape, Tensor? weight = null, double? eps = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(normalizedShape);
        int[] dims = Trailing(x, normalizedShape, nameof(RmsNorm), weight, null);
        var wide = Wide(x);
        return Affine(wide * ((wide * wide).Mean(dims, keepDim: true) + (eps ?? wide.DType.Epsilon())).Rsqrt(), weight, null).To(x.DType);
    }

    /// <summary>Each group of a sample's channels brought to mean 0 and variance 1, then each channel scaled and shifted (Wu and He,
    /// arXiv:1803.08494).</summary>
    /// <param name="x">(N, channels, …).</param>
    /// <param name="numGroups">Groups of as many neighbouring channels each.</param>
    /// <param name="weight">(channels), or none.</param>
    /// <param name="bias">(channels), or none.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="TensorShapeException">The channels cannot be divided into such groups, or weight and bias do not fit
    /// them.</exception>
    public static Tensor GroupNorm(Tensor x, int numGroups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw new TensorShapeException($"GroupNorm: (N, channels, …) was expected, but the input is {x.Shape}.");
        int channels = x.Shape[1];
        if (numGroups < 1 || channels % numGroups != 0)
            throw new TensorShapeException($"GroupNorm: {channels} channels cannot be divided into {numGroups} groups.");
        foreach (var parameter in new[] { weight, bias })
            if (parameter is not null && !parameter.Shape.SequenceEqual([channels]))
                throw new TensorShapeException($"GroupNorm: weight and bias of shape [{channels}] were expected, got {parameter.Shape}.");
        Shape sizes = [channels, .. Enumerable.Repeat(1, x.Rank - 2)];
        long members = x.Shape.Skip(2).Aggregate((long)channels / numGroups, (n, size) => n * size);
        var groups = Wide(x).Reshape([x.Shape[0], numGroups, Shape.Size(members, "group_norm")]);
        return Affine(Standardized(groups, [2], eps).Reshape(x.Shape), weight?.Reshape(sizes), bias?.Reshape(sizes)).To(x.DType);
    }

    private static Tensor Standardized(Tensor x, int[] dims, double eps)
    {
        var centred = x - x.Mean(dims, keepDim: true);
        return centred * ((centred * centred).Mean(dims, keepDim: true) + eps).Rsqrt();
    }

    private static Tensor Affine(Tensor y, Tensor? weight, Tensor? bias)
    {
        if (weight is not null) y = y * Wide(weight);
        return bias is null ? y : y + Wide(bias);
    }

    private static int[] Trailing(Tensor x, Shape normalizedShape, string name, Tensor? weight, Tensor? bias)
    {
        int n = normalizedShape.Rank;
        if (n == 0 || n > x.Rank || !x.Shape.Skip(x.Rank - n).SequenceEqual(normalizedShape))
            throw new TensorShapeException($"{name}: {x.Shape} does not end in {normalizedShape}.");
        foreach (var parameter in new[] { weight, bias })
            if (parameter is not null && parameter.Shape != normalizedShape)
                throw new TensorShapeException($"{name}: weight and bias of shape {normalizedShape} were expected, got {parameter.Shape}.");
        return [.. Enumerable.Range(x.Rank - n, n)];
    }
}
