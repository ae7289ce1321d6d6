using System.Numerics;

namespace GpuTensor.Kernels;

/// <summary>Division of indices by a size that is known when a kernel is launched: x / d = (x · Multiplier ÷ 2³²) ÷ 2^Shift, rounded down,
/// for 0 ≤ x &lt; 2³¹. GPUs divide integers in software, in some twenty instructions; this is two.</summary>
/// <remarks>Granlund and Montgomery, "Division by invariant integers using multiplication" (1994), theorem 4.2, for numbers of 31 bits:
/// with l = ⌈log₂ d⌉ and m = ⌈2^(31 + l) / d⌉, m·d lies between 2^(31 + l) and 2^(31 + l) + 2^l, so the quotients are right, and m has 32
/// bits.</remarks>
/// <param name="Multiplier">m, as the kernel's integers hold it: its 32 bits as a signed number.</param>
/// <param name="Shift">l − 1.</param>
internal readonly record struct Division(int Multiplier, int Shift)
{
    /// <summary>For a divisor from 2 up to 2³¹ − 1.</summary>
    public static Division By(long divisor)
    {
        if (divisor is < 2 or > int.MaxValue) throw new ArgumentOutOfRangeException(nameof(divisor), divisor, "From 2 to 2³¹ − 1.");
        int log = 32 - BitOperations.LeadingZeroCount((uint)divisor - 1);
        ulong power = 1UL << (31 + log);
        return new((int)(uint)((power + (ulong)divisor - 1) / (ulong)divisor), log - 1);
    }
}
