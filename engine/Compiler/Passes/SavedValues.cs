using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Decides which of the values that gradients will read are kept, and which are recomputed when a gradient reads them. It matters
/// where a forward pass runs before its backward pass is recorded, for example where a program reads the loss in between.</summary>
/// <remarks>
/// <para>A kept value is written once and read once: twice its bytes are moved. A recomputed value costs the bytes of the values that it
/// is computed from. Only pointwise values are recomputed. Example: gradients read z, 0.5·z, z·z and exp(z·z). Then z alone is
/// kept.</para>
/// <para>The choice that moves the fewest bytes is a minimum cut between what cannot be recomputed (leaves, reductions, products) and what
/// gradients read. Of two choices that move as many bytes, the one that recomputes less is taken. PyTorch's partitioner decides this way
/// (torch/_functorch/partitioners.py).</para>
/// <para>A cut is made for at most <see cref="MaxValues"/> values at a time, from the last recorded to the first, so the pass is linear.
/// Values of an earlier part that the cut needs are kept. So a long chain of pointwise values keeps at least one of so many.</para>
/// <para>Bits do not change: a recomputed value is the same operator on the same operands.</para>
/// </remarks>
internal sealed class SavedValues
{
    /// <summary>So many values may be recomputed in a row: half of what a kernel may hold, since the gradients join them.</summary>
    public const int MaxValues = 128;

    private readonly GraphSnapshot graph;
    private readonly bool[] kept, wanted;

    // The values of the part at hand, and a number for each of them and of their operands, from 1. A value's vertices in the network are
    // 2 · number, where it comes in, and 2 · number + 1, where it goes out. A leaf is −1 − slot, as in operands.
    private readonly List<int> part = [];
    private readonly Dictionary<int, int> numbers = [];

    private SavedValues(GraphSnapshot graph) => (this.graph, kept, wanted) =
        (graph, Array.ConvertAll(graph.Nodes, n => n.IsKept), Array.ConvertAll(graph.Nodes, n => n.IsSaved));

    /// <param name="graph">The graph.</param>
    /// <param name="limit">Values within it are kept; null: <see cref="SizeLimit.Saved"/>.</param>
    /// <param name="conditions">Takes what is asked about sizes.</param>
    public static KeptNodes Run(GraphSnapshot graph, SizeLimit? limit = null, SizeConditions? conditions = null) =>
        new SavedValues(graph).Run(limit ?? SizeLimit.Saved, conditions ?? new());

    private KeptNodes Run(SizeLimit limit, SizeConditions conditions)
    {
        for (int i = 0; i < kept.Length; i++)
            if (!kept[i] && wanted[i])
                kept[i] = graph.Nodes[i] is var node && (!MayBeRecomputed(node.Op)
                    || conditions.IsWithin(limit, node.Op, node.Shape, node.Bytes));
        for (int i = kept.Length - 1; i >= 0; i--)
        {
            VisitCounter.Visit();
            if (!wanted[i] || !IsRecomputed(i)) continue;
            part.Add(i);
            foreach (var (source, _) in graph.Nodes[i].Operands)
                if (source >= 0) wanted[source] = true;
            if (part.Count == MaxValues) Cut();
        }
        Cut();
        return new(kept, Recomputed());
    }

    /// <summary>Not a random value: its ten rounds of multiplications take longer than to read the mask that is made of it (a step of
    /// dropout over 2²⁰ elements on PoCL took 10.5 ms instead of 6.5). Not one that reads a table: the table would have to be in memory,
    /// and its bytes do not say how many of them are read.</summary>
    private static bool MayBeRecomputed(Operator op) => op is { Iteration: Iteration.Pointwise, IsRandom: false, Tables: 0 };

    private bool IsRecomputed(int source) => source >= 0 && !kept[source] && MayBeRecomputed(graph.Nodes[source].Op);

    private bool IsNumber(int source) => source >= 0 && graph.Nodes[source].Op.Iteration == Iteration.Number;

    /// <summary>Decides about the values of the part.</summary>
    private void Cut()
    {
        foreach (int value in part) numbers.Add(value, numbers.Count + 1);
        foreach (int value in part)
            foreach (var (source, _) in graph.Nodes[value].Operands)
                if (!IsNumber(source)) numbers.TryAdd(source, numbers.Count + 1);
        var cut = new MinimumCut(2 * numbers.Count + 2);
        foreach (var (value, number) in numbers)
        {
            cut.Add(2 * number, 2 * number + 1, BytesMoved(value));
            if (number > part.Count)
            {
                cut.Add(MinimumCut.Source, 2 * number, MinimumCut.Unlimited);
                continue;
            }
            foreach (var (source, _) in graph.Nodes[value].Operands)
                if (!IsNumber(source)) cut.Add(2 * numbers[source] + 1, 2 * number, MinimumCut.Unlimited);
            if (graph.Nodes[value].IsSaved) cut.Add(2 * number + 1, MinimumCut.Sink, MinimumCut.Unlimited);
        }
        bool[] isAfter = cut.Run();
        foreach (var (value, number) in numbers)
        {
            if (value < 0) continue;
            kept[value] |= isAfter[2 * number + 1] && !isAfter[2 * number];
            // What this part does not need of an earlier one.
            if (number > part.Count) wanted[value] = kept[value] || graph.Nodes[value].IsSaved;
        }
        part.Clear();
        numbers.Clear();
    }

    /// <summary>The bytes that are moved where gradients, or what is recomputed for them, read a value from memory.</summary>
    private long BytesMoved(int source)
    {
        if (source >= 0) return (kept[source] ? 1 : 2) * graph.Nodes[source].Bytes;
        var leaf = graph.Leaves[-1 - source];
        // A home is written to: by this run, or by an optimizer before the gradients are computed.
        return leaf.Home is null ? leaf.Shape.ElementCount * leaf.DType.Size() : MinimumCut.Unlimited;
    }

    private int[] Recomputed()
    {
        var again = Array.ConvertAll(graph.Nodes, n => n.IsSaved);
        List<int> result = [];
        for (int i = again.Length - 1; i >= 0; i--)
        {
            if (!again[i] || kept[i] || !(IsRecomputed(i) || IsNumber(i))) continue;
            VisitCounter.Visit(1 + graph.Nodes[i].Operands.Length);
            result.Add(i);
            foreach (var (source, _) in graph.Nodes[i].Operands)
                if (source >= 0) again[source] = true;
        }
        result.Reverse();
        return [.. result];
    }
}
