namespace GpuTensor.Graph;

/// <summary>The smallest and the largest of integers that the host sent to a device.</summary>
internal sealed record HostRange(long First, long Last) : IAttributes
{
    /// <summary>So many elements are looked through at most: an index, not a data set.</summary>
    private const int MaxCount = 1 << 16;

    // A leaf's plan does not depend on its contents.
    public void Write(Fingerprint fingerprint) { }

    /// <summary>The range of int64 or int32 contents, or null where looking through them would cost time.</summary>
    public static HostRange? Of(HostArray contents)
    {
        if (contents.Count is 0 or > MaxCount) return null;
        return contents.DType switch
        {
            DType.Int64 => Of(contents.As<long>()),
            DType.Int32 => Of(contents.As<int>()),
            _ => null,
        };
    }

    private static HostRange Of<T>(ReadOnlySpan<T> values) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T first = values[0], last = first;
        foreach (T value in values) (first, last) = (T.Min(first, value), T.Max(last, value));
        return new(long.CreateTruncating(first), long.CreateTruncating(last));
    }
}
