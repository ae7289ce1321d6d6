using GpuTensor.Graph;

namespace GpuTensor;

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
        int rank = shape.Rank, count = 0;
        var dims = rank <= 16 ? stackalloc int[rank] : new int[rank];
        for (int d = 0; d < rank; d++)
            if (view.Strides[d] == 0 && shape.Span[d] != 1) dims[count++] = d;
        if (count > 0)
        {
            gradient = gradient.Sum(Dims.Create(dims[..count]), keepDim: true);
            foreach (int d in dims[..count]) view = view.Slice(d, 0, 1, 1);
        }

        // What is left reads each element once. Ordered by stride (dimensions of size 1 first) it is the value's own order where it covers
        // all of it.
        count = 0;
        for (int d = 0; d < rank; d++)
            if (view.Shape.Span[d] == 1) dims[count++] = d;
        int ones = count;
        for (int d = 0; d < rank; d++)
        {
            if (view.Shape.Span[d] == 1) continue;
            int at = count++;
            for (; at > ones && Math.Abs(view.Strides[dims[at - 1]]) < Math.Abs(view.Strides[d]); at--) dims[at] = dims[at - 1];
            dims[at] = d;
        }
        var sorted = view.Permute(dims);
        if (sorted.Offset == 0 && sorted.IsContiguous && sorted.Shape.ElementCount == node.Shape.ElementCount)
            return gradient.Permuted(dims, node.Shape);

        var order = dims[ones..];

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
