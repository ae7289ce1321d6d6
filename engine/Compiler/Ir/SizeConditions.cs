using System.Globalization;
using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A limit beyond which planning decides otherwise: a row for each.</summary>
/// <param name="Measure">What is counted, for people.</param>
/// <param name="Most">The largest number within the limit.</param>
/// <param name="Within">What is done up to it.</param>
/// <param name="Beyond">What is done beyond it.</param>
internal sealed record SizeLimit(string Measure, long Most, string Within, string Beyond)
{
    /// <summary>A plain loop nest needs no packing and fuses.</summary>
    public static readonly SizeLimit SmallProduct = new("multiplications", 1 << 16, "a loop nest", "a matrix product");

    /// <summary>Reductions that are longer are done in chunks of <see cref="LongReductions.ChunkLength"/> first, where there are few
    /// results. Functions of shape alone: the order of a sum must not depend on anything else.</summary>
    public static readonly SizeLimit Row = new("elements of a row", 16_383, "one stage", "two stages"),
        Column = new("elements of a column", 16_384 / 8 - 1, "one stage", "two stages"),
        FewResults = new("results", 256, "two stages", "one stage");

    /// <summary>Smaller values that gradients read are kept: to record an operator again takes as long as to move so many bytes on a
    /// CPU.</summary>
    public static readonly SizeLimit Saved = new("bytes that a gradient reads", 4095, "kept", "recomputed where that moves fewer bytes");

    /// <summary>Dependent groups of so few elements run one after the other in one work-item of a CPU: less than a launch costs.</summary>
    public static readonly SizeLimit Serial = new("elements in all", 8192, "may run in the launch before", "a launch of its own");
}

/// <summary>A question about a size on which a plan rests.</summary>
/// <param name="Limit">The limit that was asked about.</param>
/// <param name="Subject">The operator, or the last of a launch.</param>
/// <param name="Shape">Of its value.</param>
/// <param name="Size">The number that was compared with the limit.</param>
internal readonly record struct SizeCondition(SizeLimit Limit, string Subject, Shape Shape, long Size)
{
    public bool IsWithin => Size <= Limit.Most;

    /// <summary>Example: <c>mm [17, 10]: 10,880 multiplications, at most 65,536: a loop nest</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Subject} {Shape}: {Size:N0} {Limit.Measure}, {(IsWithin ? "at most" : "more than")} {Limit.Most:N0}: "
        + $"{(IsWithin ? Limit.Within : Limit.Beyond)}");
}

/// <summary>Answers the passes' questions about sizes, and writes them down: graphs that differ in sizes alone, and answer all of them
/// alike, are planned alike, but for the conditions on how dimensions line up.</summary>
internal sealed class SizeConditions
{
    private readonly List<SizeCondition> asked = [];

    /// <summary>The questions, in the order in which they were asked.</summary>
    public IReadOnlyList<SizeCondition> Asked => asked;

    public bool IsWithin(SizeLimit limit, Value subject, long size) => IsWithin(limit, subject.Op, subject.Shape, size);

    public bool IsWithin(SizeLimit limit, Operator subject, Shape shape, long size)
    {
        var condition = new SizeCondition(limit, subject.Name, shape, size);
        asked.Add(condition);
        return condition.IsWithin;
    }
}
