using GpuTensor.Backends;

namespace GpuTensor.Runtime.Memory;

/// <summary>Device memory for values that outlive a run. Ranges come from slabs or, when large, from buffers of their own, and go back to
/// free lists by size, never to the driver unless memory runs out. Who still needs a block is the garbage collector's knowledge: the pool
/// holds weak references and looks at them after a collection; no finalizer is involved.</summary>
internal sealed class Pool(Backend backend)
{
    private const long SlabBytes = 4 << 20, LargeBytes = 1 << 20, Alignment = 256, MinimumBudget = 64 << 20;

    private record struct Entry(WeakReference<Block> Owner, DeviceBuffer Buffer, long Offset, long Bytes, bool InUse, string What);

    private readonly List<Entry> entries = [];
    private readonly Stack<int> unused = new();
    private readonly Dictionary<long, Stack<(DeviceBuffer Buffer, long Offset)>> free = [];
    private readonly List<DeviceBuffer> slabs = [];
    private long slabUsed = SlabBytes, givenSinceCollection;
    private int lastCollection;

    /// <summary>Bytes in blocks that are (or may be) alive.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Takes memory for a value.</summary>
    /// <param name="bytes">At least so many.</param>
    /// <param name="what">Dtype and shape, for the message when memory runs out.</param>
    /// <exception cref="DeviceOutOfMemoryException">Nothing is left, even after collecting and trimming.</exception>
    public Block Allocate(long bytes, string what)
    {
        long size = SizeClass(bytes);
        var (buffer, offset) = Take(size, what);
        LiveBytes += size;
        givenSinceCollection += size;
        int ticket = unused.TryPop(out int t) ? t : entries.Count;
        var block = new Block { Buffer = buffer, Offset = offset, Bytes = bytes, Ticket = ticket };
        if (ticket == entries.Count) entries.Add(new(new(block), buffer, offset, size, true, what));
        else
        {
            var owner = entries[ticket].Owner;
            owner.SetTarget(block);
            entries[ticket] = new(owner, buffer, offset, size, true, what);
        }
        return block;
    }

    /// <summary>One allocation in adjoining parts, each a block of its own.</summary>
    /// <param name="bytes">Of each part.</param>
    /// <param name="what">For the message when memory runs out.</param>
    /// <exception cref="DeviceOutOfMemoryException">As for one block.</exception>
    public Block[] AllocateFlat(long[] bytes, string what)
    {
        var whole = Allocate(bytes.Sum(), what);
        var parts = new Block[bytes.Length];
        long at = whole.Offset;
        for (int i = 0; i < parts.Length; at += bytes[i++])
            parts[i] = new() { Buffer = whole.Buffer, Offset = at, Bytes = bytes[i], Whole = whole };
        return parts;
    }

    /// <summary>Called when memory is out, to give back what its owner can do without.</summary>
    public Action? Spare { get; init; }

    /// <summary>Takes a whole buffer for the caller to keep, with the same effort as for a value.</summary>
    public DeviceBuffer TakeWhole(long bytes, string what) => Take(SizeOfWhole(bytes), what).Item1;

    /// <summary>The size of a whole buffer that holds so many bytes.</summary>
    public static long SizeOfWhole(long bytes) => Math.Max(SizeClass(bytes), LargeBytes);

    /// <summary>Takes a block back at once. Whoever calls knows that nothing recorded needs it; work already enqueued may still use it,
    /// since the stream is in order.</summary>
    public void Release(Block block)
    {
        if (block.Ticket < 0) return;
        var entry = entries[block.Ticket];
        if (!entry.InUse || !entry.Owner.TryGetTarget(out var owner) || owner != block) return;
        GiveBack(block.Ticket);
    }

    /// <summary>Between runs: takes back what the collector has found dead, and asks it to look when much was given out since it last
    /// did.</summary>
    public void Maintain()
    {
        if (givenSinceCollection > Math.Max(MinimumBudget, LiveBytes / 4)) GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        int collections = GC.CollectionCount(0);
        if (collections == lastCollection) return;
        lastCollection = collections;
        givenSinceCollection = 0;
        Sweep();
    }

    /// <summary>Returns unused memory to the driver.</summary>
    public void Trim()
    {
        foreach (var (size, list) in free)
        {
            if (size < LargeBytes) continue;
            while (list.TryPop(out var range)) backend.Free(range.Buffer);
        }
    }

    private void Sweep()
    {
        for (int i = 0; i < entries.Count; i++)
            if (entries[i].InUse && !entries[i].Owner.TryGetTarget(out _)) GiveBack(i);
    }

    private void GiveBack(int ticket)
    {
        var entry = entries[ticket];
        entries[ticket] = entry with { InUse = false };
        entry.Owner.SetTarget(null!);
        LiveBytes -= entry.Bytes;
        if (!free.TryGetValue(entry.Bytes, out var list)) free.Add(entry.Bytes, list = new());
        list.Push((entry.Buffer, entry.Offset));
        unused.Push(ticket);
    }

    private (DeviceBuffer, long) Take(long size, string what)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (free.TryGetValue(size, out var list) && list.TryPop(out var range)) return range;
            try
            {
                if (size >= LargeBytes) return (backend.Allocate(size), 0L);
                if (slabUsed + size > SlabBytes)
                {
                    slabs.Add(backend.Allocate(SlabBytes));
                    slabUsed = 0;
                }
                long at = slabUsed;
                slabUsed += size;
                return (slabs[^1], at);
            }
            catch (DeviceOutOfMemoryException) when (attempt < 3)
            {
                // Drain, so that what is no longer used is known to be; collect dead handles, young ones first; drain again, and trim:
                // memory held for reuse in other sizes and working memory go back to the driver.
                backend.Finish();
                if (attempt < 2) GC.Collect(attempt + 1, GCCollectionMode.Forced, blocking: true);
                Sweep();
                if (attempt < 2) continue;
                backend.Finish();
                Trim();
                Spare?.Invoke();
            }
            catch (DeviceOutOfMemoryException e)
            {
                throw new DeviceOutOfMemoryException(
                    $"{e.Message}. {size:N0} bytes were needed for {what}. Alive are {LiveBytes:N0} bytes, "
                    + $"of {backend.Counters.BytesHeld:N0} taken from the driver:{Describe()}\n"
                    + "Use smaller batches, or Dispose() or let go of tensors that are no longer needed.", e);
            }
        }
    }

    /// <summary>Live bytes by shape, largest first.</summary>
    public string Describe()
    {
        var largest = entries.Where(e => e.InUse).GroupBy(e => e.What)
            .Select(g => (What: g.Key, Count: g.Count(), Bytes: g.Sum(e => e.Bytes)))
            .OrderByDescending(g => g.Bytes).Take(8);
        return string.Concat(largest.Select(g => $"\n  {g.Bytes,15:N0} bytes in {g.Count} × {g.What}"));
    }

    /// <summary>Multiples of 256 bytes, from 4 KiB on in steps of an eighth of the power of two below, so that few sizes share many free
    /// ranges.</summary>
    private static long SizeClass(long bytes)
    {
        long size = Math.Max(Alignment, (bytes + Alignment - 1) / Alignment * Alignment);
        if (size <= 4096) return size;
        long step = 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)size) - 3);
        return (size + step - 1) / step * step;
    }
}
