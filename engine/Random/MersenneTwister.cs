using System.Buffers.Binary;
using System.Numerics;

namespace GpuTensor;

/// <summary>MT19937 (Matsumoto and Nishimura 1998), seeded as <c>init_genrand</c>: the engine under NumPy's RandomState and PyTorch's CPU
/// generator.</summary>
internal sealed class MersenneTwister
{
    private const int N = 624, M = 397;

    /// <summary>The bytes <see cref="Save"/> writes: the words and the position, little-endian.</summary>
    public const int StateSize = 4 * (N + 1);

    private readonly uint[] words = new uint[N];
    private int position;

    public MersenneTwister(uint seed) => Seed(seed);

    public void Seed(uint seed)
    {
        words[0] = seed;
        for (int i = 1; i < N; i++) words[i] = 1812433253u * (words[i - 1] ^ (words[i - 1] >> 30)) + (uint)i;
        position = N;
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (position == N) Twist();
        uint y = words[position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    /// <summary>The next 64 bits: the first output is the high half.</summary>
    public ulong Next64()
    {
        ulong high = Next();
        return (high << 32) | Next();
    }

    /// <summary>A number from 0 to <paramref name="max"/>, both included: outputs cut to max's bits and redrawn until one fits.</summary>
    public ulong NextMasked(ulong max)
    {
        if (max == 0) return 0;
        ulong mask = ulong.MaxValue >> BitOperations.LeadingZeroCount(max);
        while (true)
        {
            ulong value = (max <= uint.MaxValue ? Next() : Next64()) & mask;
            if (value <= max) return value;
        }
    }

    public void Save(Span<byte> state)
    {
        for (int i = 0; i < N; i++) BinaryPrimitives.WriteUInt32LittleEndian(state[(4 * i)..], words[i]);
        BinaryPrimitives.WriteInt32LittleEndian(state[(4 * N)..], position);
    }

    /// <summary>Takes a state over.</summary>
    /// <exception cref="ArgumentException">It is none that <see cref="Save"/> wrote.</exception>
    public void Load(ReadOnlySpan<byte> state)
    {
        int at = state.Length < StateSize ? -1 : BinaryPrimitives.ReadInt32LittleEndian(state[(4 * N)..]);
        if (at is < 0 or > N)
            throw new ArgumentException($"A random state has {StateSize} bytes and a position from 0 to {N}.", nameof(state));
        for (int i = 0; i < N; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(state[(4 * i)..]);
        position = at;
    }

    private void Twist()
    {
        static uint Mix(uint upper, uint lower)
        {
            uint y = (upper & 0x80000000) | (lower & 0x7FFFFFFF);
            return (y >> 1) ^ ((y & 1) != 0 ? 0x9908B0DF : 0);
        }

        int i = 0;
        for (; i < N - M; i++) words[i] = words[i + M] ^ Mix(words[i], words[i + 1]);
        for (; i < N - 1; i++) words[i] = words[i + M - N] ^ Mix(words[i], words[i + 1]);
        words[N - 1] = words[M - 1] ^ Mix(words[N - 1], words[0]);
        position = 0;
    }
}
