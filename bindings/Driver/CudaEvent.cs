using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A mark in a stream that hosts and other streams can wait for.</summary>
public sealed class CudaEvent : CudaHandle
{
    private CudaEvent(CudaContext context, nint handle) : base(context, handle) { }

    /// <summary>Makes an event; without timing by default, which is cheaper.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static unsafe CudaEvent Create(CudaContext context, CudaEventFlags flags = CudaEventFlags.DisableTiming)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var scope = context.Enter();
        nint handle;
        Check.Driver(cuEventCreate(&handle, (uint)flags));
        return new CudaEvent(context, handle);
    }

    /// <summary>Marks this point of a stream, forgetting the one before.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = Context.Enter();
        Check.Driver(cuEventRecord(Handle, stream.Handle));
    }

    /// <summary>True once the stream has passed the mark, and before any was made.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public bool IsComplete
    {
        get
        {
            using var scope = Context.Enter();
            var result = cuEventQuery(Handle);
            if (result == CudaResult.NotReady) return false;
            Check.Driver(result, expression: nameof(cuEventQuery));
            return true;
        }
    }

    /// <summary>Waits until the stream has passed the mark.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public void Synchronize()
    {
        using var scope = Context.Enter();
        Check.Driver(cuEventSynchronize(Handle));
    }

    /// <summary>Milliseconds from an earlier event to this one; both made with <see cref="CudaEventFlags.Default"/> and passed.</summary>
    /// <exception cref="CudaException">One takes no time, or was not passed yet.</exception>
    public unsafe float MillisecondsSince(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        using var scope = Context.Enter();
        float milliseconds;
        Check.Driver(cuEventElapsedTime(&milliseconds, start.Handle, Handle));
        return milliseconds;
    }

    private protected override CudaResult Destroy(nint handle) => cuEventDestroy_v2(handle);
}
