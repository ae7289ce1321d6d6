using static GpuTensor.Operators.Constants;

namespace GpuTensor;

/// <content>Borders.</content>
public partial class Tensor
{
    /// <summary>A border of <paramref name="value"/> around the tensor; negative widths cut.</summary>
    /// <param name="pad">Pairs (before, after), the last dimension's first.</param>
    /// <param name="value">What the border holds.</param>
    /// <exception cref="TensorShapeException">The widths are no pairs, are more than the dimensions, or cut more than there is.</exception>
    public Tensor Pad(ReadOnlySpan<int> pad, Scalar? value = null)
    {
        if (pad.Length % 2 != 0 || pad.Length / 2 > Rank)
            throw new TensorShapeException($"pad: {pad.Length} widths were given for shape {Shape}; a pair for each of the last "
                + "dimensions was expected.");
        var inner = this;
        int[] sizes = Shape.ToArray();
        var starts = new int[Rank];
        for (int i = 0; i < pad.Length / 2; i++)
        {
            int d = Rank - 1 - i;
            long before = pad[2 * i], after = pad[2 * i + 1], size = sizes[d] + before + after, cut = Math.Max(0, -before);
            long left = Shape[d] - cut - Math.Max(0, -after);
            if (size < 0 || left < 0)
                throw new TensorShapeException($"pad: widths ({before}, {after}) leave less than nothing of dimension {d} "
                + $"of {Shape}.");
            inner = inner.Narrow(d, (int)cut, (int)left);
            sizes[d] = GpuTensor.Shape.Size(size, "pad");
            starts[d] = (int)Math.Max(0, before);
        }
        var shape = GpuTensor.Shape.Create(sizes);
        if (inner.Shape == shape) return inner.Clone();
        var border = Full(shape, value ?? Constant(0L), DType, Device);
        long[] strides = shape.ContiguousStrides();
        long offset = 0;
        for (int d = 0; d < Rank; d++) offset += starts[d] * strides[d];
        return border.ViewAssign(new View(inner.Shape, strides, offset), inner);
    }

    /// <summary>A border made of the tensor itself.</summary>
    /// <param name="pad">Pairs (before, after), the last dimension's first; negative widths cut.</param>
    /// <param name="mode"><c>"reflect"</c>: mirrored at the edge, which is not repeated; <c>"replicate"</c>: the edge repeated;
    /// <c>"circular"</c>: from the other end; <c>"constant"</c>: <paramref name="value"/>.</param>
    /// <param name="value">The constant.</param>
    /// <exception cref="TensorShapeException">The widths do not fit the shape.</exception>
    public Tensor Pad(ReadOnlySpan<int> pad, string mode, Scalar? value = null)
    {
        if (mode == "constant") return Pad(pad, value);
        if (value is not null) throw new ArgumentException($"pad: the mode \"{mode}\" takes no value.", nameof(value));
        if (pad.Length % 2 != 0 || pad.Length / 2 > Rank)
            throw new TensorShapeException($"pad: {pad.Length} widths were given for shape {Shape}; a pair for each of the last "
                + "dimensions was expected.");
        var x = this;
        if (mode == "circular")
        {
            // What is cut is cut first: the rest goes round.
            int[] cuts = [.. pad.ToArray().Select(width => Math.Min(0, width))];
            if (cuts.Any(width => width < 0)) return Pad(cuts).Pad([.. pad.ToArray().Select(width => Math.Max(0, width))], mode);
        }
        for (int i = 0; i < pad.Length / 2; i++) x = x.Bordered(Rank - 1 - i, pad[2 * i], pad[2 * i + 1], mode);
        return ReferenceEquals(x, this) ? Clone() : x;
    }

    private Tensor Bordered(int d, int before, int after, string mode)
    {
        int n = Shape[d], most = mode switch
        {
            "reflect" => n - 1,
            "circular" => n,
            "replicate" => n > 0 ? int.MaxValue : 0,
            _ => throw new ArgumentException($"pad: mode is \"constant\", \"reflect\", \"replicate\" or \"circular\", not \"{mode}\".",
                nameof(mode)),
        };
        if (before > most || after > most || (long)n + before + after < (mode == "circular" ? 0 : 1))
            throw new TensorShapeException($"pad: widths ({before}, {after}) do not fit dimension {d} of {Shape} in mode \"{mode}\".");
        if (before == 0 && after == 0) return this;
        var parts = new List<Tensor>();
        if (before > 0) parts.Add(Border(d, before, true, mode));
        long cut = Math.Max(0, -(long)before), left = n - cut - Math.Max(0, -(long)after);
        if (left < 0) throw new TensorShapeException($"pad: widths ({before}, {after}) cut more than dimension {d} of {Shape} has.");
        parts.Add(Narrow(d, (int)cut, (int)left));
        if (after > 0) parts.Add(Border(d, after, false, mode));
        return Cat(parts, d);
    }

    private Tensor Border(int d, int width, bool before, string mode)
    {
        int n = Shape[d];
        if (mode == "reflect") return Narrow(d, before ? 1 : n - 1 - width, width).Flip(d);
        if (mode == "circular") return Narrow(d, before ? n - width : 0, width);
        int[] sizes = Shape.ToArray();
        sizes[d] = width;
        return Narrow(d, before ? 0 : n - 1, 1).Expand(GpuTensor.Shape.Create(sizes));
    }
}
