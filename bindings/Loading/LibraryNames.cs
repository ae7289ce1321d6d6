namespace GpuTensor.Bindings.Cuda;

/// <summary>A file name to look for, and the CUDA major version it belongs to (0: any).</summary>
internal readonly record struct LibraryName(string File, int Major);

/// <summary>The files each library goes by, newest first, and the packages that bring it.</summary>
/// <remarks>Unversioned names (<c>libcuda.so</c>, <c>libnvrtc.so</c>) exist only where development packages are installed, so they are
/// never asked for.</remarks>
internal static class LibraryNames
{
    /// <summary>The names to try on this platform, in order.</summary>
    public static LibraryName[] Of(CudaLibrary library, bool windows) => (library, windows) switch
    {
        (CudaLibrary.Driver, false) => [new("libcuda.so.1", 0)],
        (CudaLibrary.Driver, true) => [new("nvcuda.dll", 0)],
        (CudaLibrary.Nvrtc, false) => [new("libnvrtc.so.13", 13), new("libnvrtc.so.12", 12), new("libnvrtc.so.11.2", 11)],
        (CudaLibrary.Nvrtc, true) => [new("nvrtc64_130_0.dll", 13), new("nvrtc64_120_0.dll", 12), new("nvrtc64_112_0.dll", 11)],
        (CudaLibrary.Cublas, false) => [new("libcublas.so.13", 13), new("libcublas.so.12", 12), new("libcublas.so.11", 11)],
        (CudaLibrary.Cublas, true) => [new("cublas64_13.dll", 13), new("cublas64_12.dll", 12), new("cublas64_11.dll", 11)],
        (CudaLibrary.CublasLt, false) => [new("libcublasLt.so.13", 13), new("libcublasLt.so.12", 12), new("libcublasLt.so.11", 11)],
        (CudaLibrary.CublasLt, true) => [new("cublasLt64_13.dll", 13), new("cublasLt64_12.dll", 12), new("cublasLt64_11.dll", 11)],
        _ => throw new ArgumentOutOfRangeException(nameof(library)),
    };

    /// <summary>NVRTC's second half, which it opens by name while compiling.</summary>
    public static string NvrtcBuiltins(int major, int minor, bool windows) =>
        windows ? $"nvrtc-builtins64_{major}{minor}.dll" : $"libnvrtc-builtins.so.{major}.{minor}";

    /// <summary>What people call it.</summary>
    public static string Title(CudaLibrary library) => library switch
    {
        CudaLibrary.Driver => "The CUDA driver",
        CudaLibrary.Nvrtc => "NVRTC, the CUDA compiler,",
        CudaLibrary.Cublas => "cuBLAS",
        _ => "cublasLt",
    };

    /// <summary>How to install it.</summary>
    public static string Packages(CudaLibrary library, bool windows) => (library, windows) switch
    {
        (CudaLibrary.Driver, true) => "It comes with NVIDIA's display driver: https://www.nvidia.com/drivers",
        (CudaLibrary.Driver, false) => "It comes with NVIDIA's display driver: Ubuntu: apt install nvidia-driver-580 "
            + "(servers: nvidia-headless-580); Debian: apt install nvidia-driver (or libcuda1); containers: "
            + "start with the NVIDIA container toolkit (--gpus all).",
        (CudaLibrary.Nvrtc, _) => "It does not come with the display driver. Any one of: "
            + "pip install nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12; "
            + "apt install cuda-nvrtc-13-0 or cuda-nvrtc-12-9 (NVIDIA's repository), libnvrtc12 (Debian, Ubuntu); "
            + "conda install -c nvidia cuda-nvrtc; the CUDA Toolkit. " + ElsewhereHint,
        _ => "It does not come with the display driver. Any one of: pip install nvidia-cublas (CUDA 13) or nvidia-cublas-cu12; "
            + "apt install libcublas-13-0 or libcublas-12-9 (NVIDIA's repository), libcublas12 (Debian, Ubuntu); "
            + "conda install -c nvidia libcublas; the CUDA Toolkit. " + ElsewhereHint,
    };

    private const string ElsewhereHint = $"If it lies elsewhere, name its folder in {LibraryFolders.Variable}.";
}
