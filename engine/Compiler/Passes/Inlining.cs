using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Values made of numbers and positions alone are written again wherever they are read, if that can be done through the views they
/// are read through. Where it cannot (the diagonal of a matrix of positions read as a row of another length, say), the value is copied to
/// memory once, and read there. So is an argument that an operator reads at places known only when the kernel runs.</summary>
internal sealed class Inlining
{
    private const int MaxDepth = 4;

    private readonly ValueList result;
    private readonly int[] depths;
    private readonly Dictionary<Value, Value> inMemory = [];

    private Inlining(Value[] values) => (result, depths) = (new(values), new int[values.Length]);

    /// <param name="values">Values as they were recorded.</param>
    /// <param name="inline">False: every value but a number is computed to memory.</param>
    public static Value[] Run(Value[] values, bool inline) => new Inlining(values).Make(values, inline);

    private Value[] Make(Value[] values, bool inline)
    {
        foreach (var value in values)
        {
            VisitCounter.Visit(1 + value.Operands.Length);
            var operands = new Use[value.Operands.Length];
            bool isSame = true;
            for (int i = 0; i < operands.Length; i++)
            {
                var operand = Readable(result.Mapped(value.Operands[i]));
                operands[i] = i < value.Op.Tables && operand.Value.IsArgument ? new(Copy(operand), null) : operand;
                isSame &= operands[i] == value.Operands[i];
            }
            bool isInline = inline && value.Role == Role.Computed && IsMadeOfArguments(value, operands) && !value.IsKept;
            result.Add(value, isSame && !isInline ? value : value with { Operands = operands, Role = isInline ? Role.Inline : value.Role });
        }
        return result.ToArray();
    }

    private bool IsMadeOfArguments(Value value, Use[] operands)
    {
        if (value.Op is not { Iteration: Iteration.Pointwise, IsRandom: false, Tables: 0 }) return false;
        int depth = 1;
        foreach (var original in value.Operands) depth = Math.Max(depth, depths[original.Value.Id] + 1);
        foreach (var (operand, _) in operands)
            if (!operand.IsArgument) return false;
        depths[value.Id] = depth;
        return depth <= MaxDepth;
    }

    /// <summary>An operand that can be read as it is: where it cannot be written again through its view, its copy in memory.</summary>
    private Use Readable(Use operand)
    {
        if (CanBeRead(operand)) return operand;
        if (!inMemory.TryGetValue(operand.Value, out var copy)) inMemory.Add(operand.Value, copy = Copy(new(operand.Value, null)));
        return new(copy, operand.View);
    }

    private Value Copy(Use operand) => result.Add(new(0, Basic.Copy, operand.Value.DType, operand.Shape) { Operands = [operand] });

    /// <summary>False for a value of arguments and positions that no strides express as seen through the view.</summary>
    public static bool CanBeRead(Use operand) => operand.Value.Role != Role.Inline || Composes(operand.Value, operand.View);

    private static bool Composes(Value value, View? view)
    {
        if (view is null) return true;
        if (value.Op == Basic.Index) return Compose(((ViewAttributes)value.Attributes!).View, value.Shape, view) is not null;
        foreach (var operand in value.Operands)
        {
            if (operand.Value.Role == Role.Scalar) continue;
            var composed = Compose(operand.FullView, value.Shape, view);
            if (composed is null || !Composes(operand.Value, composed)) return false;
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
