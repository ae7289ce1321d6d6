using GpuTensor.Graph;
using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>Runs plans as captured graphs: the first run compiles, the second warms what loads lazily, the third is captured and launched,
/// and so is every later one. What was captured of a plan is known here alone.</summary>
/// <remarks>What changes between runs stays out of the graph: scalars lie in a block that is filled before, inputs that move are copied to
/// a place of the graph's own, results are copied out to fresh memory. Large inputs are not copied; there may be a graph for each of up to
/// four addresses. Where a variable has moved, the run is captured again; networks of the same shape, which share a plan, have a graph
/// each, up to four.</remarks>
internal sealed class GraphReplays(Backend backend, Pool pool) : IDisposable
{
    /// <summary>The run of a plan that is captured.</summary>
    private const int CapturedAt = 3;

    private const int MostGraphs = 64, MostOfAPlan = 4;

    /// <summary>Inputs above this many bytes are not copied.</summary>
    private const long LargestCopied = 64 << 20;

    // What is known of each plan that was run.
    private readonly Dictionary<Executable, ReplayState> states = new(ReferenceEqualityComparer.Instance);

    // Least recently launched first.
    private readonly LinkedList<CapturedRun> graphs = new();
    private readonly Dictionary<CapturedRun, LinkedListNode<CapturedRun>> places = new(ReferenceEqualityComparer.Instance);

    /// <summary>Graphs there are.</summary>
    public int Count => graphs.Count;

    /// <summary>Launches of graphs so far.</summary>
    public long Launches { get; private set; }

    /// <summary>Runs a plan as a graph, or says that it is to be run step by step.</summary>
    public RunKind TryRun(Executable executable, RunArguments arguments)
    {
        if (!backend.CanCapture) return RunKind.Steps;
        if (!states.TryGetValue(executable, out var state)) states.Add(executable, state = new() { Used = UsedSlots(executable.Plan) });
        if (state.Reason is not null) return RunKind.Steps;
        state.Runs++;
        NotePlaces(state, arguments);
        var captured = state.Runs < CapturedAt ? null : Find(state, arguments);
        var kind = captured is null ? RunKind.Captured : RunKind.Replayed;
        if (captured is null && state.Runs >= CapturedAt) captured = Capture(executable, state, arguments);
        (state.Last, state.Now) = (state.Now, state.Last);
        if (captured is null) return RunKind.Steps;
        arguments.HasLaunched = true;
        Run(state, captured, arguments);
        return kind;
    }

    private static int[] UsedSlots(Plan plan) =>
        [.. plan.Steps.SelectMany(step => step.Memories).Concat(plan.Copies.Select(c => c.From))
            .Where(m => m.Kind == MemoryKind.Slot).Select(m => m.Index).Distinct().Order()];

    /// <summary>Writes down where everything lies, in arrays of the runs before: every run comes through here.</summary>
    private static void NotePlaces(ReplayState state, RunArguments arguments)
    {
        var (slots, homes, regions) = (arguments.Slots, arguments.Homes, arguments.Regions);
        if (state.Now.Length != state.Used.Length) state.Now = new MemoryPlace[state.Used.Length];
        for (int k = 0; k < state.Now.Length; k++) state.Now[k] = PlaceOf(slots[state.Used[k]]);
        if (state.Variables.Length != homes.Count + regions.Count) state.Variables = new MemoryPlace[homes.Count + regions.Count];
        for (int i = 0; i < homes.Count; i++) state.Variables[i] = PlaceOf(homes[i]);
        for (int i = 0; i < regions.Count; i++) state.Variables[homes.Count + i] = PlaceOf(regions[i]);
    }

    private static MemoryPlace PlaceOf(Block block) => new(block.Buffer!, block.Offset);

    private CapturedRun? Find(ReplayState state, RunArguments arguments)
    {
        var now = state.Now;
        for (int i = state.Captured.Count - 1; i >= 0; i--)
        {
            var captured = state.Captured[i];
            // What names memory that is no longer in use cannot be launched again.
            if (captured.Arena != arguments.Arena || captured.Scalars != arguments.ScalarBlock)
            {
                Drop(captured);
                continue;
            }
            // Another network of the same shape has variables of its own: its graph waits for its next step.
            if (!captured.Variables.AsSpan().SequenceEqual(state.Variables)) continue;
            bool fits = true, keep = true;
            for (int k = 0; k < now.Length; k++)
            {
                if (captured.IsCopied[k] || captured.Slots[k] == now[k]) continue;
                fits = false;
                if (now[k].Buffer.Bytes > LargestCopied) continue;
                // It moves after all: from now on it is copied.
                state.Moving.Add(state.Used[k]);
                keep = false;
            }
            if (fits) return captured;
            if (!keep) Drop(captured);
        }
        return null;
    }

    private CapturedRun? Capture(Executable executable, ReplayState state, RunArguments arguments)
    {
        if (state.Captures >= 8 && state.Captures * 4 > state.Replays)
        {
            state.Reason = $"its variables or large inputs move too often ({state.Captures} captures for {state.Replays} replays)";
            return null;
        }
        if (state.Captured.Count == MostOfAPlan) Drop(state.Captured[0]);
        while (graphs.Count >= MostGraphs) Drop(graphs.First!.Value);

        var slots = arguments.Slots;
        var copied = new List<(int Slot, long Bytes)>();
        MemoryPlace[] now = [.. state.Now], variables = [.. state.Variables];
        bool[] isCopied = new bool[now.Length];
        for (int k = 0; k < now.Length; k++)
        {
            int slot = state.Used[k];
            // A variable's own contents lie where the graph's variables lie, whichever network ran last.
            bool moves = state.Moving.Contains(slot) || state.Last.Length != now.Length
                || (state.Last[k] != now[k] && !variables.Contains(now[k]));
            isCopied[k] = moves && slots[slot].Bytes <= LargestCopied;
            if (isCopied[k]) copied.Add((slot, slots[slot].Bytes));
        }
        long total = copied.Sum(c => Aligned(c.Bytes)) + executable.Plan.Outputs.Sum(o => Aligned(o.Bytes));
        DeviceBuffer? own = null;
        try
        {
            own = total == 0 ? null : pool.TakeWhole(total, "inputs and results of a captured run");
        }
        catch (DeviceOutOfMemoryException e)
        {
            // Step by step the run needs none of it.
            state.Reason = e.Message;
            return null;
        }
        try
        {
            long at = 0;
            Block[] inside = [.. slots];
            foreach (var (slot, bytes) in copied) inside[slot] = Part(bytes);
            Block[] results = [.. executable.Plan.Outputs.Select(o => Part(o.Bytes))];
            backend.BeginCapture();
            DeviceGraph graph;
            try
            {
                executable.Enqueue(backend, arguments.With(inside, results));
                graph = backend.EndCapture();
            }
            catch
            {
                backend.AbortCapture();
                throw;
            }
            var captured = new CapturedRun(
                state, graph, own, now, isCopied, [.. copied], results, variables, arguments.Arena, arguments.ScalarBlock);
            state.Captures++;
            state.Captured.Add(captured);
            places.Add(captured, graphs.AddLast(captured));
            return captured;

            Block Part(long bytes)
            {
                var part = new Block { Buffer = own, Offset = at, Bytes = bytes };
                at += Aligned(bytes);
                return part;
            }
        }
        catch (Exception e)
        {
            // Nothing has run: the step fails as a whole, and the next one tries again, at most once more.
            if (own is not null) backend.Free(own);
            if (++state.Failures >= 2) state.Reason = $"capturing failed twice, the last time so: {e.Message}";
            throw;
        }
    }

    private static long Aligned(long bytes) => (bytes + 255) / 256 * 256;

    /// <summary>Fills the inputs and results that graphs keep of their own, so that the next launch shows whether it computes
    /// anything.</summary>
    public void Spoil(Action<DeviceBuffer, long> fill)
    {
        foreach (var captured in graphs)
        {
            if (captured is { IsSpoilt: false, Own: { } own })
                fill(own, captured.CopiedIn.Sum(c => Aligned(c.Bytes)) + captured.Outputs.Sum(o => Aligned(o.Bytes)));
            captured.IsSpoilt = true;
        }
    }

    private void Run(ReplayState state, CapturedRun captured, RunArguments arguments)
    {
        var (slots, outputs) = (arguments.Slots, arguments.Outputs);
        captured.IsSpoilt = false;
        long at = 0;
        foreach (var (slot, bytes) in captured.CopiedIn)
        {
            var from = slots[slot];
            backend.Copy(from.Buffer!, from.Offset, captured.Own!, at, Math.Min(bytes, from.Bytes));
            at += Aligned(bytes);
        }
        captured.Graph.Launch();
        for (int i = 0; i < captured.Outputs.Length; i++)
        {
            var result = captured.Outputs[i];
            backend.Copy(result.Buffer!, result.Offset, outputs[i].Buffer!, outputs[i].Offset, result.Bytes);
        }
        state.Replays++;
        Launches++;
        // The one launched last stands last, and goes last.
        if (state.Captured[^1] != captured)
        {
            state.Captured.Remove(captured);
            state.Captured.Add(captured);
        }
        var node = places[captured];
        graphs.Remove(node);
        graphs.AddLast(node);
    }

    /// <summary>How a plan is replayed, for Explain; null where it has not run yet.</summary>
    public string? Describe(Executable executable) => states.GetValueOrDefault(executable)?.Describe();

    /// <summary>Drops what was captured of a plan that goes.</summary>
    public void Forget(Executable executable)
    {
        if (!states.TryGetValue(executable, out var state)) return;
        while (state.Captured.Count > 0) Drop(state.Captured[0]);
        states.Remove(executable);
    }

    /// <summary>Drops every graph: memory they name is to change place, or memory is short.</summary>
    public void Clear()
    {
        while (graphs.First is { } first) Drop(first.Value);
    }

    private void Drop(CapturedRun captured)
    {
        // A graph may go only after its last launch has run: where waiting fails, it stays.
        backend.Finish();
        Release(captured);
    }

    private void Release(CapturedRun captured)
    {
        if (places.Remove(captured, out var node)) graphs.Remove(node);
        captured.State.Captured.Remove(captured);
        captured.Graph.Dispose();
        if (captured.Own is not null) backend.Free(captured.Own);
    }

    /// <summary>Gives everything back, on a device that is lost as well. Does not throw.</summary>
    public void Dispose()
    {
        try
        {
            backend.Finish();
        }
        catch (DeviceException)
        {
            // A lost device runs nothing any more.
        }
        while (graphs.First is { } first) Release(first.Value);
    }
}
