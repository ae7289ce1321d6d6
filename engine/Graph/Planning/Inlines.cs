using GpuTensor.Operators;

namespace GpuTensor.Graph.Planning;

/// <summary>Values made of numbers and positions alone: they are written again wherever they are read, if that can be done through the
/// views they are read through. Where it cannot (the diagonal of a matrix of positions read as a row of another length, say), the value is
/// computed to memory once, and read there.</summary>
internal sealed class Inlines
{
    private const int MaxDepth = 4;

    private readonly Dictionary<PlanNode, int> depths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PlanNode, PlanNode> inMemory = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a value is made of numbers and positions alone, and is soon written again.</summary>
    public bool Takes(PlanNode node)
    {
        if (!node.Op.IsPointwise || node.Op.Kind == OperatorKind.Random) return false;
        int depth = 1;
        foreach (var (operand, _) in node.Operands)
            if (operand.Role == Role.Inline) depth = Math.Max(depth, depths[operand] + 1);
            else if (operand.Role != Role.Scalar) return false;
        depths[node] = depth;
        return depth <= MaxDepth;
    }

    /// <summary>An operand that can be read as it is: where it cannot be written again through its view, its copy in memory, which is
    /// added to
    /// <paramref name="result"/>.</summary>
    public (PlanNode Node, View? View) Readable((PlanNode Node, View? View) operand, List<PlanNode> result)
    {
        if (operand.Node.Role != Role.Inline || Composes(operand.Node, operand.View)) return operand;
        if (!inMemory.TryGetValue(operand.Node, out var copy))
        {
            copy = new(Basic.Copy, operand.Node.DType, operand.Node.Shape) { Operands = [(operand.Node, null)] };
            inMemory.Add(operand.Node, copy);
            result.Add(copy);
        }
        return (copy, operand.View);
    }

    private static bool Composes(PlanNode value, View? view)
    {
        if (view is null) return true;
        if (value.Op.Kind == OperatorKind.Index) return Compose(((ViewAttributes)value.Attributes!).View, value.Shape, view) is not null;
        foreach (var (operand, through) in value.Operands)
        {
            if (operand.Role == Role.Scalar) continue;
            var composed = Compose(through ?? View.Identity(operand.Shape), value.Shape, view);
            if (composed is null || !Composes(operand, composed)) return false;
        }
        return true;
    }

    /// <summary>What <paramref name="outer"/> (over a value of <paramref name="shape"/>, row-major) shows of <paramref name="inner"/>,
    /// which has that shape: a view of what the inner one looks at, or null where no strides express that.</summary>
    public static View? Compose(View inner, Shape shape, View outer)
    {
        if (outer.Shape.ElementCount == 0 || shape.ElementCount == 0) return View.Identity(outer.Shape);
        int rank = 0;
        var sizes = new long[shape.Rank];
        var strides = new long[shape.Rank];
        // From the right; a dimension that runs on in the one before is one with it.
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            if (shape.Span[d] == 1) continue;
            if (rank > 0 && inner.Strides[d] == strides[rank - 1] * sizes[rank - 1]) sizes[rank - 1] *= shape.Span[d];
            else (sizes[rank], strides[rank++]) = (shape.Span[d], inner.Strides[d]);
        }
        // Each position has one set of coordinates, so where the outer view starts and its first steps say what they are everywhere; they
        // must stay within the dimensions up to its last elements.
        var start = new long[rank];
        Coordinates(outer.Offset, start);
        var (least, most) = ((long[])start.Clone(), (long[])start.Clone());
        var next = new long[rank];
        var composed = new long[outer.Shape.Rank];
        for (int k = 0; k < composed.Length; k++)
        {
            long steps = outer.Shape.Span[k] - 1;
            if (steps < 1) continue;
            Coordinates(outer.Offset + outer.Strides[k], next);
            for (int d = 0; d < rank; d++)
            {
                long step = next[d] - start[d];
                composed[k] += step * strides[d];
                if (step < 0) least[d] += step * steps;
                else most[d] += step * steps;
            }
        }
        long offset = inner.Offset;
        for (int d = 0; d < rank; d++)
        {
            if (least[d] < 0 || most[d] >= sizes[d]) return null;
            offset += start[d] * strides[d];
        }
        return new(outer.Shape, composed, offset);

        void Coordinates(long position, long[] into)
        {
            for (int d = 0; d < rank; d++) (position, into[d]) = Math.DivRem(position, sizes[d]);
        }
    }
}
