using GpuTensor.Graph;
using static GpuTensor.Operators.Constants;

namespace GpuTensor.Operators;

/// <summary>Reading at places that another tensor names, and what gradients of that need: <see cref="Places"/> says how.</summary>
internal static class Selection
{
    /// <summary>out[i…, r…] = source[index[i…], r…].</summary>
    public static readonly Operator IndexSelect = new("index_select", Iteration.Pointwise)
    {
        Tables = 1,
        StartsKernel = true,
        Emit = EmitRows,
        Saves = Saves.B,
        // (i…, r…) as (n, r…): the index may have any shape.
        Gradient = c => c.Return(0, new Places(c.B.Flatten(), c.Node[0].Shape[0])
            .Sum(c.Grad.Reshape([Shape.Size(c.B.ElementCount, "index_select"), .. c.Node[0].Shape.Skip(1)]))),
        Reference = ReadRows,
    };

    /// <summary><see cref="IndexSelect"/> of a flat source at places that are all different, as a mask gives them: the gradient is read
    /// through the inverse instead of being added up: operand 2 says for each place of the source its position in the selection, or −1.
    /// Only the gradient reads it, and it is there only where one is wanted.</summary>
    public static readonly Operator MaskedSelect = new("masked_select", Iteration.Pointwise)
    {
        Tables = 1,
        StartsKernel = true,
        Emit = EmitRows,
        Saves = Saves.C,
        Gradient = c => c.Return(0, c.Grad.ElementCount == 0 ? Tensor.Zeros(c.Node[0].Shape, c.Grad.DType, c.Grad.Device)
            : Tensor.Where(c.C.Ge(Zero), c.Grad.Lookup(c.C.ClampMin(Zero)), Zero)),
        Reference = ReadRows,
    };

    /// <summary>out[o…, j] = source[o…, index[o…, j]].</summary>
    public static readonly Operator Gather = new("gather", Iteration.Pointwise)
    {
        Tables = 1,
        Emit = code =>
        {
            int index = code.Read(1);
            var (buffer, table) = code.Table(0);
            var at = code.At(table.Offset, table.Strides[..^1], ..^1);
            return code.Add(new Kernels.Gather(buffer, code.DType, at, index, table.Strides[^1], table.Shape[-1]));
        },
        Saves = Saves.B,
        Gradient = c =>
        {
            int n = c.Node[0].Shape[-1];
            c.Return(0, c.B.Shape[-1] == 1 ? Tensor.Where(c.B.Eq(Tensor.Positions(n, c.Grad.Device)), c.Grad, Zero)
                : new Places(c.B, n).Sum(c.Grad));
        },
        Reference = c =>
        {
            int n = c.In[0].Shape[-1], width = c.Out.Shape[-1];
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
                if (Place(c.In[1].Integer[i], n) is >= 0 and var place) CopyElement(c, i / width * n + place, i);
        },
    };

    /// <summary>How many elements of an ascending row come before each value; see <see cref="Tensor.SearchSorted"/>.</summary>
    public static readonly Operator Search = new("searchsorted", Iteration.Pointwise)
    {
        Tables = 1,
        IsLoop = true,
        Emit = code =>
        {
            int sought = code.Read(1);
            var (buffer, table) = code.Table(0);
            var at = code.At(table.Offset, table.Strides[..^1], ..^1);
            bool right = ((SearchAttributes)code.Attributes!).Right;
            return code.Add(new Kernels.Search(buffer, at, sought, table.Strides[^1], table.Shape[-1], right));
        },
        Reference = c =>
        {
            int n = c.In[0].Shape[-1], width = c.Out.Shape[-1];
            bool right = ((SearchAttributes)c.Node.Attributes!).Right;
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
            {
                long start = i / width * n;
                int count = 0;
                while (count < n && (right ? !Precedes(c.In[1], i, c.In[0], start + count) : Precedes(c.In[0], start + count, c.In[1], i)))
                    count++;
                c.Out.Integer[i] = count;
            }
        },
    };

    /// <summary>Rows (n, r…) added up in segments of an order of them: operands rows, order (n), index (n: which segment each row is in),
    /// first and last (count).</summary>
    public static readonly Operator SegmentSum = new("segment_sum", Iteration.Pointwise)
    {
        Tables = 2,
        IsLoop = true,
        StartsKernel = true,
        Emit = code =>
        {
            int first = code.Read(3, ..1), last = code.Read(4, ..1);
            var (buffer, rows) = code.Table(0);
            var (orderBuffer, order) = code.Table(1);
            var at = code.At(rows.Offset, rows.Strides[1..], 1..);
            return code.Add(new Kernels.SegmentSum(buffer, code.DType, at, rows.Strides[0], rows.Shape[0], orderBuffer, order.Offset,
                order.Strides[0], first, last));
        },
        Saves = Saves.C,
        Gradient = c => c.Return(0, c.Grad.Lookup(c.C)),
        Reference = c =>
        {
            long row = c.Out.Shape.ElementCount / Math.Max(1, c.Out.Shape[0]);
            for (long i = 0; i < c.Out.Shape.ElementCount; i++)
                for (long k = c.In[3].Integer[i / row]; k < c.In[4].Integer[i / row]; k++)
                {
                    long from = c.In[1].Integer[k] * row + i % row;
                    if (c.Out.IsReal) c.Out.Real[i] += c.In[0].Real[from];
                    else c.Out.Integer[i] = unchecked(c.Out.Integer[i] + c.In[0].Integer[from]);
                }
        },
    };

    // NaN comes after every number.
    private static bool Precedes(ReferenceArray a, long i, ReferenceArray b, long j) =>
        a.IsReal ? a.Real[i] < b.Real[j] || (double.IsNaN(b.Real[j]) && !double.IsNaN(a.Real[i])) : a.Integer[i] < b.Integer[j];

    private static int EmitRows(IElementCode code)
    {
        int rank = code.ShapeOf(1).Rank, index = code.Read(1, ..rank);
        var (buffer, table) = code.Table(0);
        var at = code.At(table.Offset, table.Strides[1..], rank..);
        return code.Add(new Kernels.Gather(buffer, code.DType, at, index, table.Strides[0], table.Shape[0]));
    }

    private static void ReadRows(ReferenceCall c)
    {
        int n = c.In[0].Shape[0];
        long row = c.In[1].Shape.ElementCount == 0 ? 0 : c.Out.Shape.ElementCount / c.In[1].Shape.ElementCount;
        for (long i = 0; i < c.Out.Shape.ElementCount; i++)
            if (Place(c.In[1].Integer[i / row], n) is >= 0 and var place) CopyElement(c, place * row + i % row, i);
    }

    // The place that an index names, or −1: what is read there is 0, and an index check tells the program.
    private static long Place(long index, int count) => index >= -count && index < count ? (index < 0 ? index + count : index) : -1;

    private static void CopyElement(ReferenceCall c, long from, long to)
    {
        if (c.Out.IsReal) c.Out.Real[to] = c.In[0].Real[from];
        else c.Out.Integer[to] = c.In[0].Integer[from];
    }
}
