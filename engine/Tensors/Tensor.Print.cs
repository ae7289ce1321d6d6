using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The contents as PyTorch prints them, <c>tensor([[1., 2.], [3., 4.]])</c>; flushes and waits. The dtype is named where the
    /// numbers do not show it, the device where it is not <see cref="Device.Default"/>; more than 1000 elements are summarised, and only
    /// what the summary shows is read.</summary>
    public override string ToString()
    {
        string? device = Device == Device.Default ? null : Device.Name;
        string[] history = GradFn is { } made ? [$"grad_fn=<{made.Name}0>"] : RequiresGrad ? ["requires_grad=True"] : [];
        return TensorFormatter.Format(Shown(PrintOptions.Default), Shape, device: device, suffixes: history);
    }

    /// <summary>The elements that are printed: all, or the ends of each dimension that a summary cuts.</summary>
    private HostArray Shown(PrintOptions options)
    {
        if (!options.Summarises(Shape)) return ToHost();
        int[] sizes = [.. Shape.Select(options.Shown)];
        // Its elements are one number each: a part is made anew instead of the whole.
        if (Node is { IsVast: true, Block: null })
        {
            var part = GpuTensor.Shape.Create(sizes);
            return Apply(Basic.Copy, DType, part,
                new(Node[0].Node, GpuTensor.View.Identity(GpuTensor.Shape.Scalar).Expand(part), false)).ToHost();
        }
        var value = Recorder.Materialize(this, pin: true);
        using var pinned = new PinnedValue(value, 0);
        var shown = new HostArray(DType, GpuTensor.Shape.Create(sizes));
        var (from, size) = (FullView, DType.Size());
        int last = Rank - 1, n = sizes[last], edge = options.EdgeItems;
        bool isRun = from.Strides[last] == 1;
        var index = new int[Rank];
        for (long row = 0; row < shown.Count; row += n)
        {
            long at = from.Offset, rest = row / n;
            for (int d = last - 1; d >= 0; d--)
            {
                at += Whole(d, (int)(rest % sizes[d])) * from.Strides[d];
                rest /= sizes[d];
            }
            // An end of a row that lies in one piece is read at once.
            for (int i = 0, length; i < n; i += length)
            {
                length = !isRun ? 1 : n == Shape[last] ? n : edge;
                pinned.Read((at + Whole(last, i) * from.Strides[last]) * size,
                    shown.Data.AsSpan((int)(row + i) * size, length * size));
            }
        }
        return shown;

        // The position in this tensor of a position among those shown.
        long Whole(int d, int i) => i < edge || sizes[d] == Shape[d] ? i : i + (long)Shape[d] - sizes[d];
    }
}
