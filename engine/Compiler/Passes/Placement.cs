using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Decides where every stored value lies: in the memory of its variable where that may be overwritten, in new memory, or in
/// working memory.</summary>
internal sealed class Placement
{
    private readonly Fusion fusion;
    private readonly ValueGraph graph;
    private readonly Place?[] places;
    private readonly List<Value> arena = [], outputs = [];
    private readonly List<(Value Value, Home Home)> copies = [];
    private readonly HashSet<int> elided = [];
    private readonly Dictionary<int, HashSet<int>> before = [];
    private readonly Dictionary<int, List<Value>> gathered = [];
    private readonly Dictionary<int, List<(FusionGroup Group, Member Reader, View? View)>> leafReaders = [];

    private Placement(Fusion fusion) => (this.fusion, graph, places) = (fusion, fusion.Graph, new Place?[fusion.Graph.Values.Length]);

    public static Buffers Run(Fusion fusion) => new Placement(fusion).Run();

    private Buffers Run()
    {
        foreach (var value in graph.Values)
            if (value.Role == Role.Leaf)
                places[value.Id] = value.Home is { } home ? AtHome(value, home) : new(new(MemoryKind.Slot, value.Slot), 0);
        foreach (var group in fusion.Groups)
            foreach (var member in group.Members)
                foreach (var (operand, view) in member.Value.Operands) NoteRead(operand, view, group, member);
        foreach (var value in graph.Values)
            if (value.Role == Role.Container && !value.IsRegion || fusion.Of(value) is { IsStored: true } && graph.Into(value) is null)
                Assign(value);
        foreach (var value in graph.Values)
            if (value.Role == Role.Alias) PlacePart(value);
        foreach (var value in graph.Values)
            if (value.IsRegion) PlaceRegion(value);
        foreach (var value in graph.Values)
            if (graph.Into(value) is ({ } container, _)) places[value.Id] = places[container.Id];
        foreach (var value in graph.Values)
            if (value.BaseCopy is { } copy && fusion.GroupOf(copy)!.Ordinal is var ordinal && !elided.Contains(ordinal))
                foreach (var (filler, _) in value.Fillers) AddBefore(fusion.GroupOf(filler)!, ordinal);
        return new() { Fusion = fusion, Places = places, Arena = arena, Outputs = outputs, Copies = copies, Elided = elided,
            Before = before, Gathered = gathered };
    }

    private static Place AtHome(Value value, Home home) => home.Region >= 0
        ? new(new(MemoryKind.Region, home.Region), home.Offset / value.DType.Size())
        : new(new(MemoryKind.Home, home.Index), 0);

    private void NoteRead(Value operand, View? view, FusionGroup group, Member reader)
    {
        VisitCounter.Visit();
        if (operand.Role == Role.Leaf)
        {
            if (!leafReaders.TryGetValue(operand.Slot, out var list)) leafReaders.Add(operand.Slot, list = []);
            list.Add((group, reader, view));
        }
        else if (operand.IsRegion)
        {
            // Each part is read where the flat value is; the position within the part follows from the position in the whole.
            foreach (var (part, _) in operand.Operands)
                if (part.Role == Role.Leaf) NoteRead(part, view, group, reader);
        }
    }

    private void Assign(Value value)
    {
        if (value.Home is { } home && CanOverwrite(value, home)) places[value.Id] = AtHome(value, home);
        else if (value.Home is null && value.IsKept) Add(value, MemoryKind.Output, outputs);
        else
        {
            // Of a flat result only the parts are asked for: each is copied to its own home.
            if (value is { Home: { } goal, IsKept: true }) copies.Add((value, goal));
            Add(value, MemoryKind.Arena, arena);
        }
    }

    private void Add(Value value, MemoryKind kind, List<Value> list)
    {
        places[value.Id] = new(new(kind, list.Count), 0);
        list.Add(value);
    }

    private void PlacePart(Value part)
    {
        var (whole, view) = part.Operands[0];
        var (memory, offset) = places[whole.Id]!.Value;
        places[part.Id] = new(memory, offset + view!.Offset);
        if (memory.Kind == MemoryKind.Arena) copies.Add((part, part.Home!));
    }

    /// <summary>Parts that lie one after the other are one value as they are. Where one could not be computed at home they do not, and are
    /// copied together.</summary>
    private void PlaceRegion(Value region)
    {
        var (memory, offset) = places[region.Operands[0].Value.Id]!.Value;
        long next = offset;
        foreach (var (part, _) in region.Operands)
        {
            if (places[part.Id] != new Place(memory, next))
            {
                Add(region, MemoryKind.Arena, arena);
                foreach (var group in fusion.Groups)
                    if (Array.Exists(group.Members, m => Array.Exists(m.Value.Operands, o => o.Value == region)))
                    {
                        if (!gathered.TryGetValue(group.Ordinal, out var list)) gathered.Add(group.Ordinal, list = []);
                        list.Add(region);
                    }
                return;
            }
            next += part.Shape.ElementCount;
        }
        places[region.Id] = new(memory, offset);
    }

    private void AddBefore(FusionGroup group, int earlier)
    {
        if (!before.TryGetValue(group.Ordinal, out var set)) before.Add(group.Ordinal, set = []);
        set.Add(earlier);
    }

    /// <summary>True where the value may be written over what lies in its home: everyone else who reads that runs before, and the writer
    /// itself reads each element where it writes it.</summary>
    private bool CanOverwrite(Value value, Home home)
    {
        bool takeOver = value.BaseCopy is { } copy && copy.Operands[0] is ({ Role: Role.Leaf } target, var whole)
            && home.Occupants.Contains(target.Slot)
            && (whole is null || whole.Simplify(target.Shape) is null);
        if (value.BaseCopy is not null && !takeOver) return false;
        var pending = new List<(FusionGroup Writer, int Reader)>();
        foreach (var writer in value.Role == Role.Container ? Array.ConvertAll(value.Fillers, f => f.Value) : [value])
            foreach (int slot in home.Occupants)
            {
                if (!leafReaders.TryGetValue(slot, out var readers)) continue;
                var writing = fusion.GroupOf(writer)!;
                foreach (var (group, reader, view) in readers)
                {
                    VisitCounter.Visit();
                    if (reader.Value == value.BaseCopy) continue;
                    if (group.Ordinal > writing.Ordinal || group == writing && !ReadsWhereItWrites(group, reader, view, fusion.Of(writer)!))
                        return false;
                    if (group != writing) pending.Add((writing, group.Ordinal));
                }
            }
        foreach (var (writer, reader) in pending) AddBefore(writer, reader);
        if (takeOver) elided.Add(fusion.GroupOf(value.BaseCopy!)!.Ordinal);
        return true;
    }

    private bool ReadsWhereItWrites(FusionGroup group, Member reader, View? view, Member writer)
    {
        var op = reader.Value.Op;
        if (writer.Value.BiasGradientOf is not null || op.Iteration == Iteration.Product || op.Tables > 0) return false;
        bool isReduction = op.Iteration == Iteration.Reduction;
        if (isReduction && (!group.IsLoopNest || view is null)) return false;
        // A reduction reads its operand along other indices than its own.
        var space = group.Space;
        var read = space.Access(view?.Strides ?? reader.Value.Shape.ContiguousStrides(), isReduction ? reader.ReduceMap : reader.Map);
        var into = graph.Into(writer.Value)?.View;
        var write = into is null ? writer.Position : space.Access(into.Strides, writer.Map);
        return (view?.Offset ?? 0) == (into?.Offset ?? 0) && space.AreSame(read, write);
    }
}
