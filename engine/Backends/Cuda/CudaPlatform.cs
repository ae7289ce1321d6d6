using GpuTensor.Bindings.Cuda;
using Driver = GpuTensor.Bindings.Cuda.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Whether this machine has what the CUDA device needs: driver and GPU, NVRTC to compile, cuBLAS to multiply. Asking never throws
/// and starts no context.</summary>
internal static class CudaPlatform
{
    private static readonly Lazy<string> Found = new(Search);

    /// <summary>The GPUs of this machine; none where the device cannot be used.</summary>
    public static int Count => Found.Value.Length == 0 ? Driver.Devices.Count : 0;

    /// <summary>Why CUDA cannot be used: what is missing, where it was looked for, which packages bring it. Empty where it can.</summary>
    public static string Reason => Found.Value;

    /// <summary>True where there is a driver with a GPU, whatever else is missing: worth telling its owner.</summary>
    public static bool HasDriver => Driver.IsAvailable;

    private static string Search()
    {
        try
        {
            Driver.Require();
            CudaRuntimeCompiler.For(Driver.Devices[0]);
            // A library that is missing says which, what was tried and how to get it.
            CudaBlas.Require();
            return "";
        }
        catch (Exception e) when (e is CudaException or DllNotFoundException or EntryPointNotFoundException)
        {
            return e.Message;
        }
    }
}
