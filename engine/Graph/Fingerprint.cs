using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace GpuTensor.Graph;

/// <summary>What was recorded since the last flush, as words: the fingerprint of a plan. Buffers and scalars appear as slot numbers, never
/// by identity or value.</summary>
/// <param name="capacity">Words that there is room for at first.</param>
internal sealed class Fingerprint(int capacity = 1024)
{
    private long[] words = new long[capacity];
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

    public void Add(Shape shape) => Write(shape.Span, Take(1 + shape.Rank));

    public void Add(View view)
    {
        int rank = view.Shape.Rank;
        var to = Take(2 + 2 * rank);
        Write(view.Shape.Span, to);
        view.Strides.CopyTo(to[(1 + rank)..]);
        to[^1] = view.Offset;
    }

    private static void Write(ReadOnlySpan<int> sizes, Span<long> to)
    {
        to[0] = sizes.Length;
        for (int d = 0; d < sizes.Length; d++) to[1 + d] = sizes[d];
    }

    /// <summary>Room for more words.</summary>
    private Span<long> Take(int more)
    {
        if (words.Length - count < more) Array.Resize(ref words, Math.Max(words.Length * 2, count + more));
        count += more;
        return words.AsSpan(count - more, more);
    }

    public void Clear() => count = 0;

    /// <summary>A trace of its own with the same words.</summary>
    public Fingerprint Copy() => new() { words = (long[])words.Clone(), count = count };

    public UInt128 Hash() => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(Words));
}
