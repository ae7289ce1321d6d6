using GpuTensor.Operators;

namespace GpuTensor.Graph;

/// <summary>Whether the places that an index tensor names exist. Indices live on the device, so the answer is a value of the graph like any other: the largest of the indices
/// that are out of range, or <see cref="Fine"/>. It runs beside the step's other kernels and is looked at when the program next waits; until then the operator reads 0 at
/// such a place, or writes nothing. The reference looks at once.</summary>
/// <param name="Op">The operator the index was given to.</param>
/// <param name="Size">The size of the dimension.</param>
/// <param name="FromEnd">Whether negative numbers count from the end.</param>
internal sealed record IndexCheck(string Op, int Size, bool FromEnd)
{
    /// <summary>No index is out of range.</summary>
    public const long Fine = -(1L << 62);

    private static readonly Scalar fine = Constants.Constant(Fine);

    /// <summary>Records the check of an index.</summary>
    /// <exception cref="TensorIndexException">The index is made of positions alone, and some are out of range.</exception>
    public static void Record(string op, Tensor index, int size, bool fromEnd)
    {
        if (index.ElementCount == 0) return;
        var check = new IndexCheck(op, size, fromEnd);
        int least = fromEnd ? -size : 0;
        if (index is { ViewOf: null, Node: { Op.Kind: OperatorKind.Index, Attributes: ViewAttributes { View: var view } } })
        {
            long first = view.Offset, last = view.Offset;
            for (int d = 0; d < view.Shape.Rank; d++)
            {
                long reach = (view.Shape.Span[d] - 1) * view.Strides[d];
                (first, last) = reach < 0 ? (first + reach, last) : (first, last + reach);
            }
            if (first < least) throw check.Error(first);
            if (last >= size) throw check.Error(last);
            return;
        }
        var number = index.Detach();
        var worst = Tensor.Where((number < Constants.Constant((long)least)) | (number >= Constants.Constant((long)size)), number, fine).AMax();
        Recorder.For(index.Device).Watch(worst.Node, check);
    }

    /// <summary>What to throw for a check's value; null where all is well.</summary>
    public TensorIndexException? Judge(long value) => value == Fine ? null : Error(value);

    private TensorIndexException Error(long index) => new(
        $"{Op}: index {index} is out of range for a dimension of size {Size}: {(FromEnd ? -Size : 0)} to {Size - 1} were expected.");
}
