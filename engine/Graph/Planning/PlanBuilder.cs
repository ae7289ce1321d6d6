namespace GpuTensor.Graph.Planning;

/// <summary>Turns a recorder's graph into planner's nodes: decides what must be kept, and leaves out what nothing kept depends on.</summary>
internal static class PlanBuilder
{
    /// <summary>Which pending nodes a new plan materialises.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="also">Nodes that an earlier plan of this graph should have kept.</param>
    /// <param name="policy">Overrides the decision for a node that need not be kept (tests keep all, or a random half).</param>
    /// <param name="held">Gets the nodes that are kept only because the program holds them.</param>
    public static bool[] KeepSet(Recorder graph, IReadOnlySet<int>? also, Func<int, bool>? policy, out int[] held)
    {
        var nodes = graph.Nodes;
        var known = graph.Capture?.Escapes.HeldIn(graph);
        if (known is null) Reachability.Collect(graph.Began);
        var keep = new bool[nodes.Count];
        foreach (var node in nodes)
            keep[node.Index] = (node.Flags & NodeFlags.Keep) != 0 || (also?.Contains(node.Index) == true && !node.IsVast) || policy?.Invoke(node.Index) == true;
        foreach (var (storage, old) in graph.Changes)
            if (old.IsMaterialized && storage.Current.IsPendingIn(graph)) keep[storage.Current.Index] = true;
        foreach (var (node, _) in graph.Homes)
            if (node.IsPendingIn(graph)) keep[node.Index] = true;
        List<int> alive = [];
        foreach (var node in nodes)
            if (!keep[node.Index] && (known?.Contains(node.Index) ?? (!node.IsVast && graph.IsHeld(node)))) alive.Add(node.Index);
        foreach (int index in alive) keep[index] = true;
        held = [.. alive];
        KeepSaved(graph, keep);
        return keep;
    }

    /// <summary>What backward passes of handles still alive will read.</summary>
    private static void KeepSaved(Recorder graph, bool[] keep)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<Node>();
        foreach (var node in graph.Nodes)
            if (keep[node.Index] && node.RequiresGrad && node.Leaf is null) stack.Push(node);
        while (stack.TryPop(out var node))
        {
            Work.Visit();
            if (!seen.Add(node) || (node.Flags & NodeFlags.GraphFreed) != 0 || node.Leaf is not null) continue;
            var saves = node.Op.SavedBy(node);
            if (saves.HasResult(0)) Keep(node);
            for (int i = 0; i < node.OperandCount; i++)
            {
                var operand = node[i];
                if (saves.HasOperand(i)) Keep(operand.Node);
                if (operand.Grad && operand.Node.RequiresGrad) stack.Push(operand.Node);
            }
        }

        void Keep(Node node)
        {
            if (node.IsPendingIn(graph) && node.Op.Kind != OperatorKind.Scalar) keep[node.Index] = true;
        }
    }

    /// <summary>The attributes that shape a plan: not a number that it takes as an argument. Plans outlive their graph, and what a replay
    /// takes the number from may hold an optimizer with all its memory.</summary>
    private static IAttributes? Shaping(Node node) => node.Attributes is Number and not ConstantNumber ? null : node.Attributes;

    /// <summary>Live nodes, operands before users, leaves first.</summary>
    public static List<PlanNode> Build(Recorder graph, bool[] keep, HomeMap homes)
    {
        var nodes = graph.Nodes;
        var live = new bool[nodes.Count];
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            live[i] |= keep[i];
            Work.Visit();
            if (!live[i]) continue;
            var node = nodes[i];
            for (int j = 0; j < node.OperandCount; j++)
                if (node[j].Node.IsPendingIn(graph)) live[node[j].Node.Index] = true;
        }

        var result = new List<PlanNode>();
        var leaves = new PlanNode?[graph.Leaves.Count];
        var made = new PlanNode?[nodes.Count];
        var scalarSlot = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < graph.Scalars.Count; i++) scalarSlot.Add(graph.Scalars[i], i);

        PlanNode Of(Node node)
        {
            if (node.IsPendingIn(graph)) return made[node.Index]!;
            int slot = graph.SlotOf(node);
            if (leaves[slot] is { } known) return known;
            var leaf = new PlanNode(Operators.Basic.Leaf, node.DType, node.Shape) { Role = Role.Leaf, Slot = slot, Home = homes.OfLeaf(slot) };
            result.Add(leaf);
            return leaves[slot] = leaf;
        }

        for (int i = 0; i < nodes.Count; i++)
        {
            if (!live[i]) continue;
            var node = nodes[i];
            var plan = new PlanNode(node.Op, node.DType, node.Shape)
            {
                Index = i, Attributes = Shaping(node), Kept = keep[i], Home = homes.OfNode(i),
            };
            if (scalarSlot.TryGetValue(node, out int slot)) plan.Slot = slot;
            var operands = new (PlanNode, View?)[node.OperandCount];
            Work.Visit(1 + operands.Length);
            for (int j = 0; j < operands.Length; j++) operands[j] = (Of(node[j].Node), node[j].View);
            plan.Operands = operands;
            if (node.Op.Kind == OperatorKind.Scalar)
            {
                plan.Role = Role.Scalar;
                if (keep[i])
                {
                    // A number somebody holds on to is written to memory by a kernel of its own.
                    result.Add(plan);
                    plan.Kept = false;
                    made[i] = plan;
                    result.Add(new PlanNode(Operators.Basic.Copy, node.DType, node.Shape) { Index = i, Kept = true, Home = plan.Home, Operands = [(plan, null)] });
                    continue;
                }
            }
            made[i] = plan;
            result.Add(plan);
        }
        return result;
    }
}
