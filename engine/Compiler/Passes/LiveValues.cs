using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A recorded graph as values, without what nothing kept depends on.</summary>
internal sealed class LiveValues(GraphSnapshot graph, bool[] isKept)
{
    private readonly List<Value> result = [];
    private readonly Value?[] leaves = new Value?[graph.Leaves.Length], made = new Value?[graph.Nodes.Length];

    /// <summary>Live values, operands before users; a leaf stands before its first user.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="isKept">By node: whether its value is in memory after the run.</param>
    public static Value[] Run(GraphSnapshot graph, bool[] isKept) => new LiveValues(graph, isKept).Run();

    private Value[] Run()
    {
        var live = Live();
        for (int i = 0; i < live.Length; i++)
        {
            if (!live[i]) continue;
            var node = graph.Nodes[i];
            VisitCounter.Visit(1 + node.Operands.Length);
            var operands = Array.ConvertAll(node.Operands, o => new Use(Of(o.Source), o.View));
            bool isNumber = node.Op.Iteration == Iteration.Number;
            var value = made[i] = new(result.Count, node.Op, node.DType, node.Shape)
            {
                Role = isNumber ? Role.Scalar : Role.Computed, Index = i, Slot = node.Slot, Operands = operands,
                    Attributes = node.Attributes,
                IsKept = isKept[i] && !isNumber, Home = node.Home,
            };
            result.Add(value);
            // A number somebody holds on to is written to memory by a kernel of its own.
            if (isNumber && isKept[i])
                result.Add(new(result.Count, Basic.Copy, node.DType, node.Shape) { Index = i, IsKept = true, Home = node.Home,
                    Operands = [new(value, null)] });
        }
        return [.. result];
    }

    private bool[] Live()
    {
        var live = new bool[graph.Nodes.Length];
        for (int i = live.Length - 1; i >= 0; i--)
        {
            VisitCounter.Visit();
            live[i] |= isKept[i];
            if (!live[i]) continue;
            foreach (var (source, _) in graph.Nodes[i].Operands)
                if (source >= 0) live[source] = true;
        }
        return live;
    }

    private Value Of(int source)
    {
        if (source >= 0) return made[source]!;
        int slot = -1 - source;
        if (leaves[slot] is { } known) return known;
        var (dtype, shape, home) = graph.Leaves[slot];
        var leaf = new Value(result.Count, Basic.Leaf, dtype, shape) { Role = Role.Leaf, Slot = slot, Home = home };
        result.Add(leaf);
        return leaves[slot] = leaf;
    }
}
