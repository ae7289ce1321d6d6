using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Compiler;

/// <summary>The homes of a graph's values and leaves: which places exist before the run and hold which values after it. One is used again
/// for run after run; what only a new plan needs is made when the planner asks.</summary>
internal sealed class HomeMap
{
    private readonly List<(int Node, Block Place, int Region, int Occupant)> homes = [];
    private readonly List<(int Slot, Block Place, int Region)> parts = [];
    private readonly Dictionary<Block, int> slotOf = [];
    private readonly List<Block> blocks = [], regions = [];
    private Dictionary<int, Home>? byNode, bySlot;

    /// <summary>The memory behind <see cref="Home.Index"/>.</summary>
    public List<Block> Blocks => blocks;

    /// <summary>The flat storages behind <see cref="Home.Region"/>.</summary>
    public List<Block> Regions => regions;

    /// <summary>Looks at a graph that is about to run.</summary>
    public void Read(Recorder graph)
    {
        Clear();
        var leaves = graph.Leaves;
        for (int i = 0; i < leaves.Count; i++)
            if (leaves[i].Block is { } block) slotOf.TryAdd(block, i);
        foreach (var (node, block) in graph.Homes)
        {
            // Parts of a flat storage do not overlap: whoever is there lies there exactly.
            homes.Add((node.Index, block, RegionOf(block), slotOf.TryGetValue(block, out int slot) ? slot : -1));
            blocks.Add(block);
        }
        for (int i = 0; i < leaves.Count; i++)
            if (leaves[i].Block is { Whole: not null } part) parts.Add((i, part, RegionOf(part)));
    }

    /// <summary>Forgets the graph: memory must not be held from here.</summary>
    public void Clear()
    {
        homes.Clear();
        parts.Clear();
        slotOf.Clear();
        blocks.Clear();
        regions.Clear();
        byNode = bySlot = null;
    }

    public Home? OfNode(int index)
    {
        Describe();
        return byNode!.GetValueOrDefault(index);
    }

    public Home? OfLeaf(int slot)
    {
        Describe();
        return bySlot!.GetValueOrDefault(slot);
    }

    /// <summary>Writes what shapes a plan to the fingerprint, in the order of the recording.</summary>
    public void Write(Fingerprint fingerprint)
    {
        foreach (var (node, place, region, occupant) in homes)
        {
            fingerprint.Add(-5);
            fingerprint.Add(node);
            fingerprint.Add(region);
            fingerprint.Add(Within(place));
            fingerprint.Add(occupant);
        }
        foreach (var (slot, place, region) in parts)
        {
            fingerprint.Add(-6);
            fingerprint.Add(slot);
            fingerprint.Add(region);
            fingerprint.Add(Within(place));
        }
    }

    private void Describe()
    {
        if (byNode is not null) return;
        (byNode, bySlot) = ([], []);
        for (int i = 0; i < homes.Count; i++)
        {
            var (node, place, region, occupant) = homes[i];
            var home = new Home(i, region, Within(place), place.Bytes, occupant < 0 ? [] : [occupant]);
            byNode[node] = home;
            if (region < 0 && occupant >= 0) bySlot[occupant] = home;
        }
        foreach (var (slot, part, region) in parts) bySlot[slot] = new(-1, region, Within(part), part.Bytes, [slot]);
    }

    /// <summary>Where in its flat storage a place begins.</summary>
    private static long Within(Block place) => place.Whole is { } whole ? place.Offset - whole.Offset : 0;

    private int RegionOf(Block block)
    {
        if (block.Whole is not { } whole) return -1;
        int i = regions.IndexOf(whole);
        if (i >= 0) return i;
        regions.Add(whole);
        return regions.Count - 1;
    }
}
