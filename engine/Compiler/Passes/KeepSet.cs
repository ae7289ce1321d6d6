using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Which pending values a plan writes to memory for good.</summary>
/// <param name="Nodes">By node: whether its value is kept.</param>
/// <param name="Saved">By node: whether gradients read it, so that it is kept or recomputed (<see cref="SavedValues"/> decides
/// which).</param>
/// <param name="Held">The nodes that are kept only because the program holds them.</param>
internal sealed record KeepSet(bool[] Nodes, bool[] Saved, int[] Held)
{
    /// <summary>What a new plan keeps. Collects garbage first, so that weak references tell which values the program holds.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="missed">Nodes that an earlier plan of this graph should have kept.</param>
    /// <param name="policy">Keeps more values than need be (tests keep all, or a random half).</param>
    public static KeepSet ForRun(Recorder graph, IReadOnlySet<int>? missed, Func<int, bool>? policy)
    {
        var known = graph.Recording?.HeldIn(graph);
        if (known is null) Reachability.Collect(graph.Began);
        var keep = Demanded(graph, missed, policy);
        List<int> held = [];
        foreach (var node in graph.Nodes)
            if (!keep[node.Index] && (known?.Contains(node.Index) ?? (!node.IsVast && graph.IsHeld(node)))) held.Add(node.Index);
        foreach (int index in held) keep[index] = true;
        return new(keep, KeepSaved(graph, keep), [.. held]);
    }

    /// <summary>What a plan would keep if the program held no value of the graph but one: which it does hold only a collection would tell.
    /// Changes nothing.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="asked">The value that is asked for.</param>
    /// <param name="missed">Nodes that an earlier plan of this graph should have kept.</param>
    /// <param name="policy">Keeps more values than need be.</param>
    public static KeepSet ForExplanation(Recorder graph, Node asked, IReadOnlySet<int>? missed, Func<int, bool>? policy)
    {
        var keep = Demanded(graph, missed, policy);
        if (asked.IsPendingIn(graph)) keep[asked.Index] = true;
        return new(keep, KeepSaved(graph, keep), []);
    }

    private static bool[] Demanded(Recorder graph, IReadOnlySet<int>? missed, Func<int, bool>? policy)
    {
        var keep = new bool[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
            keep[node.Index] = !node.HasSeveralResults && ((node.Flags & NodeFlags.Keep) != 0
                || (missed?.Contains(node.Index) == true && !node.IsVast) || policy?.Invoke(node.Index) == true);
        foreach (var (storage, old) in graph.Changes)
            if (old.IsMaterialized && storage.Current.IsPendingIn(graph)) keep[storage.Current.Index] = true;
        foreach (var (node, _) in graph.Homes)
            if (node.IsPendingIn(graph)) keep[node.Index] = true;
        return keep;
    }

    /// <summary>Finds the values that gradients of kept values will read. Some must be in memory when they are read, and are added to the
    /// kept ones. Example: the gradient of a product is two products of its operands. To recompute an operand would write it to memory,
    /// too.</summary>
    /// <returns>By node: whether gradients read it element by element, in pointwise work or a reduction.</returns>
    private static bool[] KeepSaved(Recorder graph, bool[] keep)
    {
        var saved = new bool[keep.Length];
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<Node>();
        foreach (var node in graph.Nodes)
            if (keep[node.Index] && node.RequiresGrad && node.Leaf is null) stack.Push(node);
        while (stack.TryPop(out var node))
        {
            VisitCounter.Visit();
            if (!seen.Add(node) || (node.Flags & NodeFlags.GraphFreed) != 0 || node.Leaf is not null) continue;
            var saves = node.Op.SavedBy(node);
            var readers = node.Op is { Iteration: Iteration.Pointwise or Iteration.Reduction, Tables: 0 } ? saved : keep;
            for (int i = 0; i < Math.Max(1, node.Op.Results.Length); i++)
                if (saves.HasResult(i)) Add(node.SavedResult(i)!);
            for (int i = 0; i < node.OperandCount; i++)
            {
                var operand = node[i];
                if (saves.HasOperand(i)) Add(operand.Node);
                if (operand.Grad && operand.Node.RequiresGrad) stack.Push(operand.Node);
            }

            void Add(Node value)
            {
                if (value.IsPendingIn(graph) && value.Op.Iteration != Iteration.Number) readers[value.Index] = true;
            }
        }
        return saved;
    }
}
