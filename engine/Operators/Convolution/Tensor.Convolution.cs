using GpuTensor.Kernels;
using GpuTensor.Operators;

namespace GpuTensor;

/// <content>Convolutions, as PyTorch defines them. One dtype; half types accumulate in float32; integers wrap.</content>
public partial class Tensor
{
    /// <summary>Convolution over one dimension, as <c>torch.conv1d</c>: (n, channels, length) or (channels, length).</summary>
    /// <inheritdoc cref="Conv2d"/>
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) => Convolve("conv1d", 1, weight, bias, stride, padding, dilation, groups);

    /// <summary>Convolution over two dimensions, as <c>torch.conv2d</c>: (n, channels, height, width) or (channels, height, width).
    /// Element [n, f, y…] is Σ x[n, c, y · stride − padding + k · dilation…] · weight[f, c, k…] over the channels of f's group and the
    /// kernel.</summary>
    /// <param name="weight">(features, channels / groups, size of the kernel…).</param>
    /// <param name="bias">(features), added to each position; or none.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Zeros around the input, default none.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <param name="groups">Channels and features are divided into so many groups, each of which reads only itself.</param>
    /// <returns>(n, features, (size + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1, …), rounded down.</returns>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    /// <exception cref="TensorDTypeException">The dtypes differ, or are bool.</exception>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) => Convolve("conv2d", 2, weight, bias, stride, padding, dilation, groups);

    /// <summary>Convolution over three dimensions, as <c>torch.conv3d</c>: (n, channels, depth, height, width) or without n.</summary>
    /// <inheritdoc cref="Conv2d"/>
    public Tensor Conv3d(Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) => Convolve("conv3d", 3, weight, bias, stride, padding, dilation, groups);

    /// <summary>Transposed convolution over one dimension, as <c>torch.conv_transpose1d</c>.</summary>
    /// <inheritdoc cref="ConvTranspose2d"/>
    public Tensor ConvTranspose1d(Tensor weight, Tensor? bias = null, PerDimension stride = default, PerDimension padding = default,
        PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        ConvolveTransposed("conv_transpose1d", 1, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over two dimensions, as <c>torch.conv_transpose2d</c>: the gradient of a convolution of the same
    /// numbers for its input. (n, channels, height, width) or (channels, height, width).</summary>
    /// <param name="weight">(channels, features / groups, size of the kernel…).</param>
    /// <param name="bias">(features), added to each position; or none.</param>
    /// <param name="stride">Default 1.</param>
    /// <param name="padding">Elements left out at each edge of the result, default none.</param>
    /// <param name="outputPadding">Elements more at the end of the result, fewer than stride or dilation; default none.</param>
    /// <param name="groups">Channels and features are divided into so many groups, each of which reads only itself.</param>
    /// <param name="dilation">Distance of the kernel's elements, default 1.</param>
    /// <returns>(n, features, (size − 1) · stride − 2 · padding + dilation · (kernel − 1) + outputPadding + 1, …).</returns>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    /// <exception cref="TensorDTypeException">The dtypes differ, or are bool.</exception>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, PerDimension stride = default, PerDimension padding = default,
        PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        ConvolveTransposed("conv_transpose2d", 2, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over three dimensions, as <c>torch.conv_transpose3d</c>.</summary>
    /// <inheritdoc cref="ConvTranspose2d"/>
    public Tensor ConvTranspose3d(Tensor weight, Tensor? bias = null, PerDimension stride = default, PerDimension padding = default,
        PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        ConvolveTransposed("conv_transpose3d", 3, weight, bias, stride, padding, outputPadding, groups, dilation);

    private Tensor Convolve(string op, int dimensions, Tensor weight, Tensor? bias, PerDimension stride, Padding padding,
        PerDimension dilation, int groups)
    {
        CheckConvolution(op, dimensions, weight, bias, groups);
        var geometry = new ConvolutionGeometry(stride.Of(dimensions, 1, 1, op, nameof(stride)),
            padding.Widths.Of(dimensions, 0, 0, op, nameof(padding)), dilation.Of(dimensions, 1, 1, op, nameof(dilation)), groups);
        var x = Rank == dimensions + 1 ? Unsqueeze(0) : this;
        if (weight.Shape[0] % groups != 0 || (long)weight.Shape[1] * groups != x.Shape[1])
            throw new TensorShapeException($"{op}: with {groups} groups, weights {weight.Shape} take {(long)weight.Shape[1] * groups} "
                + $"channels and give a number of features that {groups} divides; the input {Shape} has {x.Shape[1]} channels.");
        if (padding.IsSame && geometry.Stride.Any(s => s != 1))
            throw new ArgumentException($"{op}: padding \"same\" takes stride 1, not {stride}.", nameof(padding));
        int[] sizes = [x.Shape[0], weight.Shape[0], .. Enumerable.Range(0, dimensions).Select(Size)];
        if (padding.IsSame)
            geometry = geometry with { Padding = [.. Enumerable.Range(0, dimensions).Select(d => checked((int)(Extent(d) / 2)))] };
        var result = Apply(Convolution.Forward, DType, GpuTensor.Shape.Create(sizes), x.Operand, weight.Operand,
            attributes: new ConvolutionAttributes(geometry));
        return WithBias(result, bias, dimensions);

        // How far the kernel's last element lies from its first.
        long Extent(int d) => geometry.Dilation[d] * (weight.Shape[d + 2] - 1L);

        int Size(int d)
        {
            long padded = padding.IsSame ? x.Shape[d + 2] + Extent(d) : x.Shape[d + 2] + 2L * geometry.Padding[d];
            if (weight.Shape[d + 2] < 1 || Extent(d) >= padded)
                throw new TensorShapeException($"{op}: a kernel {weight.Shape} with dilation {dilation} does not fit into the input "
                    + $"{Shape} with padding {padding}: dimension {d} of {dimensions} has {padded} elements, {Extent(d) + 1} are needed.");
            return GpuTensor.Shape.Size((padded - Extent(d) - 1) / geometry.Stride[d] + 1, op);
        }
    }

    private Tensor ConvolveTransposed(string op, int dimensions, Tensor weight, Tensor? bias, PerDimension stride, PerDimension padding,
        PerDimension outputPadding, int groups, PerDimension dilation)
    {
        CheckConvolution(op, dimensions, weight, bias, groups);
        var geometry = new ConvolutionGeometry(stride.Of(dimensions, 1, 1, op, nameof(stride)),
            padding.Of(dimensions, 0, 0, op, nameof(padding)), dilation.Of(dimensions, 1, 1, op, nameof(dilation)), groups);
        int[] more = outputPadding.Of(dimensions, 0, 0, op, nameof(outputPadding));
        var x = Rank == dimensions + 1 ? Unsqueeze(0) : this;
        if (weight.Shape[0] != x.Shape[1] || weight.Shape[0] % groups != 0)
            throw new TensorShapeException($"{op}: weights {weight.Shape} take {weight.Shape[0]} channels, which {groups} groups must "
                + $"divide; the input {Shape} has {x.Shape[1]}.");
        int[] sizes = [x.Shape[0], GpuTensor.Shape.Size((long)weight.Shape[1] * groups, op),
            .. Enumerable.Range(0, dimensions).Select(Size)];
        var result = Apply(Convolution.Transposed, DType, GpuTensor.Shape.Create(sizes), x.Operand, weight.Operand,
            attributes: new ConvolutionAttributes(geometry));
        return WithBias(result, bias, dimensions);

        int Size(int d)
        {
            if (more[d] >= Math.Max(geometry.Stride[d], geometry.Dilation[d]))
                throw new ArgumentException($"{op}: an output padding of {more[d]} must be less than the stride, {geometry.Stride[d]}, or "
                    + $"the dilation, {geometry.Dilation[d]}.", nameof(outputPadding));
            long size = (x.Shape[d + 2] - 1L) * geometry.Stride[d] - 2L * geometry.Padding[d]
                + geometry.Dilation[d] * (weight.Shape[d + 2] - 1L) + more[d] + 1;
            return size >= 1 ? GpuTensor.Shape.Size(size, op) : throw new TensorShapeException(
                $"{op}: the input {Shape}, weights {weight.Shape}, stride {stride} and padding {padding} give a result of size {size} "
                + $"along "
                + $"dimension {d} of {dimensions}; at least 1 is needed.");
        }
    }

    private void CheckConvolution(string op, int dimensions, Tensor weight, Tensor? bias, int groups)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank != dimensions + 2 || (Rank != dimensions + 2 && Rank != dimensions + 1))
            throw new TensorShapeException($"{op}: an input of {dimensions + 1} or {dimensions + 2} dimensions and weights of "
                + $"{dimensions + 2} were expected, got {Shape} and {weight.Shape}.");
        if (groups < 1) throw new ArgumentOutOfRangeException(nameof(groups), $"{groups}", $"{op}: groups must be 1 or more.");
        if (DType == DType.Bool) throw new TensorDTypeException($"{op} is not defined for bool; convert with To(dtype) first.");
        if (weight.DType != DType || (bias is not null && bias.DType != DType))
            throw new TensorDTypeException($"{op}: the dtypes differ, input {DType.Name()}, weights {weight.DType.Name()}"
                + $"{(bias is null ? "" : $", bias {bias.DType.Name()}")}; convert with To(dtype).");
        if (groups > weight.Shape[0])
            throw new TensorShapeException($"{op}: {groups} groups need weights with {groups} or more rows, got {weight.Shape}.");
    }

    private Tensor WithBias(Tensor result, Tensor? bias, int dimensions)
    {
        if (bias is not null)
        {
            if (bias.Rank != 1 || bias.Shape[0] != result.Shape[1])
                throw new TensorShapeException($"{result.Node.Op.Name}: a bias of shape [{result.Shape[1]}] was expected, one number for "
                    + $"each feature, got {bias.Shape}.");
            result = result + bias.Reshape([bias.Shape[0], .. Enumerable.Repeat(1, dimensions)]);
        }
        return Rank == dimensions + 1 ? result.Squeeze(0) : result;
    }
}
