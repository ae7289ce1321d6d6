namespace GpuTensor.Nn;

/// <content>Convolutions.</content>
public static partial class F
{
    /// <inheritdoc cref="Tensor.Conv1d"/>
    /// <param name="x">(n, channels, length) or (channels, length).</param>
    public static Tensor Conv1d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) =>
        x.NotNull().Conv1d(weight, bias, stride, padding, dilation, groups);

    /// <inheritdoc cref="Tensor.Conv2d"/>
    /// <param name="x">(n, channels, height, width) or (channels, height, width).</param>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) =>
        x.NotNull().Conv2d(weight, bias, stride, padding, dilation, groups);

    /// <inheritdoc cref="Tensor.Conv3d"/>
    /// <param name="x">(n, channels, depth, height, width) or (channels, depth, height, width).</param>
    public static Tensor Conv3d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default, Padding padding = default,
        PerDimension dilation = default, int groups = 1) =>
        x.NotNull().Conv3d(weight, bias, stride, padding, dilation, groups);

    /// <inheritdoc cref="Tensor.ConvTranspose1d"/>
    /// <param name="x">(n, channels, length) or (channels, length).</param>
    public static Tensor ConvTranspose1d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        x.NotNull().ConvTranspose1d(weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <inheritdoc cref="Tensor.ConvTranspose2d"/>
    /// <param name="x">(n, channels, height, width) or (channels, height, width).</param>
    public static Tensor ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        x.NotNull().ConvTranspose2d(weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <inheritdoc cref="Tensor.ConvTranspose3d"/>
    /// <param name="x">(n, channels, depth, height, width) or (channels, depth, height, width).</param>
    public static Tensor ConvTranspose3d(Tensor x, Tensor weight, Tensor? bias = null, PerDimension stride = default,
        PerDimension padding = default, PerDimension outputPadding = default, int groups = 1, PerDimension dilation = default) =>
        x.NotNull().ConvTranspose3d(weight, bias, stride, padding, outputPadding, groups, dilation);
}
