namespace GpuTensor.Bindings.Cuda;

/// <summary>What a cuBLAS or cublasLt call returns.</summary>
[Native("cublasStatus_t")]
public enum CublasStatus
{
    /// <summary>No error.</summary>
    [Native("CUBLAS_STATUS_SUCCESS")] Success = 0,

    /// <summary>The library could not be initialised.</summary>
    [Native("CUBLAS_STATUS_NOT_INITIALIZED")] NotInitialized = 1,

    /// <summary>No memory left for its own use.</summary>
    [Native("CUBLAS_STATUS_ALLOC_FAILED")] AllocationFailed = 3,

    /// <summary>An argument is invalid: a size, a leading dimension, a pointer.</summary>
    [Native("CUBLAS_STATUS_INVALID_VALUE")] InvalidValue = 7,

    /// <summary>The GPU lacks a feature this needs.</summary>
    [Native("CUBLAS_STATUS_ARCH_MISMATCH")] ArchMismatch = 8,

    /// <summary>Device memory could not be reached.</summary>
    [Native("CUBLAS_STATUS_MAPPING_ERROR")] MappingError = 11,

    /// <summary>A kernel failed.</summary>
    [Native("CUBLAS_STATUS_EXECUTION_FAILED")] ExecutionFailed = 13,

    /// <summary>An internal error of the library.</summary>
    [Native("CUBLAS_STATUS_INTERNAL_ERROR")] InternalError = 14,

    /// <summary>No implementation for this combination of types, sizes and epilogue.</summary>
    [Native("CUBLAS_STATUS_NOT_SUPPORTED")] NotSupported = 15,

    /// <summary>A licence is missing.</summary>
    [Native("CUBLAS_STATUS_LICENSE_ERROR")] LicenseError = 16,
}
