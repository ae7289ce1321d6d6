using GpuTensor.CudaSimulator.Driver;
using GpuTensor.CudaSimulator.Graphs;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>A cuBLAS handle, or a cublasLt one, which is only its context.</summary>
internal sealed class CublasHandle(SimulatedContext context, bool isLight) : IHandled
{
    public string Kind => isLight ? "cublasLt handle" : "cuBLAS handle";

    public SimulatedContext? Owner => context;

    public SimulatedContext Context => context;

    /// <summary>The stream's handle, 0 for the legacy stream.</summary>
    public nint Stream { get; private set; }

    public (ulong Address, ulong Bytes) Workspace { get; set; }

    public int MathMode { get; set; }

    /// <summary>True where alpha and beta are addresses in device memory.</summary>
    public bool DevicePointers { get; set; }

    /// <summary>By the manual: "cublasSetStream unconditionally resets the workspace to the default".</summary>
    public void SetStream(nint stream)
    {
        _ = Resolve(stream);
        Stream = stream;
        Workspace = default;
    }

    /// <summary>A stream by its handle, which must be alive and of this context.</summary>
    public SimulatedStream Resolve(nint stream)
    {
        if (stream is 0 or 1) return context.Legacy;
        var found = context.Device.Simulator.Handles.Get<SimulatedStream>(stream, "stream");
        return found.Context == context
            ? found
            : throw new BlasError(BlasError.InvalidValue,
                $"the stream belongs to device {found.Device.Ordinal}, the handle to device {context.Device.Ordinal}");
    }

    /// <summary>Throws where this thread cannot use the handle now.</summary>
    public void RequireUsable()
    {
        if (CurrentContext.Top != context)
            throw new BlasError(BlasError.ExecutionFailed, CurrentContext.Top is null
                ? $"no context is current on thread {Environment.CurrentManagedThreadId}"
                : "another context is current than the one the handle was made in");
        if (context.Device.Sticky is { } fault) throw new BlasError(BlasError.ExecutionFailed, fault.Message);
    }

    /// <summary>Enqueues or records a product.</summary>
    public void Submit(SimulatedStream stream, GemmWork work)
    {
        if (Capture.Of(stream) is not { } capture)
        {
            stream.Enqueue(work.Begin(context.Device, $"on {stream.Name}"));
            return;
        }
        if (!isLight && work.WorkspaceBytes == 0)
        {
            capture.Invalidate();
            throw new BlasError(BlasError.ExecutionFailed,
                "captured without a workspace of the host's own (cublasSetStream resets it): the graph would hold nodes that allocate");
        }
        capture.Add(stream, work);
    }
}
