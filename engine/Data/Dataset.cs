namespace GpuTensor.Data;

/// <summary>Numbered samples, each an input and a target of fixed shapes and dtypes: what a <see cref="DataLoader"/> makes batches
/// of.</summary>
public abstract class Dataset
{
    /// <summary>The number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>The shape of one input; a batch has one dimension more in front.</summary>
    public abstract Shape InputShape { get; }

    /// <summary>The dtype of inputs.</summary>
    public abstract DType InputDType { get; }

    /// <summary>The shape of one target.</summary>
    public abstract Shape TargetShape { get; }

    /// <summary>The dtype of targets.</summary>
    public abstract DType TargetDType { get; }

    /// <summary>Writes samples one after the other as row-major, little-endian bytes. A loader calls this on a thread of its own, several
    /// loaders at the same time: it must not change the dataset.</summary>
    /// <param name="indices">Which samples, from 0 to <see cref="Count"/> − 1.</param>
    /// <param name="inputs">Room for exactly their inputs.</param>
    /// <param name="targets">Room for exactly their targets.</param>
    public abstract void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets);

    /// <summary>Refuses samples that are not there, and memory that does not hold them.</summary>
    private protected void Require(ReadOnlySpan<int> indices, int inputBytes, int targetBytes)
    {
        foreach (int index in indices)
            if ((uint)index >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(indices), $"{index}", $"A dataset of {Count} samples has no sample {index}.");
        int count = indices.Length;
        RequireBytes(InputShape, InputDType, inputBytes, "inputs");
        RequireBytes(TargetShape, TargetDType, targetBytes, "targets");

        void RequireBytes(Shape shape, DType dtype, int bytes, string name)
        {
            long needed = count * shape.ElementCount * dtype.Size();
            if (bytes < needed)
                throw new ArgumentException($"{count} samples of {dtype.Name()} {shape} take {needed} bytes, but the span has {bytes}.",
                    name);
        }
    }
}

/// <summary>A dataset of two tensors whose first dimension counts the samples, as <c>torch.utils.data.TensorDataset</c>. Their contents are
/// copied to the host once, when it is made.</summary>
public sealed class TensorDataset : Dataset
{
    private readonly HostArray inputs, targets;

    /// <summary>Pairs <c>inputs[i]</c> with <c>targets[i]</c>; flushes and waits for both.</summary>
    /// <exception cref="TensorShapeException">The first dimensions differ or are missing.</exception>
    public TensorDataset(Tensor inputs, Tensor targets) : this(inputs.NotNull().ToHost(), targets.NotNull().ToHost()) { }

    internal TensorDataset(HostArray inputs, HostArray targets)
    {
        if (inputs.Shape.Rank == 0 || targets.Shape.Rank == 0 || inputs.Shape[0] != targets.Shape[0])
            throw new TensorShapeException(
                $"A dataset needs as many inputs as targets: the first sizes of {inputs.Shape} and {targets.Shape} must agree.");
        (this.inputs, this.targets) = (inputs, targets);
        InputShape = Shape.Create(inputs.Shape.Span[1..]);
        TargetShape = Shape.Create(targets.Shape.Span[1..]);
    }

    /// <inheritdoc/>
    public override int Count => inputs.Shape[0];

    /// <inheritdoc/>
    public override Shape InputShape { get; }

    /// <inheritdoc/>
    public override DType InputDType => inputs.DType;

    /// <inheritdoc/>
    public override Shape TargetShape { get; }

    /// <inheritdoc/>
    public override DType TargetDType => targets.DType;

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets)
    {
        Require(indices, inputs.Length, targets.Length);
        Gather(this.inputs, indices, inputs);
        Gather(this.targets, indices, targets);
    }

    private static void Gather(HostArray source, ReadOnlySpan<int> indices, Span<byte> target)
    {
        if (indices.IsEmpty) return;
        int size = source.Data.Length / source.Shape[0];
        for (int i = 0; i < indices.Length; i++) source.Data.AsSpan(indices[i] * size, size).CopyTo(target.Slice(i * size, size));
    }
}
