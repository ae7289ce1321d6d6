using System.Runtime.InteropServices;
using GpuTensor.Graph;
using GpuTensor.Graph.Planning;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Devices;

/// <summary>Runs graphs on a backend: finds the plan of a graph by its fingerprint or makes it, takes all memory, then launches. Nothing has run if anything before the first launch fails.</summary>
internal sealed class PlannedExecutor : Executor, IDisposable
{
    /// <summary>So many fences may be in flight; the host waits for the older one. A fence follows each run, but of tiny runs only each
    /// <see cref="TinyRunsToFence"/>th: threads that wake each other after every run cost more than such runs do.</summary>
    private const int MaxInFlight = 2, TinyRunsToFence = 16;

    /// <summary>So many index checks may be outstanding in a program that never waits.</summary>
    private const int MaxUnseen = 256;

    private static readonly TimeSpan ExitWait = TimeSpan.FromSeconds(10);

    private readonly Queue<DeviceFence> inFlight = new();
    private readonly PlanReplays replays;
    private readonly Settlement settlement;
    private readonly Queue<(Block Value, ValueCheck Check, int Thread, RunVerdict Verdict)> unseen = [];

    // What one run works with, used again by the next.
    private readonly HomeMap homes = new();
    private Block[] slots = [], outputs = [];
    private long[] scalars = [];
    private DeviceBuffer? arena;
    private long arenaNeeded;
    private int tinyRuns;
    private bool disposed;

    /// <param name="backend">The device.</param>
    /// <param name="dialect">What its compiler takes.</param>
    /// <param name="kernels">Compiled kernels to share with another executor on that backend.</param>
    public PlannedExecutor(Backend backend, Dialect dialect, KernelCache? kernels = null)
    {
        Backend = backend;
        Pool = new(backend) { Spare = SpareArena };
        Kernels = kernels ?? new(backend, dialect);
        Planner = new(backend, dialect, Kernels);
        replays = new(backend, Pool);
        settlement = new(backend, Pool);
    }

    public Backend Backend { get; }

    public Pool Pool { get; }

    public KernelCache Kernels { get; }

    public Planner Planner { get; }

    /// <summary>Runs that were one launch of a captured graph.</summary>
    public long GraphLaunches => replays.Launches;

    /// <summary>What float32 products of the device's library may give up. What was captured before holds the old setting and goes.</summary>
    public MatMulPrecision Precision
    {
        get => Backend.Precision;
        set
        {
            lock (Gate)
            {
                if (Backend.Precision != value) replays.Clear();
                Backend.Precision = value;
            }
        }
    }

    public override string Description => $"{Backend.Name} ({Backend.Driver})";

    /// <summary>Plans by fingerprint.</summary>
    public PlanCache Plans { get; } = new();

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
        lock (Gate)
        {
            Pool.Maintain();
            if (unseen.Count > MaxUnseen) Judge();
            bool launched = false;
            try
            {
                homes.Read(graph);
                homes.Write(graph.Trace);
                var plan = Find(graph, homes);
                int slotCount = graph.Leaves.Count, scalarCount = graph.Scalars.Count;
                if (slots.Length < slotCount) slots = new Block[slotCount * 2];
                for (int i = 0; i < slotCount; i++) slots[i] = graph.Leaves[i].Block ?? throw Recorder.Unreadable(graph.Leaves[i]);
                if (scalars.Length < scalarCount) scalars = new long[scalarCount * 2];
                for (int i = 0; i < scalarCount; i++) scalars[i] = graph.Scalars[i].Bits;
                if (outputs.Length < plan.Outputs.Length) outputs = new Block[plan.Outputs.Length * 2];
                NodesRun += graph.Nodes.Count;
                settlement.Save(graph);
                graph.CountRun(Execute(plan, slots, homes.Blocks, homes.Regions, scalars, outputs, ref launched));
                graph.Capture?.Take(graph, plan, homes);
                settlement.Settle(graph, plan, homes, outputs);
            }
            catch (Exception e) when (launched)
            {
                graph.HasLaunched = true;
                Settlement.Fail(homes, e);
                throw;
            }
            finally
            {
                // Memory must not be held from here.
                Array.Clear(slots);
                Array.Clear(outputs);
                homes.Clear();
                settlement.Clear();
            }
        }
    }

    /// <summary>The plan a graph would run by, without running it.</summary>
    /// <param name="graph">What is pending.</param>
    /// <param name="source">With the kernels' source.</param>
    public string Explain(Recorder graph, bool source)
    {
        lock (Gate)
        {
            try
            {
                homes.Read(graph);
                string text = Planner.Explain(graph, homes, source);
                return Backend.CanCapture ? $"{text}{ReplayOf(graph)}" : text;
            }
            finally
            {
                homes.Clear();
            }
        }
    }

    /// <summary>How the plan that such a graph ran by last is replayed. Where its variables lie is no part of the comparison, since the recorder's trace does not hold it yet.</summary>
    private string ReplayOf(Recorder graph)
    {
        var known = LastPlan is { } last && last.Fingerprint.AsSpan().StartsWith(graph.Trace.Words) ? last : null;
        return $"replay: {known?.Replay?.Describe() ?? "captured at the third run; inputs that move are copied in, results are copied out"}{Environment.NewLine}";
    }

    private Plan Find(Recorder graph, HomeMap homes)
    {
        var hash = graph.Trace.Hash();
        if (Plans.Find(hash, graph.Trace.Words, out var missed) is { } known) return known;
        var plan = Planner.Make(graph, homes, missed);
        Plans.Add(hash, plan);
        PlansMade++;
        return plan;
    }

    /// <summary>Drops all plans, as in a process that has just started.</summary>
    public void ForgetPlans()
    {
        lock (Gate) Plans.Clear();
    }

    /// <summary>Runs a plan again with other inputs and numbers.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">The memory of its leaves.</param>
    /// <param name="homes">The memory of its homes.</param>
    /// <param name="regions">The flat storages it works on.</param>
    /// <param name="scalars">Its numbers.</param>
    /// <param name="outputs">Takes the memory of its new results.</param>
    /// <param name="launched">Set before the first launch: where the run breaks off later, nobody knows what its targets hold.</param>
    public void Replay(Plan plan, Block[] slots, List<Block> homes, List<Block> regions, long[] scalars, Block[] outputs, ref bool launched)
    {
        lock (Gate)
        {
            Pool.Maintain();
            if (unseen.Count > MaxUnseen) LookAtChecks();
            Execute(plan, slots, homes, regions, scalars, outputs, ref launched);
        }
    }

    private RunKind Execute(Plan plan, Block[] slots, List<Block> homes, List<Block> regions, long[] scalars, Block[] outputs, ref bool launched)
    {
        // All memory before the first launch.
        arenaNeeded = plan.ArenaBytes;
        int taken = 0;
        RunKind kind;
        try
        {
            for (; taken < plan.Outputs.Length; taken++) outputs[taken] = Pool.Allocate(plan.Outputs[taken].Bytes, plan.Outputs[taken].What);
            if (plan.ArenaBytes > (arena?.Bytes ?? 0))
            {
                ReleaseArena();
                arena = Pool.TakeWhole(plan.ArenaBytes, plan.ArenaWhat);
            }
            kind = Launch(plan, slots, homes, regions, scalars, outputs, ref launched);
        }
        catch
        {
            // Work already enqueued may still write there, before whatever uses the memory next.
            while (taken > 0) Pool.Release(outputs[--taken]);
            throw;
        }
        finally
        {
            arenaNeeded = 0;
        }
        Runs++;
        KernelsRun += plan.Kernels;
        LastPlan = plan;
        return kind;
    }

    /// <summary>Memory is out: working memory beyond what the plan at hand needs goes back to the driver.</summary>
    private void SpareArena()
    {
        replays.Clear();
        if (arena?.Bytes > Pool.SizeOfWhole(arenaNeeded)) ReleaseArena();
    }

    private void ReleaseArena()
    {
        // Captured runs name it.
        replays.Clear();
        if (arena is not null) Backend.Free(arena);
        arena = null;
    }

    private RunKind Launch(Plan plan, Block[] slots, List<Block> homes, List<Block> regions, long[] scalars, Block[] outputs, ref bool launched)
    {
        while (inFlight.Count >= MaxInFlight)
        {
            using var fence = inFlight.Dequeue();
            fence.Wait();
        }

        var block = Backend.Scalars(scalars.AsSpan(0, plan.Scalars));
        var kind = replays.TryRun(plan, arena, slots, outputs, homes, regions, scalars, block, ref launched);
        if (kind == RunKind.Steps)
        {
            launched = true;
            plan.Enqueue(Backend, new Binding(plan, arena, slots, outputs, homes, regions, scalars, block));
        }
        if (Backend.Profile.IsCpu && plan.IsTiny && ++tinyRuns < TinyRunsToFence) Backend.Flush();
        else
        {
            inFlight.Enqueue(Backend.Mark());
            tinyRuns = 0;
        }
        // Last: a run that fails gives its outputs back, and nobody may look at them then.
        if (plan.Checks.Length > 0)
        {
            var verdict = new RunVerdict();
            foreach (int output in plan.Suspects) outputs[output].Verdict = verdict;
            foreach (var (output, check) in plan.Checks) unseen.Enqueue((outputs[output], check, Environment.CurrentManagedThreadId, verdict));
        }
        return kind;
    }

    /// <summary>Looks at the checks of everything that has run, which waits for it.</summary>
    /// <exception cref="TensorException">A value was not such as its operator takes.</exception>
    private void LookAtChecks()
    {
        Judge();
        // The thread that gave the index is told at its next wait, and whoever reads what was computed with it.
        Faults.Throw();
    }

    private void Judge()
    {
        Span<byte> answer = stackalloc byte[8];
        while (unseen.TryPeek(out var next))
        {
            var (block, check, thread, verdict) = next;
            Backend.Read(block.Buffer!, block.Offset, answer[..check.Bytes]);
            // Only now: where reading fails, it is looked at later.
            unseen.Dequeue();
            Pool.Release(block);
            if (check.Judge(answer) is not { } error) continue;
            Faults.Add(thread, error);
            verdict.Error ??= error;
        }
    }

    public override void RefuseFaults()
    {
        lock (Gate)
        {
            if (disposed) return;
            Judge();
            Faults.ThrowAny();
        }
    }

    /// <summary>One allocation in adjoining parts.</summary>
    public Block[] AllocateFlat(long[] bytes, string what)
    {
        lock (Gate)
        {
            var whole = Pool.Allocate(bytes.Sum(), what);
            var parts = new Block[bytes.Length];
            long at = whole.Offset;
            for (int i = 0; i < parts.Length; at += bytes[i++]) parts[i] = new() { Buffer = whole.Buffer, Offset = at, Bytes = bytes[i], Whole = whole };
            return parts;
        }
    }

    /// <summary>For tests of replays: fills these blocks, working memory and what captured runs keep of their own with NaN and numbers out of range. Whoever reads old memory, or computes
    /// nothing, is seen at the next run.</summary>
    public void Spoil(IEnumerable<Block> blocks)
    {
        lock (Gate)
        {
            foreach (var block in blocks) Fill(block.Buffer!, block.Offset, block.Bytes);
            if (arena is not null) Fill(arena, 0, arena.Bytes);
            replays.Spoil((own, bytes) => Fill(own, 0, bytes));
        }

        void Fill(DeviceBuffer buffer, long offset, long bytes)
        {
            byte[] garbage = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 20);
            Array.Fill(garbage, byte.MaxValue);
            for (long at = 0; at < bytes; at += 1 << 20) Backend.Write(buffer, offset + at, garbage.AsSpan(0, (int)Math.Min(bytes - at, 1 << 20)));
            System.Buffers.ArrayPool<byte>.Shared.Return(garbage);
        }
    }

    /// <summary>Copies one block's contents to another.</summary>
    public void Copy(Block source, Block target)
    {
        lock (Gate) Backend.Copy(source.Buffer!, source.Offset, target.Buffer!, target.Offset, Math.Min(source.Bytes, target.Bytes));
    }

    public override Block Upload(HostArray contents)
    {
        lock (Gate)
        {
            Pool.Maintain();
            var block = Pool.Allocate(Math.Max(contents.Data.LongLength, 1), $"copied from the host: {contents.DType.Name()} {contents.Shape}");
            try
            {
                if (contents.Data.Length > 0) Backend.Write(block.Buffer!, block.Offset, contents.Data);
            }
            catch
            {
                Pool.Release(block);
                throw;
            }
            return block;
        }
    }

    public override void Download(Node node, long byteOffset, Span<byte> target)
    {
        lock (Gate)
        {
            var block = node.Block ?? throw Recorder.Unreadable(node);
            Backend.Read(block.Buffer!, block.Offset + byteOffset, target);
            LookAtChecks();
            if (block.Verdict?.Error is { } fault) Faults.Tell(fault);
        }
    }

    public override void Release(Node node)
    {
        lock (Gate)
            if (node is { State: NodeState.Materialized, Storages: 1, IsNeeded: false, Block: { } block })
            {
                Pool.Release(block);
                (node.State, node.Owner) = (NodeState.Overwritten, Node.Released);
            }
    }

    public override void Finish()
    {
        lock (Gate)
        {
            Backend.Finish();
            while (inFlight.TryDequeue(out var fence)) fence.Dispose();
            Judge();
            Faults.ThrowAny();
        }
    }

    public override void StopForExit()
    {
        // Whoever compiles holds the gate: that is seconds; a driver that hangs must not keep the process. It is never given back.
        if (Gate.TryEnter(ExitWait) && !disposed) Backend.PrepareForExit();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (disposed) return;
            disposed = true;
            replays.Dispose();
            while (inFlight.TryDequeue(out var fence)) fence.Dispose();
            Backend.Dispose();
        }
    }
}
