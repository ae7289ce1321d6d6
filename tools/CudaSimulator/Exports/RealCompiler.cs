using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>The real NVRTC behind the door of <see cref="NvrtcExports"/>.</summary>
internal static class RealCompiler
{
    private static readonly ConcurrentDictionary<string, nint> Libraries = new(StringComparer.Ordinal);

    /// <summary>An entry point of the library that the setting <c>nvrtc</c> names.</summary>
    /// <exception cref="InvalidOperationException">It is not set.</exception>
    public static nint Entry(Simulator simulator, string name)
    {
        string path = simulator.Configuration.Compiler
            ?? throw new InvalidOperationException(
                $"{name} was called through the simulator, but {Configuration.Variable} has no nvrtc=PATH that says where "
                + "the real one is.");
        return NativeLibrary.GetExport(Libraries.GetOrAdd(path, NativeLibrary.Load), name);
    }
}
