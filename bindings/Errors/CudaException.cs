namespace GpuTensor.Bindings.Cuda;

/// <summary>The CUDA driver refused a call, reported the failure of earlier work, or is not there. Base of every error these bindings
/// raise about CUDA.</summary>
public class CudaException : Exception
{
    /// <summary>An error for the user.</summary>
    /// <param name="message">Says what failed and what to do.</param>
    /// <param name="result">What the driver returned, where a driver call failed.</param>
    /// <param name="call">The entry point.</param>
    /// <param name="kernel">The kernel the call was about.</param>
    /// <param name="inner">The cause.</param>
    public CudaException(string message, CudaResult? result = null, string? call = null, string? kernel = null, Exception? inner = null)
        : base(message, inner)
    {
        Result = result;
        Call = call;
        Kernel = kernel;
    }

    /// <summary>What the driver returned; null where the error came from elsewhere.</summary>
    public CudaResult? Result { get; }

    /// <summary>The entry point that failed. Errors of earlier, asynchronous work surface at later calls, whichever comes first.</summary>
    public string? Call { get; }

    /// <summary>The kernel the call was about, if any.</summary>
    public string? Kernel { get; }

    /// <summary>True where the device cannot be used again by this process: a kernel faulted, and every later call fails with the same
    /// error.</summary>
    public bool IsSticky => Result is { } result && IsStickyResult(result);

    internal static bool IsStickyResult(CudaResult result) => result is CudaResult.IllegalAddress
        or CudaResult.LaunchTimeout or CudaResult.Assert or (>= CudaResult.HardwareStackError and <= CudaResult.LaunchFailed);

    /// <summary>True where the device's memory is exhausted; freeing some and trying again is worthwhile.</summary>
    public bool IsOutOfMemory => Result == CudaResult.OutOfMemory;
}
