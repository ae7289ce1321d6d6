using static GpuTensor.Operators.Constants;

namespace GpuTensor.Nn;

public static partial class F
{
    /// <summary>softmax(query · keyᵀ · scale + mask) · value (Vaswani and others, arXiv:1706.03762).</summary>
    /// <param name="query">(…, L, E).</param>
    /// <param name="key">(…, S, E).</param>
    /// <param name="value">(…, S, V).</param>
    /// <param name="attnMask">Broadcast to (…, L, S): bool, true where attention is allowed; or floating, added to the scores.</param>
    /// <param name="dropoutP">Dropout of the weights; unlike a layer's it always acts.</param>
    /// <param name="isCausal">Position l attends to positions up to l only; not together with a mask.</param>
    /// <param name="scale">Default 1 / √E.</param>
    /// <returns>(…, L, V); a row that may attend to nothing is 0.</returns>
    /// <exception cref="ArgumentException">Both a mask and isCausal are given.</exception>
    public static Tensor ScaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor? attnMask = null, double dropoutP = 0,
        bool isCausal = false, double? scale = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (attnMask is not null && isCausal)
            throw new ArgumentException("ScaledDotProductAttention takes a mask or isCausal, not both.", nameof(attnMask));
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Shape[-1] != key.Shape[-1] || key.Shape[-2] != value.Shape[-2])
            throw new TensorShapeException(
                $"ScaledDotProductAttention: query {query.Shape}, key {key.Shape} and value {value.Shape} "
                + "do not fit (…, L, E), (…, S, E) and (…, S, V).");
        // Half types in float32 all the way, rounded once at the end.
        var dtype = query.DType;
        (query, key, value) = (Wide(query), Wide(key), Wide(value));
        // As PyTorch: the root of the scale on either side. Where scores are large their rounding is all that can be seen of a gradient,
        // and so it is PyTorch's.
        double factor = scale ?? 1 / Math.Sqrt(query.Shape[-1]), root = Math.Sqrt(Math.Abs(factor));
        var scores = (query * Math.CopySign(root, factor)).MatMul((key * root).Transpose(-2, -1));
        if (isCausal)
        {
            var rows = Tensor.Positions(query.Shape[-2], query.Device).Unsqueeze(-1);
            var columns = Tensor.Positions(key.Shape[-2], query.Device);
            scores = Tensor.Where(columns.Le(rows), scores, Constant(double.NegativeInfinity));
        }
        else if (attnMask is { DType: DType.Bool }) scores = Tensor.Where(attnMask, scores, Constant(double.NegativeInfinity));
        else if (attnMask is not null) scores = scores + Wide(attnMask);
        var weights = scores.Softmax(-1);
        // Only a mask can forbid a whole row; its softmax is 0 / 0.
        if (attnMask is not null)
            weights = Tensor.Where(scores.AMax(-1, keepDim: true).Eq(Constant(double.NegativeInfinity)), Zero, weights);
        return Dropout(weights, dropoutP).MatMul(value).To(dtype);
    }
}
