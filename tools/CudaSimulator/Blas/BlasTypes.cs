using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>Numbers in a matrix, by the header's <c>cudaDataType</c>.</summary>
internal enum DataType
{
    R32F = 0,
    R64F = 1,
    R16F = 2,
    R8I = 3,
    R32I = 10,
    R16BF = 14,
}

/// <summary>In what arithmetic a product is summed, by the header's <c>cublasComputeType_t</c>.</summary>
internal enum ComputeType
{
    C16F = 64,
    C16FPedantic = 65,
    C32F = 68,
    C32FPedantic = 69,
    C64F = 70,
    C64FPedantic = 71,
    C32I = 72,
    C32IPedantic = 73,
    C32FFast16F = 74,
    C32FFast16BF = 75,
    C32FFastTF32 = 77,
}

/// <summary>How the operands of a float product are rounded before it.</summary>
internal enum Rounding
{
    None,
    Half,
    BFloat16,
    TF32,
}

/// <summary>The manual's tables of what goes with what (cuBLAS, "cublasGemmEx": compute type, scale type, A and B, C).</summary>
internal static class BlasTypes
{
    private static readonly (ComputeType Compute, DataType Scale, DataType Operands, DataType Result)[] Supported =
    [
        (ComputeType.C16F, DataType.R16F, DataType.R16F, DataType.R16F),
        (ComputeType.C32I, DataType.R32I, DataType.R8I, DataType.R32I),
        (ComputeType.C32F, DataType.R32F, DataType.R16BF, DataType.R16BF),
        (ComputeType.C32F, DataType.R32F, DataType.R16F, DataType.R16F),
        (ComputeType.C32F, DataType.R32F, DataType.R8I, DataType.R32F),
        (ComputeType.C32F, DataType.R32F, DataType.R16BF, DataType.R32F),
        (ComputeType.C32F, DataType.R32F, DataType.R16F, DataType.R32F),
        (ComputeType.C32F, DataType.R32F, DataType.R32F, DataType.R32F),
        (ComputeType.C32FFast16F, DataType.R32F, DataType.R32F, DataType.R32F),
        (ComputeType.C32FFast16BF, DataType.R32F, DataType.R32F, DataType.R32F),
        (ComputeType.C32FFastTF32, DataType.R32F, DataType.R32F, DataType.R32F),
        (ComputeType.C64F, DataType.R64F, DataType.R64F, DataType.R64F),
    ];

    public static int Size(DataType type) => type switch
    {
        DataType.R8I => 1,
        DataType.R16F or DataType.R16BF => 2,
        DataType.R64F => 8,
        _ => 4,
    };

    /// <summary>The type of alpha and beta that goes with a compute type.</summary>
    public static DataType Scale(ComputeType compute) =>
        Supported.FirstOrDefault(s => s.Compute == Plain(compute)) is { Compute: > 0 } found
        ? found.Scale
        : throw new BlasError(BlasError.InvalidValue, $"there is no compute type {(int)compute}");

    /// <summary>Throws where the library has no product of these types.</summary>
    public static void Require(ComputeType compute, DataType scale, DataType a, DataType b, DataType c)
    {
        if (!IsSupported(compute, scale, a, b, c))
            throw new BlasError(BlasError.NotSupported,
                $"no product of {a} and {b} into {c} with compute type {compute} and scale type {scale}");
    }

    public static bool IsSupported(ComputeType compute, DataType scale, DataType a, DataType b, DataType c) =>
        a == b && Supported.Contains((Plain(compute), scale, a, c));

    /// <summary>How float operands are rounded: by the compute type, or, where it leaves the choice, by the handle's math mode.</summary>
    public static Rounding RoundingOf(ComputeType compute, DataType operands, bool allowTF32) => (compute, operands) switch
    {
        (_, not DataType.R32F) => Rounding.None,
        (ComputeType.C32FFast16F, _) => Rounding.Half,
        (ComputeType.C32FFast16BF, _) => Rounding.BFloat16,
        (ComputeType.C32FFastTF32, _) => Rounding.TF32,
        (ComputeType.C32F, _) when allowTF32 => Rounding.TF32,
        _ => Rounding.None,
    };

    private static ComputeType Plain(ComputeType compute) => compute switch
    {
        ComputeType.C16FPedantic => ComputeType.C16F,
        ComputeType.C32FPedantic => ComputeType.C32F,
        ComputeType.C64FPedantic => ComputeType.C64F,
        ComputeType.C32IPedantic => ComputeType.C32I,
        _ => compute,
    };
}
