using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>cublasLt: products with epilogues.</summary>
internal static unsafe partial class CublasLtApi
{
    /// <summary>Makes a handle.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtCreate(nint* lightHandle);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtDestroy(nint lightHandle);

    /// <summary>The library's version.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial nuint cublasLtGetVersion();

    /// <summary>Runs a product.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmul(
        nint lightHandle, nint computeDesc, void* alpha, ulong a, nint adesc, ulong b, nint bdesc, void* beta, ulong c, nint cdesc,
        ulong d, nint ddesc, CublasLtAlgorithm* algo, ulong workspace, nuint workspaceSizeInBytes, nint stream);

    /// <summary>Makes a description.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulDescCreate(nint* matmulDesc, CublasComputeType computeType, CudaDataType scaleType);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulDescDestroy(nint matmulDesc);

    /// <summary>Sets an attribute.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulDescSetAttribute(
        nint matmulDesc, LtDescriptionAttribute attr, void* buf, nuint sizeInBytes);

    /// <summary>An attribute.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulDescGetAttribute(
        nint matmulDesc, LtDescriptionAttribute attr, void* buf, nuint sizeInBytes, nuint* sizeWritten);

    /// <summary>Makes a layout.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatrixLayoutCreate(nint* matLayout, CudaDataType type, ulong rows, ulong cols, long ld);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatrixLayoutDestroy(nint matLayout);

    /// <summary>Sets an attribute.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatrixLayoutSetAttribute(
        nint matLayout, LtLayoutAttribute attr, void* buf, nuint sizeInBytes);

    /// <summary>Makes a preference.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulPreferenceCreate(nint* pref);

    /// <summary>Destroys it.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulPreferenceDestroy(nint pref);

    /// <summary>Sets an attribute.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulPreferenceSetAttribute(
        nint pref, LtPreferenceAttribute attr, void* buf, nuint sizeInBytes);

    /// <summary>Algorithms for a product, best first.</summary>
    [LibraryImport(ImportResolver.CublasLt)]
    public static partial CublasStatus cublasLtMatmulAlgoGetHeuristic(
        nint lightHandle, nint operationDesc, nint adesc, nint bdesc, nint cdesc, nint ddesc, nint preference, int requestedAlgoCount,
        LtHeuristicResult* heuristicResultsArray, int* returnAlgoCount);
}
