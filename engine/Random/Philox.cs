using System.Runtime.CompilerServices;

namespace GpuTensor;

/// <summary>Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a counter in, four random words out. The
/// same integers as the kernels' <c>philox</c> function, so that host and devices draw one stream.</summary>
internal static class Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    /// <summary>The four words of a counter under a key.</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint key0, uint key1, uint c0, uint c1, uint c2 = 0, uint c3 = 0)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong a = (ulong)M0 * c0, b = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ key0, (uint)b, (uint)(a >> 32) ^ c3 ^ key1, (uint)a);
            key0 += W0;
            key1 += W1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The four words of a block: the key's low word is <c>key[0]</c>, the block's low word <c>counter[0]</c>, its high word
    /// <c>counter[1]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint W0, uint W1, uint W2, uint W3) Block(long key, long block) =>
        Block((uint)key, (uint)(key >> 32), (uint)block, (uint)(block >> 32));

    /// <summary>Word <c>i mod 4</c> of block <c>first + i / 4</c>: what the kernels' <c>philox(key, first, i)</c> gives.</summary>
    public static uint Word(long key, long first, long i)
    {
        var block = Block(key, first + (i >> 2));
        return (i & 3) switch { 0 => block.W0, 1 => block.W1, 2 => block.W2, _ => block.W3 };
    }

    /// <summary>Fills consecutive words from block <paramref name="first"/> on; one block serves four of them.</summary>
    public static void Fill(long key, long first, Span<uint> words)
    {
        int i = 0;
        for (; i + 4 <= words.Length; i += 4)
            (words[i], words[i + 1], words[i + 2], words[i + 3]) = Block(key, first + (i >> 2));
        for (; i < words.Length; i++) words[i] = Word(key, first, i);
    }
}
