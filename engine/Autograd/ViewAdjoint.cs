using GpuTensor.Graph;

namespace GpuTensor.Differentiation;

/// <summary>The adjoint of looking at a value through a view: the gradient of the value from the gradient of the view.</summary>
internal static class ViewAdjoint
{
    public static Tensor Apply(View? view, Node node, Tensor gradient)
    {
        if (view is null) return gradient;
        var shape = view.Shape;
        if (gradient.Shape != shape)
            throw new InvalidOperationException($"Gradient of {node} has shape {gradient.Shape}, its view {shape}.");

        if (shape.ElementCount == 0) return Tensor.Zeros(node.Shape, gradient.DType, node.Device);

        // An expanded dimension was read many times: its gradients add up.
        var expanded = new List<int>();
        for (int d = 0; d < shape.Rank; d++)
            if (view.Strides[d] == 0 && shape.Span[d] != 1) expanded.Add(d);
        if (expanded.Count > 0)
        {
            gradient = gradient.Sum([.. expanded], keepDim: true);
            foreach (int d in expanded) view = view.Slice(d, 0, 1, 1);
        }

        // What is left reads each element once. Ordered by stride it is the value's own order where it covers all of it.
        int[] order = [.. Enumerable.Range(0, shape.Rank).Where(d => view.Shape.Span[d] != 1).OrderByDescending(d => Math.Abs(view.Strides[d]))];
        int[] ones = [.. Enumerable.Range(0, shape.Rank).Where(d => view.Shape.Span[d] == 1)];
        int[] permutation = [.. ones, .. order];
        var sorted = view.Permute(permutation);
        if (sorted.Offset == 0 && sorted.IsContiguous && sorted.Shape.ElementCount == node.Shape.ElementCount)
            return gradient.Permute(permutation).Reshape(node.Shape);

        for (int i = 0; i + 1 < order.Length; i++)
        {
            var (outer, inner) = (order[i], order[i + 1]);
            if (Math.Abs(view.Strides[outer]) >= Math.Abs(view.Strides[inner]) * view.Shape.Span[inner]) continue;
            // Overlapping windows (unfold): at one place of the smaller dimension nothing overlaps; add up over its places.
            int d = view.Shape.Span[outer] < view.Shape.Span[inner] ? outer : inner;
            var sum = Apply(view.Select(d, 0), node, gradient.Select(d, 0));
            for (int k = 1; k < view.Shape.Span[d]; k++) sum = sum + Apply(view.Select(d, k), node, gradient.Select(d, k));
            return sum;
        }
        return Tensor.Zeros(node.Shape, node.DType, node.Device).ViewAssign(view, gradient);
    }
}
