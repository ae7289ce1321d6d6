using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>The values that a pass makes, numbered as they are added, and which of them stands for which value that the pass was
/// given.</summary>
/// <param name="given">The values that the pass was given.</param>
internal sealed class ValueList(Value[] given)
{
    private readonly List<Value> made = new(given.Length);
    private readonly Value?[] standsFor = new Value?[given.Length];

    /// <summary>Adds a value of the pass's own; its number is that of its place.</summary>
    public Value Add(Value value)
    {
        var numbered = value.Id == made.Count ? value : value with { Id = made.Count };
        made.Add(numbered);
        return numbered;
    }

    /// <summary>Adds the value that stands for a given one, which may be that itself if nothing about it is new.</summary>
    public Value Add(Value original, Value value) => standsFor[original.Id] = Add(value);

    /// <summary>Adds a given value whose operands are those that stand for its operands.</summary>
    public Value AddMapped(Value original) => Add(original, Mapped(original));

    /// <summary>Whether a given value has been added.</summary>
    public bool Has(Value original) => standsFor[original.Id] is not null;

    public Value Mapped(int id) => standsFor[id]!;

    public Use Mapped(Use use) => new(standsFor[use.Value.Id]!, use.View);

    /// <summary>A given value that names, in place of each value that it names, the one that stands for that.</summary>
    public Value Mapped(Value original)
    {
        bool isSame = original.BaseCopy is not { } b || standsFor[b.Id] == b;
        foreach (var (operand, _) in original.Operands) isSame &= standsFor[operand.Id] == operand;
        foreach (var (filler, _) in original.Fillers) isSame &= standsFor[filler.Id] == filler;
        if (original.BiasGradientOf is { } beside) isSame &= standsFor[beside.Product.Id] == beside.Product;
        return isSame ? original : original with
        {
            Operands = Array.ConvertAll(original.Operands, Mapped),
            Fillers = Array.ConvertAll(original.Fillers, f => new Filler(standsFor[f.Value.Id]!, f.View)),
            BaseCopy = original.BaseCopy is { } copy ? standsFor[copy.Id] : null,
            BiasGradientOf = original.BiasGradientOf is { } sum ? (standsFor[sum.Product.Id]!, sum.Left) : null,
        };
    }

    public Value[] ToArray() => [.. made];
}
