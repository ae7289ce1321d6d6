using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>A door before the real NVRTC: each entry point hands its call on, is counted, and fails where a test says so. Only a folder in
/// which <c>libnvrtc.so.13</c> is a link to the simulator goes through here, with the real library's path in the setting <c>nvrtc</c>;
/// every other folder has the real one.</summary>
internal static unsafe class NvrtcExports
{
    [UnmanagedCallersOnly(EntryPoint = "nvrtcVersion")]
    public static int nvrtcVersion(int* major, int* minor) =>
        Call.Compiler(real => ((delegate* unmanaged<int*, int*, int>)real)(major, minor));

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetNumSupportedArchs")]
    public static int nvrtcGetNumSupportedArchs(int* count) => Call.Compiler(real => ((delegate* unmanaged<int*, int>)real)(count));

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetSupportedArchs")]
    public static int nvrtcGetSupportedArchs(int* architectures) =>
        Call.Compiler(real => ((delegate* unmanaged<int*, int>)real)(architectures));

    [UnmanagedCallersOnly(EntryPoint = "nvrtcCreateProgram")]
    public static int nvrtcCreateProgram(nint* program, byte* source, byte* name, int headers, byte** texts, byte** includes) =>
        Call.Compiler(real =>
            ((delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)real)(program, source, name, headers, texts, includes),
                programs: 1);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcDestroyProgram")]
    public static int nvrtcDestroyProgram(nint* program) =>
        Call.Compiler(real => ((delegate* unmanaged<nint*, int>)real)(program), programs: -1);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcCompileProgram")]
    public static int nvrtcCompileProgram(nint program, int options, byte** texts) =>
        Call.Compiler(real => ((delegate* unmanaged<nint, int, byte**, int>)real)(program, options, texts));

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetProgramLogSize")]
    public static int nvrtcGetProgramLogSize(nint program, nuint* size) => Size(program, size);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetProgramLog")]
    public static int nvrtcGetProgramLog(nint program, byte* text) => Text(program, text);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetPTXSize")]
    public static int nvrtcGetPTXSize(nint program, nuint* size) => Size(program, size);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetPTX")]
    public static int nvrtcGetPTX(nint program, byte* text) => Text(program, text);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetCUBINSize")]
    public static int nvrtcGetCUBINSize(nint program, nuint* size) => Size(program, size);

    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetCUBIN")]
    public static int nvrtcGetCUBIN(nint program, byte* image) => Text(program, image);

    /// <summary>No call that can fail: what a status is called.</summary>
    [UnmanagedCallersOnly(EntryPoint = "nvrtcGetErrorString")]
    public static byte* nvrtcGetErrorString(int result)
    {
        byte* text = null;
        Call.Control(simulator =>
        {
            text = ((delegate* unmanaged<int, byte*>)RealCompiler.Entry(simulator, nameof(nvrtcGetErrorString)))(result);
            return 0;
        });
        return text;
    }

    private static int Size(nint program, nuint* size, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Call.Compiler(real => ((delegate* unmanaged<nint, nuint*, int>)real)(program, size), name: name);

    private static int Text(nint program, byte* text, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Call.Compiler(real => ((delegate* unmanaged<nint, byte*, int>)real)(program, text), name: name);
}
