using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Code: modules, kernels, launches.</summary>
internal static unsafe partial class DriverApi
{
    /// <summary>Loads a CUBIN, or compiles PTX.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuModuleLoadDataEx(
        nint* module, void* image, uint numOptions, JitOption* options, void** optionValues);

    /// <summary>A kernel by name.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuModuleGetFunction(nint* function, nint module, byte* name);

    /// <summary>Unloads a module.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuModuleUnload(nint module);

    /// <summary>A kernel's attribute.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuFuncGetAttribute(int* value, CudaFunctionAttribute attrib, nint function);

    /// <summary>Sets a kernel's attribute.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuFuncSetAttribute(nint function, CudaFunctionAttribute attrib, int value);

    /// <summary>A parameter's offset and size.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(12, 4)]
    public static partial CudaResult cuFuncGetParamInfo(nint function, nuint paramIndex, nuint* paramOffset, nuint* paramSize);

    /// <summary>Blocks of a kernel that fit on a multiprocessor.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuOccupancyMaxActiveBlocksPerMultiprocessor(
        int* numBlocks, nint function, int blockSize, nuint dynamicSMemSize);

    /// <summary>Launches.</summary>
    [LibraryImport(ImportResolver.Driver)]
    public static partial CudaResult cuLaunchKernel(
        nint function, uint gridDimX, uint gridDimY, uint gridDimZ, uint blockDimX, uint blockDimY, uint blockDimZ, uint sharedMemBytes,
        nint stream, void** kernelParams, void** extra);

    /// <summary>Launches with attributes.</summary>
    [LibraryImport(ImportResolver.Driver)]
    [Since(11, 6)]
    public static partial CudaResult cuLaunchKernelEx(LaunchConfig* config, nint function, void** kernelParams, void** extra);
}
