namespace GpuTensor.Operators;

/// <summary>Numbers of operators' definitions, for gradient rules and compositions: constants that may fold into kernels. Whole numbers
/// leave the dtype of what they meet alone, the others make integers float32, as any <see cref="Scalar"/>.</summary>
internal static class Constants
{
    public static readonly Scalar Zero = Scalar.Constant(0L), One = Scalar.Constant(1L), Two = Scalar.Constant(2L),
        OneHalf = Scalar.Constant(0.5);

    public static Scalar Constant(double value) => Scalar.Constant(value);

    public static Scalar Constant(long value) => Scalar.Constant(value);
}
