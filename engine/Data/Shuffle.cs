namespace GpuTensor.Data;

/// <summary>The order of samples in an epoch: a function of seed and epoch alone, so a run that stopped can go on with the orders it would
/// have had.</summary>
internal static class Shuffle
{
    /// <summary>0 to count − 1 in random order (Fisher and Yates).</summary>
    public static int[] Order(int count, long seed, int epoch)
    {
        var order = InOrder(count);
        // Each epoch has 2³² Philox blocks of its own and a swap takes one; 64 bits leave no bias that could be noticed.
        long first = (long)epoch << 32;
        for (int i = count - 1; i > 0; i--)
        {
            var (low, high, _, _) = Philox.Block(seed, first + i);
            int j = (int)Math.BigMul(((ulong)high << 32) | low, (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    public static int[] InOrder(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        return order;
    }
}
