namespace GpuTensor.Bindings.Cuda;

/// <summary>cuBLAS or cublasLt refused a call. The message names the call and the problem's sizes.</summary>
public sealed class CublasException : CudaException
{
    internal CublasException(string message, CublasStatus status, string call) : base(message, null, call) => Status = status;

    /// <summary>What the library returned.</summary>
    public CublasStatus Status { get; }
}
