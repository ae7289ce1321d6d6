namespace GpuTensor.Graph;

/// <summary>Operator parameters that are not operands. What shapes the kernels is written to the fingerprint; a number that may change from
/// step to step is not.</summary>
internal interface IAttributes
{
    void Write(Fingerprint fingerprint);
}

/// <summary>A view as an attribute.</summary>
internal sealed record ViewAttributes(View View) : IAttributes
{
    public void Write(Fingerprint fingerprint) => fingerprint.Add(View);
}

/// <summary>How many trailing dimensions of the operand are reduced.</summary>
internal sealed record ReduceAttributes(int Dims) : IAttributes
{
    private static readonly ReduceAttributes[] Usual = [.. Enumerable.Range(0, 16).Select(n => new ReduceAttributes(n))];

    public static ReduceAttributes Of(int dims) => dims < Usual.Length ? Usual[dims] : new(dims);

    public void Write(Fingerprint fingerprint) => fingerprint.Add(Dims);
}

/// <summary>Whether a search counts what does not come after a value, instead of what comes before.</summary>
internal sealed record SearchAttributes(bool Right) : IAttributes
{
    public void Write(Fingerprint fingerprint) => fingerprint.Add(Right ? 1 : 0);
}

/// <summary>The value of a scalar, or the first block of a random node's words: the bits of a double for floating dtypes, else of a long.
/// Kernels take it as an argument, so the fingerprint does not hold it.</summary>
internal class Number : IAttributes
{
    private static readonly Number Zero = new(0);

    protected Number(long bits) => Bits = bits;

    public static Number Of(long bits) => bits == 0 ? Zero : new(bits);

    public long Bits { get; }

    /// <summary>What a replay of a compiled function computes the number with, anew at each call.</summary>
    public virtual Func<double>? Source => null;

    /// <summary>The random stream from which a replay takes the number, anew at each call.</summary>
    public virtual Generator? Generator => null;

    /// <summary>Whether it is the same number in every replay.</summary>
    public bool IsFixed => Source is null && Generator is null;

    public virtual void Write(Fingerprint fingerprint) { }
}

/// <summary>A number that its program works out at each step, as a learning rate.</summary>
internal sealed class LiveNumber(long bits, Func<double> source) : Number(bits)
{
    public override Func<double> Source => source;
}

/// <summary>The key of a random stream, or the first block of words that a node draws from it.</summary>
internal sealed class DrawnNumber(long bits, Generator generator) : Number(bits)
{
    public override Generator Generator => generator;
}

/// <summary>A number of an operator's definition: it may stand in a kernel's source, so the fingerprint holds it.</summary>
internal sealed class ConstantNumber : Number
{
    // Operators' definitions name few numbers; a lost race between threads makes one twice.
    private static readonly ConstantNumber?[] Seen = new ConstantNumber?[256];

    private ConstantNumber(long bits) : base(bits) { }

    public static new ConstantNumber Of(long bits)
    {
        ref var known = ref Seen[(uint)((ulong)bits * 0x9E3779B97F4A7C15 >> 40) % (uint)Seen.Length];
        return known is { } constant && constant.Bits == bits ? constant : known = new(bits);
    }

    public override void Write(Fingerprint fingerprint) => fingerprint.Add(Bits);
}
