using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A queue whose operations run one after the other: a stream, or one branch of a graph. One component of every vector
/// clock.</summary>
internal sealed class Lane(int index)
{
    public int Index => index;

    /// <summary>Operations not yet run, oldest first.</summary>
    public Queue<Operation> Pending { get; } = new();

    /// <summary>The newest operation, null where there was none or it is done and forgotten.</summary>
    public Operation? Last { get; set; }

    /// <summary>How many operations it has been given.</summary>
    public long Ticks { get; set; }
}

/// <summary>Something a device does, in the order its predecessors give it and at no other time: nothing else may be relied on.</summary>
internal abstract class Operation(string name) : DeviceOperation(name)
{
    private long[] _clock = [];
    private Operation[] _predecessors = [];

    public SimulatedDevice Device { get; private set; } = null!;

    public Lane Lane { get; private set; } = null!;

    /// <summary>Its place in the lane, from 1.</summary>
    public long Tick { get; private set; }

    public bool Done { get; private set; }

    /// <summary>What must be done before it.</summary>
    public ReadOnlySpan<Operation> Predecessors => _predecessors;

    /// <summary>The newest tick of each lane that is certainly done before this begins.</summary>
    public ReadOnlySpan<long> Clock => _clock;

    /// <summary>True where this operation does nothing to memory and needs no serial.</summary>
    public virtual bool IsMark => false;

    /// <summary>Gives it its place. <paramref name="host"/> is what the host has waited for.</summary>
    public void Place(SimulatedDevice device, Lane lane, VectorClock host, IEnumerable<Operation?> predecessors)
    {
        (Device, Lane) = (device, lane);
        Tick = ++lane.Ticks;
        var clock = host.Copy();
        var pending = new List<Operation>();
        foreach (var predecessor in predecessors)
        {
            if (predecessor is null) continue;
            clock.Join(predecessor._clock);
            if (!predecessor.Done) pending.Add(predecessor);
        }
        clock.Set(lane.Index, Tick);
        _clock = clock.Values;
        _predecessors = [.. pending];
    }

    /// <summary>By the vector clocks: whatever the timing, the earlier one has ended.</summary>
    public sealed override bool Follows(DeviceOperation earlier) =>
        earlier is not Operation other || (other.Lane.Index < _clock.Length && _clock[other.Lane.Index] >= other.Tick);

    /// <summary>Does it. Its predecessors are done.</summary>
    public abstract void Run();

    /// <summary>Called instead of <see cref="Run"/> where the device is lost: releases what it holds.</summary>
    public virtual void Abandon() { }

    /// <summary>Marks it as done, and lets go of what was before.</summary>
    public virtual void Finish()
    {
        Done = true;
        _predecessors = [];
    }
}

/// <summary>A point in a stream: the recording of an event, a wait for one, the begin or end of a graph.</summary>
internal sealed class MarkOperation(string name) : Operation(name)
{
    public override bool IsMark => true;

    /// <summary>When it was passed, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long Time { get; private set; }

    public override void Run() => Time = System.Diagnostics.Stopwatch.GetTimestamp();
}

/// <summary>An operation given as a delegate.</summary>
internal sealed class WorkOperation(string name, Action<WorkOperation> run, Action? abandon = null) : Operation(name)
{
    private Action<WorkOperation>? _run = run;
    private Action? _abandon = abandon;

    public override void Run() => _run!(this);

    public override void Abandon() => _abandon?.Invoke();

    public override void Finish()
    {
        // It stays known for its place and name; the parameters need not.
        _run = null;
        _abandon = null;
        base.Finish();
    }
}

/// <summary>For each lane, how far something is known to be done.</summary>
internal sealed class VectorClock
{
    private long[] _ticks = [];

    public long[] Values => _ticks;

    public VectorClock Copy() => new() { _ticks = [.. _ticks] };

    public void Join(ReadOnlySpan<long> other)
    {
        if (other.Length > _ticks.Length) Array.Resize(ref _ticks, other.Length);
        for (int i = 0; i < other.Length; i++) _ticks[i] = Math.Max(_ticks[i], other[i]);
    }

    public void Set(int lane, long tick)
    {
        if (lane >= _ticks.Length) Array.Resize(ref _ticks, lane + 1);
        _ticks[lane] = tick;
    }

    public bool Covers(Lane lane, long tick) => tick == 0 || (lane.Index < _ticks.Length && _ticks[lane.Index] >= tick);
}
