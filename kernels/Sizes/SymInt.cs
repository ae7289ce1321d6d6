using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>A symbolic integer: a size, stride or offset of a kernel's description, or a number that follows from them. It has a value.
/// While a kernel's text is made for any sizes (<see cref="SizeTrace"/>), it also knows how it was computed, and every question about it
/// is written down with the answer: the text is that of all sizes that give the same answers. Else it is a number and no more.</summary>
internal readonly struct SymInt : IEquatable<SymInt>
{
    private readonly SizeTrace? trace;
    private readonly long value;

    private SymInt(long value) => this.value = value;

    /// <summary>A number of a trace.</summary>
    public SymInt(SizeTrace trace, int line, long value) => (this.trace, Line, this.value) = (trace, line, value);

    /// <summary>The line of the trace that computes it.</summary>
    private int Line { get; }

    /// <summary>The number 1 for any sizes.</summary>
    private bool IsOne => trace is null && value == 1;

    public static implicit operator SymInt(long value) => new(value);

    /// <summary>The number itself. In a trace that is a question: the text is of sizes that give the same number.</summary>
    public static explicit operator long(SymInt number)
    {
        if (number.trace is not null) _ = number == new SymInt(number.value);
        return number.value;
    }

    /// <summary>The number itself; a question, too.</summary>
    public static explicit operator int(SymInt number) => (int)(long)number;

    public static SymInt operator +(SymInt a, SymInt b) => Compute(SizeOperation.Add, a, b);

    public static SymInt operator -(SymInt a, SymInt b) => Compute(SizeOperation.Subtract, a, b);

    public static SymInt operator -(SymInt a) => 0 - a;

    public static SymInt operator *(SymInt a, SymInt b) => a.IsOne ? b : b.IsOne ? a : Compute(SizeOperation.Multiply, a, b);

    public static SymInt operator /(SymInt a, SymInt b) => Compute(SizeOperation.Divide, a, b);

    public static SymInt operator %(SymInt a, SymInt b) => Compute(SizeOperation.Remainder, a, b);

    public static bool operator ==(SymInt a, SymInt b) => Ask(SizeOperation.Equal, a, b);

    public static bool operator !=(SymInt a, SymInt b) => !(a == b);

    public static bool operator <(SymInt a, SymInt b) => Ask(SizeOperation.Less, a, b);

    public static bool operator >(SymInt a, SymInt b) => b < a;

    public static bool operator <=(SymInt a, SymInt b) => !(b < a);

    public static bool operator >=(SymInt a, SymInt b) => !(a < b);

    public static SymInt Min(SymInt a, SymInt b) => Compute(SizeOperation.Least, a, b);

    public static SymInt Max(SymInt a, SymInt b) => Compute(SizeOperation.Most, a, b);

    /// <summary>The nearest number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static SymInt Clamp(SymInt number, SymInt low, SymInt high) => Min(Max(number, low), high);

    /// <summary>The quotient of numbers that are not negative, rounded up.</summary>
    public static SymInt Ceil(SymInt a, SymInt b) => (a + b - 1) / b;

    /// <summary>Numbers as symbolic integers.</summary>
    public static SymInt[] Of(long[] numbers) => Array.ConvertAll(numbers, n => (SymInt)n);

    /// <summary>The product of numbers; 1 of none.</summary>
    public static SymInt Product(ReadOnlySpan<SymInt> numbers)
    {
        SymInt product = 1;
        foreach (var number in numbers) product *= number;
        return product;
    }

    /// <summary>|<paramref name="a"/>| · |<paramref name="b"/>|, or the largest number where that is larger.</summary>
    public static SymInt Reach(SymInt a, SymInt b) => Compute(SizeOperation.Reach, a, b);

    /// <summary>The sum of numbers that are not negative, or the largest number where that is larger.</summary>
    public static SymInt AddReach(SymInt a, SymInt b) => Compute(SizeOperation.AddReach, a, b);

    /// <summary>The next power of two of a number from 1 to 2³¹.</summary>
    public static SymInt NextPowerOfTwo(SymInt number) => Compute(SizeOperation.NextPowerOfTwo, number, 0);

    /// <summary><see cref="Division.Multiplier"/> and <see cref="Division.Shift"/> of a divisor.</summary>
    public static (SymInt Multiplier, SymInt Shift) DivisionBy(SymInt divisor) =>
        (Compute(SizeOperation.DivisionMultiplier, divisor, 0), Compute(SizeOperation.DivisionShift, divisor, 0));

    private static SymInt Compute(SizeOperation operation, SymInt a, SymInt b)
    {
        long value = SizeOperations.Compute(operation, a.value, b.value);
        return (a.trace ?? b.trace) is { } trace ? new(trace, trace.Compute(operation, LineIn(trace, a), LineIn(trace, b)), value)
            : new(value);
    }

    private static bool Ask(SizeOperation question, SymInt a, SymInt b)
    {
        bool answer = SizeOperations.Compute(question, a.value, b.value) != 0;
        if ((a.trace ?? b.trace) is { } trace) trace.Ask(question, LineIn(trace, a), LineIn(trace, b), answer);
        return answer;
    }

    private static int LineIn(SizeTrace trace, SymInt number) => number.trace is null ? trace.Constant(number.value) : number.Line;

    /// <summary>The line of a trace that gives this number.</summary>
    public int In(SizeTrace trace) => LineIn(trace, this);

    public bool Equals(SymInt other) => this == other;

    public override bool Equals(object? obj) => obj is SymInt other && this == other;

    public override int GetHashCode() => ((long)this).GetHashCode();

    /// <summary>The number; a question, as the conversion is.</summary>
    public override string ToString() => ((long)this).ToString(CultureInfo.InvariantCulture);
}
