using GpuTensor.CudaSimulator.Ptx;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>A decoded instruction. Operands are byte offsets into a warp's register file, where a register is 32 lanes of four or eight
/// bytes, a predicate one word of 32 bits, and a literal a register that nobody writes.</summary>
internal unsafe struct Op
{
    /// <summary>What executes it.</summary>
    public delegate*<Machine, Op*, void> Run;

    /// <summary>Destination and sources.</summary>
    public int D, A, B, C;

    /// <summary>A second destination, or what <see cref="Run"/> wants there.</summary>
    public int E;

    /// <summary>The guarding predicate, -1 for none.</summary>
    public int Guard;

    /// <summary>The guard holds where the predicate is false.</summary>
    public bool GuardNegated;

    /// <summary>Of a memory access: bytes of an element, elements, sign extension, bytes of the register lanes, what kind of
    /// access.</summary>
    public byte Size, Count, RegisterBytes;

    /// <inheritdoc cref="Size"/>
    public bool Signed;

    /// <inheritdoc cref="Size"/>
    public AccessKind Access;

    /// <summary>The space of a memory access.</summary>
    public PtxSpace Space;

    /// <summary>Added to an address; an index of an <see cref="Op"/> for a branch.</summary>
    public long Offset;

    /// <summary>Where this access found its allocation last time: an index of <see cref="Machine.Found"/>.</summary>
    public int Slot;

    /// <summary>Of a basic block's first instruction: its place in the two orders in which diverged lanes may run.</summary>
    public int PriorityA, PriorityB;

    /// <summary>Where control goes after it.</summary>
    public Flow Flow;

    /// <summary>The instruction it came from: an index of <see cref="PtxCode.Source"/>.</summary>
    public int Source;
}

/// <summary>Where control goes after an <see cref="Op"/>.</summary>
internal enum Flow : byte
{
    /// <summary>To the next.</summary>
    Next,

    /// <summary>To the next, which is a place where branches lead.</summary>
    Join,

    /// <summary>To <see cref="Op.Offset"/>.</summary>
    Branch,

    /// <summary>To one of a table.</summary>
    Indexed,

    /// <summary>Nowhere.</summary>
    Exit,
}

/// <summary>How an access takes part in races.</summary>
internal enum AccessKind : byte
{
    /// <summary>An ordinary load or store.</summary>
    Plain,

    /// <summary>Through the read-only cache: nothing of the launch may write it.</summary>
    ReadOnly,

    /// <summary>Volatile, relaxed, acquire, release, or a read-modify-write: ordered with others of its kind.</summary>
    Atomic,
}

/// <summary>What a lane's value is when a block starts.</summary>
internal enum SpecialRegister
{
    TidX, TidY, TidZ, NtidX, NtidY, NtidZ, CtaidX, CtaidY, CtaidZ, NctaidX, NctaidY, NctaidZ, LaneId, WarpId, LanemaskEq, LanemaskLt,
        LanemaskLe,
    LanemaskGt, LanemaskGe, WarpCount, DynamicSharedBytes, TotalSharedBytes,
}

/// <summary>A decoded entry point: its code with every function it calls put in place, and the layout of a warp's registers.</summary>
internal sealed class PtxCode
{
    /// <summary>Pinned, so that pointers into it last.</summary>
    public required Op[] Ops { get; init; }

    public required PtxInstruction[] Source { get; init; }

    /// <summary>Bytes of a warp's register file.</summary>
    public required int RegisterBytes { get; init; }

    /// <summary>Literals: where, lane width in bytes, value in every lane.</summary>
    public required List<(int Offset, int Width, ulong Value)> Constants { get; init; }

    /// <summary>Where special registers are kept.</summary>
    public required List<(int Offset, SpecialRegister Register)> Specials { get; init; }

    /// <summary>Bytes of a lane's local variables and of the parameters it passes to functions.</summary>
    public required int LocalBytes { get; init; }

    /// <inheritdoc cref="LocalBytes"/>
    public required int FunctionParameterBytes { get; init; }

    /// <summary>Its <c>cvt</c> instructions that have no function of their own.</summary>
    public required List<Func<ulong, ulong>> Conversions { get; init; }

    /// <summary>How many accesses remember an allocation.</summary>
    public required int Slots { get; init; }

    /// <summary>Operand lists and branch tables too long for an <see cref="Op"/>.</summary>
    public required int[] Table { get; init; }
}
