namespace GpuTensor.Kernels;

/// <summary>A scalar function and its properties for the generator. Expressions are in the template language of <see cref="Library"/>,
/// with the operands as <c>$0</c>, <c>$1</c>, … C and its relatives agree on them, so they are no part of a dialect. What the function
/// means is the reference of the operator that names it.</summary>
internal sealed class ScalarFunction(string name, int arity)
{
    /// <summary>What operators and <see cref="Functions.Get"/> call it.</summary>
    public string Name { get; } = name;

    /// <summary>Number of operands, at most ten: an expression names each by one digit.</summary>
    public int Arity { get; } = arity is >= 1 and <= 10 ? arity
        : throw new ArgumentOutOfRangeException(nameof(arity), arity, $"{name} must have from 1 to 10 operands.");

    /// <summary>The expression for floating kinds; null: it has none.</summary>
    public string? Float { get; init; }

    /// <summary>The expression for integers; null: it has none.</summary>
    public string? Integer { get; init; }

    /// <summary>The expression for Bool; null: it has none.</summary>
    public string? Bool { get; init; }

    /// <summary>True where the result of half operands is a half without rounding.</summary>
    public bool IsExact { get; init; }

    /// <summary>The work in additions, roughly: row kernels and the chunking go by it.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>The same for integers, where it differs.</summary>
    public int IntegerCost { get => field == 0 ? Cost : field; init; }

    /// <summary>Functions of the generated source that the expressions call, and that no other row brought before.</summary>
    public Helper[] Helpers { get; init; } = [];

    /// <summary>Whether the function is defined for operands of a kind.</summary>
    public bool IsDefined(Kind kind) => Expression(kind) is not null;

    /// <summary>The expression for operands of a kind.</summary>
    /// <exception cref="ArgumentException">The function is not defined for it.</exception>
    public string Template(Kind kind) =>
        Expression(kind) ?? throw new ArgumentException($"{Name} is not defined for {kind}.", nameof(kind));

    private string? Expression(Kind kind) => kind.IsFloat() ? Float : kind == Kind.Bool ? Bool : Integer;

    /// <summary>A function of floating numbers alone.</summary>
    /// <param name="single">The helper for float32.</param>
    /// <param name="wide">The helper for float64; null: the device's own function of this name.</param>
    public static ScalarFunction OfReals(string name, string single, Helper? wide = null, int arity = 1, int cost = 16) => new(name, arity)
    {
        Float = arity == 1 ? $"@{name}($0)" : $"@{name}($0, $1)",
        Cost = cost,
        Helpers = [new(name + "_f32", single), wide ?? Helper.OfDevice(name, arity)],
    };

    public override string ToString() => Name;
}
