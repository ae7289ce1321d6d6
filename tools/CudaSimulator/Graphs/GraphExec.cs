using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Graphs;

/// <summary>A graph ready to run. It has copied everything: what the host does to the graph, or to the memory it took parameters from, no
/// longer matters.</summary>
internal sealed class GraphExec : IHandled
{
    private readonly Graph _source;
    private readonly Work[] _work;
    private readonly int[][] _after;
    private readonly int[] _laneOf;
    private readonly Lane[] _lanes;
    private readonly bool[] _isLeaf;
    private Operation? _last;

    public GraphExec(Graph graph)
    {
        _source = graph;
        _work = [.. graph.Nodes.Select(n => n.Work)];
        _after = [.. graph.Nodes.Select(n => n.After.Select(a => a.Index).ToArray())];
        (_laneOf, int lanes) = Branches(_after);
        _lanes = [.. Enumerable.Range(1, Math.Max(0, lanes - 1)).Select(_ => graph.Context.Device.Simulator.Scheduler.NewLane())];
        _isLeaf = [.. Enumerable.Repeat(true, _work.Length)];
        foreach (int[] before in _after)
            foreach (int index in before) _isLeaf[index] = false;
    }

    public string Kind => "executable graph";

    public SimulatedContext? Owner => _source.Owner;

    /// <summary>Enqueues all nodes. Two launches of one graph never overlap.</summary>
    public void Launch(SimulatedStream stream)
    {
        if (stream.Context != _source.Context) throw DriverError.Handle("the graph belongs to another context than the stream");
        var scheduler = stream.Device.Simulator.Scheduler;
        var begin = new MarkOperation($"the begin of a graph on {stream.Name}");
        stream.Enqueue(begin, _last);
        var operations = new Operation[_work.Length];
        for (int i = 0; i < operations.Length; i++)
        {
            var operation = operations[i] = _work[i].Begin(stream.Device, $"in node {i} of a graph on {stream.Name}");
            Operation?[] after = _after[i].Length == 0 ? [begin] : [.. _after[i].Select(index => operations[index])];
            scheduler.Enqueue(operation, stream.Device, _laneOf[i] == 0 ? stream.Lane : _lanes[_laneOf[i] - 1], after);
        }
        _last = new MarkOperation($"the end of a graph on {stream.Name}");
        stream.Enqueue(_last, operations.Where((_, i) => _isLeaf[i]));
    }

    /// <summary>Takes over another graph's work, or says why not by the numbers of <c>CUgraphExecUpdateResult</c> and at which
    /// node.</summary>
    public (int Result, GraphNode? Node) Update(Graph graph)
    {
        if (graph.Nodes.Count != _work.Length) return (Work.TopologyChanged, null);
        foreach (var node in graph.Nodes)
        {
            if (!node.After.Select(a => a.Index).Order().SequenceEqual(_after[node.Index].Order())) return (Work.TopologyChanged, node);
            if (_work[node.Index].CannotBecome(node.Work) is { } reason) return (reason, node);
        }
        foreach (var node in graph.Nodes) _work[node.Index] = node.Work;
        return (0, null);
    }

    /// <summary>Changes one kernel node, given as the node of the graph this was made from.</summary>
    public void Set(GraphNode node, KernelWork work)
    {
        if (node.Graph != _source) throw DriverError.Value("the node is not of the graph that this was instantiated from");
        if (_work[node.Index] is not KernelWork) throw DriverError.Value("the node launches no kernel");
        _work[node.Index] = work;
    }

    public void Destroy()
    {
        foreach (var lane in _lanes) _source.Context.Device.Simulator.Scheduler.GiveBack(lane);
    }

    // Each node goes to the branch whose newest node it follows directly, else to a new one. What two branches do is not ordered.
    private static (int[] LaneOf, int Lanes) Branches(int[][] after)
    {
        var tails = new List<int>();
        var laneOf = new int[after.Length];
        for (int i = 0; i < after.Length; i++)
        {
            int lane = tails.FindIndex(tail => after[i].Contains(tail));
            if (lane < 0)
            {
                lane = tails.Count;
                tails.Add(i);
            }
            else tails[lane] = i;
            laneOf[i] = lane;
        }
        return (laneOf, tails.Count);
    }
}
