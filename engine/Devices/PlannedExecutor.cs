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

    // What one run works with, used again by the next.
    private readonly HomeMap homes = new();
    private Block[] slots = [], outputs = [];
    private long[] scalars = [];
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

    /// <summary>Recorded nodes in all runs so far, whatever became of them.</summary>
    public long NodesRun { get; private set; }

    /// <summary>Kernels of the last run, as a user counts them.</summary>
    public int LastKernels => LastPlan?.Kernels ?? 0;

    /// <summary>The sum of <see cref="LastKernels"/> over all runs: a matrix product with its packing and epilogue is one.</summary>
    public long KernelsRun { get; private set; }

    /// <summary>The plan that ran last.</summary>
    public Plan? LastPlan { get; private set; }

    public override void Run(Recorder graph)
    {
        lock (gate)
        {
            Pool.Maintain();
            try
            {
                homes.Read(graph);
                homes.Write(graph.Trace);
                var plan = Find(graph, homes);
                int slotCount = graph.Leaves.Count, scalarCount = graph.Scalars.Count;
                if (slots.Length < slotCount) slots = new Block[slotCount * 2];
                for (int i = 0; i < slotCount; i++) slots[i] = graph.Leaves[i].Block!;
                if (scalars.Length < scalarCount) scalars = new long[scalarCount * 2];
                for (int i = 0; i < scalarCount; i++) scalars[i] = graph.Scalars[i].Bits;
                if (outputs.Length < plan.Outputs.Length) outputs = new Block[plan.Outputs.Length * 2];
                NodesRun += graph.Nodes.Count;
                Execute(plan, slots, homes.Blocks, homes.Regions, scalars, outputs);
                graph.Capture?.Take(graph, plan, homes);
                Settle(plan, graph, homes, outputs);
            }
            finally
            {
                // Memory must not be held from here.
                Array.Clear(slots);
                Array.Clear(outputs);
                homes.Clear();
            }
        }
    }

    /// <summary>The plan a graph would run by, without running it.</summary>
    /// <param name="graph">What is pending.</param>
    /// <param name="source">With the kernels' source.</param>
    public string Explain(Recorder graph, bool source)
    {
        lock (gate)
        {
            homes.Read(graph);
            return Planner.Make(graph, homes, null).Explanation(source);
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

    /// <summary>Drops all plans, as in a process that has just started.</summary>
    public void ForgetPlans()
    {
        lock (gate)
        {
            foreach (var launch in plans.Values.SelectMany(l => l).SelectMany(p => p.Launches)) launch.Dispose();
            plans.Clear();
            planCount = 0;
        }
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

    /// <summary>Runs a plan again with other inputs and numbers.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">The memory of its leaves.</param>
    /// <param name="homes">The memory of its homes.</param>
    /// <param name="regions">The flat storages it works on.</param>
    /// <param name="scalars">Its numbers.</param>
    /// <param name="outputs">Takes the memory of its new results.</param>
    public void Replay(Plan plan, Block[] slots, List<Block> homes, List<Block> regions, long[] scalars, Block[] outputs)
    {
        lock (gate)
        {
            Pool.Maintain();
            Execute(plan, slots, homes, regions, scalars, outputs);
        }
    }

    private void Execute(Plan plan, Block[] slots, List<Block> homes, List<Block> regions, long[] scalars, Block[] outputs)
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
        for (int i = 0; i < plan.Outputs.Length; i++) outputs[i] = Pool.Allocate(plan.Outputs[i].Bytes, plan.Outputs[i].What);
        while (inFlight.Count >= MaxInFlight)
        {
            using var fence = inFlight.Dequeue();
            fence.Wait();
        }

        var binding = new Binding(plan, arena, slots, outputs, homes, regions, scalars);
        foreach (var launch in plan.Launches) launch.Run(Backend, binding);
        foreach (var (from, home, bytes) in plan.Copies)
        {
            var (buffer, offset) = binding.Resolve(from);
            var target = homes[home];
            Backend.Copy(buffer, offset, target.Buffer!, target.Offset, bytes);
        }
        Backend.Flush();
        inFlight.Enqueue(Backend.Mark());
        Runs++;
        KernelsRun += plan.Kernels;
        LastPlan = plan;
    }

    /// <summary>What every node of the graph is now.</summary>
    private static void Settle(Plan plan, Recorder graph, HomeMap homes, Block[] outputs)
    {
        foreach (int slot in plan.Overwritten)
        {
            var old = graph.Leaves[slot];
            (old.State, old.Owner) = (NodeState.Overwritten, null);
        }
        foreach (var (index, place, home) in plan.Kept)
        {
            var node = graph.Nodes[index];
            node.Owner = place.Memory.Kind == MemoryKind.Output ? outputs[place.Memory.Index] : homes.Blocks[home];
            node.State = NodeState.Materialized;
            if (!node.RequiresGrad || (node.Flags & NodeFlags.GraphFreed) != 0) node.ForgetOperands();
        }
        foreach (var node in graph.Nodes)
            if (node.State == NodeState.Pending) (node.State, node.Owner) = (NodeState.Dropped, plan);
    }

    /// <summary>One allocation in adjoining parts.</summary>
    public Block[] AllocateFlat(long[] bytes, string what)
    {
        lock (gate)
        {
            var whole = Pool.Allocate(bytes.Sum(), what);
            var parts = new Block[bytes.Length];
            long at = whole.Offset;
            for (int i = 0; i < parts.Length; at += bytes[i++]) parts[i] = new() { Buffer = whole.Buffer, Offset = at, Bytes = bytes[i], Whole = whole };
            return parts;
        }
    }

    /// <summary>Copies one block's contents to another.</summary>
    public void Copy(Block source, Block target)
    {
        lock (gate) Backend.Copy(source.Buffer!, source.Offset, target.Buffer!, target.Offset, Math.Min(source.Bytes, target.Bytes));
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

    public override void Release(Node node)
    {
        lock (gate)
            if (node is { State: NodeState.Materialized, Storages: 1, Uses: 0, Block: { } block })
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
