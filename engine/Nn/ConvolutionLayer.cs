namespace GpuTensor.Nn;

/// <summary>What convolution layers share: the weights, the bias and how the kernel moves.</summary>
public abstract class ConvolutionLayer : Module
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(inputs of one result).</summary>
    /// <param name="dimensions">How many spatial dimensions.</param>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="isTransposed">The weights are (inChannels, outChannels / groups, …), not (outChannels, inChannels / groups, …).</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a size is out of range.</exception>
    private protected ConvolutionLayer(int dimensions, int inChannels, int outChannels, PerDimension kernelSize, int groups, bool bias,
        bool isTransposed, DType? dtype, Device? device)
    {
        string name = GetType().Name;
        if (inChannels < 1 || outChannels < 1)
            throw new ArgumentOutOfRangeException(inChannels < 1 ? nameof(inChannels) : nameof(outChannels),
                $"{name}: channels must be 1 or more, got {inChannels} in and {outChannels} out.");
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{name}: {groups} groups must divide {inChannels} channels in and {outChannels} out.",
                nameof(groups));
        if (kernelSize.Count == 0) throw new ArgumentException($"{name}: a kernel size is needed.", nameof(kernelSize));
        int[] size = kernelSize.Of(dimensions, 1, 1, name, nameof(kernelSize));
        var (first, second) = isTransposed ? (inChannels, outChannels / groups) : (outChannels, inChannels / groups);
        Weight = Init.KaimingUniform_(new Parameter(Tensor.Zeros([first, second, .. size], dtype, device)), a: Math.Sqrt(5));
        double bound = 1 / Math.Sqrt(size.Aggregate((double)second, (product, k) => product * k));
        if (bias) Bias = Init.Uniform_(new Parameter(Tensor.Zeros([outChannels], dtype, device)), -bound, bound);
        Groups = groups;
    }

    /// <summary>(outChannels, inChannels / groups, kernel…); of a transposed convolution (inChannels, outChannels / groups,
    /// kernel…).</summary>
    public Parameter Weight { get; }

    /// <summary>(outChannels), or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>How many groups there are.</summary>
    public int Groups { get; }
}
