using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <content>Reductions.</content>
internal sealed partial class Fuser
{
    private void PlaceReduction(MemberDraft draft)
    {
        var value = draft.Value;
        if (value.BiasGradientOf is { } beside)
        {
            GroupOf(beside.Product)!.AddBeside(draft);
            return;
        }
        var operand = value.Operands[0].Value;
        var full = value.Operands[0].FullView;
        int dims = ((ReduceAttributes)value.Attributes!).Dims, kept = full.Shape.Rank - dims;
        var kind = LongReductions.IsOverRows(full, dims) ? GroupKind.Row : GroupKind.Column;
        string reason = "starts a kernel: reads memory only";
        if (fuse && full.Shape.ElementCount > 0 && GroupOf(operand) is { } group && graph.Into(operand) is null && full.Offset == 0
            && group.Members.Count < MaxMembers && HasRoom(group, value))
        {
            if (TryReduceIn(draft, operand, full, kept, kind, group)) return;
            reason = "reduces along other dimensions than the kernel before";
        }
        else if (fuse && operand.Role == Role.Leaf && Sibling(draft, kept, kind)) return;

        var sizes = SizesOf(full.Shape);
        var identity = IterationSpace.IdentityMap(sizes.Length, sizes.Length);
        Join(draft, New(new IterationSpace(kind, sizes, dims).WithRow(full.Strides, identity), reason), identity, kept);
    }

    private static void Join(MemberDraft draft, GroupDraft group, long[][] operandMap, int kept)
    {
        var map = operandMap[..kept];
        if (draft.Value.ChunkLength is > 0 and var length && group.Space.SplitTotal is null)
        {
            // One reduced dimension, cut into chunks: the chunk number becomes an outer dimension.
            var space = group.Space;
            int k = space.Rank - 1;
            long total = space.Sizes[k], chunks = (total + length - 1) / length;
            bool column = space.Kind == GroupKind.Column;
            int at = column ? space.OuterDims - 1 : space.OuterDims;
            long[] Cut(long[] a) => [.. a[..at], a[k] * length, .. a[at..k], a[k]];
            group.MoveTo(space with { Sizes = [.. space.Sizes[..at], chunks, .. space.Sizes[at..k], length], SplitTotal = total }, Cut);
            operandMap = Array.ConvertAll(operandMap, Cut);
            var chunk = new long[group.Space.Rank];
            chunk[at] = 1;
            map = column ? [.. operandMap[..(kept - 1)], chunk, operandMap[kept - 1]] : [.. operandMap[..kept], chunk];
        }
        draft.ReduceMap = operandMap;
        group.Add(draft, map);
    }

    private bool TryReduceIn(MemberDraft draft, Value operand, View full, int kept, GroupKind kind, GroupDraft group)
    {
        bool isChunked = draft.Value.ChunkLength > 0;
        if (!group.Space.IsLoopNest || (isChunked && group.Kind != GroupKind.Pointwise)) return false;
        if (group.Kind is not GroupKind.Pointwise && (group.Kind != kind || group.Space.SplitTotal is not null)) return false;
        if (group.Kind is not GroupKind.Pointwise && !group.Space.IsElementLevel(drafts[operand.Id]!.Position) && group.Space.IsReduced)
            return false;
        // Over reduced dimensions of size 1 nothing tells a result from an element, and columns have one round of reductions.
        if (group.Kind is GroupKind.Column && !group.Space.IsReduced) return false;
        if (group.Members.Exists(m => graph.Into(m.Value) is not null || m.Value.Op.IsLoop)) return false;
        if (Match(full.Shape, full.Strides, group, drafts[operand.Id]!.Position) is not { } fit) return false;
        var (space, map) = (fit.Space, fit.Map);
        int dims = space.Rank;
        var isReduced = new bool[dims];
        for (int d = 0; d < map.Length; d++)
            for (int k = 0; k < dims; k++)
                if (map[d][k] != 0) isReduced[k] = d >= kept;
        Func<long[], long[]> move = fit.Move;
        if (space.Kind == GroupKind.Pointwise)
        {
            // Kept dimensions in their own order, then the reduced ones.
            var order = new List<int>();
            for (int d = 0; d < map.Length; d++)
                order.AddRange(Enumerable.Range(0, dims).Where(k => map[d][k] != 0).OrderByDescending(k => map[d][k]));
            order.InsertRange(0, Enumerable.Range(0, dims).Where(k => !order.Contains(k)));
            int reduced = order.Count(k => isReduced[k]);
            if (isChunked && reduced != 1) return false;
            long[] Reorder(long[] a) => [.. order.Select(k => a[k])];
            map = Array.ConvertAll(map, Reorder);
            space = (space with { Kind = kind, Sizes = Reorder(space.Sizes), ReduceDims = reduced }).WithRow(full.Strides, map);
            move = a => Reorder(fit.Move(a));
            if (group.Members.Exists(m => !space.FollowsRow(m.Value, Array.ConvertAll(m.Map, f => move(f))))) return false;
        }
        else
            for (int k = 0; k < dims; k++)
                if (space.Sizes[k] > 1 && isReduced[k] != (k >= space.OuterDims)) return false;
        if (space.Kind == GroupKind.Row && !space.FollowsRow(space.Access(full.Strides, map))) return false;
        if (!ReferenceEquals(space, group.Space)) group.MoveTo(space, move);
        Join(draft, group, map, kept);
        return true;
    }

    /// <summary>A reduction of memory joins one that walks over the same memory in the same way.</summary>
    private bool Sibling(MemberDraft draft, int kept, GroupKind kind)
    {
        if (draft.Value.ChunkLength > 0) return false;
        for (int i = groups.Count - 1; i >= Math.Max(0, groups.Count - 4); i--)
        {
            var group = groups[i];
            if (group.Kind != kind || group.Space.SplitTotal is not null || group.Members.Count >= MaxMembers
                || !HasRoom(group, draft.Value)) continue;
            foreach (var member in group.Members)
                if (member.Value.Op.Iteration == Iteration.Reduction && member.Value.Operands[0] == draft.Value.Operands[0]
                    && member.Value.Shape.Equals(draft.Value.Shape))
                {
                    Join(draft, group, [.. member.ReduceMap], kept);
                    return true;
                }
        }
        return false;
    }
}
