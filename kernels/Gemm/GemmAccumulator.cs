namespace GpuTensor.Kernels;

/// <summary>What a product of a dtype accumulates in.</summary>
internal static class GemmAccumulator
{
    /// <summary>Lanes of every vector of the CPU shape: one register of AVX-512 for 4 bytes, two for 8.</summary>
    public const int Lanes = 16;

    /// <summary>Halves accumulate in float32, small integers modulo 2³².</summary>
    /// <exception cref="ArgumentException">A product of booleans is not defined.</exception>
    public static DType Of(DType dtype) => dtype switch
    {
        DType.Bool => throw new ArgumentException("a product of booleans is not defined", nameof(dtype)),
        DType.Float16 or DType.BFloat16 => DType.Float32,
        DType.UInt8 or DType.Int8 or DType.Int16 => DType.Int32,
        _ => dtype,
    };

    /// <summary>Its kind in source: unsigned for integers, whose overflow C leaves undefined otherwise.</summary>
    public static Kind KindOf(DType dtype) => Kinds.Register(Of(dtype)) is var kind && kind.IsFloat() ? kind : kind.Unsigned();

    /// <summary>One step of the chain.</summary>
    public static string MultiplyAdd(DType dtype, string a, string b, string c) =>
        dtype.IsFloatingPoint() ? $"fma({a}, {b}, {c})" : $"{a} * {b} + {c}";
}
