using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>Gathers values into groups that are computed in one loop nest. One pass in recorded order; a value joins the latest group it reads from, and only along dimensions it shares with it,
/// so groups never depend on later ones and no search for cycles is needed.</summary>
/// <param name="profile">The device's shape.</param>
/// <param name="fuse">False: every value is a group of its own.</param>
/// <param name="splitsRows">Rows of a product may be two dimensions of what follows it ([batch, time] after one product of all): where a library multiplies, which then adds the bias. Kernels of
/// our own that multiply compile for seconds on a CPU, where one for each thing that may follow costs more than it saves.</param>
internal sealed class Fuser(DeviceProfile profile, bool fuse, bool splitsRows = false)
{
    /// <summary>Compile time grows faster than the kernel.</summary>
    public const int MaxMembers = 256;

    /// <summary>Below this many multiplications a matrix product is a plain loop nest, which needs no packing and fuses.</summary>
    public const long SmallProduct = 1 << 16;

    private readonly List<Group> groups = [];
    private readonly bool[] used = new bool[64];

    public List<Group> Run(List<PlanNode> nodes)
    {
        foreach (var node in nodes)
            if (node.Role == Role.Computed)
                foreach (var (operand, _) in node.Operands) operand.Users++;
        foreach (var node in nodes)
            if (node.Role == Role.Computed) Place(node);
        return [.. groups.Where(g => g.Members.Count > 0)];
    }

    private void Place(PlanNode node)
    {
        Work.Visit();
        switch (node.Op.Kind)
        {
            case OperatorKind.MatMul: PlaceProduct(node); break;
            case OperatorKind.Reduce: PlaceReduction(node); break;
            default: PlacePointwise(node); break;
        }
        foreach (var (operand, _) in node.Operands) MarkRead(operand, node.Group!);
        node.Stored |= node.IsWanted;
    }

    /// <summary>A value read from another group needs memory, and its group a later reader.</summary>
    private static void MarkRead(PlanNode operand, Group reader)
    {
        foreach (var source in Sources(operand))
            if (source.Group != reader)
            {
                source.Stored = true;
                source.Group!.Readers.Add(reader);
                reader.Sources.Add(source.Group);
            }
    }

    /// <summary>The computed values whose memory a read of this one touches.</summary>
    private static IEnumerable<PlanNode> Sources(PlanNode value)
    {
        Work.Visit(1 + value.Fillers.Count);
        switch (value.Role)
        {
            case Role.Computed:
                yield return value;
                break;
            case Role.Container or Role.Alias:
                foreach (var filler in value.Fillers) yield return filler;
                if (value.BaseCopy is { } copy) yield return copy;
                foreach (var (operand, _) in value.Operands)
                    foreach (var source in Sources(operand)) yield return source;
                break;
        }
    }

    private static int Latest(PlanNode value)
    {
        int latest = -1;
        foreach (var source in Sources(value)) latest = Math.Max(latest, source.Group!.Ordinal);
        return latest;
    }

    private Group New(PlanNode node, GroupKind kind, long[] sizes, int reduceDims, string cut)
    {
        var group = new Group(groups.Count, kind, sizes, reduceDims) { Cut = cut };
        groups.Add(group);
        return group;
    }

    private static void Join(PlanNode node, Group group, long[][] map)
    {
        node.Group = group;
        node.Map = map;
        node.Position = Group.PositionOf(node.Shape, map, group.Sizes.Length);
        group.Members.Add(node);
        Work.Visit(1 + node.Operands.Length);
        group.CountArguments(node);
    }

    private static long[][] IdentityMap(int rank, int dims)
    {
        var map = new long[rank][];
        for (int d = 0; d < rank; d++) (map[d] = new long[dims])[d] = 1;
        return map;
    }

    // ---- pointwise ----

    private void PlacePointwise(PlanNode node)
    {
        string reason = "starts a kernel: reads memory only";
        if (fuse && node.Op.Kind is not (OperatorKind.IndexSelect or OperatorKind.SegmentSum) && !IsElidable(node))
        {
            int latest = -1;
            foreach (var (operand, _) in node.Operands) latest = Math.Max(latest, Latest(operand));
            if (latest >= 0)
            {
                var group = groups[latest];
                if (TryJoin(node, group, out reason)) return;
            }
        }
        var sizes = node.Shape.Select(n => (long)n).ToArray();
        Join(node, New(node, GroupKind.Pointwise, sizes, 0, reason), IdentityMap(sizes.Length, sizes.Length));
    }

    // The copy under an assignment must stay alone, so that it can be left out where the memory is taken over.
    private static bool IsElidable(PlanNode node) => node.Into is ({ BaseCopy: { } copy }, _) && copy == node;

    private bool TryJoin(PlanNode node, Group group, out string reason)
    {
        reason = "";
        if (IsEmpty(node.Shape) || group.HasNoOuter) return Refuse(out reason, "there is nothing to compute");
        if (node.Into is ({ BaseCopy: { } copy }, _) && copy.Group!.Ordinal >= group.Ordinal) return Refuse(out reason, "fills memory that is copied first");
        if (node.Op.IsLoop && group.Kind != GroupKind.Pointwise) return Refuse(out reason, "is a loop of its own");
        if (group.Members.Count >= MaxMembers) return Refuse(out reason, $"its group already holds {MaxMembers} operators");
        if (!HasRoom(group, node)) return Refuse(out reason, "the kernel would take more parameters than the device allows");

        // A map that lines this value up with one operand in the group …
        long[][]? map = null;
        for (int i = 0; i < node.Operands.Length && map is null; i++)
        {
            var (operand, view) = node.Operands[i];
            if (operand.Role != Role.Computed || operand.Group != group || operand.SummedBeside is not null || (view?.Offset ?? 0) != 0) continue;
            if (i < node.Op.Tables) return Refuse(out reason, "gathers from a value of the same kernel");
            map = MatchTo(node.Shape, view?.Strides ?? operand.Shape.ContiguousStrides(), group, operand.Position);
        }
        if (map is null) return Refuse(out reason, "its elements do not line up with those of the kernel before");

        // … must line it up with all of them, and the rest must be memory of earlier groups.
        int dims = group.Sizes.Length;
        for (int i = 0; i < node.Operands.Length; i++)
        {
            var (operand, view) = node.Operands[i];
            if (operand.Role == Role.Computed && operand.Group == group)
            {
                if (operand.SummedBeside is not null) return Refuse(out reason, "reads what the library sums beside the product");
                if (i < node.Op.Tables) return Refuse(out reason, "gathers from a value of the same kernel");
                var read = Group.Combine(view?.Strides ?? operand.Shape.ContiguousStrides(), map, dims);
                if ((view?.Offset ?? 0) != 0 || !Same(read, operand.Position, group.Sizes)) return Refuse(out reason, "reads other elements of a value of the kernel before");
            }
            else if (operand.Role != Role.Computed && Latest(operand) >= group.Ordinal) return Refuse(out reason, "reads memory that the kernel before fills");
        }
        var position = Group.PositionOf(node.Shape, map, dims);
        if (!group.FollowsRow(node, map)) return Refuse(out reason, group.Kind == GroupKind.MatMul ? "does not run through the product's rows as one dimension" : "does not run through the row as the reduction does");
        if (group.Kind == GroupKind.Row && group.IsElementLevel(position) && !ReadsRow(node, group, map)) return Refuse(out reason, "only spreads a row's results over what may be another dimension");
        if (group.Kind == GroupKind.Column && group.IsElementLevel(position))
            foreach (var (operand, _) in node.Operands)
                if (operand.Group == group && operand.Role == Role.Computed && !group.IsElementLevel(operand.Position) && operand.Shape.ElementCount > 0)
                    return Refuse(out reason, "broadcasts the result of a column reduction");
        Join(node, group, map);
        Absorb(node, group);
        return true;
    }

    /// <summary>Whether anything that a value reads varies along the group's row. If only numbers and positions do, what follows may well go on along the other dimension, and would find it in
    /// memory as often as the row is long: the ranks of a row compared with places, say.</summary>
    private static bool ReadsRow(PlanNode node, Group group, long[][] map)
    {
        foreach (var (operand, view) in node.Operands)
            if (operand.Role is not (Role.Scalar or Role.Inline) && group.IsElementLevel(Group.Combine(view?.Strides ?? operand.Shape.ContiguousStrides(), map, group.Sizes.Length))) return true;
        return false;
    }

    // Loops that never run must not carry what runs: without elements each value stays alone.
    private static bool IsEmpty(Shape shape) => shape.ElementCount == 0;

    private static bool Refuse(out string reason, string why)
    {
        reason = why;
        return false;
    }

    private static bool Same(long[] a, long[] b, long[] sizes)
    {
        for (int k = 0; k < sizes.Length; k++)
            if (sizes[k] > 1 && a[k] != b[k]) return false;
        return true;
    }

    /// <summary>Coordinates of a value of <paramref name="shape"/>, whose dimensions move through an operand by <paramref name="strides"/>, in the group's dimensions;
    /// splits dimensions of the group where that makes them line up. Null: no way, or a dimension of the group would be left out (other than reduced ones).</summary>
    private long[][]? MatchTo(Shape shape, long[] strides, Group group, long[] position)
    {
        var sizesOf = shape.Select(n => (long)n).ToArray();
        for (int attempt = 0; attempt < 6; attempt++)
        {
            var sizes = group.Sizes;
            var taken = sizes.Length <= used.Length ? used : new bool[sizes.Length];
            var map = DimensionMatch.Find(sizesOf, strides, sizes, position, taken, out var split);
            if (map is not null)
            {
                for (int k = 0; k < group.OuterDims; k++)
                    if (group.Sizes[k] > 1 && !taken[k]) return null;
                bool any = false, all = true;
                for (int k = group.OuterDims; k < group.Sizes.Length; k++)
                    if (group.Sizes[k] > 1)
                    {
                        any |= taken[k];
                        all &= taken[k];
                    }
                return any && !all ? null : map;
            }
            if (split is not { } at || group.SplitTotal is not null || group.Kind == GroupKind.MatMul && !(splitsRows && group.RowsOfProduct[at.Dim] != 0)) return null;
            if (group.Kind == GroupKind.Column && at.Dim < group.OuterDims) return null;
            group.Split(at.Dim, at.Inner);
            position = position.Length == group.Sizes.Length ? position : SplitPosition(position, at.Dim, at.Inner);
        }
        return null;
    }

    private static long[] SplitPosition(long[] position, int dim, long inner)
    {
        var result = position.ToList();
        result[dim] = position[dim] * inner;
        result.Insert(dim + 1, position[dim]);
        return [.. result];
    }

    /// <summary>Takes earlier pointwise groups that only this one reads into it, so that their values need no memory.</summary>
    private void Absorb(PlanNode node, Group group)
    {
        foreach (var (operand, view) in node.Operands)
        {
            if (operand.Role != Role.Computed || operand.Group is not { Kind: GroupKind.Pointwise } other || other == group || operand.Into is not null || IsEmpty(operand.Shape)) continue;
            if (group.Kind != GroupKind.Pointwise && other.Members.Any(m => m.Op.IsLoop)) continue;
            if (other.Readers.Count > 1 || (other.Readers.Count == 1 && !other.Readers.Contains(group))) continue;
            if ((view?.Offset ?? 0) != 0 || group.Members.Count + other.Members.Count > MaxMembers || other.Members.Any(IsElidable)) continue;
            if (group.ParameterBytes() + other.ParameterBytes() > profile.MaxParameterBytes) continue;
            if (other.Members.Any(m => m.Into is { } into && into.Container.BaseCopy?.Group == group)) continue;
            var read = Group.Combine(view?.Strides ?? operand.Shape.ContiguousStrides(), node.Map, group.Sizes.Length);
            int dims = group.Sizes.Length;
            var taken = dims <= used.Length ? used : new bool[dims];
            var map = DimensionMatch.Find(other.Sizes, operand.Position, group.Sizes, read, taken, out _);
            if (map is null) continue;
            // The operand must be read once by every iteration it takes part in: all outer dimensions, and all or none of the reduced ones.
            bool covers = true, anyReduced = false, allReduced = true;
            for (int k = 0; k < dims; k++)
                if (group.Sizes[k] > 1)
                {
                    if (k < group.OuterDims) covers &= taken[k];
                    else (anyReduced, allReduced) = (anyReduced | taken[k], allReduced & taken[k]);
                }
            if (!covers || (anyReduced && !allReduced)) continue;
            if (group.HasRuns
                && other.Members.Any(m => !group.FollowsRow(m, [.. m.Map.Select(row => Group.Combine(row, map, dims))]))) continue;
            if (!ReadsOnlyAt(group, other, map)) continue;
            // No third group reads from it, so nothing stands between the two; its own sources are earlier still.
            foreach (var member in other.Members)
            {
                member.Group = group;
                for (int d = 0; d < member.Map.Length; d++) member.Map[d] = Group.Combine(member.Map[d], map, dims);
                member.Position = Group.PositionOf(member.Shape, member.Map, dims);
                Work.Visit();
            }
            group.Members.AddRange(other.Members);
            group.Members.Sort(static (a, b) => a.Order.CompareTo(b.Order));
            foreach (var member in other.Members) member.Stored = member.IsWanted;
            foreach (var earlier in other.Sources)
            {
                earlier.Readers.Remove(other);
                earlier.Readers.Add(group);
                group.Sources.Add(earlier);
            }
            group.Sources.Remove(other);
            group.CountArguments();
            other.Members.Clear();
        }
    }

    /// <summary>Whether every read that <paramref name="group"/> makes of a value of <paramref name="other"/> is of the element which that value would have there: a second read through
    /// another view (x.Flip(0) * x) needs the value in memory.</summary>
    private bool ReadsOnlyAt(Group group, Group other, long[][] map)
    {
        int dims = group.Sizes.Length;
        foreach (var member in group.Members)
        {
            Work.Visit();
            for (int i = 0; i < member.Operands.Length; i++)
            {
                var (operand, view) = member.Operands[i];
                if (operand.Role is Role.Container or Role.Alias)
                {
                    if (Sources(operand).Any(s => s.Group == other)) return false;
                    continue;
                }
                if (operand.Group != other) continue;
                // A product reads rows and columns, never the element at its own place, even where the strides of a square matrix look alike.
                if (member.Op.Kind == OperatorKind.MatMul || i < member.Op.Tables || (view?.Offset ?? 0) != 0) return false;
                // An index of rows has the leading dimensions of what is read there.
                var strides = view?.Strides ?? operand.Shape.ContiguousStrides();
                var along = member.Op.Kind == OperatorKind.Reduce ? member.ReduceMap : member.Map;
                var read = Group.Combine(strides, along[..Math.Min(along.Length, strides.Length)], dims);
                if (!Same(read, Group.Combine(operand.Position, map, dims), group.Sizes)) return false;
            }
        }
        return true;
    }

    private bool HasRoom(Group group, PlanNode node) => group.ParameterBytes(node) < profile.MaxParameterBytes - 128;

    // ---- reductions ----

    private void PlaceReduction(PlanNode node)
    {
        if (node.SummedBeside is { Product.Group: { } beside })
        {
            // It is no part of the loop nest: no dimension of that moves through it.
            node.Group = beside;
            node.Position = new long[beside.Sizes.Length];
            node.Stored = true;
            beside.Members.Add(node);
            return;
        }
        var (operand, view) = node.Operands[0];
        var full = view ?? View.Identity(operand.Shape);
        int dims = ((ReduceAttributes)node.Attributes!).Dims, kept = full.Shape.Rank - dims;
        var kind = Rewriter.IsRowReduction(full, dims) ? GroupKind.Row : GroupKind.Column;
        if (node.Op.Reduction is ReduceOp.ArgMax or ReduceOp.ArgMin) kind = Rewriter.IsRowReduction(full, dims) ? GroupKind.Row : GroupKind.Column;
        string reason = "starts a kernel: reads memory only";
        if (fuse && !IsEmpty(full.Shape) && operand is { Role: Role.Computed, Group: { } group, Into: null } && full.Offset == 0 && group.Members.Count < MaxMembers && HasRoom(group, node))
        {
            if (TryReduceIn(node, operand, full, kept, kind, group)) return;
            reason = "reduces along other dimensions than the kernel before";
        }
        else if (fuse && operand.Role == Role.Leaf && Sibling(node, operand, view, kept, kind)) return;

        var sizes = full.Shape.Select(n => (long)n).ToArray();
        var fresh = New(node, kind, sizes, dims, reason);
        var identity = IdentityMap(full.Shape.Rank, sizes.Length);
        SetRow(fresh, full, identity);
        JoinReduction(node, fresh, identity, kept);
    }

    private static void JoinReduction(PlanNode node, Group group, long[][] operandMap, int kept)
    {
        if (node.ChunkLength > 0 && group.SplitTotal is null)
        {
            // One reduced dimension, cut into chunks: the chunk number becomes an outer dimension.
            int k = group.Sizes.Length - 1;
            long total = group.Sizes[k], chunks = (total + node.ChunkLength - 1) / node.ChunkLength;
            bool column = group.Kind == GroupKind.Column;
            int at = column ? group.OuterDims - 1 : group.OuterDims;
            group.Sizes = [.. group.Sizes[..at], chunks, .. group.Sizes[at..k], node.ChunkLength];
            group.SplitTotal = total;
            long[] Remap(long[] a) => [.. a[..at], a[k] * node.ChunkLength, .. a[at..k], a[k]];
            foreach (var member in group.Members)
            {
                for (int d = 0; d < member.Map.Length; d++) member.Map[d] = Remap(member.Map[d]);
                member.Position = Remap(member.Position);
            }
            operandMap = [.. operandMap.Select(Remap)];
            var chunk = new long[group.Sizes.Length];
            chunk[at] = 1;
            long[][] map = column ? [.. operandMap[..(kept - 1)], chunk, operandMap[kept - 1]] : [.. operandMap[..kept], chunk];
            node.ReduceMap = operandMap;
            Join(node, group, map);
            return;
        }
        node.ReduceMap = operandMap;
        Join(node, group, operandMap[..kept]);
    }

    private bool TryReduceIn(PlanNode node, PlanNode operand, View full, int kept, GroupKind kind, Group group)
    {
        if (group.Kind == GroupKind.MatMul || (node.ChunkLength > 0 && group.Kind != GroupKind.Pointwise)) return false;
        if (group.Kind is not GroupKind.Pointwise && (group.Kind != kind || group.SplitTotal is not null)) return false;
        if (group.Kind is not GroupKind.Pointwise && !group.IsElementLevel(operand.Position) && group.Sizes.Skip(group.OuterDims).Any(n => n > 1)) return false;
        // Over reduced dimensions of size 1 nothing tells a result from an element, and columns have one round of reductions.
        if (group.Kind is GroupKind.Column && !group.Sizes.Skip(group.OuterDims).Any(n => n > 1)) return false;
        if (group.Members.Any(m => m.Into is not null || m.Op.IsLoop)) return false;
        var map = MatchTo(full.Shape, full.Strides, group, operand.Position);
        if (map is null) return false;
        int dims = group.Sizes.Length;
        var isReduced = new bool[dims];
        for (int d = 0; d < map.Length; d++)
            for (int k = 0; k < dims; k++)
                if (map[d][k] != 0) isReduced[k] = d >= kept;
        if (group.Kind == GroupKind.Pointwise)
        {
            // Kept dimensions in their own order, then the reduced ones.
            var order = new List<int>();
            for (int d = 0; d < map.Length; d++)
                order.AddRange(Enumerable.Range(0, dims).Where(k => map[d][k] != 0).OrderByDescending(k => map[d][k]));
            order.InsertRange(0, Enumerable.Range(0, dims).Where(k => !order.Contains(k)));
            if (node.ChunkLength > 0 && order.Count(k => isReduced[k]) != 1) return false;
            long[] Reorder(long[] a) => [.. order.Select(k => a[k])];
            group.Sizes = Reorder(group.Sizes);
            foreach (var member in group.Members)
            {
                for (int d = 0; d < member.Map.Length; d++) member.Map[d] = Reorder(member.Map[d]);
                member.Position = Reorder(member.Position);
            }
            map = [.. map.Select(Reorder)];
            group.ReduceDims = order.Count(k => isReduced[k]);
            group.Kind = kind;
            SetRow(group, full, map);
            if (group.Members.Any(m => !group.FollowsRow(m, m.Map)))
            {
                (group.Kind, group.ReduceDims) = (GroupKind.Pointwise, 0);
                return false;
            }
        }
        else
            for (int k = 0; k < dims; k++)
                if (group.Sizes[k] > 1 && isReduced[k] != (k >= group.OuterDims)) return false;
        if (group.Kind == GroupKind.Row && !group.FollowsRow(Group.Combine(full.Strides, map, dims))) return false;
        JoinReduction(node, group, map, kept);
        return true;
    }

    private static void SetRow(Group group, View operand, long[][] map)
    {
        var access = Group.Combine(operand.Strides, map, group.Sizes.Length);
        group.RunsOn = [.. Enumerable.Range(group.OuterDims, Math.Max(0, group.ReduceDims - 1)).Select(k => access[k] == access[k + 1] * group.Sizes[k + 1])];
    }

    /// <summary>A reduction of memory joins one that walks over the same memory in the same way.</summary>
    private bool Sibling(PlanNode node, PlanNode operand, View? view, int kept, GroupKind kind)
    {
        if (node.ChunkLength > 0) return false;
        for (int i = groups.Count - 1; i >= Math.Max(0, groups.Count - 4); i--)
        {
            var group = groups[i];
            if (group.Kind != kind || group.SplitTotal is not null || group.Members.Count >= MaxMembers || !HasRoom(group, node)) continue;
            foreach (var member in group.Members)
                if (member.Op.Kind == OperatorKind.Reduce && member.Operands[0].Node == operand && Equals(member.Operands[0].View, view) && member.Shape.Equals(node.Shape))
                {
                    JoinReduction(node, group, member.ReduceMap, kept);
                    return true;
                }
        }
        return false;
    }

    // ---- matrix products ----

    private void PlaceProduct(PlanNode node)
    {
        long k = node.Operands[0].View?.Shape[-1] ?? node.Operands[0].Node.Shape[-1];
        var sizes = node.Shape.Select(n => (long)n).ToList();
        if (node.Shape.ElementCount * k > SmallProduct)
        {
            Join(node, New(node, GroupKind.MatMul, [.. sizes], 0, "a matrix product reads its operands from memory"), IdentityMap(node.Shape.Rank, node.Shape.Rank));
            return;
        }
        sizes.Add(k);
        Join(node, New(node, GroupKind.Column, [.. sizes], 1, "a small matrix product reads its operands from memory"), IdentityMap(node.Shape.Rank, sizes.Count));
    }
}
