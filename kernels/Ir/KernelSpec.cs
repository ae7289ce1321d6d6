namespace GpuTensor.Kernels;

/// <summary>One kernel launch, described without source: sections over one list of buffers and scalars.</summary>
/// <param name="Name">A C identifier that says what the kernel does, for profilers and error messages.</param>
/// <param name="Buffers">What each buffer parameter holds; written ones are the targets of <see cref="Store"/>.</param>
/// <param name="Scalars">The dtypes of the per-step scalar arguments (Float64, Int64 or Bool), in slot order.</param>
/// <param name="Sections">The loop nests.</param>
/// <param name="Serial">False: sections are independent; each work-group belongs to one of them. True: one work-group runs them all in
/// order, and a later section may read what an earlier one stored (tiny graphs, where a launch costs more than the work).</param>
internal sealed record KernelSpec(string Name, BufferParameter[] Buffers, DType[] Scalars, Section[] Sections, bool Serial)
{
    /// <summary>The same with other sizes.</summary>
    public KernelSpec Resized(Func<SymInt, SymInt> change) => this with { Sections = Array.ConvertAll(Sections, s => s.Resized(change)) };

    /// <summary>Adds everything to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public void Describe(SpecKey key)
    {
        key.Add(Name).Add(Buffers, Scalars).Add(Serial ? 1 : 0).Add(Sections.Length);
        foreach (var section in Sections) section.Describe(key);
    }
}

/// <summary>A buffer parameter: a base pointer and an element offset, given at launch.</summary>
internal readonly record struct BufferParameter(DType DType, bool Written);

internal enum SectionKind
{
    /// <summary>Every element of the domain for itself. No reduced dimension.</summary>
    Pointwise,

    /// <summary>Reductions along the reduced dimensions, vectorised along them: rows. Several reductions may follow each other, pointwise
    /// code on the row between them (softmax, layer norm). Sum order: lane partials by position in the row, then a fixed tree.</summary>
    Row,

    /// <summary>Reductions along the reduced dimensions, vectorised along the last outer dimension; each element's sum runs in index order,
    /// or, of long columns on a GPU, in turns (column sums, small matrix products). One round of reductions only.</summary>
    Column,
}

/// <summary>A loop nest over Outer × Reduce with straight-line code.</summary>
/// <param name="Outer">Sizes of the kept dimensions (of the whole domain, for pointwise). May be empty: one element.</param>
/// <param name="Reduce">Sizes of the reduced dimensions; empty for pointwise.</param>
/// <param name="Code">Instructions in order; operands name earlier instructions by index. An instruction lives at the outer level (once per
/// outer element) if nothing it reads varies along a reduced dimension, else at the element level.</param>
/// <param name="SplitTotal">When set, the last outer dimension counts chunks of a longer reduced dimension: there is one reduced dimension
/// of size L, chunk c covers positions c·L … min((c+1)·L, SplitTotal) of it, and positions past the end do not exist. For Column the chunk
/// dimension is the last but one outer dimension (the last is the vectorised one).</param>
internal sealed record Section(SectionKind Kind, SymInt[] Outer, SymInt[] Reduce, Instruction[] Code, SymInt? SplitTotal = null)
{
    /// <summary>The same with other sizes.</summary>
    public Section Resized(Func<SymInt, SymInt> change) => this with
    {
        Outer = Array.ConvertAll(Outer, n => change(n)), Reduce = Array.ConvertAll(Reduce, n => change(n)),
        SplitTotal = SplitTotal is { } total ? change(total) : null, Code = Array.ConvertAll(Code, i => i.Resized(change)),
    };

    /// <summary>Adds everything to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public void Describe(SpecKey key)
    {
        key.Add((long)Kind).Add(Outer).Add(Reduce).Add(SplitTotal is null ? 0 : 1);
        if (SplitTotal is { } total) key.Add(total);
        key.Add(Code);
    }
}

/// <summary>An affine address or number: Offset + Σ Strides[d]·i[d] over Outer then Reduce dimensions. Strides of 0 and 1 are built into
/// the source; other strides, sizes and offsets are arguments, so that kernels are shared between shapes.</summary>
internal sealed record Access(SymInt Offset, SymInt[] Strides)
{
    public Access(long offset, long[] strides) : this((SymInt)offset, SymInt.Of(strides)) { }

    /// <summary>The same with other sizes.</summary>
    public Access Resized(Func<SymInt, SymInt> change) => new(change(Offset), Array.ConvertAll(Strides, s => change(s)));

    /// <summary>Adds everything to a key, sizes in the order of <see cref="Resized"/>.</summary>
    public SpecKey Describe(SpecKey key) => key.Add(Offset).Add(Strides);

    /// <summary>No position that it takes over a domain of these sizes is further from 0.</summary>
    public SymInt Reach(ReadOnlySpan<SymInt> sizes)
    {
        var reach = SymInt.Reach(Offset, 1);
        for (int d = 0; d < sizes.Length; d++) reach = SymInt.AddReach(reach, SymInt.Reach(Strides[d], sizes[d]));
        return reach;
    }
}

/// <summary>What a generator returns: the text, which is that of other sizes, too, and the numbers of these.</summary>
internal sealed record GeneratedKernel(KernelText Text, LaunchNumbers Numbers)
{
    public string Source => Text.Source;

    public string EntryPoint => Text.EntryPoint;

    public bool WideIndices => Text.WideIndices;

    public IReadOnlySet<string> Prelude => Text.Prelude;

    public long[] Integers => Numbers.Integers;

    public LaunchShape Shape => new(Numbers.Groups, Text.GroupSize, Numbers.LocalBytes);
}

/// <summary>A kernel whose numbers follow from sizes.</summary>
internal sealed record SymbolicKernel(KernelText Text, SymInt[] Integers, SymbolicGrid Grid)
{
    /// <summary>The kernel of the sizes at hand.</summary>
    public GeneratedKernel Evaluate() => new(Text, LaunchNumbers.Read(Array.ConvertAll([.. Integers, .. Grid.Numbers], n => (long)n)));
}

/// <summary>A kernel's text and what goes with it. It names no size, offset or scalar value.</summary>
/// <param name="Source">Complete source of the kernel's function; the dialect's prelude stands before it in the program.</param>
/// <param name="EntryPoint">The function's name, unique to the source text.</param>
/// <param name="WideIndices">True when the integer block and all indices are 64-bit (a domain or an address passes 2³¹−1).</param>
/// <param name="GroupSize">Work-items to a group, along each of three dimensions.</param>
/// <param name="Prelude">Names of the prelude functions the source uses.</param>
internal sealed record KernelText(string Source, string EntryPoint, bool WideIndices, Size3 GroupSize, IReadOnlySet<string> Prelude);

/// <summary>The numbers of a launch.</summary>
/// <param name="Integers">The values of the kernel's integer block. The first <c>Buffers.Length</c> are the buffers' element offsets, to be
/// filled in at binding; where the dialect has its scalars in memory, their places in that block follow, to be filled in too, and the
/// address of the block is the last parameter.</param>
/// <param name="Groups">Work-groups to launch.</param>
/// <param name="LocalBytes">Bytes of the dynamic local array.</param>
internal sealed record LaunchNumbers(long[] Integers, Size3 Groups, int LocalBytes)
{
    /// <summary>From the integers and the numbers of a <see cref="SymbolicGrid"/> after them.</summary>
    public static LaunchNumbers Read(ReadOnlySpan<long> numbers)
    {
        var grid = numbers[^SymbolicGrid.Length..];
        return new(numbers[..^SymbolicGrid.Length].ToArray(), new(grid[0], grid[1], grid[2]), checked((int)grid[3]));
    }
}
