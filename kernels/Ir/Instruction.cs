namespace GpuTensor.Kernels;

/// <summary>One instruction of a section; its result, if any, has dtype <see cref="Type"/>. Registers of half dtypes hold float32 that has
/// been rounded to the half type.</summary>
internal abstract record Instruction(DType Type)
{
    /// <summary>The address it reads or writes, or the number it gives, over the section's dimensions; null where there is none.</summary>
    public virtual Access? Place => null;

    /// <summary>The k-th buffer it reads, or −1.</summary>
    public virtual int Read(int k) => -1;

    /// <summary>Whether it reads a buffer for which the predicate holds.</summary>
    public bool Reads(Func<int, bool> buffer)
    {
        for (int k = 0, b; (b = Read(k)) >= 0; k++)
            if (buffer(b)) return true;
        return false;
    }

    /// <summary>The k-th register it reads, or −1.</summary>
    public virtual int Operand(int k) => -1;

    /// <summary>The same with another <see cref="Place"/>.</summary>
    public virtual Instruction Moved(Func<Access, Access> change) => this;

    /// <summary>The same with other sizes: those of <see cref="Place"/>, then its own.</summary>
    public virtual Instruction Resized(Func<SymInt, SymInt> change) => Moved(at => at.Resized(change));

    /// <summary>Adds everything but <see cref="Type"/> to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public abstract void Describe(SpecKey key);

    /// <summary>The same with buffers and scalars of other numbers.</summary>
    public virtual Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this;
}

/// <summary>Reads a buffer.</summary>
internal sealed record Load(int Buffer, DType Type, Access At) : Instruction(Type)
{
    public override Access Place => At;
    public override int Read(int k) => k == 0 ? Buffer : -1;
    public override Instruction Moved(Func<Access, Access> change) => this with { At = change(At) };
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this with { Buffer = buffer(Buffer) };
    public override void Describe(SpecKey key) => At.Describe(key.Add(Buffer));
}

/// <summary>Reads a buffer at At + Index·Stride, where Index (Int32 or Int64 register) must lie in [-Bound, Bound): negative counts from
/// the end; outside, the result is 0 and no memory is touched (the engine checks indices separately).</summary>
internal sealed record Gather(int Buffer, DType Type, Access At, int Index, SymInt Stride, SymInt Bound) : Instruction(Type)
{
    public override Access Place => At;
    public override int Read(int k) => k == 0 ? Buffer : -1;
    public override int Operand(int k) => k == 0 ? Index : -1;
    public override Instruction Moved(Func<Access, Access> change) => this with { At = change(At) };
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this with { Buffer = buffer(Buffer) };
    public override Instruction Resized(Func<SymInt, SymInt> change) =>
        this with { At = At.Resized(change), Stride = change(Stride), Bound = change(Bound) };
    public override void Describe(SpecKey key) => At.Describe(key.Add(Buffer).Add(Index)).Add(Stride).Add(Bound);
}

/// <summary>How many of the Length elements At, At + Stride, … of a buffer, which ascend (NaN last), come before Value; with Right, how
/// many do not come after it. Buffer and Value have one dtype, no half and no bool.</summary>
internal sealed record Search(int Buffer, Access At, int Value, SymInt Stride, SymInt Length, bool Right) : Instruction(DType.Int64)
{
    public override Access Place => At;
    public override int Read(int k) => k == 0 ? Buffer : -1;
    public override int Operand(int k) => k == 0 ? Value : -1;
    public override Instruction Moved(Func<Access, Access> change) => this with { At = change(At) };
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this with { Buffer = buffer(Buffer) };
    public override Instruction Resized(Func<SymInt, SymInt> change) =>
        this with { At = At.Resized(change), Stride = change(Stride), Length = change(Length) };
    public override void Describe(SpecKey key) =>
        At.Describe(key.Add(Buffer).Add(Value).Add(Right ? 1 : 0)).Add(Stride).Add(Length);
}

/// <summary>The sum, in this order, of a buffer's elements At + Order[k]·Stride for k from First up to Last (Int64 registers). Order is a
/// buffer of Int64 whose element k stands at OrderAt + k·OrderStride and is below Bound. Halves are added up in float32; no bool.</summary>
internal sealed record SegmentSum(int Buffer, DType Type, Access At, SymInt Stride, SymInt Bound, int Order, SymInt OrderAt,
    SymInt OrderStride, int First, int Last) : Instruction(Type)
{
    public override Access Place => At;
    public override int Read(int k) => k switch { 0 => Buffer, 1 => Order, _ => -1 };
    public override int Operand(int k) => k switch { 0 => First, 1 => Last, _ => -1 };
    public override Instruction Moved(Func<Access, Access> change) => this with { At = change(At) };
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) =>
        this with { Buffer = buffer(Buffer), Order = buffer(Order) };
    public override Instruction Resized(Func<SymInt, SymInt> change) => this with { At = At.Resized(change), Stride = change(Stride),
        Bound = change(Bound), OrderAt = change(OrderAt), OrderStride = change(OrderStride) };
    public override void Describe(SpecKey key) => At.Describe(key.Add(Buffer).Add(Order).Add(First).Add(Last)).Add(Stride).Add(Bound)
        .Add(OrderAt).Add(OrderStride);
}

/// <summary>Writes a register to a buffer (Type is the buffer's dtype and the register's).</summary>
internal sealed record Store(int Buffer, DType Type, Access At, int Value) : Instruction(Type)
{
    public override Access Place => At;
    public override int Operand(int k) => k == 0 ? Value : -1;
    public override Instruction Moved(Func<Access, Access> change) => this with { At = change(At) };
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this with { Buffer = buffer(Buffer) };
    public override void Describe(SpecKey key) => At.Describe(key.Add(Buffer).Add(Value));
}

/// <summary>An affine function of the loop indices as an Int64 register (arange, positions, element numbers of random streams).</summary>
internal sealed record Affine(Access At) : Instruction(DType.Int64)
{
    public override Access Place => At;
    public override Instruction Moved(Func<Access, Access> change) => new Affine(change(At));
    public override void Describe(SpecKey key) => At.Describe(key);
}

/// <summary>A per-step scalar argument converted to Type (from Float64, Int64 or Bool, as Scalars says).</summary>
internal sealed record ScalarArgument(int Slot, DType Type) : Instruction(Type)
{
    public override Instruction Renumbered(Func<int, int> buffer, Func<int, int> scalar) => this with { Slot = scalar(Slot) };
    public override void Describe(SpecKey key) => key.Add(Slot);
}

/// <summary>A literal of Type, given by its bits (of the dtype itself, zero-extended).</summary>
internal sealed record Constant(ulong Bits, DType Type) : Instruction(Type)
{
    public override void Describe(SpecKey key) => key.Add(unchecked((long)Bits));
}

/// <summary>Converts a register, as PyTorch's <c>to(dtype)</c>: float to integer truncates, anything to bool is ≠ 0.</summary>
internal sealed record Cast(int Value, DType Type) : Instruction(Type)
{
    public override int Operand(int k) => k == 0 ? Value : -1;
    public override void Describe(SpecKey key) => key.Add(Value);
}

/// <summary>A scalar function of registers. They have one dtype, but that of a leading condition is Bool; Type is the result's.</summary>
internal sealed record Apply(ScalarFunction Function, DType Type, int[] Arguments) : Instruction(Type)
{
    /// <summary>By the function's name.</summary>
    public Apply(string function, DType type, int[] arguments) : this(Functions.Get(function), type, arguments) { }

    public override int Operand(int k) => k < Arguments.Length ? Arguments[k] : -1;
    public override void Describe(SpecKey key)
    {
        key.Add(Function).Add(Arguments.Length);
        foreach (int argument in Arguments) key.Add(argument);
    }
}

internal enum ReduceOp
{
    /// <summary>Sum; halves accumulate in float32.</summary>
    Sum,
    /// <summary>Product.</summary>
    Prod,
    /// <summary>Maximum; NaN wins.</summary>
    Max,
    /// <summary>Minimum; NaN wins.</summary>
    Min,
    /// <summary>Position (Int64, within the flattened reduced dimensions) of the first maximum; NaN counts as the largest.</summary>
    ArgMax,
    /// <summary>Position of the first minimum; NaN counts as the smallest.</summary>
    ArgMin,
    /// <summary>Column only: Σ Value·Second with one fused multiply-add an element, in index order (integers wrap); the definition of a
    /// matrix product.</summary>
    Dot,
}

/// <summary>A reduction of an element-level register along the reduced dimensions; the result lives at the outer level. Type is the
/// result's dtype: sums of half types accumulate in float32 and round once.</summary>
internal sealed record Reduce(ReduceOp Op, int Value, DType Type, int Second = -1) : Instruction(Type)
{
    public override int Operand(int k) => k switch { 0 => Value, 1 => Second, _ => -1 };
    public override void Describe(SpecKey key) => key.Add((long)Op).Add(Value).Add(Second);
}

/// <summary>One result of a reduction that has two: of a search for the largest or smallest element, the element (0) or its position
/// (1).</summary>
internal sealed record ResultOf(int Reduction, int Number, DType Type) : Instruction(Type)
{
    public override int Operand(int k) => k == 0 ? Reduction : -1;
    public override void Describe(SpecKey key) => key.Add(Reduction).Add(Number);
}
