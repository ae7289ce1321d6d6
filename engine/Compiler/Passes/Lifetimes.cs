using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>When each part of the working memory is in use: values from their first writer to their last reader, and what a launch needs
/// for itself. Gives what a launch needs a number among the arena's parts.</summary>
internal sealed class Lifetimes
{
    /// <summary>By part of the arena: bytes, first and last launch.</summary>
    public required IReadOnlyList<(long Bytes, int First, int Last)> Lives { get; init; }

    /// <summary>The launches, whose working memory is in the arena.</summary>
    public required LoweredLaunch[] Launches { get; init; }

    public static Lifetimes Run(Buffers buffers, IReadOnlyList<LoweredLaunch> launches)
    {
        var fusion = buffers.Fusion;
        var times = new int?[fusion.Groups.Length];
        for (int i = 0; i < launches.Count; i++)
            foreach (var group in launches[i].Launch.Groups) times[group.Ordinal] = i;
        var copied = buffers.Copies.Select(c => c.Value.Role == Role.Alias ? c.Value.Operands[0].Value : c.Value).ToHashSet();
        var lives = new List<(long, int, int)>();
        foreach (var value in buffers.Arena)
        {
            var (first, last) = value.IsRegion ? Gathered(value, buffers, times) : Written(value, fusion, times);
            lives.Add((value.Bytes, first == int.MaxValue ? 0 : first, copied.Contains(value) ? launches.Count : last));
        }
        var result = new LoweredLaunch[launches.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int from = lives.Count;
            foreach (long bytes in launches[i].Scratch) lives.Add((bytes, i, i));
            result[i] = launches[i] with { Steps = Array.ConvertAll(launches[i].Steps, s =>
                s with { Memories = Array.ConvertAll(s.Memories, m => InArena(m, from)) }) };
        }
        return new() { Lives = lives, Launches = result };
    }

    private static MemoryId InArena(MemoryId memory, int from) => memory.Kind == MemoryKind.Scratch
        ? new(MemoryKind.Arena, from + memory.Index) : memory;

    private static (int First, int Last) Written(Value value, Fusion fusion, int?[] times)
    {
        var (first, last) = (int.MaxValue, 0);
        void Include(int ordinal)
        {
            if (times[ordinal] is { } time) (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }
        foreach (var writer in value.Sources())
        {
            var group = fusion.GroupOf(writer)!;
            // What is left out has no time.
            if (times[group.Ordinal] is null) continue;
            Include(group.Ordinal);
            VisitCounter.Visit(1 + group.Readers.Length);
            foreach (int reader in group.Readers) Include(reader);
        }
        return (first, last);
    }

    private static (int First, int Last) Gathered(Value value, Buffers buffers, int?[] times)
    {
        int[] readers = [.. buffers.Gathered.Where(g => g.Value.Contains(value) && times[g.Key] is not null)
            .Select(g => times[g.Key]!.Value)];
        return readers.Length == 0 ? (0, 0) : (readers.Min(), readers.Max());
    }
}
