namespace GpuTensor.CudaSimulator.Driver;

/// <summary>A device's primary context: it owns everything that was made while it was current, and ends with its last share.</summary>
internal sealed class SimulatedContext : IHandled
{
    public SimulatedContext(SimulatedDevice device)
    {
        Device = device;
        Handle = device.Simulator.Handles.Add(this);
        Legacy = new SimulatedStream(this, nonBlocking: false, isLegacy: true);
    }

    public string Kind => "context";

    public SimulatedContext? Owner => this;

    public SimulatedDevice Device { get; }

    public nint Handle { get; }

    public int Shares { get; set; }

    public bool Destroyed { get; set; }

    /// <summary>The stream with handle 0.</summary>
    public SimulatedStream Legacy { get; }

    /// <summary>Every stream but the legacy one.</summary>
    public List<SimulatedStream> Streams { get; } = [];
}

/// <summary>Which context is whose: a stack for each thread.</summary>
internal static class CurrentContext
{
    [ThreadStatic] private static Stack<SimulatedContext>? _stack;

    private static Stack<SimulatedContext> Stack => _stack ??= new();

    /// <summary>This thread's context, null for none.</summary>
    public static SimulatedContext? Top
    {
        get
        {
            // Of a machine that was replaced nothing is left.
            while (Stack.TryPeek(out var top))
            {
                if (!top.Device.Simulator.Abandoned) return top;
                Stack.Pop();
            }
            return null;
        }
    }

    public static void Set(SimulatedContext? context)
    {
        Stack.TryPop(out _);
        if (context is not null) Stack.Push(context);
    }

    public static void Push(SimulatedContext context) => Stack.Push(context);

    public static SimulatedContext Pop() => Stack.TryPop(out var top)
        ? top
        : throw new DriverError(Result.CUDA_ERROR_INVALID_CONTEXT, "this thread's stack of contexts is empty");

    /// <summary>This thread's context, which most calls need.</summary>
    public static SimulatedContext Require()
    {
        var top = Top ?? throw new DriverError(Result.CUDA_ERROR_INVALID_CONTEXT,
            $"no context is current on thread {Environment.CurrentManagedThreadId}: a context is a matter of each thread");
        if (top.Destroyed) throw new DriverError(Result.CUDA_ERROR_CONTEXT_IS_DESTROYED, "this thread's context was released");
        return top;
    }
}
