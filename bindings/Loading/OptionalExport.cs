using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Answers whether a library in this process has an entry point that older ones lack, looking each up once, when first
/// asked.</summary>
internal static class OptionalExport
{
    private static readonly ConcurrentDictionary<(CudaLibrary, string), bool> Known = new();

    /// <summary>True where the library is there and exports the name.</summary>
    public static bool Exists(CudaLibrary library, string name) => Known.GetOrAdd((library, name), static key =>
        CudaLibraries.Shared.Get(key.Item1) is { } loaded && NativeLibrary.TryGetExport(loaded.Handle, key.Item2, out _));

    /// <summary>Throws where the driver lacks the entry point.</summary>
    /// <exception cref="CudaException">Names the call, the version that brought it and the driver's own.</exception>
    public static void RequireDriver(string name, int sinceMajor, int sinceMinor)
    {
        if (Exists(CudaLibrary.Driver, name)) return;
        CudaLibraries.Shared.Require(CudaLibrary.Driver);
        throw new CudaException(
            $"{name} needs a driver of CUDA {sinceMajor}.{sinceMinor} or newer; this one is of CUDA {Cuda.DriverVersion}.",
            CudaResult.CallRequiresNewerDriver, name);
    }
}
