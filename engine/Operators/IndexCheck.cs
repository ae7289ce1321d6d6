using System.Globalization;
using System.Runtime.InteropServices;
using GpuTensor.Graph;

namespace GpuTensor.Operators;

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
        Recorder.For(index.Device).AddCheck(worst.Node, check, index.Node);
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
        return isFine && Recorder.Recorded is null;
    }

    /// <summary>The smallest and the largest index that the host knows of, and whether both occur. Nothing known: the first is the
    /// larger.</summary>
    private static (long First, long Last, bool IsWhole) RangeOf(Tensor index)
    {
        var node = index.Node;
        if (node.Op == Basic.Index && index.ViewOf is null && node.Attributes is ViewAttributes { View: var view })
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
