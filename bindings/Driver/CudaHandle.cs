using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A driver object that belongs to a context. It keeps its context alive and is released in it.</summary>
/// <remarks>Disposing releases at once. A finalizer never calls the driver, which would happen on a thread without the context and in no
/// stream's order: it only hands the object to its context, which releases it at its next <see cref="CudaContext.Reclaim"/>. Once the
/// process is ending nothing is released.</remarks>
public abstract class CudaHandle : SafeHandle
{
    private bool _finalizing;

    private protected CudaHandle(CudaContext context, nint handle) : base(0, ownsHandle: true)
    {
        Context = context;
        bool added = false;
        context.DangerousAddRef(ref added);
        SetHandle(handle);
    }

    /// <summary>The context it lives in.</summary>
    public CudaContext Context { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle, a pointer.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _finalizing = !disposing;
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        if (ProcessExit.Begun) return true;
        if (_finalizing)
        {
            Context.Defer(this);
            return true;
        }
        return ReleaseNow();
    }

    /// <summary>Releases it in its context, then lets go of the context.</summary>
    internal bool ReleaseNow()
    {
        try
        {
            using var scope = EnterIfPossible();
            return Destroy(handle) is CudaResult.Success or CudaResult.Deinitialized;
        }
        finally
        {
            Context.DangerousRelease();
        }
    }

    private CudaContextScope EnterIfPossible()
    {
        try
        {
            return Context.Enter();
        }
        catch (CudaException)
        {
            // Disposal must not throw, and what is not released now never is. Mostly the context is current all the same; where it is not
            // (device lost, driver shutting down), the driver says so once more and has everything already.
            return default;
        }
    }

    /// <summary>The driver call that destroys it; runs in its context.</summary>
    private protected abstract CudaResult Destroy(nint handle);
}
