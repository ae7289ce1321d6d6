using GpuTensor.Graph;

namespace GpuTensor.Compiler;

internal enum MemoryKind : byte
{
    /// <summary>The memory of a leaf, by slot.</summary>
    Slot,
    /// <summary>A changed variable's own memory, by home.</summary>
    Home,
    /// <summary>A flat storage, by region.</summary>
    Region,
    /// <summary>A kept result's new memory, by position in the plan's outputs.</summary>
    Output,
    /// <summary>Working memory between launches, by position in the arena plan.</summary>
    Arena,
    /// <summary>Working memory within one launch, by position among that launch's; the arena pass gives it a place in the arena.</summary>
    Scratch,
}

/// <summary>Memory a kernel may be given: one parameter each, so that what shares memory shares the parameter.</summary>
internal readonly record struct MemoryId(MemoryKind Kind, int Index);

/// <summary>Where a value lies.</summary>
/// <param name="Offset">In elements.</param>
internal readonly record struct Place(MemoryId Memory, long Offset);

/// <summary>Where every value lies that memory holds, and which order of groups that demands.</summary>
internal sealed class Buffers
{
    /// <summary>The groups whose values these are.</summary>
    public required Fusion Fusion { get; init; }

    /// <summary>By value; null for values that no memory holds.</summary>
    public required Place?[] Places { private get; init; }

    /// <summary>Values in working memory; their position is their index.</summary>
    public required IReadOnlyList<Value> Arena { get; init; }

    /// <summary>Values that get memory of their own at each run.</summary>
    public required IReadOnlyList<Value> Outputs { get; init; }

    /// <summary>Values that could not be computed at home and are copied there at the end.</summary>
    public required IReadOnlyList<(Value Value, Home Home)> Copies { get; init; }

    /// <summary>Groups that do not run, since their result lies where it shall already.</summary>
    public required IReadOnlySet<int> Elided { get; init; }

    /// <summary>By group: the groups that must run before it because it overwrites what they read.</summary>
    public required IReadOnlyDictionary<int, HashSet<int>> Before { get; init; }

    /// <summary>By group: the flat values it reads whose parts do not lie one after the other, and are copied together before the first of
    /// their readers runs.</summary>
    public required IReadOnlyDictionary<int, List<Value>> Gathered { get; init; }

    /// <summary>Where a value lies; null where no memory holds it.</summary>
    public Place? Find(Value value) => value.Id < Places.Length ? Places[value.Id] : null;

    public Place Of(Value value) => Find(value) ?? throw new InvalidOperationException($"{value} lies in no memory.");
}
