using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>Runs operations late: when something waits for them, or, with a seed, at random moments before. A host that forgets to wait, or
/// an order that nothing guarantees, is then not hidden by good luck.</summary>
internal sealed class Scheduler(Configuration configuration)
{
    // So that a host which never waits does not pile up work without end.
    private const int MostPending = 20_000;

    private readonly Random _random = new(configuration.Late);
    private readonly List<Lane> _lanes = [];
    private readonly Stack<Lane> _idle = new();
    private readonly VectorClock _host = new();
    private int _pending;

    /// <summary>A lane; one given back earlier where there is one.</summary>
    public Lane NewLane()
    {
        if (_idle.TryPop(out var lane)) return lane;
        lane = new Lane(_lanes.Count);
        _lanes.Add(lane);
        return lane;
    }

    /// <summary>Takes a lane back.</summary>
    public void GiveBack(Lane lane)
    {
        // What a lane's next owner does would seem to follow what this one did: only where it really does.
        if (lane.Last is null || HostKnows(lane.Last)) _idle.Push(lane);
    }

    /// <summary>True where the host has waited for it, so that nothing depends on its timing any more.</summary>
    public bool HostKnows(Operation operation) => operation.Done && _host.Covers(operation.Lane, operation.Tick);

    /// <summary>Puts an operation at a lane's end.</summary>
    public void Enqueue(Operation operation, SimulatedDevice device, Lane lane, params IEnumerable<Operation?> after)
    {
        operation.Place(device, lane, _host, [lane.Last, .. after]);
        lane.Last = operation;
        lane.Pending.Enqueue(operation);
        _pending++;
        if (configuration.Late != 0 && _random.Next(3) == 0)
        {
            for (int steps = _random.Next(6); steps > 0 && _pending > 0; steps--) RunOne();
        }
        while (_pending > MostPending) RunOne();
    }

    /// <summary>Runs everything up to an operation.</summary>
    public void RunUntil(Operation? target)
    {
        if (target is null || target.Done) return;
        var stack = new Stack<Operation>();
        stack.Push(target);
        while (stack.TryPeek(out var top))
        {
            Operation? first = null;
            foreach (var predecessor in top.Predecessors)
                if (!predecessor.Done) { first = predecessor; break; }
            if (first is not null) stack.Push(first);
            else
            {
                stack.Pop();
                if (!top.Done) Run(top);
            }
        }
    }

    /// <summary>The host has waited for an operation: whatever it enqueues from now on comes after it.</summary>
    public void HostWaitedFor(Operation? operation)
    {
        if (operation is null) return;
        RunUntil(operation);
        _host.Join(operation.Clock);
        operation.Device.Pool.AtWait();
        Retire(operation.Device);
    }

    /// <summary>Runs all work of a device, in an order of the schedule's choice.</summary>
    public void RunAll(SimulatedDevice device)
    {
        while (true)
        {
            var busy = _lanes.Where(l => l.Pending.Count > 0 && l.Pending.Peek().Device == device).ToArray();
            if (busy.Length == 0) return;
            RunUntil(busy[_random.Next(busy.Length)].Pending.Peek());
        }
    }

    /// <summary>The host has waited for a device.</summary>
    public void HostWaitedFor(SimulatedDevice device)
    {
        RunAll(device);
        foreach (var lane in _lanes)
            if (lane.Last is { } last && last.Device == device) _host.Join(last.Clock);
        device.Pool.AtWait();
        Retire(device);
    }

    /// <summary>Runs one operation of a random lane, with what must precede it.</summary>
    public void RunOne()
    {
        int start = _random.Next(_lanes.Count);
        for (int i = 0; i < _lanes.Count; i++)
        {
            var lane = _lanes[(start + i) % _lanes.Count];
            if (lane.Pending.Count == 0) continue;
            RunUntil(lane.Pending.Peek());
            return;
        }
    }

    /// <summary>A question about unfinished work: it goes on a little, or to its end, as the schedule has it.</summary>
    public void Poll(Operation? target, ref int polls)
    {
        if (target is null || target.Done) return;
        if (++polls >= configuration.Poll || _random.Next(3) == 0) RunUntil(target);
        else RunOne();
    }

    /// <summary>True where nothing of a device waits to be run.</summary>
    public bool IsIdle(SimulatedDevice device) => _lanes.All(l => l.Pending.Count == 0 || l.Pending.Peek().Device != device);

    private void Run(Operation operation)
    {
        // A predecessor in the same lane is always done first, so this is the lane's oldest.
        var oldest = operation.Lane.Pending.Dequeue();
        if (oldest != operation) throw new InvalidOperationException($"{operation.Name} overtook {oldest.Name}.");
        _pending--;
        var device = operation.Device;
        try
        {
            if (device.Sticky is not null) operation.Abandon();
            else
            {
                if (!operation.IsMark)
                {
                    device.Memory.Begin(operation);
                    device.Begun.Enqueue(operation);
                }
                operation.Run();
            }
        }
        catch (DeviceFault fault)
        {
            device.Fail((Result)fault.Result, fault.Message);
        }
        finally
        {
            operation.Finish();
        }
    }

    // What everything still to come follows cannot race with it, and is forgotten: else a long training would remember each of its
    // launches.
    private void Retire(SimulatedDevice device)
    {
        Operation? last = null;
        long[]? settled = null;
        while (device.Begun.TryPeek(out var oldest))
        {
            settled ??= Settled();
            if (oldest.Lane.Index >= settled.Length || settled[oldest.Lane.Index] < oldest.Tick) break;
            last = device.Begun.Dequeue();
        }
        if (last is not null) device.Memory.Retire(last);
    }

    /// <summary>For each lane the tick that the host has waited for and that every operation yet to run follows: in a lane the oldest
    /// decides.</summary>
    private long[] Settled()
    {
        long[] settled = [.. _host.Values];
        foreach (var lane in _lanes)
        {
            if (!lane.Pending.TryPeek(out var oldest)) continue;
            for (int i = 0; i < settled.Length; i++) settled[i] = Math.Min(settled[i], i < oldest.Clock.Length ? oldest.Clock[i] : 0);
        }
        return settled;
    }
}
