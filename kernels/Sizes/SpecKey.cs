using System.Runtime.InteropServices;

namespace GpuTensor.Kernels;

/// <summary>A description in two parts: its structure, by which the text of a kernel is found, and its sizes. Whatever of a description is
/// no <see cref="SymInt"/> is structure.</summary>
internal sealed class SpecKey : IEquatable<SpecKey>
{
    /// <summary>Descriptions are equal if their sizes are, too.</summary>
    public static readonly IEqualityComparer<SpecKey> WithSizes = EqualityComparer<SpecKey>.Create(
        (a, b) => Equals(a, b) && a!.sizes.SequenceEqual(b!.sizes), key => HashCode.Combine(key, Hash(key.sizes)));

    private readonly List<long> words = [];
    private readonly List<object> objects = [];
    private readonly List<long> sizes = [];

    /// <summary>The sizes, in the order in which they were added.</summary>
    public List<long> Sizes => sizes;

    public SpecKey Add(long word)
    {
        words.Add(word);
        return this;
    }

    /// <summary>Adds something that is compared by <see cref="object.Equals(object)"/>: a name, a function.</summary>
    public SpecKey Add(object item)
    {
        objects.Add(item);
        return this;
    }

    public SpecKey Add(SymInt size)
    {
        sizes.Add((long)size);
        return this;
    }

    /// <summary>Adds sizes, whose number is structure.</summary>
    public SpecKey Add(SymInt[] many)
    {
        words.Add(many.Length);
        foreach (var size in many) sizes.Add((long)size);
        return this;
    }

    public SpecKey Add(Instruction instruction)
    {
        objects.Add(instruction.GetType());
        words.Add((long)instruction.Type);
        instruction.Describe(this);
        return this;
    }

    public SpecKey Add(Instruction[] code)
    {
        words.Add(code.Length);
        foreach (var instruction in code) Add(instruction);
        return this;
    }

    public SpecKey Add(BufferParameter[] buffers, DType[] scalars)
    {
        words.Add(buffers.Length);
        foreach (var (type, written) in buffers) words.Add((long)type * 2 + (written ? 1 : 0));
        words.Add(scalars.Length);
        foreach (var type in scalars) words.Add((long)type);
        return this;
    }

    public bool Equals(SpecKey? other) => other is not null && words.SequenceEqual(other.words) && objects.SequenceEqual(other.objects);

    public override bool Equals(object? obj) => Equals(obj as SpecKey);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Hash(words));
        foreach (var item in objects) hash.Add(item);
        return hash.ToHashCode();
    }

    private static int Hash(List<long> numbers)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers)));
        return hash.ToHashCode();
    }
}
