using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Offsets in the device's one working memory for values that live only within a run: each lives from its first writer to its last
/// reader, and memory whose value is dead is given to the next.</summary>
internal static class ArenaPlan
{
    public const long Alignment = 256;

    /// <summary>No device has so much memory; sums of what is smaller do not overflow.</summary>
    public const long MostBytes = 1L << 50;

    /// <summary>Offsets by value, and the bytes the plan needs.</summary>
    /// <param name="lives">Bytes, first and last launch of each value.</param>
    public static (long[] Offsets, long Bytes) Make(IReadOnlyList<(long Bytes, int First, int Last)> lives)
    {
        var offsets = new long[lives.Count];
        // Time order; at equal times the largest first. A sorted list of holes, best fit.
        var order = Enumerable.Range(0, lives.Count).OrderBy(i => lives[i].First).ThenByDescending(i => lives[i].Bytes).ToArray();
        var ends = new PriorityQueue<int, int>();
        var holes = new SortedList<long, long>();
        long top = 0;
        foreach (int i in order)
        {
            var (bytes, first, last) = lives[i];
            long size = Round(Math.Max(bytes, 1));
            while (ends.TryPeek(out int done, out int end) && end < first)
            {
                ends.Dequeue();
                Free(holes, offsets[done], Round(Math.Max(lives[done].Bytes, 1)));
            }
            int best = -1;
            VisitCounter.Visit(1 + holes.Count);
            for (int h = 0; h < holes.Count; h++)
                if (holes.GetValueAtIndex(h) >= size && (best < 0 || holes.GetValueAtIndex(h) < holes.GetValueAtIndex(best))) best = h;
            if (best >= 0)
            {
                long at = holes.GetKeyAtIndex(best), room = holes.GetValueAtIndex(best);
                holes.RemoveAt(best);
                if (room > size) holes.Add(at + size, room - size);
                offsets[i] = at;
            }
            else
            {
                // The last hole may reach the top: grow from there.
                offsets[i] = holes.Count > 0 && holes.GetKeyAtIndex(holes.Count - 1) + holes.GetValueAtIndex(holes.Count - 1) == top
                    ? holes.GetKeyAtIndex(holes.Count - 1) : top;
                if (offsets[i] != top) holes.RemoveAt(holes.Count - 1);
                top = offsets[i] + size;
            }
            ends.Enqueue(i, last);
        }
        return (offsets, top);
    }

    public static long Round(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Free(SortedList<long, long> holes, long at, long size)
    {
        holes.Add(at, size);
        int i = holes.IndexOfKey(at);
        if (i + 1 < holes.Count && at + size == holes.GetKeyAtIndex(i + 1))
        {
            size += holes.GetValueAtIndex(i + 1);
            holes.RemoveAt(i + 1);
            holes[at] = size;
        }
        if (i > 0 && holes.GetKeyAtIndex(i - 1) + holes.GetValueAtIndex(i - 1) == at)
        {
            long before = holes.GetKeyAtIndex(i - 1);
            holes.RemoveAt(i);
            holes[before] = at + size - before;
        }
    }
}
