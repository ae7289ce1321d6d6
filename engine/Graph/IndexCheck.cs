using System.Globalization;
using System.Runtime.InteropServices;
using GpuTensor.Operators;

namespace GpuTensor.Graph;

/// <summary>Whether values that an operator was given are such as it takes. They live on the device, so the answer is a value of the graph
/// like any other: the worst of them, or a number that says all is well. It runs beside the step's other kernels and is looked at when the
/// program next waits; until then the operator reads 0 where a place does not exist, or writes nothing.</summary>
/// <param name="Op">The operator the values were given to.</param>
internal abstract record ValueCheck(string Op)
{
    private const string Late =
        " The step it was given to had run when this was found: weights, optimizer state and other variables changed since are not valid.";

    /// <summary>What the program is to be told, if the answer names a value.</summary>
    /// <param name="answer">The answer's bytes, as many as <see cref="Bytes"/>.</param>
    public TensorException? Judge(ReadOnlySpan<byte> answer) => Problem(answer) is { } text ? Error(text + Late) : null;

    /// <summary>The size of the answer.</summary>
    public abstract int Bytes { get; }

    protected abstract string? Problem(ReadOnlySpan<byte> answer);

    protected abstract TensorException Error(string message);

    /// <summary>The number that all elements equal, where the host knows it: a scalar, or what <c>Full</c> made.</summary>
    protected static Number? NumberOf(Tensor tensor)
    {
        var node = tensor.Node;
        if (node.Op == Basic.Copy && node.OperandCount == 1) node = node[0].Node;
        return node is { Op.Kind: OperatorKind.Scalar, Number: { IsFixed: true } number } ? number : null;
    }
}

/// <summary>Whether the places that an index tensor names exist. The answer is the largest index out of range, or
/// <see cref="Fine"/>.</summary>
/// <param name="Op">The operator the index was given to.</param>
/// <param name="Size">The size of the dimension.</param>
/// <param name="FromEnd">Whether negative numbers count from the end.</param>
internal sealed record IndexCheck(string Op, int Size, bool FromEnd) : ValueCheck(Op)
{
    /// <summary>No index is out of range. The two numbers below are reported as the next one above.</summary>
    public const long Fine = long.MinValue + 1;

    private static readonly Scalar fine = Constants.Constant(Fine), lowest = Constants.Constant(Fine + 1);

    private long Least => FromEnd ? -(long)Size : 0;

    public override int Bytes => sizeof(long);

    /// <summary>Records the check of an index. Nothing is recorded where the host knows that all is well: outside compiled functions, whose
    /// replays get other indices, it knows positions, numbers, and arrays that it sent to the device as they are.</summary>
    /// <param name="allowed">One more number that is allowed, or null.</param>
    /// <exception cref="TensorIndexException">The host knows that some are out of range.</exception>
    public static void Record(string op, Tensor index, int size, bool fromEnd, long? allowed = null)
    {
        if (index.ElementCount == 0) return;
        var check = new IndexCheck(op, size, fromEnd);
        if (check.Settle(index, allowed)) return;
        var number = index.Detach();
        var isWrong = (number < Constants.Constant(check.Least)) | (number >= Constants.Constant((long)size));
        if (allowed is { } one) isWrong &= number.Ne(one);
        var worst = Tensor.Where(isWrong, number.Maximum(Tensor.FromScalar(lowest, DType.Int64, number.Device)), fine).AMax();
        Recorder.For(index.Device).Watch(worst.Node, check, index.Node);
    }

    /// <summary>What the host can say: true if all is well.</summary>
    private bool Settle(Tensor index, long? allowed)
    {
        var (first, last, isWhole) = RangeOf(index);
        if (first > last) return false;
        bool isFine = first >= Least && last < Size;
        if (!isFine && isWhole)
        {
            if (first < Least && first != allowed) throw Error(Text(first));
            if (last >= Size && last != allowed) throw Error(Text(last));
        }
        // A replay of a compiled function may get another index.
        return isFine && Recorder.Capturing is null;
    }

    /// <summary>The smallest and the largest index that the host knows of, and whether both occur. Nothing known: the first is the
    /// larger.</summary>
    private static (long First, long Last, bool IsWhole) RangeOf(Tensor index)
    {
        var node = index.Node;
        if (node.Op.Kind == OperatorKind.Index && index.ViewOf is null && node.Attributes is ViewAttributes { View: var view })
        {
            long first = view.Offset, last = view.Offset;
            for (int d = 0; d < view.Shape.Rank; d++)
            {
                long reach = (view.Shape.Span[d] - 1) * view.Strides[d];
                (first, last) = reach < 0 ? (first + reach, last) : (first, last + reach);
            }
            return (first, last, true);
        }
        if (NumberOf(index) is { } number) return (number.Bits, number.Bits, true);
        // An index of a narrower dtype is the conversion of what the host sent.
        if (node.Op == Basic.Cast && node.OperandCount == 1 && node[0] is { View: null, Node: { Range: not null } sent }) node = sent;
        if (node.Range is not { } range) return (1, 0, false);
        return (range.First, range.Last, index.ViewOf is null);
    }

    protected override string? Problem(ReadOnlySpan<byte> answer) => MemoryMarshal.Read<long>(answer) is var index && index == Fine ? null
        : Text(index);

    protected override TensorException Error(string message) => new TensorIndexException(message);

    private string Text(long index) => string.Create(CultureInfo.InvariantCulture,
        $"{Op}: index {index} is out of range for a dimension of size {Size}: {Least} to {Size - 1} were expected.");
}

/// <summary>Whether probabilities lie between 0 and 1. The answer is the largest that does not (NaN before all), or −∞.</summary>
/// <param name="Op">The operator the probabilities were given to.</param>
internal sealed record ProbabilityCheck(string Op) : ValueCheck(Op)
{
    private static readonly Scalar lowest = Constants.Constant((double)float.MinValue);

    public override int Bytes => sizeof(float);

    /// <summary>Records the check of a tensor of probabilities.</summary>
    /// <exception cref="TensorValueException">The host knows that it is none.</exception>
    public static void Record(string op, Tensor probability)
    {
        if (probability.ElementCount == 0) return;
        var check = new ProbabilityCheck(op);
        var p = probability.Detach();
        if (NumberOf(p) is { } number && p.DType.IsFloatingPoint()) check.Refuse(BitConverter.Int64BitsToDouble(number.Bits));
        var isFine = (p >= Constants.Zero) & (p <= Constants.One);
        // −∞ itself is reported as the lowest float32.
        var worst = Tensor.Where(isFine, Constants.Constant(double.NegativeInfinity),
            p.To(DType.Float32).Maximum(Tensor.FromScalar(lowest, DType.Float32, p.Device))).AMax();
        Recorder.For(p.Device).Watch(worst.Node, check, p.Node);
    }

    /// <summary>Checks a number of the caller's.</summary>
    /// <exception cref="TensorValueException">It is no probability.</exception>
    public static void Record(string op, double probability) => new ProbabilityCheck(op).Refuse(probability);

    private void Refuse(double p)
    {
        if (!(p is >= 0 and <= 1)) throw Error(Text(p));
    }

    protected override string? Problem(ReadOnlySpan<byte> answer) => MemoryMarshal.Read<float>(answer) is var p
        && float.IsNegativeInfinity(p) ? null : Text(p);

    protected override TensorException Error(string message) => new TensorValueException(message);

    private string Text(double p) => string.Create(CultureInfo.InvariantCulture, $"{Op}: {p} is no probability: 0 to 1 were expected.");
}

/// <summary>The smallest and the largest of integers that the host sent to a device.</summary>
internal sealed record HostRange(long First, long Last) : IAttributes
{
    /// <summary>So many elements are looked through at most: an index, not a data set.</summary>
    private const int MaxCount = 1 << 16;

    // A leaf's plan does not depend on its contents.
    public void Write(Trace trace) { }

    /// <summary>The range of int64 or int32 contents, or null where looking through them would cost time.</summary>
    public static HostRange? Of(HostArray contents)
    {
        if (contents.Count is 0 or > MaxCount) return null;
        return contents.DType switch
        {
            DType.Int64 => Of(contents.As<long>()),
            DType.Int32 => Of(contents.As<int>()),
            _ => null,
        };
    }

    private static HostRange Of<T>(ReadOnlySpan<T> values) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T first = values[0], last = first;
        foreach (T value in values) (first, last) = (T.Min(first, value), T.Max(last, value));
        return new(long.CreateTruncating(first), long.CreateTruncating(last));
    }
}
