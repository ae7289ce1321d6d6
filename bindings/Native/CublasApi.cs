using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>cuBLAS. A, B, C are device addresses; alpha and beta are read from host memory.</summary>
/// <remarks>Plain <c>cublasSgemm</c> is the ABI of 2007, without a handle; <c>_64</c> exist from cuBLAS 12.</remarks>
internal static unsafe partial class CublasApi
{
    /// <summary>Makes a handle.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasCreate_v2(nint* handle);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasDestroy_v2(nint handle);

    /// <summary>The library's version.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGetVersion_v2(nint handle, int* version);

    /// <summary>Sets the stream, and resets the workspace.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSetStream_v2(nint handle, nint streamId);

    /// <summary>Sets the workspace.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSetWorkspace_v2(nint handle, ulong workspace, nuint workspaceSizeInBytes);

    /// <summary>Sets the math mode.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSetMathMode(nint handle, CublasMathMode mode);

    /// <summary>The math mode.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGetMathMode(nint handle, CublasMathMode* mode);

    /// <summary>Sets where alpha and beta lie.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSetPointerMode_v2(nint handle, CublasPointerMode mode);

    /// <summary>Float product.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSgemm_v2(
        nint handle, CublasOperation transa, CublasOperation transb, int m, int n, int k, float* alpha, ulong a, int lda, ulong b,
        int ldb, float* beta, ulong c, int ldc);

    /// <summary>Float product, 64-bit sizes.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasSgemm_v2_64(
        nint handle, CublasOperation transa, CublasOperation transb, long m, long n, long k, float* alpha, ulong a, long lda, ulong b,
        long ldb, float* beta, ulong c, long ldc);

    /// <summary>Double product.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasDgemm_v2(
        nint handle, CublasOperation transa, CublasOperation transb, int m, int n, int k, double* alpha, ulong a, int lda, ulong b,
        int ldb, double* beta, ulong c, int ldc);

    /// <summary>Double product, 64-bit sizes.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasDgemm_v2_64(
        nint handle, CublasOperation transa, CublasOperation transb, long m, long n, long k, double* alpha, ulong a, long lda, ulong b,
        long ldb, double* beta, ulong c, long ldc);

    /// <summary>Product of any types.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGemmEx(
        nint handle, CublasOperation transa, CublasOperation transb, int m, int n, int k, void* alpha, ulong a, CudaDataType atype,
        int lda, ulong b, CudaDataType btype, int ldb, void* beta, ulong c, CudaDataType ctype, int ldc, CublasComputeType computeType,
        CublasGemmAlgorithm algo);

    /// <summary>Product of any types, 64-bit sizes.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGemmEx_64(
        nint handle, CublasOperation transa, CublasOperation transb, long m, long n, long k, void* alpha, ulong a, CudaDataType atype,
        long lda, ulong b, CudaDataType btype, long ldb, void* beta, ulong c, CudaDataType ctype, long ldc, CublasComputeType computeType,
        CublasGemmAlgorithm algo);

    /// <summary>A batch of products at fixed strides.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGemmStridedBatchedEx(
        nint handle, CublasOperation transa, CublasOperation transb, int m, int n, int k, void* alpha, ulong a, CudaDataType atype,
        int lda, long strideA, ulong b, CudaDataType btype, int ldb, long strideB, void* beta, ulong c, CudaDataType ctype, int ldc,
        long strideC, int batchCount, CublasComputeType computeType, CublasGemmAlgorithm algo);

    /// <summary>A batch of products at fixed strides, 64-bit sizes.</summary>
    [LibraryImport(ImportResolver.Cublas)]
    public static partial CublasStatus cublasGemmStridedBatchedEx_64(
        nint handle, CublasOperation transa, CublasOperation transb, long m, long n, long k, void* alpha, ulong a, CudaDataType atype,
        long lda, long strideA, ulong b, CudaDataType btype, long ldb, long strideB, void* beta, ulong c, CudaDataType ctype, long ldc,
        long strideC, long batchCount, CublasComputeType computeType, CublasGemmAlgorithm algo);
}
