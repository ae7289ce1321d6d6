using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Graphs;

/// <summary>Recording of what is enqueued, on the stream where it began and on those that joined it through events. Its rules and error
/// codes are those of the driver's manual, "Stream Management: cuStreamBeginCapture".</summary>
internal sealed class Capture
{
    private const int Global = 0, ThreadLocal = 1, Relaxed = 2;
    private readonly Dictionary<SimulatedStream, GraphNode[]> _newest = [];
    private readonly SimulatedStream _origin;
    private readonly int _mode, _thread = Environment.CurrentManagedThreadId;

    private Capture(SimulatedStream origin, int mode)
    {
        (_origin, _mode, Graph) = (origin, mode, new Graph(origin.Context));
        Join(origin, []);
    }

    public Graph Graph { get; }

    /// <summary>True once an error has spoilt it; it must still be ended.</summary>
    public bool Invalid { get; private set; }

    /// <summary>True once it is over.</summary>
    public bool Ended { get; private set; }

    private Simulator Simulator => _origin.Device.Simulator;

    /// <summary>Begins a capture.</summary>
    public static void Begin(SimulatedStream stream, int mode)
    {
        if (mode is < Global or > Relaxed) throw DriverError.Value($"there is no capture mode {mode}");
        if (stream.IsLegacy) throw Unsupported("the legacy stream cannot be captured");
        if (stream.Capture is not null) throw new DriverError(Result.CUDA_ERROR_ILLEGAL_STATE, $"{stream.Name} is being captured already");
        stream.Device.Simulator.Captures.Add(new Capture(stream, mode));
    }

    /// <summary>The valid capture a stream takes part in, null for none.</summary>
    public static Capture? Of(SimulatedStream stream)
    {
        if (stream.Capture is not { } capture)
        {
            if (stream.IsLegacy) ForbidLegacy(stream.Context);
            return null;
        }
        if (capture.Invalid) throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "an earlier error spoilt the capture");
        return capture;
    }

    /// <summary>Ends it; null where it was spoilt.</summary>
    public static Graph End(SimulatedStream stream)
    {
        var capture = stream.Capture ?? throw new DriverError(Result.CUDA_ERROR_ILLEGAL_STATE, $"{stream.Name} is not being captured");
        if (stream != capture._origin)
        {
            capture.Invalidate();
            throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_UNMATCHED,
                $"the capture began on {capture._origin.Name} and is ended on {stream.Name}");
        }
        if (capture._mode != Relaxed && capture._thread != Environment.CurrentManagedThreadId)
            throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
                $"the capture began on thread {capture._thread} and is ended on thread {Environment.CurrentManagedThreadId}");
        var unjoined = capture.Unjoined();
        capture.Close();
        if (capture.Invalid) throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "an earlier error spoilt the capture");
        if (unjoined is not null)
            throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_UNJOINED,
                $"{unjoined.Name} joined the capture and {stream.Name} never waited for its last work");
        return capture.Graph;
    }

    /// <summary>A stream is destroyed: with the one where it began the capture is over, else it is spoilt.</summary>
    public static void Leave(SimulatedStream stream)
    {
        if (stream.Capture is not { } capture) return;
        capture.Invalidate();
        if (stream == capture._origin) capture.Close();
    }

    /// <summary>Records work.</summary>
    public void Add(SimulatedStream stream, Work work) => _newest[stream] = [Graph.Add(work, _newest[stream])];

    /// <summary>The nodes that are the stream's newest.</summary>
    public GraphNode[] Newest(SimulatedStream stream) => _newest[stream];

    /// <summary>A stream waits for an event: within a capture, into one, or against the rules.</summary>
    /// <returns>True where captures were involved and the wait is recorded.</returns>
    public static bool Wait(SimulatedStream stream, SimulatedEvent other)
    {
        var own = Of(stream);
        if (other.Captured is not { } captured)
        {
            if (own is null) return false;
            if (other.Recorded is null) return true;
            own.Invalidate();
            throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_ISOLATION,
                $"{stream.Name} is being captured and would wait for an event that was recorded outside the capture");
        }
        var capture = captured.Capture;
        if (capture.Ended)
            throw new DriverError(Result.CUDA_ERROR_CAPTURED_EVENT,
                "the event was last recorded in a capture that is over, and stands for no point in time");
        if (capture.Invalid) throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "an earlier error spoilt the capture");
        if (own is null)
        {
            if (stream.IsLegacy)
                throw Spoilt(capture, Result.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "the legacy stream cannot join a capture");
            capture.Join(stream, captured.Nodes);
        }
        else if (own == capture) capture._newest[stream] = [.. capture._newest[stream].Union(captured.Nodes)];
        else
        {
            own.Invalidate();
            throw Spoilt(capture, Result.CUDA_ERROR_STREAM_CAPTURE_MERGE,
                $"{stream.Name} would join two captures by waiting for an event of the other");
        }
        return true;
    }

    /// <summary>Spoils it.</summary>
    public void Invalidate() => Invalid = true;

    /// <summary>For calls that no captured stream allows.</summary>
    public static void ForbidOn(SimulatedStream stream, string doing)
    {
        if (stream.IsLegacy) ForbidLegacy(stream.Context);
        if (stream.Capture is not { } capture) return;
        capture.Invalidate();
        throw Unsupported($"{doing}: {stream.Name}");
    }

    /// <summary>For calls that touch a whole context.</summary>
    public static void ForbidIn(SimulatedContext context, string doing)
    {
        var captures = context.Device.Simulator.Captures.Where(c => c._origin.Context == context).ToArray();
        foreach (var capture in captures) capture.Invalidate();
        if (captures.Length > 0) throw Unsupported(doing);
    }

    /// <summary>For calls that may wait behind the scenes: forbidden by any global capture, and by this thread's thread-local
    /// one.</summary>
    public static void ForbidUnsafe(Simulator simulator, string doing)
    {
        int thread = Environment.CurrentManagedThreadId;
        var forbidding = simulator.Captures.Where(c => c._mode == Global || (c._mode == ThreadLocal && c._thread == thread)).ToArray();
        foreach (var capture in forbidding) capture.Invalidate();
        if (forbidding.Length > 0) throw Unsupported($"{doing} during a capture");
    }

    // Work of the legacy stream waits for every blocking stream, captured ones too, which cannot be.
    private static void ForbidLegacy(SimulatedContext context)
    {
        var blocking = context.Device.Simulator.Captures.Where(c => c._newest.Keys.Any(s => s.Context == context && !s.NonBlocking))
            .ToArray();
        foreach (var capture in blocking) capture.Invalidate();
        if (blocking.Length > 0)
            throw new DriverError(Result.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
                "the legacy stream would wait for a blocking stream that is being captured");
    }

    private static DriverError Unsupported(string message) => new(Result.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, message);

    private static DriverError Spoilt(Capture capture, Result result, string message)
    {
        capture.Invalidate();
        return new(result, message);
    }

    private void Close()
    {
        Ended = true;
        foreach (var member in _newest.Keys) member.Capture = null;
        Simulator.Captures.Remove(this);
    }

    private void Join(SimulatedStream stream, GraphNode[] nodes)
    {
        stream.Capture = this;
        _newest[stream] = nodes;
    }

    // A stream whose newest nodes the origin's newest do not follow.
    private SimulatedStream? Unjoined()
    {
        var reached = new HashSet<GraphNode>();
        var open = new Stack<GraphNode>(_newest[_origin]);
        while (open.TryPop(out var node))
            if (reached.Add(node))
                foreach (var before in node.After) open.Push(before);
        return _newest.FirstOrDefault(p => p.Key != _origin && p.Value.Any(n => !reached.Contains(n))).Key;
    }
}
