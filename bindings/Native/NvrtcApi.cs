using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>The entry points of one loaded NVRTC, each field named as its export.</summary>
/// <remarks>Function pointers instead of imports, because one process may need two versions: CUDA 13's no longer compiles for the GPUs
/// before sm_75, and an import binds to one library for good.</remarks>
internal sealed unsafe class NvrtcApi
{
#pragma warning disable IDE1006, SA1307 // Named as exported.
    public readonly delegate* unmanaged<int*, int*, NvrtcResult> nvrtcVersion;
    public readonly delegate* unmanaged<int*, NvrtcResult> nvrtcGetNumSupportedArchs;
    public readonly delegate* unmanaged<int*, NvrtcResult> nvrtcGetSupportedArchs;
    public readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, NvrtcResult> nvrtcCreateProgram;
    public readonly delegate* unmanaged<nint*, NvrtcResult> nvrtcDestroyProgram;
    public readonly delegate* unmanaged<nint, int, byte**, NvrtcResult> nvrtcCompileProgram;
    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> nvrtcGetProgramLogSize;
    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> nvrtcGetProgramLog;
    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> nvrtcGetPTXSize;
    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> nvrtcGetPTX;
    public readonly delegate* unmanaged<nint, nuint*, NvrtcResult> nvrtcGetCUBINSize;
    public readonly delegate* unmanaged<nint, byte*, NvrtcResult> nvrtcGetCUBIN;
    public readonly delegate* unmanaged<NvrtcResult, byte*> nvrtcGetErrorString;
#pragma warning restore IDE1006, SA1307

    /// <summary>Looks all of them up.</summary>
    /// <exception cref="EntryPointNotFoundException">The library lacks one (NVRTC before 11.2).</exception>
    public NvrtcApi(nint library)
    {
        nvrtcVersion = (delegate* unmanaged<int*, int*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcVersion));
        nvrtcGetNumSupportedArchs =
            (delegate* unmanaged<int*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetNumSupportedArchs));
        nvrtcGetSupportedArchs = (delegate* unmanaged<int*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetSupportedArchs));
        nvrtcCreateProgram = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, NvrtcResult>)
            NativeLibrary.GetExport(library, nameof(nvrtcCreateProgram));
        nvrtcDestroyProgram = (delegate* unmanaged<nint*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcDestroyProgram));
        nvrtcCompileProgram =
            (delegate* unmanaged<nint, int, byte**, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcCompileProgram));
        nvrtcGetProgramLogSize =
            (delegate* unmanaged<nint, nuint*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetProgramLogSize));
        nvrtcGetProgramLog = (delegate* unmanaged<nint, byte*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetProgramLog));
        nvrtcGetPTXSize = (delegate* unmanaged<nint, nuint*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetPTXSize));
        nvrtcGetPTX = (delegate* unmanaged<nint, byte*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetPTX));
        nvrtcGetCUBINSize = (delegate* unmanaged<nint, nuint*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetCUBINSize));
        nvrtcGetCUBIN = (delegate* unmanaged<nint, byte*, NvrtcResult>)NativeLibrary.GetExport(library, nameof(nvrtcGetCUBIN));
        nvrtcGetErrorString = (delegate* unmanaged<NvrtcResult, byte*>)NativeLibrary.GetExport(library, nameof(nvrtcGetErrorString));
    }
}
