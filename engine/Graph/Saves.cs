namespace GpuTensor.Graph;

/// <summary>A set of an operator's operands and results, those that a gradient rule reads: they are kept for it, and changing them in place
/// before the backward pass is an error.</summary>
/// <remarks>A bit for each. The last operand's bit stands for every operand from there on, so the set has room for any number: it may
/// hold operands that the rule does not read, which costs memory, and never lacks one.</remarks>
internal readonly record struct Saves
{
    private const int Last = 31;

    private readonly uint operands, results;

    private Saves(uint operands, uint results) => (this.operands, this.results) = (operands, results);

    public static Saves None => default;

    public static Saves A => Operand(0);

    public static Saves B => Operand(1);

    public static Saves C => Operand(2);

    public static Saves AB => A | B;

    /// <summary>The result of an operator that has one.</summary>
    public static Saves Output => Result(0);

    public static Saves Operand(int i) => new(1u << Math.Min(i, Last), 0);

    public static Saves Result(int i) => i <= Last ? new(0, 1u << i)
        : throw new ArgumentOutOfRangeException(nameof(i), i, $"An operator has at most {Last + 1} results.");

    public static Saves operator |(Saves a, Saves b) => new(a.operands | b.operands, a.results | b.results);

    public bool HasOperand(int i) => (operands & Operand(i).operands) != 0;

    public bool HasResult(int i) => (results & Result(i).results) != 0;
}
