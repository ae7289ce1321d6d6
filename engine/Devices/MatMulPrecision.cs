namespace GpuTensor;

/// <summary>What matrix products of float32 tensors may give up for speed on GPUs whose tensor cores have other types. Other dtypes and
/// devices are not concerned.</summary>
public enum MatMulPrecision
{
    /// <summary>float32 throughout.</summary>
    Float32,

    /// <summary>Operands rounded to TF32's 10 bits of fraction, sums in float32 (PyTorch's <c>allow_tf32</c>).</summary>
    TensorFloat32,

    /// <summary>Operands rounded to float16, sums in float32.</summary>
    Float16,

    /// <summary>Operands rounded to bfloat16, sums in float32.</summary>
    BFloat16,
}
