using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The largest elements over a dimension and where they first stand (torch.max with a dimension). NaN wins over every number.
    /// The gradient flows to the elements at the indices.</summary>
    /// <param name="dim">The dimension that goes; negative: from the end.</param>
    /// <param name="keepDim">It stays, with size 1.</param>
    /// <returns>The values, of this dtype, and their positions along the dimension, int64; both have this shape without the
    /// dimension.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    /// <exception cref="TensorShapeException">The dimension has size 0.</exception>
    public (Tensor Values, Tensor Indices) Max(int dim, bool keepDim = false) => Extreme(Extremes.Max, dim, keepDim);

    /// <summary>The smallest elements over a dimension and where they first stand (torch.min with a dimension). NaN wins over every number.
    /// The gradient flows to the elements at the indices.</summary>
    /// <inheritdoc cref="Max(int, bool)"/>
    public (Tensor Values, Tensor Indices) Min(int dim, bool keepDim = false) => Extreme(Extremes.Min, dim, keepDim);

    private (Tensor, Tensor) Extreme(Operator op, int dim, bool keepDim)
    {
        var (operand, shape, reduced) = Trailing(op, NotEmpty(dim, op.Name), dim);
        var results = ApplySeveral(op, this, operand, shape, ReduceAttributes.Of(reduced), (DType, shape), (DType.Int64, shape));
        return keepDim ? (KeepDims(results[0], this, dim, op), KeepDims(results[1], this, dim, op)) : (results[0], results[1]);
    }
}
