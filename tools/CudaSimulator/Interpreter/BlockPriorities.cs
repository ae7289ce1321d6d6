namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Orders the basic blocks of a kernel so that each stands behind those that lead to it and the blocks of a loop stand together:
/// the order in which diverged lanes run, so that they meet where they can. Two orders, which differ in the side of a branch that comes
/// first.</summary>
internal sealed class BlockPriorities
{
    private readonly int[] _first;
    private readonly int[][] _successors;
    private readonly List<int> _order = [];

    private BlockPriorities(int[] first, int[][] successors) => (_first, _successors) = (first, successors);

    public static void Assign(Op[] ops, List<int> table)
    {
        var starts = new SortedSet<int> { 0 };
        for (int i = 0; i < ops.Length; i++)
        {
            if (!Leaves(ops[i], out bool _)) continue;
            foreach (int target in Targets(ops[i], table)) starts.Add(target);
            if (i + 1 < ops.Length) starts.Add(i + 1);
        }
        for (int i = 0; i < ops.Length; i++) if (ops[i].Flow == Flow.Join) starts.Add(i);
        int[] first = [.. starts];
        var index = new Dictionary<int, int>();
        for (int b = 0; b < first.Length; b++) index[first[b]] = b;
        var successors = new int[first.Length][];
        for (int b = 0; b < first.Length; b++)
        {
            int last = (b + 1 < first.Length ? first[b + 1] : ops.Length) - 1;
            var list = new List<int>();
            if (!Leaves(ops[last], out bool always) || !always) if (b + 1 < first.Length) list.Add(b + 1);
            foreach (int target in Targets(ops[last], table)) if (!list.Contains(index[target])) list.Add(index[target]);
            successors[b] = [.. list];
        }
        for (int variant = 0; variant < 2; variant++)
        {
            var priorities = new BlockPriorities(first, successors);
            priorities.Run();
            for (int k = 0; k < priorities._order.Count; k++)
            {
                ref var op = ref ops[first[priorities._order[k]]];
                if (variant == 0) op.PriorityA = k;
                else op.PriorityB = k;
            }
            foreach (int[] list in successors) Array.Reverse(list);
        }
    }

    /// <summary>True for an op after which control may be elsewhere; <paramref name="always"/> if it never goes on behind.</summary>
    private static bool Leaves(in Op op, out bool always)
    {
        bool leaves = op.Flow is Flow.Branch or Flow.Indexed or Flow.Exit;
        always = leaves && op.Guard < 0;
        return leaves;
    }

    private static IEnumerable<int> Targets(Op op, List<int> table)
    {
        if (op.Flow == Flow.Branch) return [(int)op.Offset];
        if (op.Flow == Flow.Indexed) return table.GetRange(op.D, op.E);
        return [];
    }

    private void Run()
    {
        var all = new bool[_first.Length];
        Array.Fill(all, true);
        Order([0], all);
        // What nothing leads to never runs, but has a place.
        var placed = new HashSet<int>(_order);
        for (int b = 0; b < _first.Length; b++) if (!placed.Contains(b)) _order.Add(b);
    }

    /// <summary>Appends the blocks of <paramref name="within"/> that the entries reach: strongly connected components in topological order,
    /// and within one its entry, then the rest by the same rule with the edges back to the entry cut.</summary>
    private void Order(IReadOnlyList<int> entries, bool[] within)
    {
        var components = Components(entries, within);
        for (int c = components.Count - 1; c >= 0; c--)
        {
            var component = components[c];
            if (component.Count == 1)
            {
                _order.Add(component[0]);
                continue;
            }
            int header = component[^1];
            _order.Add(header);
            var inner = new bool[_first.Length];
            foreach (int block in component) inner[block] = block != header;
            Order(_successors[header].Where(s => inner[s]).ToArray(), inner);
        }
    }

    /// <summary>Tarjan's components, each before those that lead to it; the last of a list is where the search entered it.</summary>
    private List<List<int>> Components(IReadOnlyList<int> entries, bool[] within)
    {
        var result = new List<List<int>>();
        var number = new Dictionary<int, int>();
        var low = new Dictionary<int, int>();
        var open = new Stack<int>();
        var isOpen = new HashSet<int>();
        var path = new Stack<(int Block, int Next)>();
        for (int e = entries.Count - 1; e >= 0; e--)
        {
            if (number.ContainsKey(entries[e])) continue;
            Enter(entries[e]);
            while (path.Count > 0)
            {
                var (block, next) = path.Pop();
                if (next < _successors[block].Length)
                {
                    path.Push((block, next + 1));
                    int successor = _successors[block][next];
                    if (!within[successor]) continue;
                    if (!number.ContainsKey(successor)) Enter(successor);
                    else if (isOpen.Contains(successor)) low[block] = Math.Min(low[block], number[successor]);
                    continue;
                }
                if (path.Count > 0) low[path.Peek().Block] = Math.Min(low[path.Peek().Block], low[block]);
                if (low[block] != number[block]) continue;
                var component = new List<int>();
                int member;
                do
                {
                    member = open.Pop();
                    isOpen.Remove(member);
                    component.Add(member);
                }
                while (member != block);
                result.Add(component);
            }
        }
        return result;

        void Enter(int block)
        {
            number[block] = low[block] = number.Count;
            open.Push(block);
            isOpen.Add(block);
            path.Push((block, 0));
        }
    }
}
