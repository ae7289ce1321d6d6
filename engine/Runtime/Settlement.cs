using GpuTensor.Backends;
using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Says what every value of a graph is once the graph has run: in memory, dropped, or failed. Nothing else in the runtime changes
/// the state of a node after a run.</summary>
internal sealed class Settlement(Backend backend, Pool pool)
{
    // Used again by run after run.
    private readonly List<(Node Value, Block Copy)> saved = [];

    /// <summary>Before a run: values that it overwrites, and that other threads' pending graphs will read, are copied to memory of their
    /// own.</summary>
    public void Save(Recorder graph)
    {
        foreach (var (node, home) in graph.Homes)
            if (home.Occupant is Node old && old != node && old.Block == home && graph.IsReadElsewhere(old))
            {
                var copy = pool.Allocate(home.Bytes, $"{old.Op.Name} {old.DType.Name()} {old.Shape}");
                backend.Copy(home.Buffer!, home.Offset, copy.Buffer!, copy.Offset, home.Bytes);
                saved.Add((old, copy));
            }
    }

    /// <summary>After a run: values that the plan keeps lie where it put them; all others can be computed again while their leaves are
    /// unchanged.</summary>
    public void Settle(Recorder graph, Executable executable, HomeMap homes, Block[] outputs)
    {
        foreach (var (value, copy) in saved) value.Move(copy);
        foreach (var (index, place, homeIndex) in executable.Plan.Kept)
        {
            var node = graph.Nodes[index];
            bool isNew = place.Memory.Kind == MemoryKind.Output;
            var block = isNew ? outputs[place.Memory.Index] : homes.Blocks[homeIndex];
            if (!isNew) block.Occupy(node);
            node.Materialize(block);
            node.ReleaseOperands();
            if (!node.RequiresGrad || (node.Flags & NodeFlags.GraphFreed) != 0) node.ForgetOperands();
        }
        bool dropped = false;
        foreach (var node in graph.Nodes)
            if (node.IsPendingIn(graph))
            {
                node.Drop(executable);
                dropped = true;
            }
        if (!dropped) return;
        // Users first: a value is needed where one of its users is.
        var recomputed = executable.Plan.Recomputed;
        for (int i = recomputed.Length - 1; i >= 0; i--) graph.Nodes[recomputed[i]].HoldOperands();
        foreach (var leaf in graph.Leaves) leaf.Mark(NodeFlags.Depended);
    }

    /// <summary>After a run that broke off: nobody knows what lies in the places that it writes to.</summary>
    public static void Fail(HomeMap homes, Exception cause)
    {
        foreach (var home in homes.Blocks) home.Fail(cause);
    }

    /// <summary>Forgets the run: memory must not be held from here.</summary>
    public void Clear() => saved.Clear();
}
