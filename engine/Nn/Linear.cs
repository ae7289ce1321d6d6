namespace GpuTensor.Nn;

/// <summary>x · weightᵀ + bias, as <c>torch.nn.Linear</c>.</summary>
public class Linear : Module
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√inputs.</summary>
    /// <param name="inputs">The size of x's last dimension.</param>
    /// <param name="outputs">The size of the result's last dimension.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    public Linear(int inputs, int outputs, bool bias = true, DType? dtype = null, Device? device = null)
    {
        Weight = Init.KaimingUniform_(new Parameter(Tensor.Zeros([outputs, inputs], dtype, device)), a: Math.Sqrt(5));
        double bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
        if (bias) Bias = Init.Uniform_(new Parameter(Tensor.Zeros([outputs], dtype, device)), -bound, bound);
    }

    /// <summary>(outputs, inputs). Another module's parameter can be put here when it is made, to tie the two: <c>new Linear(w, n, bias:
    /// false) { Weight = tokens.Weight }</c>.</summary>
    public Parameter Weight
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (field is not null && value.Shape != field.Shape)
                throw new TensorShapeException($"This Linear takes a weight of shape {field.Shape}, not {value.Shape}.");
            field = value;
        }
    }

    /// <summary>(outputs), or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Linear(x.NotNull(), Weight, Bias);
}
