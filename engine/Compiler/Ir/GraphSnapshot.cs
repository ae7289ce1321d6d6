using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>What a recorded node reads.</summary>
/// <param name="Source">The position of the node that is read; −1 − slot for a leaf, as in the fingerprint.</param>
/// <param name="View">How its elements are looked at; null: as they lie.</param>
internal readonly record struct RecordedOperand(int Source, View? View);

/// <summary>A recorded node.</summary>
internal sealed record RecordedNode(Operator Op, DType DType, Shape Shape, RecordedOperand[] Operands, IAttributes? Attributes)
{
    /// <summary>Of a number or a random node: the slot of its number; else −1.</summary>
    public int Slot { get; init; } = -1;

    public long Bytes => Shape.ElementCount * DType.Size();

    /// <summary>Its value must be in memory after the run.</summary>
    public bool IsKept { get; init; }

    /// <summary>Gradients will read it: it is kept or recomputed (<see cref="SavedValues"/>).</summary>
    public bool IsSaved { get; init; }

    /// <summary>Where its value shall lie, if its variable says so.</summary>
    public Home? Home { get; init; }
}

/// <summary>A value from before the graph.</summary>
/// <param name="Home">The place it lies in, where the graph computes a new value there or the place is part of a flat storage.</param>
internal readonly record struct RecordedLeaf(DType DType, Shape Shape, Home? Home);

/// <summary>A recorded graph, with what must be kept of it: all that planning reads. It is taken under the recorder's lock and nothing in
/// it changes later, so that a plan may be made on any thread.</summary>
internal sealed class GraphSnapshot
{
    /// <summary>The nodes in the order they were recorded: operands stand before their users.</summary>
    public required RecordedNode[] Nodes { get; init; }

    /// <summary>The leaves, by slot.</summary>
    public required RecordedLeaf[] Leaves { get; init; }

    /// <summary>Nodes that are kept only because the program holds them.</summary>
    public int[] Held { get; init; } = [];

    /// <summary>The words that a graph must have recorded to run by the plan of this one.</summary>
    public long[] Fingerprint { get; init; } = [];

    /// <summary>Nodes that say whether values are such as their operators take.</summary>
    public IReadOnlyDictionary<int, ValueCheck> Checks { get; init; } = new Dictionary<int, ValueCheck>();

    /// <summary>By node, where there are checks: whether it cannot be read if one fails.</summary>
    public bool[] Suspects { get; init; } = [];

    /// <summary>The attributes that shape a plan: not a number that it takes as an argument. Plans outlive their graph, and what a replay
    /// takes the number from may hold an optimizer with all its memory.</summary>
    private static IAttributes? Shaping(Node node) => node.Attributes is Number and not ConstantNumber ? null : node.Attributes;

    /// <summary>Copies what planning reads of a graph that is about to run. The caller holds the recorder's lock.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="homes">The homes of the graph's values.</param>
    /// <param name="kept">Which values are kept.</param>
    public static GraphSnapshot Take(Recorder graph, HomeMap homes, KeepSet kept)
    {
        var slots = new Dictionary<Node, int>(graph.Scalars.Count, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < graph.Scalars.Count; i++) slots.Add(graph.Scalars[i], i);
        var nodes = new RecordedNode[graph.Nodes.Count];
        for (int i = 0; i < nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            var operands = new RecordedOperand[node.OperandCount];
            for (int k = 0; k < operands.Length; k++)
            {
                var (source, view, _) = node[k];
                operands[k] = new(source.IsPendingIn(graph) ? source.Index : -1 - graph.SlotOf(source), view);
            }
            nodes[i] = new(node.Op, node.DType, node.Shape, operands, Shaping(node))
            {
                Slot = slots.GetValueOrDefault(node, -1), IsKept = kept.Nodes[i], IsSaved = kept.Saved[i], Home = homes.OfNode(i),
            };
        }
        var leaves = new RecordedLeaf[graph.Leaves.Count];
        for (int i = 0; i < leaves.Length; i++) leaves[i] = new(graph.Leaves[i].DType, graph.Leaves[i].Shape, homes.OfLeaf(i));
        return new()
        {
            Nodes = nodes,
            Leaves = leaves,
            Held = kept.Held,
            Fingerprint = graph.Fingerprint.Words.ToArray(),
            Checks = graph.Checks.ToDictionary(c => c.Key.Index, c => c.Value),
            Suspects = graph.Checks.Count > 0 ? graph.Suspects() : [],
        };
    }
}
