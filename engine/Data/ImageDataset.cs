using System.Buffers.Binary;
using System.Runtime.InteropServices;
using GpuTensor.IO;

namespace GpuTensor.Data;

/// <summary>Grey images with a class each, from a pair of IDX files. Inputs are float32 from 0 to 1 (byte / 255, as torchvision's
/// <c>ToTensor</c> without its channel), targets int64 scalars. Held as bytes; a batch is widened when it is made.</summary>
public sealed class ImageDataset : Dataset
{
    private static readonly float[] Widened = [.. Enumerable.Range(0, 256).Select(b => b / 255f)];

    private readonly HostArray images, labels;
    private readonly int size;

    private ImageDataset(HostArray images, HostArray labels)
    {
        (this.images, this.labels) = (images, labels);
        InputShape = [images.Shape[1], images.Shape[2]];
        size = images.Shape[1] * images.Shape[2];
    }

    /// <summary>Reads images (uint8, [N, height, width]) and labels (uint8, [N]), each plain or compressed with gzip.</summary>
    /// <param name="imageFile">The images' file.</param>
    /// <param name="labelFile">The labels' file.</param>
    /// <param name="classes">How many classes there are; labels are below it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no classes.</exception>
    /// <exception cref="TensorFileException">A file is damaged, or they do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ImageDataset Open(string imageFile, string labelFile, int classes)
    {
        ArgumentNullException.ThrowIfNull(imageFile);
        ArgumentNullException.ThrowIfNull(labelFile);
        if (classes < 1) throw new ArgumentOutOfRangeException(nameof(classes), $"{classes}", "There is at least 1 class.");
        var images = Idx.Read(imageFile);
        if (images.DType != DType.UInt8 || images.Shape.Rank != 3)
            throw new TensorFileException(
                $"{imageFile}: at byte 0: expected uint8 images [N, H, W], found {images.DType.Name()} {images.Shape}.");
        var labels = Idx.Read(labelFile);
        if (labels.DType != DType.UInt8 || labels.Shape != [images.Shape[0]])
            throw new TensorFileException($"{labelFile}: at byte 0: expected uint8 labels [{images.Shape[0]}] for images {images.Shape}, "
                + $"found {labels.DType.Name()} {labels.Shape}.");
        int bad = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)Math.Min(classes - 1, 255));
        if (bad >= 0)
            throw new TensorFileException(
                $"{labelFile}: at byte {8 + bad} of its contents: expected a label from 0 to {classes - 1}, found {labels.Data[bad]}.");
        return new(images, labels);
    }

    /// <inheritdoc/>
    public override int Count => images.Shape[0];

    /// <inheritdoc/>
    public override Shape InputShape { get; }

    /// <inheritdoc/>
    public override DType InputDType => DType.Float32;

    /// <inheritdoc/>
    public override Shape TargetShape => Shape.Scalar;

    /// <inheritdoc/>
    public override DType TargetDType => DType.Int64;

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets)
    {
        Require(indices, inputs.Length, targets.Length);
        var pixels = MemoryMarshal.Cast<byte, float>(inputs);
        var widened = Widened.AsSpan();
        for (int i = 0; i < indices.Length; i++)
        {
            var source = images.Data.AsSpan(indices[i] * size, size);
            var target = pixels.Slice(i * size, size);
            for (int p = 0; p < source.Length; p++) target[p] = widened[source[p]];
            BinaryPrimitives.WriteInt64LittleEndian(targets[(8 * i)..], labels.Data[indices[i]]);
        }
    }
}
