namespace GpuTensor.Nn;

/// <summary>A vector for each of a number of words, as <c>torch.nn.Embedding</c>.</summary>
public class Embedding : Module
{
    private readonly int? paddingIdx;

    /// <summary>Initialised from N(0, 1).</summary>
    /// <param name="count">How many vectors.</param>
    /// <param name="width">Their size.</param>
    /// <param name="paddingIdx">A vector that is zero at first and learns nothing; negative counts from the end.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    public Embedding(int count, int width, int? paddingIdx = null, DType? dtype = null, Device? device = null)
    {
        if (paddingIdx is { } row && (row < -count || row >= count))
            throw new ArgumentOutOfRangeException(nameof(paddingIdx), $"{row}", $"An Embedding of {count} vectors has no vector {row}.");
        this.paddingIdx = paddingIdx;
        Weight = Init.Normal_(new Parameter(Tensor.Zeros([count, width], dtype, device)));
        if (paddingIdx is null) return;
        using (Tensor.NoGrad()) Weight.Select(0, paddingIdx.Value).Zero_();
    }

    /// <summary>(count, width). Another module's parameter can be put here when it is made, to tie the two.</summary>
    public Parameter Weight
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (field is not null && value.Shape != field.Shape)
                throw new TensorShapeException($"This Embedding takes a weight of shape {field.Shape}, not {value.Shape}.");
            field = value;
        }
    }

    /// <summary>The vectors of the words.</summary>
    /// <param name="indices">int64, of any shape.</param>
    /// <returns>(…, width).</returns>
    public override Tensor Forward(Tensor indices) => F.Embedding(indices.NotNull(), Weight, paddingIdx);
}
