namespace GpuTensor.Kernels;

/// <summary>How a kernel of weights moves over an input, by spatial dimension. Position y of the result reads the input at
/// y · stride − padding + k · dilation for k = 0, 1, … within the kernel.</summary>
/// <param name="Stride">At least 1.</param>
/// <param name="Padding">Zeros before the first element, at least 0; after the last one there are as many as the result's size
/// asks for.</param>
/// <param name="Dilation">At least 1.</param>
/// <param name="Groups">Channels are divided into so many groups; a group of outputs reads its group of inputs.</param>
internal sealed record ConvolutionGeometry(int[] Stride, int[] Padding, int[] Dilation, int Groups);
