using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The normalised cardinal sine of each element, sin(πx)/(πx), and 1 at 0 (torch.sinc). Integers and bools give
    /// float32.</summary>
    /// <returns>A tensor of this shape.</returns>
    public Tensor Sinc() => Unary(Operators.Sinc.Row, this);

    /// <summary><see cref="Sinc()"/> in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Sinc_() => Assign(Sinc(), "sinc_");
}
