using GpuTensor.Graph;
using static GpuTensor.Operators.Rows;

namespace GpuTensor.Operators;

/// <summary>Rounding to whole numbers. Their gradients are zero.</summary>
internal static class Rounding
{
    public static readonly Operator Floor = Steps("floor", Math.Floor, a => a);

    public static readonly Operator Ceil = Steps("ceil", Math.Ceiling, a => a);

    public static readonly Operator Trunc = Steps("trunc", Math.Truncate, a => a);

    /// <summary>To the nearest, halves to even.</summary>
    public static readonly Operator Round = Steps("round", a => Math.Round(a, MidpointRounding.ToEven), a => a);
}
