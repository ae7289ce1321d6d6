using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A description that cublasLt keeps in host memory: no device, no context, no stream. Releasing one calls no driver, so a
/// finalizer may.</summary>
public abstract class CublasLtObject : SafeHandle
{
    private protected CublasLtObject() : base(0, ownsHandle: true) { }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The library's handle.</summary>
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
    protected sealed override bool ReleaseHandle() => ProcessExit.Begun || Destroy(handle) == CublasStatus.Success;

    private protected abstract CublasStatus Destroy(nint handle);
}
