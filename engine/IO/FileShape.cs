namespace GpuTensor.IO;

/// <summary>Shapes as files state them: checked before anything is made of them.</summary>
internal static class FileShape
{
    /// <summary>NumPy's limit on dimensions, kept for every format.</summary>
    public const int MaxRank = 64;

    /// <summary>The shape and its size in bytes.</summary>
    /// <exception cref="TensorFileException">A size is negative or above 2³¹−1, or the product overflows.</exception>
    public static (Shape Shape, long Bytes) Make(ReadOnlySpan<long> sizes, DType dtype, Func<string, TensorFileException> error)
    {
        if (sizes.Length > MaxRank) throw error($"the shape has {sizes.Length} dimensions; at most {MaxRank} are supported.");
        var result = new int[sizes.Length];
        long bytes = dtype.Size();
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] is < 0 or > int.MaxValue) throw error($"size {sizes[i]} of dimension {i} is not within 0 to {int.MaxValue}.");
            result[i] = (int)sizes[i];
            bool fits = sizes[i] == 0 || bytes <= long.MaxValue / sizes[i];
            if (!fits)
                throw error($"the shape [{string.Join(", ", sizes.ToArray().Select(n => $"{n}"))}] of {dtype.Name()} takes more bytes "
                    + "than 64 bits count.");
            bytes *= sizes[i];
        }
        try
        {
            return (Shape.Create(result), bytes);
        }
        catch (TensorShapeException e)
        {
            // More elements than any device holds.
            throw error(e.Message);
        }
    }

    /// <summary>Refuses booleans other than 0 and 1, which no operator expects.</summary>
    public static void CheckBool(HostArray array, long offset, Func<string, long, TensorFileException> error) =>
        CheckBool(array.DType, array.Data, offset, error);

    /// <inheritdoc cref="CheckBool(HostArray, long, Func{string, long, TensorFileException})"/>
    public static void CheckBool(DType dtype, ReadOnlySpan<byte> data, long offset, Func<string, long, TensorFileException> error)
    {
        if (dtype != DType.Bool) return;
        int at = data.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (at >= 0) throw error($"a bool must be 0 or 1, not {data[at]}.", offset + at);
    }
}
