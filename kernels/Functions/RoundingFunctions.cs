namespace GpuTensor.Kernels;

/// <summary>Rounding to whole numbers; integers are whole already.</summary>
internal static class RoundingFunctions
{
    public static readonly ScalarFunction[] Rows =
    [
        new("floor", 1) { Float = "floor($0)", Integer = "$0", Bool = "$0", IsExact = true },
        new("ceil", 1) { Float = "ceil($0)", Integer = "$0", Bool = "$0", IsExact = true },
        new("trunc", 1) { Float = "trunc($0)", Integer = "$0", Bool = "$0", IsExact = true },
        // Half to even.
        new("round", 1) { Float = "rint($0)", Integer = "$0", Bool = "$0", IsExact = true },
    ];
}
