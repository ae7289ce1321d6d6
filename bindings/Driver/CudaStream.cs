using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A queue of work that the device does in order.</summary>
public sealed partial class CudaStream : CudaHandle
{
    private CudaStream(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>Makes a stream; non-blocking by default, so that the legacy default stream of other libraries does not hold it
    /// up.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static unsafe CudaStream Create(CudaContext context, CudaStreamFlags flags = CudaStreamFlags.NonBlocking)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var scope = context.Enter();
        nint handle;
        Check.Driver(cuStreamCreate(&handle, (uint)flags));
        return new CudaStream(context, handle);
    }

    /// <summary>True once all its work is done. Also hands held-back work to the device under Windows' WDDM.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public bool IsComplete
    {
        get
        {
            using var scope = Context.Enter();
            var result = cuStreamQuery(Handle);
            if (result == CudaResult.NotReady) return false;
            Check.Driver(result, expression: nameof(cuStreamQuery));
            return true;
        }
    }

    /// <summary>Waits for all its work. Errors of that work surface here.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public void Synchronize()
    {
        using var scope = Context.Enter();
        Check.Driver(cuStreamSynchronize(Handle));
    }

    /// <summary>Lets what is enqueued from here on wait until another stream has passed an event.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Wait(CudaEvent other)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var scope = Context.Enter();
        Check.Driver(cuStreamWaitEvent(Handle, other.Handle, 0));
    }

    /// <summary>Begins to record what is enqueued instead of doing it. Thread-local by default: other threads go on as they
    /// please.</summary>
    /// <exception cref="CudaException">The stream is capturing already, or another thread's capture forbids it.</exception>
    public void BeginCapture(CudaStreamCaptureMode mode = CudaStreamCaptureMode.ThreadLocal)
    {
        using var scope = Context.Enter();
        Check.Driver(cuStreamBeginCapture_v2(Handle, mode), mode.ToString());
    }

    /// <summary>Ends the capture.</summary>
    /// <returns>What was recorded.</returns>
    /// <exception cref="CudaException">An error spoilt the capture; the stream is usable again.</exception>
    public unsafe CudaGraph EndCapture()
    {
        using var scope = Context.Enter();
        nint graph;
        Check.Driver(cuStreamEndCapture(Handle, &graph));
        if (graph == 0) throw Check.DriverError(CudaResult.StreamCaptureInvalidated, nameof(cuStreamEndCapture));
        return new CudaGraph(Context, graph);
    }

    /// <summary>Whether it is capturing.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe CudaStreamCaptureStatus CaptureStatus
    {
        get
        {
            using var scope = Context.Enter();
            CudaStreamCaptureStatus status;
            Check.Driver(cuStreamIsCapturing(Handle, &status));
            return status;
        }
    }

    private protected override CudaResult Destroy(nint handle) => cuStreamDestroy_v2(handle);
}
