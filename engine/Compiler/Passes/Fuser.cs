using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Gathers values into groups that are computed in one loop nest. One pass in recorded order; a value joins the latest group it
/// reads from, and only along dimensions it shares with it, so groups never depend on later ones and no search for cycles is
/// needed.</summary>
internal sealed partial class Fuser
{
    /// <summary>Compile time grows faster than the kernel.</summary>
    public const int MaxMembers = 256;

    private readonly ValueGraph graph;
    private readonly DeviceProfile profile;
    private readonly bool fuse, splitsRows;
    private readonly SizeConditions conditions;
    private readonly List<GroupDraft> groups = [];
    private readonly MemberDraft?[] drafts;
    private readonly bool[] used = new bool[64];

    private Fuser(ValueGraph graph, DeviceProfile profile, bool fuse, bool splitsRows, SizeConditions conditions)
    {
        (this.graph, this.profile, this.fuse, this.splitsRows, this.conditions) = (graph, profile, fuse, splitsRows, conditions);
        drafts = Array.ConvertAll(graph.Values, v => v.Role == Role.Computed ? new MemberDraft(v) : null);
        foreach (var value in graph.Values)
            if (value.Role == Role.Computed)
                foreach (var (operand, _) in value.Operands)
                    if (drafts[operand.Id] is { } read) read.Users++;
    }

    /// <param name="graph">The values.</param>
    /// <param name="profile">The device's shape.</param>
    /// <param name="fuse">False: every value is a group of its own.</param>
    /// <param name="splitsRows">Rows of a product may be two dimensions of what follows it ([batch, time] after one product of all): where
    /// a library multiplies, which then adds the bias.
    /// Kernels of our own that multiply compile for seconds on a CPU, where one for each thing that may follow costs more than it
    /// saves.</param>
    /// <param name="conditions">Takes what is asked about sizes.</param>
    public static Fusion Run(ValueGraph graph, DeviceProfile profile, bool fuse, bool splitsRows = false,
        SizeConditions? conditions = null) => new Fuser(graph, profile, fuse, splitsRows, conditions ?? new()).Run();

    private Fusion Run()
    {
        foreach (var draft in drafts)
            if (draft is not null) Place(draft);
        var made = groups.FindAll(g => g.Members.Count > 0);
        var ordinals = new int[groups.Count];
        for (int i = 0; i < made.Count; i++) ordinals[made[i].Ordinal] = i;
        int[] Ordinals(HashSet<GroupDraft> some) => [.. some.Select(g => ordinals[g.Ordinal]).Order()];
        return new(graph, [.. made.Select((g, i) => new FusionGroup
        {
            Ordinal = i, Space = g.Space, Sources = Ordinals(g.Sources), Readers = Ordinals(g.Readers), ParameterBytes = g.ParameterBytes(),
                Cut = g.Cut,
            Members = [.. g.Members.Select(m =>
                new Member(m.Value, m.Map, m.Position, m.ReduceMap, m.IsReadElsewhere || graph.IsWanted(m.Value)))],
        })]);
    }

    private void Place(MemberDraft draft)
    {
        VisitCounter.Visit();
        switch (draft.Value.Op.Iteration)
        {
            case Iteration.Product: PlaceProduct(draft); break;
            case Iteration.Reduction: PlaceReduction(draft); break;
            case Iteration.Result: PlaceResult(draft); break;
            case Iteration.Kernel: PlaceOwnKernel(draft); break;
            default: PlacePointwise(draft); break;
        }
        foreach (var (operand, _) in draft.Value.Operands)
            foreach (var source in operand.Sources())
            {
                // What is read from another group needs memory.
                var read = drafts[source.Id]!;
                if (read.Group == draft.Group) continue;
                read.IsReadElsewhere = true;
                read.Group!.Readers.Add(draft.Group!);
                draft.Group!.Sources.Add(read.Group);
            }
    }

    /// <summary>A result is computed where its operator is, which kept room for it.</summary>
    private void PlaceResult(MemberDraft draft)
    {
        var of = drafts[draft.Value.Operands[0].Value.Id]!;
        of.Group!.Add(draft, [.. of.Map]);
    }

    private int Latest(Value value)
    {
        int latest = -1;
        foreach (var source in value.Sources()) latest = Math.Max(latest, GroupOf(source)!.Ordinal);
        return latest;
    }

    private GroupDraft? GroupOf(Value value) => drafts[value.Id]?.Group;

    private GroupDraft New(IterationSpace space, string cut)
    {
        var group = new GroupDraft(groups.Count, graph, drafts) { Space = space, Cut = cut };
        groups.Add(group);
        return group;
    }

    // ---- pointwise ----

    private void PlacePointwise(MemberDraft draft)
    {
        var value = draft.Value;
        string reason = "starts a kernel: reads memory only";
        if (fuse && !value.Op.StartsKernel && !graph.IsBaseCopy(value))
        {
            int latest = -1;
            foreach (var (operand, _) in value.Operands) latest = Math.Max(latest, Latest(operand));
            if (latest >= 0)
            {
                if (Refusal(draft, groups[latest]) is not { } refusal) return;
                reason = refusal;
            }
        }
        var sizes = SizesOf(value.Shape);
        New(new(GroupKind.Pointwise, sizes, 0), reason).Add(draft, IterationSpace.IdentityMap(sizes.Length, sizes.Length));
    }

    /// <summary>Puts a value into a group it reads from.</summary>
    /// <returns>Null where it has joined, else why it cannot.</returns>
    private string? Refusal(MemberDraft draft, GroupDraft group)
    {
        var value = draft.Value;
        // Loops that never run must not carry what runs: without elements each value stays alone.
        if (value.Shape.ElementCount == 0 || group.Space.HasNoOuter) return "there is nothing to compute";
        if (graph.Into(value) is ({ BaseCopy: { } copy }, _) && GroupOf(copy)!.Ordinal >= group.Ordinal)
            return "fills memory that is copied first";
        if (value.Op.IsLoop && group.Kind != GroupKind.Pointwise) return "is a loop of its own";
        if (group.Members.Count >= MaxMembers) return $"its group already holds {MaxMembers} operators";
        if (!HasRoom(group, value)) return "the kernel would take more parameters than the device allows";

        // A map that lines this value up with one operand in the group …
        Fit? fit = null;
        for (int i = 0; i < value.Operands.Length && fit is null; i++)
        {
            var (operand, view) = value.Operands[i];
            if (GroupOf(operand) != group || operand.BiasGradientOf is not null || (view?.Offset ?? 0) != 0) continue;
            if (i < value.Op.Tables) return "gathers from a value of the same kernel";
            fit = Match(value.Shape, StridesOf(value.Operands[i]), group, drafts[operand.Id]!.Position);
        }
        if (fit is null) return "its elements do not line up with those of the kernel before";

        // … must line it up with all of them, and the rest must be memory of earlier groups.
        var (space, map) = (fit.Space, fit.Map);
        for (int i = 0; i < value.Operands.Length; i++)
        {
            var (operand, view) = value.Operands[i];
            if (GroupOf(operand) == group)
            {
                if (operand.BiasGradientOf is not null) return "reads what the library sums beside the product";
                if (i < value.Op.Tables) return "gathers from a value of the same kernel";
                if ((view?.Offset ?? 0) != 0
                    || !space.AreSame(space.Access(StridesOf(value.Operands[i]), map), fit.Move(drafts[operand.Id]!.Position)))
                    return "reads other elements of a value of the kernel before";
            }
            else if (operand.Role != Role.Computed && Latest(operand) >= group.Ordinal) return "reads memory that the kernel before fills";
        }
        bool isElementLevel = space.IsElementLevel(space.PositionOf(value.Shape, map));
        if (!space.FollowsRow(value, map))
            return group.Kind == GroupKind.MatMul ? "does not run through the product's rows as one dimension"
                : "does not run through the row as the reduction does";
        if (group.Kind == GroupKind.Row && isElementLevel && !ReadsRow(value, space, map))
            return "only spreads a row's results over what may be another dimension";
        if (group.Kind == GroupKind.Column && isElementLevel)
            foreach (var (operand, _) in value.Operands)
                if (GroupOf(operand) == group && !space.IsElementLevel(fit.Move(drafts[operand.Id]!.Position))
                    && operand.Shape.ElementCount > 0)
                    return "broadcasts the result of a column reduction";
        if (!ReferenceEquals(space, group.Space)) group.MoveTo(space, fit.Move);
        group.Add(draft, map);
        Absorb(value, draft.Map, group);
        return null;
    }

    /// <summary>Whether anything that a value reads varies along the group's row. If only numbers and positions do, what follows may well
    /// go on along the other dimension, and would find it in memory as often as the row is long: the ranks of a row compared with places,
    /// say.</summary>
    private static bool ReadsRow(Value value, IterationSpace space, long[][] map) =>
        value.Operands.Any(o => !o.Value.IsArgument && space.IsElementLevel(space.Access(StridesOf(o), map)));

    /// <summary>Takes earlier pointwise groups that only this one reads into it, so that their values need no memory.</summary>
    private void Absorb(Value value, long[][] valueMap, GroupDraft group)
    {
        foreach (var use in value.Operands)
        {
            var (operand, view) = use;
            if (GroupOf(operand) is not { Kind: GroupKind.Pointwise } other || other == group || graph.Into(operand) is not null
                || operand.Shape.ElementCount == 0) continue;
            if (group.Kind != GroupKind.Pointwise && other.Members.Exists(m => m.Value.Op.IsLoop)) continue;
            if (other.Readers.Count > 1 || (other.Readers.Count == 1 && !other.Readers.Contains(group))) continue;
            if ((view?.Offset ?? 0) != 0 || group.Members.Count + other.Members.Count > MaxMembers
                || other.Members.Exists(m => graph.IsBaseCopy(m.Value))) continue;
            if (group.ParameterBytes() + other.ParameterBytes() > profile.MaxParameterBytes) continue;
            if (other.Members.Exists(m => graph.Into(m.Value) is ({ BaseCopy: { } copy }, _) && GroupOf(copy) == group)) continue;
            var space = group.Space;
            var taken = Taken(space.Rank);
            var map = DimensionMatch.Find(other.Space.Sizes, drafts[operand.Id]!.Position, space.Sizes,
                space.Access(StridesOf(use), valueMap), taken, out _);
            // The operand must be read once by every iteration it takes part in: all outer dimensions, and all or none of the reduced ones.
            if (map is null || !Covers(space, taken)) continue;
            if (space.HasRuns && other.Members.Exists(m => !space.FollowsRow(m.Value, [.. m.Map.Select(row => space.Access(row, map))])))
                continue;
            if (!ReadsOnlyAt(group, other, map)) continue;
            // No third group reads from it, so nothing stands between the two; its own sources are earlier still.
            group.Absorb(other, map);
        }
    }

    /// <summary>Whether every read that <paramref name="group"/> makes of a value of <paramref name="other"/> is of the element which that
    /// value would have there: a second read through another view (x.Flip(0) * x) needs the value in memory.</summary>
    private bool ReadsOnlyAt(GroupDraft group, GroupDraft other, long[][] map)
    {
        var space = group.Space;
        foreach (var member in group.Members)
        {
            VisitCounter.Visit();
            for (int i = 0; i < member.Value.Operands.Length; i++)
            {
                var (operand, view) = member.Value.Operands[i];
                if (operand.Role is Role.Container or Role.Alias)
                {
                    if (operand.Sources().Any(s => GroupOf(s) == other)) return false;
                    continue;
                }
                if (GroupOf(operand) != other) continue;
                // A product reads rows and columns, never the element at its own place, even where the strides of a square matrix look
                // alike.
                if (member.Value.Op.Iteration == Iteration.Product || i < member.Value.Op.Tables || (view?.Offset ?? 0) != 0) return false;
                // An index of rows has the leading dimensions of what is read there.
                var strides = StridesOf(member.Value.Operands[i]);
                var along = member.Value.Op.Iteration == Iteration.Reduction ? member.ReduceMap : member.Map;
                var read = space.Access(strides, along[..Math.Min(along.Length, strides.Length)]);
                if (!space.AreSame(read, space.Access(drafts[operand.Id]!.Position, map))) return false;
            }
        }
        return true;
    }

    private bool HasRoom(GroupDraft group, Value value) => group.ParameterBytes(value) < profile.MaxParameterBytes - 128;

    // ---- matrix products ----

    private void PlaceProduct(MemberDraft draft)
    {
        var product = draft.Value;
        var (sizes, rank, depth) = (SizesOf(product.Shape), product.Shape.Rank, product.Operands[0].Shape[-1]);
        if (!conditions.IsWithin(SizeLimit.SmallProduct, product, product.Shape.ElementCount * depth))
        {
            var map = IterationSpace.IdentityMap(rank, rank);
            New(new(GroupKind.MatMul, sizes, 0) { ProductRows = map[^2] }, "a matrix product reads its operands from memory")
                .Add(draft, map);
        }
        else New(new(GroupKind.Column, [.. sizes, depth], 1), "a small matrix product reads its operands from memory")
            .Add(draft, IterationSpace.IdentityMap(rank, rank + 1));
    }

    // ---- kernels that operators bring ----

    private void PlaceOwnKernel(MemberDraft draft)
    {
        var sizes = SizesOf(draft.Value.Shape);
        New(new(GroupKind.Own, sizes, 0), "a kernel of its own reads its operands from memory")
            .Add(draft, IterationSpace.IdentityMap(sizes.Length, sizes.Length));
    }
}
