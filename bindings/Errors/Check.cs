using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Turns the status of a native call into an exception that names the call: <c>Check.Driver(cuEventRecord(e, s))</c>.</summary>
internal static class Check
{
    /// <summary>Throws unless a driver call succeeded.</summary>
    /// <param name="result">Its result.</param>
    /// <param name="about">What it was about: a size, a path, a name.</param>
    /// <param name="kernel">The kernel it was about.</param>
    /// <param name="expression">The call itself, put there by the compiler.</param>
    public static void Driver(CudaResult result, string? about = null, string? kernel = null,
        [CallerArgumentExpression(nameof(result))] string expression = "")
    {
        if (result != CudaResult.Success) ThrowDriver(result, CallName(expression), about, kernel);
    }

    /// <summary>Throws unless a copy or fill succeeded. The text is only made where it did not: this is called at every step.</summary>
    public static void Transfer(CudaResult result, ulong address, long bytes,
        [CallerArgumentExpression(nameof(result))] string expression = "")
    {
        if (result != CudaResult.Success) ThrowDriver(result, CallName(expression), $"{bytes} bytes at 0x{address:x}", null);
    }

    /// <summary>Throws unless a cuBLAS or cublasLt call succeeded.</summary>
    public static void Cublas(CublasStatus status, string? about = null, [CallerArgumentExpression(nameof(status))] string expression = "")
    {
        if (status != CublasStatus.Success) ThrowCublas(status, CallName(expression), about);
    }

    /// <summary>The entry point in the text of a call.</summary>
    public static string CallName(string expression)
    {
        int end = expression.IndexOf('(');
        if (end < 0) return expression;
        int start = expression.LastIndexOf('.', end) + 1;
        return expression[start..end].Trim();
    }

    /// <summary>The error for a driver result.</summary>
    public static CudaException DriverError(CudaResult result, string call, string? about = null, string? kernel = null)
    {
        string of = (kernel, about) switch
        {
            (null, null) => "",
            (null, _) => $" ({about})",
            (_, null) => $" of kernel '{kernel}'",
            _ => $" of kernel '{kernel}' ({about})",
        };
        string hint = Hint(result) is { } text ? " " + text : "";
        return new CudaException($"{call}{of} failed: {Describe(result)}.{hint}", result, call, kernel);
    }

    [DoesNotReturn]
    private static void ThrowDriver(CudaResult result, string call, string? about, string? kernel) =>
        throw DriverError(result, call, about, kernel);

    /// <summary>Throws the error for a cuBLAS status.</summary>
    [DoesNotReturn]
    public static void ThrowCublas(CublasStatus status, string call, string? about)
    {
        string hint = status switch
        {
            CublasStatus.NotInitialized => " The handle could not be made or the library found no usable driver.",
            CublasStatus.AllocationFailed => " The device has no memory left for the library's own use.",
            CublasStatus.NotSupported => " The library has no implementation for this combination of types, sizes, alignment and epilogue.",
            CublasStatus.ArchMismatch => " The GPU is too old for these types.",
            CublasStatus.ExecutionFailed => " A kernel failed, perhaps an earlier one on the same stream.",
            _ => "",
        };
        throw new CublasException($"{call}{(about is null ? "" : $" ({about})")} failed: {status} ({(int)status}).{hint}", status, call);
    }

    /// <summary>Name, number and description, from the driver where it has them.</summary>
    private static unsafe string Describe(CudaResult result)
    {
        string name = result.ToString(), text = "";
        if (CudaLibraries.Shared.Get(CudaLibrary.Driver) is not null)
        {
            byte* native;
            if (DriverApi.cuGetErrorName(result, &native) == CudaResult.Success && native != null) name = Text(native);
            if (DriverApi.cuGetErrorString(result, &native) == CudaResult.Success && native != null) text = ", " + Text(native);
        }
        return $"{name} ({(int)result}){text}";

        // The text belongs to the driver: copied, never freed.
        static string Text(byte* native) => Marshal.PtrToStringUTF8((nint)native) ?? "";
    }

    /// <summary>What to do about it, where that is known.</summary>
    private static string? Hint(CudaResult result) => result switch
    {
        CudaResult.NoDevice =>
            "The driver sees no GPU: none is there, CUDA_VISIBLE_DEVICES hides it, or the container was started without it.",
        CudaResult.StubLibrary => "The libcuda found first is the CUDA Toolkit's stub: take its folder out of LD_LIBRARY_PATH.",
        CudaResult.SystemDriverMismatch =>
            "Kernel module and libcuda are of different driver versions: restart the machine after a driver update.",
        CudaResult.CompatNotSupportedOnDevice =>
            "A forward-compatibility libcuda was found, which this GPU does not support: take it out of LD_LIBRARY_PATH.",
        CudaResult.DeviceUnavailable => "Another process holds the GPU exclusively (compute mode).",
        CudaResult.SystemNotReady => "A driver service is not running yet (NVIDIA fabric manager).",
        CudaResult.NoBinaryForGpu => "The code was compiled for another GPU architecture.",
        CudaResult.UnsupportedPtxVersion =>
            "The PTX comes from a newer NVRTC than the driver knows: compile to CUBIN, use an older NVRTC or update the driver.",
        CudaResult.JitCompilerNotFound => "The driver's PTX compiler (libnvidia-ptxjitcompiler) is not installed.",
        CudaResult.LaunchOutOfResources =>
            "The block needs more registers or shared memory than there are, or the arguments do not match the kernel.",
        >= CudaResult.StreamCaptureUnsupported and <= CudaResult.StreamCaptureWrongThread => "A stream was being captured into a graph.",
        _ when CudaException.IsStickyResult(result) =>
            "A kernel launched earlier may be the cause. This device is lost to this process, which must be restarted.",
        _ => null,
    };
}
