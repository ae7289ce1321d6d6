using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Graphs;

/// <summary>A node: work, and what must be done before it.</summary>
internal sealed class GraphNode(Graph graph, int index, Work work, GraphNode[] after) : IHandled
{
    public string Kind => "graph node";

    public SimulatedContext? Owner => graph.Owner;

    public Graph Graph => graph;

    /// <summary>Its place in the graph, after everything it depends on.</summary>
    public int Index => index;

    public Work Work => work;

    public GraphNode[] After => after;

    /// <summary>Its handle, once the host has asked for it.</summary>
    public nint Handle { get; set; }
}

/// <summary>Recorded work.</summary>
internal sealed class Graph(SimulatedContext context) : IHandled
{
    private readonly List<GraphNode> _nodes = [];

    public string Kind => "graph";

    public SimulatedContext? Owner => context;

    public SimulatedContext Context => context;

    /// <summary>In an order that keeps every dependency.</summary>
    public IReadOnlyList<GraphNode> Nodes => _nodes;

    public GraphNode Add(Work work, IEnumerable<GraphNode> after)
    {
        var node = new GraphNode(this, _nodes.Count, work, [.. after.Distinct()]);
        _nodes.Add(node);
        return node;
    }

    /// <summary>The nodes' handles, in an order that promises nothing.</summary>
    public nint[] Handles()
    {
        var table = context.Device.Simulator.Handles;
        foreach (var node in _nodes)
            if (node.Handle == 0) node.Handle = table.Add(node);
        nint[] handles = [.. _nodes.Select(n => n.Handle)];
        new Random(_nodes.Count).Shuffle(handles);
        return handles;
    }

    /// <summary>Takes the nodes' handles out of use.</summary>
    public void Destroy()
    {
        foreach (var node in _nodes) context.Device.Simulator.Handles.Remove(node.Handle);
    }
}
