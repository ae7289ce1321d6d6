using System.Buffers.Binary;

namespace GpuTensor.Tests.Tools;

/// <summary>Small data sets in Fashion-MNIST's format.</summary>
internal static class FashionFiles
{
    /// <summary>Writes both sets into a folder: a class is a bright patch in a place of its own, in noise.</summary>
    /// <param name="folder">Where the four files go.</param>
    /// <param name="train">Images of the training set.</param>
    /// <param name="test">Images of the test set.</param>
    /// <param name="trainSide">Width and height of the training set's images.</param>
    /// <param name="testSide">Those of the test set's.</param>
    public static void Write(string folder, int train, int test, int trainSide = 28, int testSide = 28)
    {
        var random = new Random(1);
        foreach (var (kind, count, side) in new[] { ("train", train, trainSide), ("t10k", test, testSide) })
        {
            int pixels = side * side;
            byte[] images = new byte[16 + pixels * count], labels = new byte[8 + count];
            BinaryPrimitives.WriteInt32BigEndian(images, 0x803);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), count);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), side);
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(12), side);
            BinaryPrimitives.WriteInt32BigEndian(labels, 0x801);
            BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
            for (int i = 16; i < images.Length; i++) images[i] = (byte)random.Next(64);
            for (int i = 0; i < count; i++)
            {
                int label = labels[8 + i] = (byte)random.Next(10);
                for (int p = 0; p < 16 && side == 28; p++) images[16 + pixels * i + side * (2 * label + p / 4) + 10 + p % 4] = 255;
            }
            File.WriteAllBytes(Path.Combine(folder, $"{kind}-images-idx3-ubyte"), images);
            File.WriteAllBytes(Path.Combine(folder, $"{kind}-labels-idx1-ubyte"), labels);
        }
    }
}
