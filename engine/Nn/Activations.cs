namespace GpuTensor.Nn;

/// <summary>max(x, 0), as <c>torch.nn.ReLU</c>.</summary>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Relu(x);
}

/// <summary>The hyperbolic tangent, as <c>torch.nn.Tanh</c>.</summary>
public sealed class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Tanh(x);
}

/// <summary>1 / (1 + e⁻ˣ), as <c>torch.nn.Sigmoid</c>.</summary>
public sealed class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Sigmoid(x);
}

/// <summary>x · Φ(x), as <c>torch.nn.GELU</c>.</summary>
/// <param name="approximate"><c>"none"</c> or <c>"tanh"</c>.</param>
public sealed class GELU(string approximate = "none") : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Gelu(x, approximate);
}

/// <summary>Softmax along a dimension, as <c>torch.nn.Softmax</c>.</summary>
/// <param name="dim">The dimension; negative counts from the end.</param>
public sealed class Softmax(int dim) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Softmax(x, dim);
}

/// <summary>In training, zeroes each element with probability p and scales the others by 1 / (1 − p), as <c>torch.nn.Dropout</c>.</summary>
public sealed class Dropout : Module
{
    private readonly double p;

    /// <summary>With a probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is no probability.</exception>
    public Dropout(double p = 0.5) => this.p = p is >= 0 and <= 1 ? p
        : throw new ArgumentOutOfRangeException(nameof(p), p, "Dropout: p is a probability, from 0 to 1.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Dropout(x, p, Training);
}

/// <summary>Dimensions startDim to endDim as one, as <c>torch.nn.Flatten</c>: by default all but the first.</summary>
public sealed class Flatten(int startDim = 1, int endDim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Flatten(startDim, endDim);
}
