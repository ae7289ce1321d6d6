using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Memory: allocation, pools, copies, fills.</summary>
internal static unsafe partial class DriverApi
{
    /// <summary>Free and total memory.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemGetInfo_v2(nuint* free, nuint* total);

    /// <summary>Allocates device memory.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemAlloc_v2(ulong* address, nuint bytesize);

    /// <summary>Frees it.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemFree_v2(ulong address);

    /// <summary>Allocates pinned host memory.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemHostAlloc(void** memory, nuint bytesize, uint flags);

    /// <summary>Frees it.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemFreeHost(void* memory);

    /// <summary>Host to device, in stream order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemcpyHtoDAsync_v2(ulong dstDevice, void* srcHost, nuint byteCount, nint stream);

    /// <summary>Device to host, in stream order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemcpyDtoHAsync_v2(void* dstHost, ulong srcDevice, nuint byteCount, nint stream);

    /// <summary>Within the device, in stream order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemcpyDtoDAsync_v2(ulong dstDevice, ulong srcDevice, nuint byteCount, nint stream);

    /// <summary>Fills bytes.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemsetD8Async(ulong dstDevice, byte value, nuint n, nint stream);

    /// <summary>Fills 16-bit values.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemsetD16Async(ulong dstDevice, ushort value, nuint n, nint stream);

    /// <summary>Fills 32-bit values.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuMemsetD32Async(ulong dstDevice, uint value, nuint n, nint stream);

    /// <summary>Allocates from the device's pool, in stream order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuMemAllocAsync(ulong* address, nuint bytesize, nint stream);

    /// <summary>Frees in stream order.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuMemFreeAsync(ulong address, nint stream);

    /// <summary>The device's pool.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuDeviceGetDefaultMemPool(nint* poolOut, int device);

    /// <summary>Sets a pool's attribute.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuMemPoolSetAttribute(nint pool, CudaMemoryPoolAttribute attr, void* value);

    /// <summary>A pool's attribute.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuMemPoolGetAttribute(nint pool, CudaMemoryPoolAttribute attr, void* value);

    /// <summary>Gives unused memory of a pool back.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 2)]
    public static partial CudaResult cuMemPoolTrimTo(nint pool, nuint minBytesToKeep);
}
