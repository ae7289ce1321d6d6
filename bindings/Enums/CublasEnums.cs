namespace GpuTensor.Bindings.Cuda;

/// <summary>How an operand of a product is read.</summary>
[Native("cublasOperation_t")]
public enum CublasOperation
{
    /// <summary>As it lies.</summary>
    [Native("CUBLAS_OP_N")] None = 0,

    /// <summary>Transposed.</summary>
    [Native("CUBLAS_OP_T")] Transpose = 1,

    /// <summary>Transposed and conjugated; for real numbers the same as transposed.</summary>
    [Native("CUBLAS_OP_C")] ConjugateTranspose = 2,
}

/// <summary>In what arithmetic a product is summed; decides the type of alpha and beta.</summary>
[Native("cublasComputeType_t")]
public enum CublasComputeType
{
    /// <summary>Half; alpha and beta are half.</summary>
    [Native("CUBLAS_COMPUTE_16F")] Float16 = 64,

    /// <summary>Half, no reordering tricks.</summary>
    [Native("CUBLAS_COMPUTE_16F_PEDANTIC")] Float16Pedantic = 65,

    /// <summary>Float; alpha and beta are float.</summary>
    [Native("CUBLAS_COMPUTE_32F")] Float32 = 68,

    /// <summary>Float, no reordering tricks.</summary>
    [Native("CUBLAS_COMPUTE_32F_PEDANTIC")] Float32Pedantic = 69,

    /// <summary>Float operands rounded to half.</summary>
    [Native("CUBLAS_COMPUTE_32F_FAST_16F")] Float32FastFloat16 = 74,

    /// <summary>Float operands rounded to bfloat16.</summary>
    [Native("CUBLAS_COMPUTE_32F_FAST_16BF")] Float32FastBFloat16 = 75,

    /// <summary>Float operands rounded to TF32.</summary>
    [Native("CUBLAS_COMPUTE_32F_FAST_TF32")] Float32FastTF32 = 77,

    /// <summary>Double; alpha and beta are double.</summary>
    [Native("CUBLAS_COMPUTE_64F")] Float64 = 70,

    /// <summary>Double, no reordering tricks.</summary>
    [Native("CUBLAS_COMPUTE_64F_PEDANTIC")] Float64Pedantic = 71,

    /// <summary>32-bit integers; alpha and beta are int.</summary>
    [Native("CUBLAS_COMPUTE_32I")] Int32 = 72,

    /// <summary>32-bit integers, no reordering tricks.</summary>
    [Native("CUBLAS_COMPUTE_32I_PEDANTIC")] Int32Pedantic = 73,
}

/// <summary>What precision a cuBLAS handle may give up.</summary>
[Flags]
[Native("cublasMath_t")]
public enum CublasMathMode
{
    /// <summary>None that the compute type does not allow; half sums may still be reduced in half.</summary>
    [Native("CUBLAS_DEFAULT_MATH")] Default = 0,

    /// <summary>Exactly the prescribed arithmetic.</summary>
    [Native("CUBLAS_PEDANTIC_MATH")] Pedantic = 2,

    /// <summary>Float products may use TF32.</summary>
    [Native("CUBLAS_TF32_TENSOR_OP_MATH")] TF32TensorOp = 3,

    /// <summary>Partial sums are reduced in the compute type; combines with the others.</summary>
    [Native("CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION")] DisallowReducedPrecisionReduction = 16,
}

/// <summary>Where alpha and beta lie.</summary>
[Native("cublasPointerMode_t")]
public enum CublasPointerMode
{
    /// <summary>In host memory.</summary>
    [Native("CUBLAS_POINTER_MODE_HOST")] Host = 0,

    /// <summary>In device memory.</summary>
    [Native("CUBLAS_POINTER_MODE_DEVICE")] Device = 1,
}

/// <summary>Which algorithm a product takes.</summary>
[Native("cublasGemmAlgo_t")]
public enum CublasGemmAlgorithm
{
    /// <summary>The library's choice.</summary>
    [Native("CUBLAS_GEMM_DEFAULT")] Default = -1,
}

/// <summary>The type of numbers in a matrix.</summary>
[Native("cudaDataType")]
public enum CudaDataType
{
    /// <summary>float.</summary>
    [Native("CUDA_R_32F")] Float32 = 0,

    /// <summary>double.</summary>
    [Native("CUDA_R_64F")] Float64 = 1,

    /// <summary>half.</summary>
    [Native("CUDA_R_16F")] Float16 = 2,

    /// <summary>bfloat16.</summary>
    [Native("CUDA_R_16BF")] BFloat16 = 14,

    /// <summary>sbyte.</summary>
    [Native("CUDA_R_8I")] Int8 = 3,

    /// <summary>int.</summary>
    [Native("CUDA_R_32I")] Int32 = 10,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    [Native("CUDA_R_8F_E4M3")] Float8E4M3 = 28,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    [Native("CUDA_R_8F_E5M2")] Float8E5M2 = 29,
}
