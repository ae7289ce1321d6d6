namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>PTX's fundamental types.</summary>
internal enum PtxType
{
    None, Pred, B8, B16, B32, B64, U8, U16, U32, U64, S8, S16, S32, S64, F16, F32, F64, BF16,
}

/// <summary>PTX's state spaces. Parameters of a kernel and of a function are two.</summary>
internal enum PtxSpace
{
    Generic, Global, Const, Shared, Local, Param, FunctionParam,
}

/// <summary>A declared variable: module, function or parameter.</summary>
internal sealed class PtxVariable
{
    public required string Name { get; init; }

    public required PtxSpace Space { get; init; }

    public required PtxType Type { get; init; }

    public int Alignment { get; init; }

    /// <summary>Elements, or -1 for an array without extent (dynamic shared memory).</summary>
    public long Count { get; init; } = 1;

    public bool External { get; init; }

    public int Line { get; init; }

    /// <summary>Literals or addresses, one for each element; the rest is zero.</summary>
    public List<PtxInitializer> Initializers { get; } = [];

    public long Bytes => Count * Type.Size();
}

/// <summary>One element of an initialiser: a literal, or a symbol's address plus an offset.</summary>
internal readonly record struct PtxInitializer(ulong Bits, string? Symbol, bool Generic);

/// <summary>What an operand is made of.</summary>
internal enum OperandKind
{
    /// <summary>A register or special register, <c>%r1</c>, <c>!%p1</c>.</summary>
    Register,

    /// <summary>A literal.</summary>
    Immediate,

    /// <summary>A label, variable or function, perhaps plus an offset.</summary>
    Symbol,

    /// <summary><c>[base + offset]</c>.</summary>
    Address,

    /// <summary><c>{a, b}</c>.</summary>
    Vector,

    /// <summary><c>p|q</c>.</summary>
    Pair,

    /// <summary><c>(a, b)</c> of a call.</summary>
    List,
}

/// <summary>An operand as written.</summary>
internal sealed class PtxOperand
{
    public required OperandKind Kind { get; init; }

    public string Name { get; init; } = "";

    public ulong Bits { get; init; }

    /// <summary>4 for a literal written as <c>0f…</c>, 8 for <c>0d…</c>, 0 for an integer.</summary>
    public int FloatBytes { get; init; }

    public long Offset { get; init; }

    public bool Negated { get; init; }

    public PtxOperand[] Items { get; init; } = [];

    public override string ToString() => Kind switch
    {
        OperandKind.Immediate => $"0x{Bits:x}",
        OperandKind.Address => $"[{Name}{(Offset != 0 ? "+" + Offset : "")}]",
        OperandKind.Vector => "{" + string.Join(", ", Items.AsEnumerable()) + "}",
        OperandKind.Pair => string.Join("|", Items.AsEnumerable()),
        OperandKind.List => "(" + string.Join(", ", Items.AsEnumerable()) + ")",
        _ => (Negated ? "!" : "") + Name + (Offset != 0 ? "+" + Offset : ""),
    };
}

/// <summary>An instruction, or with <see cref="Label"/> set the place of a label.</summary>
internal sealed class PtxInstruction
{
    public string? Label { get; init; }

    /// <summary><c>.branchtargets</c> of the label.</summary>
    public string[]? Targets { get; init; }

    public string Guard { get; init; } = "";

    public bool GuardNegated { get; init; }

    public string Opcode { get; init; } = "";

    public PtxOperand[] Operands { get; init; } = [];

    public int Line { get; init; }

    public override string ToString() =>
        (Guard.Length > 0 ? $"@{(GuardNegated ? "!" : "")}{Guard} " : "") + Opcode + " " + string.Join(", ", Operands.AsEnumerable());
}

/// <summary>A function or entry point.</summary>
internal sealed class PtxFunction
{
    public required string Name { get; init; }

    public bool IsEntry { get; init; }

    public int Line { get; init; }

    public List<PtxVariable> Results { get; } = [];

    public List<PtxVariable> Parameters { get; } = [];

    /// <summary>Registers by the name the instructions use; names of inner scopes are made unique.</summary>
    public Dictionary<string, PtxType> Registers { get; } = new(StringComparer.Ordinal);

    /// <summary>Local, shared and parameter variables of the body, named alike.</summary>
    public Dictionary<string, PtxVariable> Variables { get; } = new(StringComparer.Ordinal);

    public List<PtxInstruction> Body { get; } = [];

    /// <summary><c>.maxntid</c> or <c>.reqntid</c>, all extents multiplied; 0 for none.</summary>
    public int MaxThreads { get; set; }

    public bool HasBody { get; set; }
}

/// <summary>A whole module as written.</summary>
internal sealed class PtxSyntax
{
    public int Version { get; set; }

    public int Target { get; set; }

    public Dictionary<string, PtxVariable> Variables { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, PtxFunction> Functions { get; } = new(StringComparer.Ordinal);
}

/// <summary>Facts of the types.</summary>
internal static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> ByName = new(StringComparer.Ordinal)
    {
        ["pred"] = PtxType.Pred, ["b8"] = PtxType.B8, ["b16"] = PtxType.B16, ["b32"] = PtxType.B32, ["b64"] = PtxType.B64,
        ["u8"] = PtxType.U8, ["u16"] = PtxType.U16, ["u32"] = PtxType.U32, ["u64"] = PtxType.U64,
        ["s8"] = PtxType.S8, ["s16"] = PtxType.S16, ["s32"] = PtxType.S32, ["s64"] = PtxType.S64,
        ["f16"] = PtxType.F16, ["f32"] = PtxType.F32, ["f64"] = PtxType.F64, ["bf16"] = PtxType.BF16,
    };

    public static PtxType Parse(string name) => ByName.GetValueOrDefault(name);

    public static int Size(this PtxType type) => type switch
    {
        PtxType.B8 or PtxType.U8 or PtxType.S8 => 1,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 => 2,
        PtxType.B32 or PtxType.U32 or PtxType.S32 or PtxType.F32 => 4,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 8,
        _ => 0,
    };

    public static bool IsSigned(this PtxType type) => type is PtxType.S8 or PtxType.S16 or PtxType.S32 or PtxType.S64;

    public static bool IsFloat(this PtxType type) => type is PtxType.F16 or PtxType.F32 or PtxType.F64 or PtxType.BF16;
}
