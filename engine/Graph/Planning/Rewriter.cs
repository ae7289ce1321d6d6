using GpuTensor.Kernels;
using GpuTensor.Operators;

namespace GpuTensor.Graph.Planning;

/// <summary>Rewrites live values before grouping: what needs no kernel gets none, long reductions become two stages, concatenation and assignment under a view become places
/// that others fill.</summary>
internal static class Rewriter
{
    /// <summary>A reduction longer than this, with few results, is done in chunks of <see cref="ChunkLength"/> in a first stage. Functions of shape alone: the order of a sum
    /// must not depend on anything else.</summary>
    private const long SplitLength = 16384, ChunkLength = 4096, FewResults = 256;

    /// <param name="nodes">Live values, operands before users.</param>
    /// <param name="shareRegions">Whether a flat value may be computed where its parts go home to.</param>
    /// <param name="inlines">Whether values of numbers and positions alone are written where they are read.</param>
    public static List<PlanNode> Run(List<PlanNode> nodes, bool shareRegions, bool inlines = true)
    {
        var result = new List<PlanNode>(nodes.Count);
        var copies = new Dictionary<PlanNode, List<PlanNode>>(ReferenceEqualityComparer.Instance);
        var leafCopies = new List<PlanNode>();
        var inline = new Inlines();
        foreach (var node in nodes)
        {
            Work.Visit(1 + node.Operands.Length);
            for (int i = 0; i < node.Operands.Length; i++)
            {
                node.Operands[i] = inline.Readable(node.Operands[i], result);
                if (i >= node.Op.Tables || node.Operands[i] is not ({ IsArgument: true } table, var seenAs)) continue;
                var copy = new PlanNode(Basic.Copy, table.DType, seenAs?.Shape ?? table.Shape) { Operands = [(table, seenAs)] };
                node.Operands[i] = (copy, null);
                result.Add(copy);
            }
            switch (node.Op.Kind)
            {
                case OperatorKind.Leaf or OperatorKind.Scalar:
                    break;
                case OperatorKind.Concat:
                    Concat(node, result, shareRegions);
                    break;
                case OperatorKind.ViewAssign:
                    var (target, baseCopy) = ViewAssign(node, result);
                    if (target.Role == Role.Leaf) leafCopies.Add(baseCopy);
                    else if (copies.TryGetValue(target, out var list)) list.Add(baseCopy);
                    else copies.Add(target, [baseCopy]);
                    break;
                case OperatorKind.Reduce when Split(node, result, inline):
                    break;
                default:
                    if (inlines && inline.Takes(node) && !node.Kept) node.Role = Role.Inline;
                    break;
            }
            result.Add(node);
        }
        result = Insert(result, leafCopies, copies);
        if (shareRegions) ShareRegions(result);
        for (int i = 0; i < result.Count; i++) result[i].Order = i;
        return result;
    }

    /// <summary>Puts copies of bases as early as their values allow, so that what fills the rest may join the kernel that computes it.</summary>
    private static List<PlanNode> Insert(List<PlanNode> nodes, List<PlanNode> first, Dictionary<PlanNode, List<PlanNode>> after)
    {
        if (first.Count + after.Count == 0) return nodes;
        var result = new List<PlanNode>(first);
        foreach (var node in nodes)
        {
            Work.Visit();
            result.Add(node);
            if (after.TryGetValue(node, out var copies)) result.AddRange(copies);
        }
        return result;
    }

    /// <summary>Operands become fillers of one memory; an operand that is computed for this alone is written there directly.</summary>
    private static void Concat(PlanNode node, List<PlanNode> result, bool shareRegions)
    {
        node.Role = Role.Container;
        if (shareRegions && !node.Kept && IsOneRegion(node.Operands)) return;
        long at = 0;
        foreach (var (operand, view) in node.Operands)
        {
            var shape = view?.Shape ?? operand.Shape;
            var place = new View(shape, shape.ContiguousStrides(), at);
            var filler = new PlanNode(Basic.Copy, node.DType, shape) { Operands = [(operand, view)] };
            Fill(node, filler, place);
            result.Add(filler);
            at += shape.ElementCount;
        }
        node.Operands = [];
    }

    private static void Fill(PlanNode container, PlanNode filler, View place)
    {
        filler.Into = (container, place);
        filler.Stored = true;
        container.Fillers.Add(filler);
    }

    /// <summary>Values that lie one after the other in one flat storage are one value already.</summary>
    private static bool IsOneRegion((PlanNode Node, View? View)[] operands)
    {
        long next = -1;
        int region = -1;
        foreach (var (node, view) in operands)
        {
            if (node.Home is not { Region: >= 0 } home || (view is not null && !(view.IsContiguous && view.Offset == 0 && view.Shape.ElementCount == node.Shape.ElementCount))) return false;
            if (node.Role is not (Role.Leaf or Role.Computed) || (node.Role == Role.Computed && !node.Kept)) return false;
            if (region >= 0 && (home.Region != region || home.Offset != next)) return false;
            (region, next) = (home.Region, home.Offset + node.Bytes);
        }
        return region >= 0;
    }

    /// <summary>The base is copied, the value written over a part of it.</summary>
    /// <returns>The base, and its copy, for the caller to place.</returns>
    private static (PlanNode Target, PlanNode Copy) ViewAssign(PlanNode node, List<PlanNode> result)
    {
        var view = ((ViewAttributes)node.Attributes!).View;
        var (target, value) = (node.Operands[0], node.Operands[1]);
        node.Role = Role.Container;
        node.BaseCopy = new PlanNode(Basic.Copy, node.DType, node.Shape) { Operands = [target], Into = (node, null), Stored = true };
        var filler = new PlanNode(Basic.Copy, node.DType, view.Shape) { Operands = [value] };
        Fill(node, filler, view);
        result.Add(filler);
        node.Operands = [];
        return (target.Node, node.BaseCopy);
    }

    /// <summary>A flat result whose parts go to the homes of one region, each at its place, is computed in that region: the parts are there then.</summary>
    private static void ShareRegions(List<PlanNode> nodes)
    {
        var parts = new Dictionary<PlanNode, List<(PlanNode Part, View View)>>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
            if (node is { Role: Role.Computed, Home.Region: >= 0, Op.Kind: OperatorKind.Copy, Into: null } && node.Operands[0] is ({ Role: Role.Computed } source, { IsContiguous: true } view))
            {
                if (!parts.TryGetValue(source, out var list)) parts.Add(source, list = []);
                list.Add((node, view));
            }
        foreach (var (whole, list) in parts)
        {
            if (whole.Kept || whole.Home is not null || whole.Into is not null) continue;
            long origin = list[0].Part.Home!.Offset - list[0].View.Offset * whole.DType.Size(), covered = 0;
            int region = list[0].Part.Home!.Region;
            bool fits = true;
            foreach (var (part, view) in list)
            {
                fits &= part.Home!.Region == region && part.Home.Offset - view.Offset * whole.DType.Size() == origin && part.DType == whole.DType;
                covered += part.Shape.ElementCount;
            }
            if (!fits || covered != whole.Shape.ElementCount) continue;
            whole.Home = new(list[0].Part.Home!.Index, region, origin, whole.Bytes, [.. list.SelectMany(p => p.Part.Home!.Occupants).Distinct()]);
            whole.Stored = true;
            foreach (var (part, view) in list) part.Role = Role.Alias;
        }
    }

    /// <summary>Makes a long reduction two stages: partial results by chunks, then their reduction.</summary>
    private static bool Split(PlanNode node, List<PlanNode> result, Inlines inline)
    {
        if (node.Op.Reduction is not (ReduceOp.Sum or ReduceOp.Max or ReduceOp.Min or ReduceOp.Prod)) return false;
        var (operand, view) = node.Operands[0];
        var full = view ?? View.Identity(operand.Shape);
        int dims = ((ReduceAttributes)node.Attributes!).Dims, kept = full.Shape.Rank - dims;
        long length = 1, results = node.Shape.ElementCount;
        for (int d = kept; d < full.Shape.Rank; d++) length *= full.Shape.Span[d];
        bool rows = IsRowReduction(full, dims);
        if (results > 0 && length > int.MaxValue) return SplitByDimension(node, kept, result, inline);
        if (results == 0 || length < (rows ? SplitLength : SplitLength / 8) || results > FewResults) return false;

        // The reduced dimensions must be one dimension to be cut into chunks.
        int[] sizes = [.. full.Shape.Take(kept), (int)length];
        var reduced = new View(Shape.Create([.. full.Shape.Skip(kept)]), full.Strides[kept..], 0).Reshape([(int)length]);
        if (reduced is null) return false;
        var merged = new View(Shape.Create(sizes), [.. full.Strides[..kept], reduced.Strides[0]], full.Offset);

        long chunk = rows ? ChunkLength : ChunkLength / 8;
        int chunks = (int)((length + chunk - 1) / chunk);
        // Rows: chunks last. Columns: the vectorised dimension stays last, chunks before it.
        int[] partialSizes = rows || kept == 0 ? [.. sizes[..kept], chunks] : [.. sizes[..(kept - 1)], chunks, sizes[kept - 1]];
        var partialType = node.DType.IsHalf() ? DType.Float32 : node.DType;
        var partial = new PlanNode(node.Op, partialType, Shape.Create(partialSizes))
        {
            Operands = [inline.Readable((operand, merged), result)], Attributes = new ReduceAttributes(1), ChunkLength = chunk,
        };
        result.Add(partial);
        View? second = rows || kept == 0 ? null : View.Identity(partial.Shape).Permute([.. Enumerable.Range(0, kept - 1), kept, kept - 1]);
        node.Operands = [(partial, second)];
        node.Attributes = new ReduceAttributes(1);
        return false;
    }

    /// <summary>A reduction over more elements than one dimension can have: over its last dimensions first, then over what is left. In one
    /// stage a sum of float32 would stop growing.</summary>
    private static bool SplitByDimension(PlanNode node, int kept, List<PlanNode> result, Inlines inline)
    {
        var (operand, view) = node.Operands[0];
        var full = view ?? View.Identity(operand.Shape);
        // As many of the last dimensions as fit one; no size alone passes that, so some is left.
        int first = full.Shape.Rank;
        for (long inner = 1; inner * full.Shape.Span[first - 1] <= int.MaxValue; first--) inner *= full.Shape.Span[first - 1];
        var partial = new PlanNode(node.Op, node.DType.IsHalf() ? DType.Float32 : node.DType, Shape.Create(full.Shape.Span[..first]))
        {
            Operands = [(operand, view)], Attributes = new ReduceAttributes(full.Shape.Rank - first),
        };
        Split(partial, result, inline);
        result.Add(partial);
        node.Operands = [(partial, null)];
        node.Attributes = new ReduceAttributes(first - kept);
        return Split(node, result, inline);
    }

    /// <summary>Rows: the fastest-moving dimension is reduced. Decided by the operator's own operand, never by what is fused around it.</summary>
    public static bool IsRowReduction(View view, int reduceDims)
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
