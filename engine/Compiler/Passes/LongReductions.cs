using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Makes a long reduction two stages: partial results by chunks, then their reduction.</summary>
internal sealed class LongReductions
{
    /// <summary>The length of a chunk of a row.</summary>
    public const long ChunkLength = 4096;

    private readonly ValueList result;
    private readonly SizeConditions conditions;

    private LongReductions(Value[] values, SizeConditions conditions) => (result, this.conditions) = (new(values), conditions);

    public static Value[] Run(Value[] values, SizeConditions? conditions = null) =>
        Array.Exists(values, CanSplit) ? new LongReductions(values, conditions ?? new()).Make(values) : values;

    private Value[] Make(Value[] values)
    {
        foreach (var value in values)
        {
            VisitCounter.Visit();
            var mapped = result.Mapped(value);
            result.Add(value, CanSplit(value) ? Split(mapped) : mapped);
        }
        return result.ToArray();
    }

    /// <summary>Whether a reduction may be cut at all; a sum that the library makes beside a product is not ours to cut.</summary>
    private static bool CanSplit(Value value) =>
        value is { Op.Iteration: Iteration.Reduction, BiasGradientOf: null }
            && value.Op.Reduction is ReduceOp.Sum or ReduceOp.Max or ReduceOp.Min or ReduceOp.Prod;

    /// <summary>Adds the first stages.</summary>
    /// <returns>The last stage: the reduction itself where it is not cut.</returns>
    private Value Split(Value value)
    {
        var full = value.Operands[0].FullView;
        int dims = ((ReduceAttributes)value.Attributes!).Dims, kept = full.Shape.Rank - dims;
        long length = 1, results = value.Shape.ElementCount;
        for (int d = kept; d < full.Shape.Rank; d++) length *= full.Shape.Span[d];
        bool rows = IsOverRows(full, dims);
        if (results > 0 && length > int.MaxValue) return SplitByDimension(value, full, kept);
        if (results == 0 || conditions.IsWithin(rows ? SizeLimit.Row : SizeLimit.Column, value, length)
            || !conditions.IsWithin(SizeLimit.FewResults, value, results)) return value;

        // The reduced dimensions must be one dimension to be cut into chunks.
        int[] sizes = [.. full.Shape.Take(kept), (int)length];
        var reduced = new View(Shape.Create([.. full.Shape.Skip(kept)]), full.Strides[kept..], 0).Reshape([(int)length]);
        if (reduced is null) return value;
        var merged = new View(Shape.Create(sizes), [.. full.Strides[..kept], reduced.Strides[0]], full.Offset);

        long chunk = rows ? ChunkLength : ChunkLength / 8;
        int chunks = (int)((length + chunk - 1) / chunk);
        // Rows: chunks last. Columns: the vectorised dimension stays last, chunks before it.
        int[] partialSizes = rows || kept == 0 ? [.. sizes[..kept], chunks] : [.. sizes[..(kept - 1)], chunks, sizes[kept - 1]];
        var partial = AddPartial(value, Shape.Create(partialSizes), new(value.Operands[0].Value, merged), 1, chunk);
        View? second = rows || kept == 0 ? null : View.Identity(partial.Shape).Permute([.. Enumerable.Range(0, kept - 1), kept, kept - 1]);
        return value with { Operands = [new(partial, second)], Attributes = new ReduceAttributes(1) };
    }

    /// <summary>A reduction over more elements than one dimension can have: over its last dimensions first, then over what is left. In one
    /// stage a sum of float32 would stop growing.</summary>
    private Value SplitByDimension(Value value, View full, int kept)
    {
        // As many of the last dimensions as fit one; no size alone passes that, so some is left.
        int first = full.Shape.Rank;
        for (long inner = 1; inner * full.Shape.Span[first - 1] <= int.MaxValue; first--) inner *= full.Shape.Span[first - 1];
        var partial = result.Add(
            Split(Partial(value, Shape.Create(full.Shape.Span[..first]), value.Operands[0], full.Shape.Rank - first, 0)));
        return Split(value with { Operands = [new(partial, null)], Attributes = new ReduceAttributes(first - kept) });
    }

    private Value AddPartial(Value value, Shape shape, Use operand, int dims, long chunk)
    {
        if (!Inlining.CanBeRead(operand))
            operand = new(result.Add(new(0, Basic.Copy, operand.Value.DType,
                operand.Value.Shape) { Operands = [new(operand.Value, null)] }), operand.View);
        return result.Add(Partial(value, shape, operand, dims, chunk));
    }

    private static Value Partial(Value value, Shape shape, Use operand, int dims, long chunk) =>
        new(0, value.Op, value.DType.IsHalf() ? DType.Float32 : value.DType, shape) { Operands = [operand],
            Attributes = new ReduceAttributes(dims), ChunkLength = chunk };

    /// <summary>Rows: the fastest-moving dimension is reduced. Decided by the operator's own operand, never by what is fused around
    /// it.</summary>
    public static bool IsOverRows(View view, int reduceDims)
    {
        int kept = view.Shape.Rank - reduceDims;
        long fastestKept = long.MaxValue, fastestReduced = long.MaxValue;
        for (int d = 0; d < view.Shape.Rank; d++)
        {
            if (view.Shape.Span[d] == 1 || view.Strides[d] == 0) continue;
            long stride = Math.Abs(view.Strides[d]);
            if (d < kept) fastestKept = Math.Min(fastestKept, stride);
            else fastestReduced = Math.Min(fastestReduced, stride);
        }
        return fastestReduced < fastestKept || fastestKept == long.MaxValue;
    }
}
