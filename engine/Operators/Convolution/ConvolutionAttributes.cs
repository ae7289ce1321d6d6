using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Operators;

/// <summary>How a convolution moves over its input.</summary>
internal sealed class ConvolutionAttributes(ConvolutionGeometry geometry) : IAttributes
{
    public ConvolutionGeometry Geometry { get; } = geometry;

    public static ConvolutionGeometry Of(IAttributes? attributes) => ((ConvolutionAttributes)attributes!).Geometry;

    public void Write(Fingerprint fingerprint)
    {
        fingerprint.Add(Geometry.Groups);
        for (int d = 0; d < Geometry.Stride.Length; d++)
        {
            fingerprint.Add(Geometry.Stride[d]);
            fingerprint.Add(Geometry.Padding[d]);
            fingerprint.Add(Geometry.Dilation[d]);
        }
    }
}
