namespace GpuTensor.Graph.Planning;

internal enum MemoryKind : byte
{
    /// <summary>The memory of a leaf, by slot.</summary>
    Slot,
    /// <summary>A changed variable's own memory, by home.</summary>
    Home,
    /// <summary>A flat storage, by region.</summary>
    Region,
    /// <summary>A kept result's new memory, by position in the plan's outputs.</summary>
    Output,
    /// <summary>Working memory between launches, by position in the arena plan.</summary>
    Arena,
}

/// <summary>Memory a kernel may be given: one parameter each, so that what shares memory shares the parameter.</summary>
internal readonly record struct MemoryId(MemoryKind Kind, int Index);

/// <summary>Where a value lies.</summary>
internal readonly record struct Place(MemoryId Memory, long Offset);

/// <summary>Thrown while a plan is made when values of one flat storage cannot all be computed in place: the plan is made again without that.</summary>
internal sealed class RegionConflictException : Exception;

/// <summary>Decides where every stored value lies, and which order of groups in-place writes demand.</summary>
internal sealed class Placement
{
    private readonly bool sharing;
    private readonly Dictionary<PlanNode, Place> places = new(ReferenceEqualityComparer.Instance);
    private readonly List<PlanNode> arena = [];
    private readonly List<PlanNode> outputs = [];
    private readonly List<(PlanNode Value, Home Home)> copies = [];
    private readonly Dictionary<int, Place> slots = [];
    private readonly Dictionary<int, List<(Group Group, PlanNode? Reader, View? View)>> leafReaders = [];

    public Placement(List<PlanNode> nodes, List<Group> groups, bool shareRegions)
    {
        sharing = shareRegions;
        foreach (var node in nodes)
            if (node is { Role: Role.Leaf, Home: { } home })
                slots[node.Slot] = home.Region >= 0 ? new(new(MemoryKind.Region, home.Region), home.Offset / node.DType.Size()) : new(new(MemoryKind.Home, home.Index), 0);
        foreach (var group in groups)
            foreach (var member in group.Members)
                foreach (var (operand, view) in member.Operands) NoteRead(operand, view, group, member);
        foreach (var node in nodes)
            if (node.Role is Role.Computed or Role.Container && node.Into is null && (node.Stored || node.Kept || node.Role == Role.Container)) Assign(node);
        foreach (var node in nodes)
            if (node.BaseCopy?.Group is { Members.Count: > 0 } copy)
                foreach (var filler in node.Fillers) filler.Group!.After.Add(copy);
    }

    /// <summary>Values in working memory; their position is their index.</summary>
    public IReadOnlyList<PlanNode> Arena => arena;

    /// <summary>Values that get memory of their own at each run.</summary>
    public IReadOnlyList<PlanNode> Outputs => outputs;

    /// <summary>Values that could not be computed at home and are copied there at the end.</summary>
    public IReadOnlyList<(PlanNode Value, Home Home)> Copies => copies;

    public Place Of(PlanNode value)
    {
        switch (value.Role)
        {
            case Role.Leaf: return slots.TryGetValue(value.Slot, out var place) ? place : new(new(MemoryKind.Slot, value.Slot), 0);
            case Role.Alias: return AtHome(value, value.Home!);
            case Role.Container when value.Fillers.Count == 0 && value.BaseCopy is null: return Of(value.Operands[0].Node);
            default: return value.Into is { } into ? Of(into.Container) : places[value];
        }
    }

    private static Place AtHome(PlanNode value, Home home) => home.Region >= 0
        ? new(new(MemoryKind.Region, home.Region), home.Offset / value.DType.Size())
        : new(new(MemoryKind.Home, home.Index), 0);

    private void NoteRead(PlanNode operand, View? view, Group group, PlanNode reader)
    {
        Work.Visit();
        if (operand.Role == Role.Leaf)
        {
            if (!leafReaders.TryGetValue(operand.Slot, out var list)) leafReaders.Add(operand.Slot, list = []);
            list.Add((group, reader, view));
        }
        else if (operand is { Role: Role.Container, Fillers.Count: 0, BaseCopy: null })
        {
            // Each part is read where the flat value is; the position within the part follows from the position in the whole.
            foreach (var (part, _) in operand.Operands)
                if (part.Role == Role.Leaf) NoteRead(part, view, group, reader);
        }
    }

    private void Assign(PlanNode value)
    {
        if (value.Role == Role.Container && value.Fillers.Count == 0 && value.BaseCopy is null) return;
        if (value.Home is { } home)
        {
            bool shared = home.Region >= 0;
            if (CanOverwrite(value, home))
            {
                places[value] = AtHome(value, home);
                return;
            }
            if (shared && sharing) throw new RegionConflictException();
            copies.Add((value, home));
            places[value] = new(new(MemoryKind.Arena, arena.Count), 0);
            arena.Add(value);
        }
        else if (value.Kept)
        {
            places[value] = new(new(MemoryKind.Output, outputs.Count), 0);
            outputs.Add(value);
        }
        else
        {
            places[value] = new(new(MemoryKind.Arena, arena.Count), 0);
            arena.Add(value);
        }
    }

    /// <summary>True where the value may be written over what lies in its home: everyone else who reads that runs before, and the writer itself reads each element where it writes it.</summary>
    private bool CanOverwrite(PlanNode value, Home home)
    {
        PlanNode[] writers = value.Role == Role.Container ? [.. value.Fillers, .. value.BaseCopy is { } b ? new[] { b } : []] : [value];
        var pending = new List<(Group Reader, Group Writer)>();
        bool takeOver = value.BaseCopy is { } copy && copy.Operands[0] is ({ Role: Role.Leaf } target, var whole) && home.Occupants.Contains(target.Slot)
            && (whole is null || whole.Simplify(target.Shape) is null);
        foreach (var writer in writers)
        {
            if (writer == value.BaseCopy)
            {
                if (!takeOver) return false;
                continue;
            }
            foreach (int slot in home.Occupants)
            {
                if (!leafReaders.TryGetValue(slot, out var readers)) continue;
                foreach (var (group, reader, view) in readers)
                {
                    Work.Visit();
                    if (reader == value.BaseCopy) continue;
                    if (group == writer.Group)
                    {
                        if (!ReadsWhereItWrites(group, reader!, view, writer)) return false;
                    }
                    else if (group.Ordinal > writer.Group!.Ordinal) return false;
                    else pending.Add((group, writer.Group));
                }
            }
        }
        foreach (var (reader, writer) in pending) writer.After.Add(reader);
        if (takeOver)
        {
            var group = value.BaseCopy!.Group!;
            foreach (var reader in group.Readers) reader.Sources.Remove(group);
            group.Members.Clear();
        }
        return true;
    }

    private static bool ReadsWhereItWrites(Group group, PlanNode reader, View? view, PlanNode writer)
    {
        if (writer.SummedBeside is not null || group.Kind == GroupKind.MatMul && reader.Op.Kind is OperatorKind.MatMul or OperatorKind.Reduce) return false;
        if (reader.Op.Kind == OperatorKind.MatMul || reader.Op.Tables > 0) return false;
        // A reduction reads its operand along other indices than its own.
        var map = reader.Op.Kind == OperatorKind.Reduce ? reader.ReduceMap : reader.Map;
        var operand = reader.Operands.First(o => Equals(o.View, view) || view is null);
        var shape = view?.Shape ?? (reader.Op.Kind == OperatorKind.Reduce ? null : reader.Shape);
        if (shape is null) return false;
        var read = Group.Combine(view?.Strides ?? shape.ContiguousStrides(), map, group.Sizes.Length);
        var write = writer.Into is ({ } _, { } into) ? Group.Combine(into.Strides, writer.Map, group.Sizes.Length) : writer.Position;
        long readOffset = view?.Offset ?? 0, writeOffset = writer.Into?.View?.Offset ?? 0;
        if (readOffset != writeOffset) return false;
        for (int k = 0; k < group.Sizes.Length; k++)
            if (group.Sizes[k] > 1 && read[k] != write[k]) return false;
        return true;
    }
}
