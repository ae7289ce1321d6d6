using GpuTensor.Runtime.Memory;

namespace GpuTensor.Backends.Reference;

/// <summary>Counts what the reference device's values take, so that a limit holds there as it does on other devices. The memory itself is
/// the garbage collector's: what it has found dead is taken off when the limit is met.</summary>
internal sealed class ReferenceMemory
{
    private readonly Lock gate = new();
    private readonly List<(WeakReference<Block> Block, long Bytes)> living = [];
    private readonly Stack<WeakReference<Block>> unused = new();
    private long held;
    private int sweepAt = 1024;

    /// <summary>Bytes that values, and the numbers of the operator at work, may take together.</summary>
    public long Limit { get; set; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Refuses what would pass the limit.</summary>
    /// <param name="bytes">What is about to be taken.</param>
    /// <param name="what">The operator or value, with dtype and shape, for the error.</param>
    /// <exception cref="DeviceOutOfMemoryException">It would, even after a collection.</exception>
    public void Require(Int128 bytes, string what)
    {
        lock (gate)
        {
            if (bytes <= Limit - held) return;
            GC.Collect();
            Sweep();
            if (bytes <= Limit - held) return;
            throw new DeviceOutOfMemoryException(FormattableString.Invariant(
                $"cpu: {bytes:N0} bytes were needed for {what}, beside {held:N0} in use; the memory limit is {Limit:N0} bytes ")
                + "(GPUTENSOR_MEMORY_LIMIT, or what the process may take).");
        }
    }

    /// <summary>A value that lives until the collector finds its block dead.</summary>
    public Block Add(Block block)
    {
        lock (gate)
        {
            if (living.Count >= sweepAt)
            {
                Sweep();
                sweepAt = Math.Max(1024, 2 * living.Count);
            }
            if (unused.TryPop(out var weak)) weak.SetTarget(block);
            else weak = new(block);
            living.Add((weak, block.Bytes));
            held += block.Bytes;
        }
        return block;
    }

    private void Sweep()
    {
        int left = 0;
        for (int i = 0; i < living.Count; i++)
        {
            var entry = living[i];
            if (entry.Block.TryGetTarget(out _)) living[left++] = entry;
            else
            {
                held -= entry.Bytes;
                unused.Push(entry.Block);
            }
        }
        living.RemoveRange(left, living.Count - left);
    }
}
