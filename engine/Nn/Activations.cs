namespace GpuTensor.Nn;

/// <summary>max(x, 0), as <c>torch.nn.ReLU</c>.</summary>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Relu(x.NotNull());
}

/// <summary>The hyperbolic tangent, as <c>torch.nn.Tanh</c>.</summary>
public sealed class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Tanh(x.NotNull());
}

/// <summary>1 / (1 + e⁻ˣ), as <c>torch.nn.Sigmoid</c>.</summary>
public sealed class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Sigmoid(x.NotNull());
}

/// <summary>x · Φ(x), as <c>torch.nn.GELU</c>.</summary>
/// <param name="approximate"><c>"none"</c> or <c>"tanh"</c>.</param>
public sealed class GELU(string approximate = "none") : Module
{
    private readonly string approximate = approximate.NotNull();

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Gelu(x.NotNull(), approximate);
}

/// <summary>x cut to [0, 6], as <c>torch.nn.ReLU6</c>.</summary>
public sealed class ReLU6 : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Relu6(x.NotNull());
}

/// <summary>x cut to [minVal, maxVal], as <c>torch.nn.Hardtanh</c>.</summary>
public sealed class Hardtanh(double minVal = -1, double maxVal = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Hardtanh(x.NotNull(), minVal, maxVal);
}

/// <summary>(x + 3) / 6 cut to [0, 1], as <c>torch.nn.Hardsigmoid</c>.</summary>
public sealed class Hardsigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Hardsigmoid(x.NotNull());
}

/// <summary>x · hardsigmoid(x), as <c>torch.nn.Hardswish</c>.</summary>
public sealed class Hardswish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Hardswish(x.NotNull());
}

/// <summary>x where positive, else negativeSlope · x, as <c>torch.nn.LeakyReLU</c>.</summary>
public sealed class LeakyReLU(double negativeSlope = 0.01) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.LeakyRelu(x.NotNull(), negativeSlope);
}

/// <summary>x where positive, else alpha · (eˣ − 1), as <c>torch.nn.ELU</c>.</summary>
public sealed class ELU(double alpha = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Elu(x.NotNull(), alpha);
}

/// <summary>The scaled ELU of self-normalising networks, as <c>torch.nn.SELU</c>.</summary>
public sealed class SELU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Selu(x.NotNull());
}

/// <summary>x where positive, else alpha · (e^(x/alpha) − 1), as <c>torch.nn.CELU</c>.</summary>
public sealed class CELU(double alpha = 1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Celu(x.NotNull(), alpha);
}

/// <summary>x · sigmoid(x), as <c>torch.nn.SiLU</c>.</summary>
public sealed class SiLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Silu(x.NotNull());
}

/// <summary>x · tanh(softplus(x)), as <c>torch.nn.Mish</c>.</summary>
public sealed class Mish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Mish(x.NotNull());
}

/// <summary>ln(1 + e^(beta·x)) / beta; x itself where beta·x exceeds the threshold, as <c>torch.nn.Softplus</c>.</summary>
public sealed class Softplus(double beta = 1, double threshold = 20) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Softplus(x.NotNull(), beta, threshold);
}

/// <summary>ln(1 / (1 + e⁻ˣ)), as <c>torch.nn.LogSigmoid</c>.</summary>
public sealed class LogSigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Logsigmoid(x.NotNull());
}

/// <summary>x / (1 + |x|), as <c>torch.nn.Softsign</c>.</summary>
public sealed class Softsign : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Softsign(x.NotNull());
}

/// <summary>x where it exceeds the threshold, else the value, as <c>torch.nn.Threshold</c>.</summary>
public sealed class Threshold(Scalar threshold, Scalar value) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Threshold(x.NotNull(), threshold, value);
}

/// <summary>The logarithm of softmax along a dimension, as <c>torch.nn.LogSoftmax</c>.</summary>
public sealed class LogSoftmax(int dim) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.LogSoftmax(x.NotNull(), dim);
}

/// <summary>Softmax along a dimension, as <c>torch.nn.Softmax</c>.</summary>
/// <param name="dim">The dimension; negative counts from the end.</param>
public sealed class Softmax(int dim) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Softmax(x.NotNull(), dim);
}

/// <summary>In training, zeroes each element with probability p and scales the others by 1 / (1 − p), as <c>torch.nn.Dropout</c>.</summary>
public sealed class Dropout : Module
{
    private readonly double p;

    /// <summary>With a probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p is no probability.</exception>
    public Dropout(double p = 0.5) => this.p = p is >= 0 and <= 1 ? p
        : throw new ArgumentOutOfRangeException(nameof(p), $"{p}", "Dropout: p is a probability, from 0 to 1.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Dropout(x.NotNull(), p, Training);
}

/// <summary>Dimensions startDim to endDim as one, as <c>torch.nn.Flatten</c>: by default all but the first.</summary>
public sealed class Flatten(int startDim = 1, int endDim = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.NotNull().Flatten(startDim, endDim);
}
