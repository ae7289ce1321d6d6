using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A share in a device's primary context, the one every CUDA library of a process uses. Its flags are left as they are.</summary>
/// <remarks>Which context is current is a matter of each thread, and an <c>await</c> changes threads: every operation of these bindings
/// enters the context it belongs to, at the cost of one question to the driver where it is current already. The primary context is given
/// back when this object and everything made in it are disposed.</remarks>
public sealed class CudaContext : SafeHandle
{
    private readonly ConcurrentQueue<CudaHandle> _deferred = new();
    private bool _finalizing;

    private CudaContext(CudaDevice device, nint handle) : base(0, ownsHandle: true)
    {
        Device = device;
        SetHandle(handle);
    }

    /// <summary>Takes a share in a device's primary context.</summary>
    /// <exception cref="CudaException">CUDA is not available, or the context cannot be made.</exception>
    public static unsafe CudaContext Create(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        nint handle;
        Check.Driver(cuDevicePrimaryCtxRetain(&handle, device.Handle), device.ToString());
        return new CudaContext(device, handle);
    }

    /// <summary>Takes a share in the primary context of the GPU with this number.</summary>
    /// <exception cref="CudaException">CUDA is not available, or there is no such GPU.</exception>
    public static CudaContext Create(int ordinal = 0)
    {
        var devices = Cuda.Devices;
        if ((uint)ordinal >= (uint)devices.Count)
            throw new CudaException($"There is no device cuda:{ordinal}; this machine has {devices.Count}.", CudaResult.InvalidDevice);
        return Create(devices[ordinal]);
    }

    /// <summary>The GPU.</summary>
    public CudaDevice Device { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's <c>CUcontext</c>. Usable until this and everything made in the context are disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Makes it this thread's context until the scope is disposed. Costs one question where it is current already; another
    /// library's context is restored, no context at all is not.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe CudaContextScope Enter()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        nint current;
        Check.Driver(cuCtxGetCurrent(&current));
        if (current == handle) return default;
        if (current == 0)
        {
            Check.Driver(cuCtxSetCurrent(handle));
            return default;
        }
        Check.Driver(cuCtxPushCurrent_v2(handle));
        return new CudaContextScope(pushed: true);
    }

    /// <summary>Free and total device memory in bytes.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe (long Free, long Total) MemoryInfo
    {
        get
        {
            using var scope = Enter();
            nuint free, total;
            Check.Driver(cuMemGetInfo_v2(&free, &total));
            return (checked((long)free), checked((long)total));
        }
    }

    /// <summary>Waits for all work of the device's context, then releases what finalizers handed over. Errors of earlier work surface
    /// here.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public void Synchronize()
    {
        using var scope = Enter();
        Check.Driver(cuCtxSynchronize());
        ReleaseDeferred();
    }

    /// <summary>Releases what finalizers handed over, after a wait where there is anything. Not while a stream is being captured.</summary>
    /// <exception cref="CudaException">Earlier work failed.</exception>
    public void Reclaim()
    {
        if (!_deferred.IsEmpty) Synchronize();
    }

    /// <summary>Objects that were collected without being disposed and wait to be released.</summary>
    public int PendingReleases => _deferred.Count;

    /// <summary>Takes an object from its finalizer.</summary>
    internal void Defer(CudaHandle orphan) => _deferred.Enqueue(orphan);

    private void ReleaseDeferred()
    {
        while (_deferred.TryDequeue(out var orphan)) orphan.ReleaseNow();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _finalizing = !disposing;
        if (disposing && !IsClosed && !ProcessExit.Begun && !_deferred.IsEmpty)
        {
            try
            {
                Synchronize();
            }
            catch (CudaException)
            {
                // Work that failed leaves nothing to release; disposal must not throw.
            }
        }
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // As for every handle: a finalizer does not call the driver. A forgotten share ends with the process.
        if (_finalizing || ProcessExit.Begun) return true;
        return cuDevicePrimaryCtxRelease_v2(Device.Handle) is CudaResult.Success or CudaResult.Deinitialized;
    }
}

/// <summary>The time during which a context is this thread's. A ref struct, so that no <c>await</c> can fall inside.</summary>
public readonly ref struct CudaContextScope
{
    private readonly bool _pushed;

    internal CudaContextScope(bool pushed) => _pushed = pushed;

    /// <summary>Restores the context that was current before, if another library's was.</summary>
    public unsafe void Dispose()
    {
        nint popped;
        // Fails only where the driver is shutting down; then there is nothing to restore, and an error here would hide the one that
        // matters.
        if (_pushed) _ = cuCtxPopCurrent_v2(&popped);
    }
}
