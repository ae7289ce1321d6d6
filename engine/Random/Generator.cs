using System.Buffers.Binary;
using GpuTensor.Graph;

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

/// <summary>A random stream, as <c>torch.Generator</c>. Every random function takes one, and the process's <see cref="Default"/> where none
/// is given. A draw takes its numbers when it is recorded, so what a program draws does not depend on when its operations run.</summary>
/// <remarks>Any thread may draw: each draw takes a range of the stream of its own. Which thread gets which range is decided by who draws
/// first; threads that want the same numbers in each run have generators of their own.</remarks>
public sealed class Generator
{
    /// <summary>PyTorch's default seed: programs that set none are reproducible too.</summary>
    private const long DefaultSeed = 67280421310721;

    private const int HeaderSize = 17;

    /// <summary>In place of the default on this thread: conformance runs and tests beside each other in one process.</summary>
    [ThreadStatic] private static Generator? mine;

    private readonly Lock gate = new();
    private long key, counter;
    private TorchRandom? torch;

    /// <summary>Makes a stream.</summary>
    /// <param name="seed">The same seed gives the same numbers on every device.</param>
    /// <param name="stream">Philox on the device, or PyTorch's CPU generator on the host.</param>
    public Generator(long seed = DefaultSeed, RandomStream stream = RandomStream.Philox) => ManualSeed(seed, stream);

    /// <summary>The stream of random functions that are given none: one for the process, for all its threads and devices.</summary>
    public static Generator Default => mine ?? Process;

    private static Generator Process { get; } = new();

    /// <summary>The calling thread's own default from here on; null: the process's again.</summary>
    internal static void UseOnThisThread(Generator? generator) => mine = generator;

    /// <summary>Starts the stream anew.</summary>
    /// <inheritdoc cref="Generator(long, RandomStream)"/>
    public void ManualSeed(long seed, RandomStream stream = RandomStream.Philox)
    {
        if (stream is not (RandomStream.Philox or RandomStream.PyTorch))
            throw new ArgumentOutOfRangeException(nameof(stream), $"{stream}", "A random stream is Philox or PyTorch.");
        Recorder.Recorded?.Refuse("it seeds a random stream");
        lock (gate) (key, counter, torch) = (seed, 0, stream == RandomStream.PyTorch ? new(seed) : null);
    }

    /// <summary>The state, for <see cref="SetState"/>: 17 bytes for Philox, more for PyTorch's generator.</summary>
    public byte[] GetState()
    {
        lock (gate)
        {
            byte[] own = torch?.GetState() ?? [], state = new byte[HeaderSize + own.Length];
            BinaryPrimitives.WriteInt64LittleEndian(state, key);
            BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(8), counter);
            state[16] = torch is null ? (byte)0 : (byte)1;
            own.CopyTo(state, HeaderSize);
            return state;
        }
    }

    /// <summary>Goes on where <see cref="GetState"/> was called.</summary>
    /// <exception cref="ArgumentException">It is not such a state; the stream goes on as before.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        if (state.Length < HeaderSize || state[16] > 1 || (state[16] == 0 && state.Length != HeaderSize))
            throw new ArgumentException($"{state.Length} bytes are no state of a random stream.", nameof(state));
        TorchRandom? own = state[16] == 1 ? new(0) : null;
        own?.SetState(state[HeaderSize..]);
        Recorder.Recorded?.Refuse("it sets the state of a random stream");
        lock (gate)
            (key, counter, torch) = (BinaryPrimitives.ReadInt64LittleEndian(state), BinaryPrimitives.ReadInt64LittleEndian(state[8..]),
                own);
    }

    /// <summary>Whether numbers are drawn on the host, by PyTorch's generator.</summary>
    internal bool IsOnHost => torch is not null;

    /// <summary>The Philox key.</summary>
    internal long Key
    {
        get
        {
            lock (gate) return key;
        }
    }

    /// <summary>Takes that many words of the stream.</summary>
    /// <returns>The key, and the number of the first block of four words.</returns>
    internal (long Key, long First) Take(long words)
    {
        lock (gate)
        {
            long first = counter;
            counter = first + (words + 3) / 4;
            return (key, first);
        }
    }

    /// <summary>Draws by PyTorch's generator.</summary>
    internal HostArray OnHost(Func<TorchRandom, HostArray> draw)
    {
        Recorder.Recorded?.Refuse("it draws random numbers on the host");
        lock (gate) return draw(torch ?? throw new InvalidOperationException("The stream was seeded anew by another thread in mid-draw."));
    }
}
