using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>The driver's entry points, under the exact names that are exported: an unsuffixed name is often an older ABI. Here: start,
/// devices, contexts.</summary>
/// <remarks>Handles are pointers, <c>CUdevice</c> is an int, device addresses are 64-bit, sizes are <c>size_t</c>. No import returns a
/// string: .NET would free it.</remarks>
internal static unsafe partial class DriverApi
{
    /// <summary>Starts the driver.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuInit(uint flags);

    /// <summary>The driver's CUDA version.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDriverGetVersion(int* driverVersion);

    /// <summary>A result's C name.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGetErrorName(CudaResult error, byte** str);

    /// <summary>A result's description.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuGetErrorString(CudaResult error, byte** str);

    /// <summary>How many GPUs there are.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDeviceGetCount(int* count);

    /// <summary>The device of an ordinal.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDeviceGet(int* device, int ordinal);

    /// <summary>A device's name.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDeviceGetName(byte* name, int len, int device);

    /// <summary>Its memory.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device);

    /// <summary>One of its attributes.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDeviceGetAttribute(int* value, CudaDeviceAttribute attrib, int device);

    /// <summary>Takes a share in the primary context.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDevicePrimaryCtxRetain(nint* context, int device);

    /// <summary>Gives it back.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    /// <summary>Replaces this thread's context.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuCtxSetCurrent(nint context);

    /// <summary>This thread's context.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuCtxGetCurrent(nint* context);

    /// <summary>Puts a context on this thread's stack.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuCtxPushCurrent_v2(nint context);

    /// <summary>Takes it off again.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuCtxPopCurrent_v2(nint* context);

    /// <summary>Waits for all work of the current context.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuCtxSynchronize();
}
