namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>A seeded permutation of the blocks of a grid: i ↦ (a·i + b) mod n with a coprime to n.</summary>
internal readonly struct BlockOrder
{
    private readonly ulong _count, _factor, _start;

    public BlockOrder(ulong count, int seed)
    {
        _count = count;
        ulong mix = ((ulong)(uint)seed + 1) * 0x9E3779B97F4A7C15;
        _start = mix % count;
        // 64-bit products do not overflow: a grid of 2³¹·65535² blocks would never end anyhow.
        ulong factor = Math.Max(1, (mix >> 33) % Math.Min(count, 1u << 30));
        while (Gcd(factor, count) != 1) factor++;
        _factor = factor;
    }

    public ulong this[ulong i] => (ulong)(((UInt128)_factor * i + _start) % _count);

    private static ulong Gcd(ulong a, ulong b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
