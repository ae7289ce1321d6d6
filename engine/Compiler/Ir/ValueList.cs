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

    /// <summary>Adds the new form of a value. Where a pass changes nothing about a value, the form is the value itself.</summary>
    public Value Add(Value original, Value value) => standsFor[original.Id] = Add(value);

    /// <summary>Adds a value with the new forms of its operands.</summary>
    public Value AddMapped(Value original) => Add(original, Mapped(original));

    /// <summary>Whether the new form of a value has been added.</summary>
    public bool Has(Value original) => standsFor[original.Id] is not null;

    public Value Mapped(int id) => standsFor[id]!;

    public Use Mapped(Use use) => new(standsFor[use.Value.Id]!, use.View);

    /// <summary>A value with the new forms of its operands, fillers and base copy.</summary>
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
