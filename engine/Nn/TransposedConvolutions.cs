namespace GpuTensor.Nn;

/// <summary>Transposed convolution over some dimensions.</summary>
public abstract class TransposedConvolutionLayer : ConvolutionLayer
{
    /// <inheritdoc/>
    private protected TransposedConvolutionLayer(int dimensions, int inChannels, int outChannels, PerDimension kernelSize,
        PerDimension stride, PerDimension padding, PerDimension outputPadding, int groups, bool bias, PerDimension dilation,
        DType? dtype, Device? device) : base(dimensions, inChannels, outChannels, kernelSize, groups, bias, true, dtype, device)
    {
        string name = GetType().Name;
        Stride = stride.Of(dimensions, 1, 1, name, nameof(stride));
        Padding = padding.Of(dimensions, 0, 0, name, nameof(padding));
        OutputPadding = outputPadding.Of(dimensions, 0, 0, name, nameof(outputPadding));
        Dilation = dilation.Of(dimensions, 1, 1, name, nameof(dilation));
    }

    private protected int[] Stride { get; }

    private protected int[] Padding { get; }

    private protected int[] OutputPadding { get; }

    private protected int[] Dilation { get; }
}

/// <summary>Transposed convolution over one dimension, as <c>torch.nn.ConvTranspose1d</c>.</summary>
public class ConvTranspose1d : TransposedConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(second size of the weights · kernel).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Elements left out at each edge of the result, default none.</param>
    /// <param name="outputPadding">Elements more at the end of the result, default none.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public ConvTranspose1d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, bool bias = true,
        PerDimension dilation = default, DType? dtype = null, Device? device = null)
        : base(1, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, dtype, device) { }

    /// <inheritdoc cref="Tensor.ConvTranspose1d"/>
    /// <param name="x">(n, channels, length), or without n.</param>
    public override Tensor Forward(Tensor x) =>
        F.ConvTranspose1d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}

/// <summary>Transposed convolution over two dimensions, as <c>torch.nn.ConvTranspose2d</c>.</summary>
public class ConvTranspose2d : TransposedConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(second size of the weights · kernel).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Elements left out at each edge of the result, default none.</param>
    /// <param name="outputPadding">Elements more at the end of the result, default none.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public ConvTranspose2d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, bool bias = true,
        PerDimension dilation = default, DType? dtype = null, Device? device = null)
        : base(2, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, dtype, device) { }

    /// <inheritdoc cref="Tensor.ConvTranspose2d"/>
    /// <param name="x">(n, channels, height, width), or without n.</param>
    public override Tensor Forward(Tensor x) =>
        F.ConvTranspose2d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}

/// <summary>Transposed convolution over three dimensions, as <c>torch.nn.ConvTranspose3d</c>.</summary>
public class ConvTranspose3d : TransposedConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(second size of the weights · kernel).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Elements left out at each edge of the result, default none.</param>
    /// <param name="outputPadding">Elements more at the end of the result, default none.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public ConvTranspose3d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, bool bias = true,
        PerDimension dilation = default, DType? dtype = null, Device? device = null)
        : base(3, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, dtype, device) { }

    /// <inheritdoc cref="Tensor.ConvTranspose3d"/>
    /// <param name="x">(n, channels, depth, height, width), or without n.</param>
    public override Tensor Forward(Tensor x) =>
        F.ConvTranspose3d(x, Weight, Bias, Stride, Padding, OutputPadding, Groups, Dilation);
}
