using GpuTensor.CudaSimulator.Graphs;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A stream: its work runs in order, some time.</summary>
internal sealed class SimulatedStream : IHandled
{
    private int _polls;

    public SimulatedStream(SimulatedContext context, bool nonBlocking, bool isLegacy = false)
    {
        (Context, NonBlocking, IsLegacy) = (context, nonBlocking, isLegacy);
        Lane = Scheduler.NewLane();
        Name = isLegacy ? "the legacy stream" : $"stream {++context.Device.Simulator.StreamsMade}";
    }

    public string Kind => "stream";

    public SimulatedContext? Owner => Context;

    public SimulatedContext Context { get; }

    public SimulatedDevice Device => Context.Device;

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>True where the legacy stream neither waits for it nor makes it wait.</summary>
    public bool NonBlocking { get; }

    public bool IsLegacy { get; }

    public Lane Lane { get; }

    /// <summary>The capture it takes part in.</summary>
    public Capture? Capture { get; set; }

    private Scheduler Scheduler => Context.Device.Simulator.Scheduler;

    /// <summary>Enqueues work that is not captured.</summary>
    public void Enqueue(Operation operation, params IEnumerable<Operation?> after)
    {
        _polls = 0;
        Scheduler.Enqueue(operation, Device, Lane, [.. after, .. Implicit()]);
        Device.ThrowIfLost();
    }

    /// <summary>Waits for all of it, as the host.</summary>
    public void Synchronize()
    {
        Capture.ForbidOn(this, "waiting for a stream that is being captured");
        if (IsLegacy)
            foreach (var other in Context.Streams.Where(s => !s.NonBlocking)) Scheduler.HostWaitedFor(other.Lane.Last);
        Scheduler.HostWaitedFor(Lane.Last);
        Device.ThrowIfLost();
    }

    /// <summary>True once all of it is done; asking lets it go on.</summary>
    public bool Query()
    {
        Capture.ForbidOn(this, "asking whether a stream is done that is being captured");
        Scheduler.Poll(Lane.Last, ref _polls);
        Device.ThrowIfLost();
        if (Lane.Last is { Done: false }) return false;
        Scheduler.HostWaitedFor(Lane.Last);
        return true;
    }

    // The legacy stream waits for every blocking stream, and they for it.
    private IEnumerable<Operation?> Implicit()
    {
        if (NonBlocking) return [];
        if (!IsLegacy) return [Context.Legacy.Lane.Last];
        return Context.Streams.Where(s => !s.NonBlocking).Select(s => s.Lane.Last);
    }
}

/// <summary>An event: the newest point at which it was recorded.</summary>
internal sealed class SimulatedEvent(SimulatedContext context, uint flags) : IHandled
{
    private int _polls;

    public string Kind => "event";

    public SimulatedContext? Owner => context;

    public SimulatedContext Context => context;

    /// <summary>False for an event that takes no time.</summary>
    public bool HasTiming => (flags & 2) == 0;

    /// <summary>Where it was recorded, null for nowhere yet.</summary>
    public MarkOperation? Recorded { get; private set; }

    /// <summary>The capture it was last recorded in, and the nodes that were the stream's newest then.</summary>
    public (Capture Capture, GraphNode[] Nodes)? Captured { get; set; }

    public void Record(SimulatedStream stream)
    {
        if (Capture.Of(stream) is { } capture)
        {
            Captured = (capture, capture.Newest(stream));
            return;
        }
        Captured = null;
        var mark = new MarkOperation($"the record of an event on {stream.Name}");
        Recorded = mark;
        _polls = 0;
        stream.Enqueue(mark);
    }

    public bool Query()
    {
        ForbidCaptured();
        var scheduler = context.Device.Simulator.Scheduler;
        scheduler.Poll(Recorded, ref _polls);
        context.Device.ThrowIfLost();
        if (Recorded is { Done: false }) return false;
        scheduler.HostWaitedFor(Recorded);
        return true;
    }

    public void Synchronize()
    {
        ForbidCaptured();
        context.Device.Simulator.Scheduler.HostWaitedFor(Recorded);
        context.Device.ThrowIfLost();
    }

    private void ForbidCaptured()
    {
        if (Captured is not { } captured) return;
        captured.Capture.Invalidate();
        throw new DriverError(Result.CUDA_ERROR_CAPTURED_EVENT,
            "the event was last recorded in a capture, and stands for no point in time");
    }
}
