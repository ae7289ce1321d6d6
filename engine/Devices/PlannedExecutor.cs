using GpuTensor.Graph;
using GpuTensor.Graph.Planning;
using GpuTensor.Kernels;
using GpuTensor.Memory;

namespace GpuTensor.Devices;

/// <summary>Runs graphs on a backend: finds the plan of a graph by its fingerprint or makes it, takes all memory, then launches. Nothing has run if anything before the first launch fails.</summary>
internal sealed class PlannedExecutor : Executor, IDisposable
{
    /// <summary>So many runs may be in flight; the host waits for the older one.</summary>
    private const int MaxInFlight = 2;

    private const int MaxPlans = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, List<Plan>> plans = [];
    private readonly Queue<DeviceFence> inFlight = new();
    private DeviceBuffer? arena;
    private long uses;
    private int planCount;

    public PlannedExecutor(Backend backend, Dialect dialect)
    {
        Backend = backend;
        Pool = new(backend);
        Planner = new(backend, dialect, new(backend, dialect));
    }

    public Backend Backend { get; }

    public Pool Pool { get; }

    public Planner Planner { get; }

    public override string Description => $"{Backend.Name} ({Backend.Driver})";

    /// <summary>Plans made so far.</summary>
    public long PlansMade { get; private set; }

    /// <summary>Runs so far.</summary>
    public long Runs { get; private set; }

    /// <summary>Kernels of the last run, as a user counts them.</summary>
    public int LastKernels { get; private set; }

    public override void Run(Recorder graph)
    {
        lock (gate)
        {
            Pool.Maintain();
            var homes = new HomeMap(graph);
            homes.Write(graph.Trace);
            var plan = Find(graph, homes);
            Execute(plan, graph, homes);
        }
    }

    /// <summary>The plan a graph would run by, without running it.</summary>
    public string Explain(Recorder graph)
    {
        lock (gate)
        {
            var homes = new HomeMap(graph);
            return Planner.Make(graph, homes, null).Explanation();
        }
    }

    private Plan Find(Recorder graph, HomeMap homes)
    {
        var hash = graph.Trace.Hash();
        HashSet<int>? missed = null;
        if (plans.TryGetValue(hash, out var list))
        {
            for (int i = 0; i < list.Count; i++)
            {
                var known = list[i];
                if (!graph.Trace.Words.SequenceEqual(known.Fingerprint)) continue;
                if (known.Missed.Count == 0)
                {
                    known.LastUsed = ++uses;
                    return known;
                }
                missed = known.Missed;
                list.RemoveAt(i);
                planCount--;
                break;
            }
        }
        else plans.Add(hash, list = []);
        if (planCount >= MaxPlans) Evict();
        var plan = Planner.Make(graph, homes, missed);
        if (!plans.ContainsKey(hash)) plans.Add(hash, list);
        list.Add(plan);
        planCount++;
        PlansMade++;
        plan.LastUsed = ++uses;
        return plan;
    }

    /// <summary>Drops the half of the plans that were not used for longest.</summary>
    private void Evict()
    {
        long median = plans.Values.SelectMany(l => l).Select(p => p.LastUsed).Order().ElementAt(planCount / 2);
        foreach (var (hash, list) in plans.ToArray())
        {
            foreach (var plan in list.Where(p => p.LastUsed <= median))
                foreach (var launch in plan.Launches) launch.Dispose();
            planCount -= list.RemoveAll(p => p.LastUsed <= median);
            if (list.Count == 0) plans.Remove(hash);
        }
    }

    private void Execute(Plan plan, Recorder graph, HomeMap homes)
    {
        // All memory before the first launch.
        if (plan.ArenaBytes > (arena?.Bytes ?? 0))
        {
            if (arena is not null)
            {
                Backend.Free(arena);
                arena = null;
            }
            arena = Pool.TakeWhole(plan.ArenaBytes, "working memory");
        }
        var outputs = new Block[plan.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Pool.Allocate(plan.Outputs[i].Bytes, plan.Outputs[i].What);
        while (inFlight.Count >= MaxInFlight)
        {
            using var fence = inFlight.Dequeue();
            fence.Wait();
        }

        var leaves = graph.Leaves;
        (DeviceBuffer, long) Resolve(MemoryId id)
        {
            switch (id.Kind)
            {
                case MemoryKind.Arena: return (arena!, plan.ArenaOffsets[id.Index]);
                case MemoryKind.Output: return (outputs[id.Index].Buffer!, outputs[id.Index].Offset);
                case MemoryKind.Region: return (homes.Regions[id.Index].Buffer!, homes.Regions[id.Index].Offset);
                case MemoryKind.Home: return (homes.Blocks[id.Index].Buffer!, homes.Blocks[id.Index].Offset);
                default:
                    var block = leaves[id.Index].Block!;
                    return (block.Buffer!, block.Offset);
            }
        }
        Func<MemoryId, (DeviceBuffer, long)> resolve = Resolve;
        foreach (var launch in plan.Launches) launch.Run(Backend, resolve, graph.Scalars);
        foreach (var (from, home, bytes) in plan.Copies)
        {
            var (buffer, offset) = Resolve(from);
            var target = homes.Blocks[home];
            Backend.Copy(buffer, offset, target.Buffer!, target.Offset, bytes);
        }
        Backend.Flush();
        inFlight.Enqueue(Backend.Mark());
        Runs++;
        LastKernels = plan.Kernels;
        Settle(plan, graph, homes, outputs);
    }

    /// <summary>What every node of the graph is now.</summary>
    private static void Settle(Plan plan, Recorder graph, HomeMap homes, Block[] outputs)
    {
        foreach (int slot in plan.Overwritten)
        {
            var old = graph.Leaves[slot];
            (old.State, old.Owner) = (NodeState.Overwritten, null);
        }
        foreach (var (index, place) in plan.Kept)
        {
            var node = graph.Nodes[index];
            node.Owner = place.Memory.Kind == MemoryKind.Output ? outputs[place.Memory.Index] : homes.Blocks[homes.OfNode(index)!.Index];
            node.State = NodeState.Materialized;
            if (!node.RequiresGrad || (node.Flags & NodeFlags.GraphFreed) != 0) node.ForgetOperands();
        }
        foreach (var node in graph.Nodes)
            if (node.State == NodeState.Pending) (node.State, node.Owner) = (NodeState.Dropped, plan);
    }

    public override Block Upload(HostArray contents)
    {
        lock (gate)
        {
            Pool.Maintain();
            var block = Pool.Allocate(Math.Max(contents.Data.LongLength, 1), $"{contents.DType.Name()} {contents.Shape}");
            if (contents.Data.Length > 0) Backend.Write(block.Buffer!, block.Offset, contents.Data);
            return block;
        }
    }

    public override void Download(Node node, long byteOffset, Span<byte> target)
    {
        lock (gate) Backend.Read(node.Block!.Buffer!, node.Block.Offset + byteOffset, target);
    }

    public override void Release(Storage storage)
    {
        lock (gate)
            if (storage.Current is { State: NodeState.Materialized, Storages: 1, Block: { } block } node && !Recorder.IsUsed(node))
            {
                Pool.Release(block);
                (node.State, node.Owner) = (NodeState.Overwritten, null);
            }
    }

    public override void Finish()
    {
        lock (gate)
        {
            Backend.Finish();
            while (inFlight.TryDequeue(out var fence)) fence.Dispose();
        }
    }

    public void Dispose() => Backend.Dispose();
}
