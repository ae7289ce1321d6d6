using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Capture of what is enqueued on the compute stream. Thread-local: other threads' calls neither end up in it nor spoil it, and
/// the device's lock keeps ours out.</summary>
internal sealed partial class CudaBackend
{
    private bool capturing;

    /// <summary>False: everything is run step by step. For tests; GPUTENSOR_CUDA_BLOCKING=1 says the same and waits besides.</summary>
    internal bool Graphs { get; init; } = true;

    /// <inheritdoc/>
    public override bool CanCapture => Graphs && !blocking && CudaGraph.IsSupported;

    /// <inheritdoc/>
    public override void BeginCapture()
    {
        ThrowIfLost();
        try
        {
            compute.BeginCapture();
            capturing = true;
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    /// <inheritdoc/>
    public override DeviceGraph EndCapture()
    {
        try
        {
            using var graph = compute.EndCapture();
            capturing = false;
            int nodes = graph.GetNodes().Length;
            var ready = graph.Instantiate();
            try
            {
                ready.Upload(compute);
                return new CudaDeviceGraph(this, ready, nodes);
            }
            catch
            {
                ready.Dispose();
                throw;
            }
        }
        catch (CudaException e)
        {
            throw Error(e, "");
        }
    }

    /// <inheritdoc/>
    public override void AbortCapture()
    {
        // Once more where the call that was to end it did not: a stream that goes on capturing would swallow every later step.
        for (int attempt = 0; capturing && attempt < 2; attempt++)
            try
            {
                compute.EndCapture().Dispose();
                capturing = false;
            }
            catch (CudaException)
            {
                // Ending a capture that an error spoilt reports that error again; whoever calls has it already.
                capturing = IsCapturing();
            }
        capturing = false;
    }

    private bool IsCapturing()
    {
        try
        {
            return compute.CaptureStatus != CudaStreamCaptureStatus.None;
        }
        catch (CudaException)
        {
            return true;
        }
    }

    internal void Launch(CudaGraphExec graph)
    {
        ThrowIfLost();
        Counters.Enqueues++;
        try
        {
            graph.Launch(compute);
            Launched("a captured run");
        }
        catch (CudaException e)
        {
            throw Error(e, "a captured run");
        }
    }

    /// <inheritdoc/>
    public override bool HasProducts(DType type) => type.IsFloatingPoint();

    /// <inheritdoc/>
    public override bool HasEpilogue(Kernels.LibraryCall call, DType type)
    {
        ThrowIfLost();
        try
        {
            return products.HasEpilogue(call, type);
        }
        catch (CudaException e)
        {
            throw Error(e, $"asked for a product with {call.Epilogue}");
        }
    }

    /// <inheritdoc/>
    public override void Multiply(Kernels.LibraryCall call, DType type, MemoryPlace a, MemoryPlace b, MemoryPlace c, MemoryPlace? vector,
        string description)
    {
        ThrowIfLost();
        Counters.Enqueues++;
        Counters.Launches++;
        try
        {
            products.Multiply(call, type, Precision, Address(a), Address(b), Address(c), vector is { } place ? Address(place) : 0);
            if (vector is not null) Counters.Epilogues++;
            Launched(description);
        }
        catch (CudaException e)
        {
            throw Error(e, description);
        }
    }

    private static ulong Address(MemoryPlace place) => ((CudaBuffer)place.Buffer).Address + (ulong)place.Offset;
}
