using GpuTensor.Devices.Reference;
using GpuTensor.Graph;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>Reading at places that another tensor names. The gradients compare every place with every index and add up: exact and
/// deterministic, without atomics.</summary>
internal static class Selection
{
    /// <summary>out[i…, r…] = source[index[i…], r…].</summary>
    public static readonly Operator IndexSelect = new("index_select", OperatorKind.IndexSelect)
    {
        Saves = Saves.B,
        Gradient = c => c.Return(0, SumAt(c.Grad, c.B, c.Node[0].Shape[0])),
        Reference = ReadRows,
    };

    /// <summary><see cref="IndexSelect"/> of a flat source at places that are all different, as a mask gives them: the gradient is read
    /// through the inverse
    /// (<see cref="InverseAttributes"/>) instead of being added up.</summary>
    public static readonly Operator MaskedSelect = new("masked_select", OperatorKind.IndexSelect)
    {
        Gradient = c =>
        {
            var inverse = ((InverseAttributes)c.Node.Attributes!).Inverse;
            c.Return(0, c.Grad.ElementCount == 0 ? Tensor.Zeros(c.Node[0].Shape, c.Grad.DType, c.Grad.Device)
                : Tensor.Where(inverse.Ge(Zero), c.Grad.Lookup(inverse.ClampMin(Zero)), Zero));
        },
        Reference = ReadRows,
    };

    /// <summary>out[o…, j] = source[o…, index[o…, j]].</summary>
    public static readonly Operator Gather = new("gather", OperatorKind.Gather)
    {
        Saves = Saves.B,
        Gradient = c =>
        {
            int n = c.Node[0].Shape[-1];
            var (index, places) = (c.B, Tensor.Positions(n, c.Grad.Device));
            if (index.Shape[-1] == 1)
            {
                c.Return(0, Tensor.Where(index.Eq(places), c.Grad, Zero));
                return;
            }
            var hits = index.Unsqueeze(-2).Eq(places.Unsqueeze(-1));
            c.Return(0, Tensor.Where(hits, c.Grad.Unsqueeze(-2), Zero).Sum(-1));
        },
        Reference = c =>
        {
            int n = c.In[0].Shape[-1], width = c.Out.Shape[-1];
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
                CopyElement(c, i / width * n + Place(c, c.In[1].Integer[i], n), i);
        },
    };

    /// <summary>Adds rows (i…, r…) up at the places that an index (i…) names, into (<paramref name="count"/>, r…).</summary>
    public static Tensor SumAt(Tensor rows, Tensor index, int count)
    {
        var rest = rows.Shape.Skip(index.Rank).ToArray();
        int n = checked((int)index.ElementCount);
        var places = Tensor.Positions(count, rows.Device).Reshape([count, .. Enumerable.Repeat(1, rest.Length), 1]);
        var wanted = index.Reshape(n);
        var hits = places.Eq(Tensor.Where(wanted.Lt(Zero), wanted + Constant((long)count), wanted));
        var values = rows.Reshape([n, .. rest]).Permute([.. Enumerable.Range(1, rest.Length), 0]).Unsqueeze(0);
        return Tensor.Where(hits, values, Zero).Sum(-1);
    }

    private static void ReadRows(ReferenceCall c)
    {
        int n = c.In[0].Shape[0];
        long row = c.In[1].Shape.ElementCount == 0 ? 0 : c.Out.Shape.ElementCount / c.In[1].Shape.ElementCount;
        for (long i = 0; i < c.Out.Shape.ElementCount; i++)
            CopyElement(c, Place(c, c.In[1].Integer[i / row], n) * row + i % row, i);
    }

    private static long Place(ReferenceCall c, long index, int count) =>
        index >= -count && index < count ? (index < 0 ? index + count : index)
        : throw new TensorIndexException($"{c.Node.Op.Name}: index {index} is out of range for a dimension of size {count}.");

    private static void CopyElement(ReferenceCall c, long from, long to)
    {
        if (c.Out.IsReal) c.Out.Real[to] = c.In[0].Real[from];
        else c.Out.Integer[to] = c.In[0].Integer[from];
    }
}

/// <summary>For each place of the source its position in the selection, or −1. Only the gradient reads it, as an operand of its own
/// graph.</summary>
internal sealed record InverseAttributes(Tensor Inverse) : IAttributes
{
    public void Write(Trace trace) { }
}
