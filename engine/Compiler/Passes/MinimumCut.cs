namespace GpuTensor.Compiler;

/// <summary>The cheapest set of edges that separates a source from a sink, by maximum flow along shortest paths (Edmonds and Karp). For
/// small networks: each path takes a search.</summary>
internal sealed class MinimumCut(int vertices)
{
    /// <summary>The capacity of an edge that is never cut.</summary>
    public const long Unlimited = long.MaxValue / 4;

    public const int Source = 0, Sink = 1;

    // Edges by number: 2k leads on, 2k + 1 back.
    private readonly List<(int To, long Capacity)> edges = [];
    private readonly List<int>[] leaving = [.. Enumerable.Range(0, vertices).Select(_ => new List<int>())];

    // By vertex: the edge to it on the path that the last search found; −1: none.
    private readonly int[] arrived = new int[vertices];
    private readonly Queue<int> queue = new();

    public void Add(int from, int to, long capacity)
    {
        leaving[from].Add(edges.Count);
        edges.Add((to, capacity));
        leaving[to].Add(edges.Count);
        edges.Add((from, 0));
    }

    /// <summary>By vertex: whether it is on the sink's side. Of several cheapest cuts it is the one nearest to the sink.</summary>
    public bool[] Run()
    {
        while (Search())
        {
            long flow = Unlimited;
            for (int v = Sink; v != Source; v = From(arrived[v])) flow = Math.Min(flow, edges[arrived[v]].Capacity);
            for (int v = Sink; v != Source; v = From(arrived[v]))
            {
                Change(arrived[v], -flow);
                Change(arrived[v] ^ 1, flow);
            }
        }
        return Side();
    }

    private int From(int edge) => edges[edge ^ 1].To;

    private void Change(int edge, long by) => edges[edge] = edges[edge] with { Capacity = edges[edge].Capacity + by };

    /// <summary>Looks for a shortest path with room for more.</summary>
    private bool Search()
    {
        Array.Fill(arrived, -1);
        queue.Clear();
        queue.Enqueue(Source);
        while (queue.TryDequeue(out int vertex))
            foreach (int edge in leaving[vertex])
            {
                VisitCounter.Visit();
                var (to, capacity) = edges[edge];
                if (capacity == 0 || to == Source || arrived[to] >= 0) continue;
                arrived[to] = edge;
                if (to == Sink) return true;
                queue.Enqueue(to);
            }
        return false;
    }

    /// <summary>The vertices from which the sink can still be reached.</summary>
    private bool[] Side()
    {
        var side = new bool[vertices];
        side[Sink] = true;
        queue.Clear();
        queue.Enqueue(Sink);
        while (queue.TryDequeue(out int vertex))
            foreach (int edge in leaving[vertex])
            {
                int from = edges[edge].To;
                if (side[from] || edges[edge ^ 1].Capacity == 0) continue;
                side[from] = true;
                queue.Enqueue(from);
            }
        return side;
    }
}
