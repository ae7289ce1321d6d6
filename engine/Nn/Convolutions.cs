namespace GpuTensor.Nn;

/// <summary>Convolution over some dimensions, with a border of zeros or of the input itself.</summary>
public abstract class ForwardConvolutionLayer : ConvolutionLayer
{
    private readonly int dimensions;
    private readonly Padding padding;
    private readonly string paddingMode;

    /// <inheritdoc/>
    private protected ForwardConvolutionLayer(int dimensions, int inChannels, int outChannels, PerDimension kernelSize,
        PerDimension stride, Padding padding, PerDimension dilation, int groups, bool bias, string paddingMode, DType? dtype,
        Device? device) : base(dimensions, inChannels, outChannels, kernelSize, groups, bias, false, dtype, device)
    {
        string name = GetType().Name;
        ArgumentNullException.ThrowIfNull(paddingMode);
        if (paddingMode is not ("zeros" or "reflect" or "replicate" or "circular"))
            throw new ArgumentException($"{name}: a padding mode is \"zeros\", \"reflect\", \"replicate\" or \"circular\", not "
                + $"\"{paddingMode}\".", nameof(paddingMode));
        int[] strides = stride.Of(dimensions, 1, 1, name, nameof(stride));
        if (padding.IsSame && strides.Any(s => s != 1))
            throw new ArgumentException($"{name}: padding \"same\" takes stride 1, not {stride}.", nameof(padding));
        padding.Widths.Of(dimensions, 0, 0, name, nameof(padding));
        (this.dimensions, this.padding, this.paddingMode, Stride, Dilation) =
            (dimensions, padding, paddingMode, strides, dilation.Of(dimensions, 1, 1, name, nameof(dilation)));
    }

    private protected int[] Stride { get; }

    private protected int[] Dilation { get; }

    /// <summary>The zeros that the convolution itself adds.</summary>
    private protected Padding Zeros => paddingMode == "zeros" ? padding : 0;

    /// <summary>The input with a border of its own elements, where the padding mode asks for one.</summary>
    private protected Tensor WithBorder(Tensor x)
    {
        if (paddingMode == "zeros") return x.NotNull();
        int[] before = padding.Widths.Of(dimensions, 0, 0, GetType().Name, nameof(padding)), after = before;
        if (padding.IsSame)
        {
            int[] extent = [.. Enumerable.Range(0, dimensions).Select(d => Dilation[d] * (Weight.Shape[d + 2] - 1))];
            (before, after) = ([.. extent.Select(e => e / 2)], [.. extent.Select(e => e - e / 2)]);
        }
        return F.Pad(x.NotNull(), [.. Enumerable.Range(1, dimensions).SelectMany(d => (int[])[before[^d], after[^d]])], paddingMode);
    }
}

/// <summary>Convolution over one dimension, as <c>torch.nn.Conv1d</c>.</summary>
public class Conv1d : ForwardConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(inputs of one result).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Widths of the border, <c>"same"</c> or <c>"valid"</c>; default none.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="paddingMode">What the border holds: <c>"zeros"</c>, or the input's own elements (<c>"reflect"</c>,
    /// <c>"replicate"</c>, <c>"circular"</c>).</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public Conv1d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1, bool bias = true, string paddingMode = "zeros", DType? dtype = null,
        Device? device = null)
        : base(1, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode, dtype, device) { }

    /// <inheritdoc cref="Tensor.Conv1d"/>
    /// <param name="x">(n, channels, length), or without n.</param>
    public override Tensor Forward(Tensor x) => F.Conv1d(WithBorder(x), Weight, Bias, Stride, Zeros, Dilation, Groups);
}

/// <summary>Convolution over two dimensions, as <c>torch.nn.Conv2d</c>.</summary>
public class Conv2d : ForwardConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(inputs of one result).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Widths of the border, <c>"same"</c> or <c>"valid"</c>; default none.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="paddingMode">What the border holds: <c>"zeros"</c>, or the input's own elements (<c>"reflect"</c>,
    /// <c>"replicate"</c>, <c>"circular"</c>).</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public Conv2d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1, bool bias = true, string paddingMode = "zeros", DType? dtype = null,
        Device? device = null)
        : base(2, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode, dtype, device) { }

    /// <inheritdoc cref="Tensor.Conv2d"/>
    /// <param name="x">(n, channels, height, width), or without n.</param>
    public override Tensor Forward(Tensor x) => F.Conv2d(WithBorder(x), Weight, Bias, Stride, Zeros, Dilation, Groups);
}

/// <summary>Convolution over three dimensions, as <c>torch.nn.Conv3d</c>.</summary>
public class Conv3d : ForwardConvolutionLayer
{
    /// <summary>Initialised as PyTorch does: weight, then bias, uniform in ±1/√(inputs of one result).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">The size of the kernel: one number, or one for each dimension.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Widths of the border, <c>"same"</c> or <c>"valid"</c>; default none.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="groups">Channels are divided into so many groups.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="paddingMode">What the border holds: <c>"zeros"</c>, or the input's own elements (<c>"reflect"</c>,
    /// <c>"replicate"</c>, <c>"circular"</c>).</param>
    /// <param name="dtype">Default float32.</param>
    /// <param name="device">Default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a number is out of range.</exception>
    public Conv3d(int inChannels, int outChannels, PerDimension kernelSize, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1, bool bias = true, string paddingMode = "zeros", DType? dtype = null,
        Device? device = null)
        : base(3, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode, dtype, device) { }

    /// <inheritdoc cref="Tensor.Conv3d"/>
    /// <param name="x">(n, channels, depth, height, width), or without n.</param>
    public override Tensor Forward(Tensor x) => F.Conv3d(WithBorder(x), Weight, Bias, Stride, Zeros, Dilation, Groups);
}
