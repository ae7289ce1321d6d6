using System.Numerics;

namespace GpuTensor.Kernels;

/// <summary>What a line of a <see cref="SizeTrace"/> does with two earlier ones.</summary>
internal enum SizeOperation : byte
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Least,
    Most,
    Reach,
    AddReach,
    NextPowerOfTwo,
    DivisionMultiplier,
    DivisionShift,
    /// <summary>The first of the questions.</summary>
    Equal,
    Less,
}

/// <summary>Facts about each <see cref="SizeOperation"/>.</summary>
internal static class SizeOperations
{
    public static bool IsQuestion(this SizeOperation operation) => operation >= SizeOperation.Equal;

    /// <summary>What it comes to: of a question 1 or 0.</summary>
    public static long Compute(SizeOperation operation, long a, long b) => operation switch
    {
        SizeOperation.Add => a + b,
        SizeOperation.Subtract => a - b,
        SizeOperation.Multiply => a * b,
        SizeOperation.Divide => a / b,
        SizeOperation.Remainder => a % b,
        SizeOperation.Least => Math.Min(a, b),
        SizeOperation.Most => Math.Max(a, b),
        SizeOperation.Reach => Reach(a, b),
        SizeOperation.AddReach => a > long.MaxValue - b ? long.MaxValue : a + b,
        SizeOperation.NextPowerOfTwo => (long)BitOperations.RoundUpToPowerOf2((ulong)a),
        SizeOperation.DivisionMultiplier => Division.By(a).Multiplier,
        SizeOperation.DivisionShift => Division.By(a).Shift,
        SizeOperation.Equal => a == b ? 1 : 0,
        SizeOperation.Less => a < b ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No operation on sizes."),
    };

    /// <summary>As text, for people.</summary>
    public static string Text(SizeOperation operation, string a, string b) => operation switch
    {
        SizeOperation.Add => $"({a} + {b})",
        SizeOperation.Subtract => $"({a} - {b})",
        SizeOperation.Multiply => $"{a} * {b}",
        SizeOperation.Divide => $"({a} / {b})",
        SizeOperation.Remainder => $"({a} % {b})",
        SizeOperation.Least => $"min({a}, {b})",
        SizeOperation.Most => $"max({a}, {b})",
        SizeOperation.Reach => $"|{a}| * |{b}|",
        SizeOperation.AddReach => $"({a} + {b})",
        SizeOperation.NextPowerOfTwo => $"power({a})",
        SizeOperation.Equal => $"{a} == {b}",
        SizeOperation.Less => $"{a} < {b}",
        _ => $"{operation}({a})",
    };

    private static long Reach(long a, long b)
    {
        var product = Math.BigMul((ulong)Math.Abs(Math.Max(a, -long.MaxValue)), (ulong)Math.Abs(Math.Max(b, -long.MaxValue)));
        return product > long.MaxValue ? long.MaxValue : (long)product;
    }
}
