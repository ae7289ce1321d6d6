using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Gives the imports of this assembly their libraries. The imports carry made-up names, so that nothing but the probe ever
/// decides what is loaded.</summary>
internal static class ImportResolver
{
    /// <summary>The imports' library names.</summary>
    public const string Driver = "gputensor.cuda", Cublas = "gputensor.cublas", CublasLt = "gputensor.cublasLt";

    /// <summary>Registers the one resolver an assembly may have. Loads nothing.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "An import must find its resolver however it is reached first.")]
    internal static void Register()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(ImportResolver).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The host has set its own for this assembly and means to choose the libraries itself; a module initializer must not throw.
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        Driver => CudaLibraries.Shared.Require(CudaLibrary.Driver).Handle,
        Cublas => CudaLibraries.Shared.Require(CudaLibrary.Cublas).Handle,
        CublasLt => CudaLibraries.Shared.Require(CudaLibrary.CublasLt).Handle,
        _ => 0,
    };
}
