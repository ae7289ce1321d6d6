using System.Buffers.Binary;

namespace GpuTensor;

/// <summary>NumPy's legacy random stream, <c>numpy.random.RandomState</c>: the same numbers from the same seed, to the bit. For data that
/// must equal what a NumPy program made; tensors draw theirs from <c>Tensor.Rand</c> and its kin. Not safe for use by several threads at
/// once.</summary>
/// <remarks>Definition: NumPy's <c>randomkit</c> (MT19937, 53-bit doubles, the polar method), frozen by its compatibility policy NEP
/// 19.</remarks>
public sealed class NumPyRandom
{
    private const int StateSize = MersenneTwister.StateSize + 16;

    private readonly MersenneTwister engine;
    private double spare;
    private bool hasSpare;

    /// <summary>As <c>numpy.random.RandomState(seed)</c>.</summary>
    /// <param name="seed">From 0 to 2³²−1.</param>
    /// <exception cref="ArgumentOutOfRangeException">NumPy takes no such seed.</exception>
    public NumPyRandom(long seed)
    {
        if (seed is < 0 or > uint.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(seed), $"{seed}", "NumPy's seeds go from 0 to 4294967295.");
        engine = new((uint)seed);
    }

    /// <summary>Numbers uniform in [0, 1), as <c>rand(count)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public double[] Rand(int count)
    {
        var result = Allocate<double>(count);
        for (int i = 0; i < count; i++) result[i] = NextDouble();
        return result;
    }

    /// <summary>Numbers of the normal distribution with mean 0 and variance 1, as <c>randn(count)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public double[] RandN(int count)
    {
        var result = Allocate<double>(count);
        for (int i = 0; i < count; i++) result[i] = NextGaussian();
        return result;
    }

    /// <summary>Integers uniform in [low, high), as <c>randint(low, high, count)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or the count negative.</exception>
    public long[] RandInt(long low, long high, int count)
    {
        if (low >= high) throw new ArgumentOutOfRangeException(nameof(high), $"{high}", $"RandInt needs low < high, but low is {low}.");
        var result = Allocate<long>(count);
        ulong range = unchecked((ulong)high - (ulong)low) - 1;
        for (int i = 0; i < count; i++) result[i] = unchecked(low + (long)engine.NextMasked(range));
        return result;
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> − 1 in random order, as <c>permutation(count)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public long[] Permutation(int count)
    {
        var result = Allocate<long>(count);
        for (int i = 0; i < count; i++) result[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = (int)engine.NextMasked((ulong)i);
            (result[i], result[j]) = (result[j], result[i]);
        }
        return result;
    }

    /// <summary>The state of the stream, to continue it later with <see cref="SetState"/>.</summary>
    public byte[] GetState()
    {
        var state = new byte[StateSize];
        engine.Save(state);
        var rest = state.AsSpan(MersenneTwister.StateSize);
        rest[0] = hasSpare ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteDoubleLittleEndian(rest[8..], spare);
        return state;
    }

    /// <summary>Continues where <see cref="GetState"/> was called.</summary>
    /// <exception cref="ArgumentException">It is not such a state.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateSize)
            throw new ArgumentException($"A state of this stream has {StateSize} bytes, not {state.Length}.", nameof(state));
        engine.Load(state);
        var rest = state[MersenneTwister.StateSize..];
        (hasSpare, spare) = (rest[0] != 0, BinaryPrimitives.ReadDoubleLittleEndian(rest[8..]));
    }

    private static T[] Allocate<T>(int count) where T : unmanaged
    {
        if (count < 0) throw new ArgumentOutOfRangeException(nameof(count), $"{count}", "The count must not be negative.");
        return HostMemory.Allocate<T>(count, $"{count} random numbers");
    }

    private double NextDouble()
    {
        uint a = engine.Next() >> 5, b = engine.Next() >> 6;
        return (a * 67108864.0 + b) / 9007199254740992.0;
    }

    /// <summary>Marsaglia's polar method makes two at a time; NumPy hands out the second one first.</summary>
    private double NextGaussian()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return spare;
        }
        double x1, x2, r2;
        do
        {
            x1 = 2.0 * NextDouble() - 1.0;
            x2 = 2.0 * NextDouble() - 1.0;
            r2 = x1 * x1 + x2 * x2;
        }
        while (r2 is >= 1.0 or 0.0);
        double f = Math.Sqrt(-2.0 * Math.Log(r2) / r2);
        (spare, hasSpare) = (f * x1, true);
        return f * x2;
    }
}
