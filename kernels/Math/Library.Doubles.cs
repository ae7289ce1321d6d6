namespace GpuTensor.Kernels;

/// <summary>float64: the device's own functions, lane by lane, and what is composed of them.</summary>
internal static partial class Library
{
    /// <summary>The device's own functions of one double, and of two.</summary>
    public static readonly string[] OfDouble = ["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc"],
        OfDoubles = ["pow", "atan2", "hypot"];

    private static void AddDoubles()
    {
        foreach (string f in OfDouble)
            if (f != "erf") AddLanes(f + "_f64", 1, f + "(x)");
        // CUDA's and PoCL's erf may be two units off below 1, which a GELU's 1 + erf(x) lays bare on its left. Beyond 1.5 the small 1 − erf(x) is exact enough to round 1 − it right nearly always.
        AddLanes("erf_f64", 1, "fabs(x) < 1.5 ? erf(x) : copysign(1.0 - erfc(fabs(x)), x)");
        foreach (string f in OfDoubles) AddLanes(f + "_f64", 2, f + "(x, y)");
        Add("sigmoid_f64", "$T $N($T x) { const $T t = @exp(-fabs(x)); return (x < ($T)(0.0) ? t : ($T)(1.0)) / (($T)(1.0) + t); }");
    }
}
