using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace GpuTensor.Graph;

/// <summary>What was recorded since the last flush, as words: the fingerprint of a plan. Buffers and scalars appear as slot numbers, never by identity or value.</summary>
internal sealed class Trace
{
    private long[] words = new long[1024];
    private int count;

    public ReadOnlySpan<long> Words => words.AsSpan(0, count);

    /// <summary>How many words there are. Set to fewer: the last ones are taken back.</summary>
    public int Count
    {
        get => count;
        set => count = Math.Min(value, count);
    }

    public void Add(long word)
    {
        if (count == words.Length) Array.Resize(ref words, count * 2);
        words[count++] = word;
    }

    public void Add(Shape shape)
    {
        Add(shape.Rank);
        foreach (int n in shape.Span) Add(n);
    }

    public void Add(View view)
    {
        Add(view.Shape);
        foreach (long s in view.Strides) Add(s);
        Add(view.Offset);
    }

    public void Clear() => count = 0;

    public UInt128 Hash() => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(Words));
}
