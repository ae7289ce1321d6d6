using System.Buffers.Binary;

namespace GpuTensor;

/// <summary>Which random numbers tensors are filled with.</summary>
public enum RandomStream
{
    /// <summary>Philox 4x32-10, drawn on the device: the same integers on every device.</summary>
    Philox,
    /// <summary>PyTorch's CPU generator, drawn on the host and copied: the numbers of <c>torch.manual_seed(seed)</c>, to compare
    /// runs.</summary>
    PyTorch,
}

/// <summary>The random stream of one thread: a key and the number of the next block of four words. What is recorded takes its numbers then,
/// so a program's draws do not depend on
/// when it is flushed.</summary>
internal sealed class Generator
{
    /// <summary>PyTorch's default seed: programs that set none are reproducible too.</summary>
    private const long DefaultSeed = 67280421310721;

    private const int HeaderSize = 17;

    /// <summary>Marks an argument as the calling thread's key, for replays.</summary>
    public static readonly Func<double> KeySource = () => Current.Key;

    [ThreadStatic] private static Generator? mine;

    private static int threads;

    private Generator(long key) => Key = key;

    /// <summary>The calling thread's stream. Threads that set no seed have streams of their own, in the order in which they first
    /// draw.</summary>
    public static Generator Current =>
        mine ??= new(unchecked(DefaultSeed + (Interlocked.Increment(ref threads) - 1) * unchecked((long)0x9E3779B97F4A7C15)));

    public long Key { get; private set; }

    /// <summary>The next block.</summary>
    public long Counter { get; private set; }

    /// <summary>PyTorch's generator, where that stream was chosen.</summary>
    public TorchRandom? Torch { get; private set; }

    public void Seed(long seed, RandomStream stream) =>
        (Key, Counter, Torch) = (seed, 0, stream == RandomStream.PyTorch ? new(seed) : null);

    /// <summary>Takes blocks for that many words; returns the first.</summary>
    public long Take(long words)
    {
        long first = Counter;
        Counter = After(first, words);
        return first;
    }

    /// <summary>The block that follows so many words.</summary>
    public static long After(long first, long words) => first + (words + 3) / 4;

    /// <summary>The state, for checkpoints.</summary>
    public byte[] GetState()
    {
        byte[] torch = Torch?.GetState() ?? [], state = new byte[HeaderSize + torch.Length];
        BinaryPrimitives.WriteInt64LittleEndian(state, Key);
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(8), Counter);
        state[16] = Torch is null ? (byte)0 : (byte)1;
        torch.CopyTo(state, HeaderSize);
        return state;
    }

    /// <summary>Goes on where <see cref="GetState"/> was called.</summary>
    /// <exception cref="ArgumentException">It is not such a state.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length < HeaderSize || state[16] > 1 || (state[16] == 0 && state.Length != HeaderSize))
            throw new ArgumentException($"{state.Length} bytes are no state of a random stream.", nameof(state));
        TorchRandom? torch = state[16] == 1 ? new(0) : null;
        torch?.SetState(state[HeaderSize..]);
        (Key, Counter, Torch) = (BinaryPrimitives.ReadInt64LittleEndian(state), BinaryPrimitives.ReadInt64LittleEndian(state[8..]), torch);
    }
}
