namespace GpuTensor.CudaSimulator.Memory;

/// <summary>Readers of a word that a later reader, unordered with them, has replaced in the shadow: a writer must follow all of them. Rare:
/// two streams reading the same weights at once.</summary>
internal sealed class UnorderedReaders
{
    private readonly Dictionary<ulong, List<uint>> _byWord = [];

    public int Count => _byWord.Count;

    public void Add(ulong word, uint serial)
    {
        if (!_byWord.TryGetValue(word, out var serials)) _byWord[word] = serials = [];
        if (!serials.Contains(serial)) serials.Add(serial);
    }

    /// <summary>The readers of a word that is about to be written, which forgets them.</summary>
    public IReadOnlyList<uint> Take(ulong word) => _byWord.Remove(word, out var serials) ? serials : [];
}
