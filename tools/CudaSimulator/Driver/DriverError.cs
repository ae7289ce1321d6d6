namespace GpuTensor.CudaSimulator.Driver;

/// <summary>Ends a driver call with a result. The message says what the host program did; it reaches the host through
/// <c>cuGetErrorString</c>.</summary>
internal sealed class DriverError(Result result, string message) : Exception(message)
{
    /// <summary>What the call returns.</summary>
    public Result Result => result;

    /// <summary>An argument is out of range or a pointer is null.</summary>
    public static DriverError Value(string message) => new(Result.CUDA_ERROR_INVALID_VALUE, message);

    /// <summary>A handle is none, or is gone.</summary>
    public static DriverError Handle(string message) => new(Result.CUDA_ERROR_INVALID_HANDLE, message);
}

/// <summary>Ends a cuBLAS or cublasLt call with a status.</summary>
internal sealed class BlasError(int status, string message) : Exception(message)
{
    public const int NotInitialized = 1, AllocationFailed = 3, InvalidValue = 7, ArchMismatch = 8, MappingError = 11, ExecutionFailed = 13,
        InternalError = 14, NotSupported = 15;

    /// <summary>What the call returns.</summary>
    public int Status => status;
}
