namespace GpuTensor.Bindings.Cuda;

/// <summary>The native libraries these bindings load, each on first use.</summary>
public enum CudaLibrary
{
    /// <summary>The display driver's <c>libcuda.so.1</c> or <c>nvcuda.dll</c>.</summary>
    Driver,

    /// <summary>NVRTC, the compiler of CUDA C++.</summary>
    Nvrtc,

    /// <summary>cuBLAS.</summary>
    Cublas,

    /// <summary>cublasLt, which cuBLAS needs: loaded before it.</summary>
    CublasLt,
}
