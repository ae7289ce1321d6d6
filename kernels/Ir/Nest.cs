namespace GpuTensor.Kernels;

/// <summary>A section's loops after dimensions of size 1 are dropped and neighbours that every access walks as one are merged. Neither
/// changes an element's position in its flattened reduced dimensions, so neither changes the order of a sum.</summary>
internal sealed class Nest
{
    /// <summary>Sizes: kept dimensions first, then the reduced ones.</summary>
    public readonly SymInt[] Sizes;

    /// <summary>How many of them are kept; at least one for Pointwise and Column.</summary>
    public readonly int OuterCount;

    /// <summary>The dimension that counts chunks of a split reduction, or −1.</summary>
    public readonly int Chunk;

    /// <summary>Strides over <see cref="Sizes"/>, for instructions with an access.</summary>
    public readonly SymInt[]?[] Strides;

    /// <summary>The dimensions each instruction's value varies along, as bits.</summary>
    public readonly ulong[] Mask;

    /// <summary>Instructions that something stored depends on.</summary>
    public readonly bool[] Needed;

    /// <param name="keep">True: every dimension stays as it is.</param>
    public Nest(Section section, bool keep = false)
    {
        var code = section.Code;
        int rank = section.Outer.Length + section.Reduce.Length;
        Strides = new SymInt[]?[code.Length];
        Mask = new ulong[code.Length];
        Needed = new bool[code.Length];
        int chunk = section.SplitTotal is null ? -1 : section.Outer.Length - (section.Kind == SectionKind.Column ? 2 : 1);
        if (section.SplitTotal is not null && (chunk < 0 || section.Reduce.Length != 1))
            throw new ArgumentException("A split needs a chunk dimension and one reduced dimension.");
        bool IsFixed(int d) => keep || d == chunk || (chunk >= 0 && (d == chunk + 1 || d >= section.Outer.Length));
        SymInt[] sizes = [.. section.Outer, .. section.Reduce];
        SymInt[][] strides = [.. code.Select(i => i.Place?.Strides).OfType<SymInt[]>()];
        var kept = Coalescing.Run(sizes, 0, section.Outer.Length, strides, IsFixed);
        if (kept.Count == 0 && section.Kind != SectionKind.Row) kept.Add((1, -1));
        OuterCount = kept.Count;
        Chunk = chunk < 0 ? -1 : kept.FindIndex(k => k.Dimension == chunk);
        kept.AddRange(Coalescing.Run(sizes, section.Outer.Length, rank, strides, IsFixed));
        if (section.Reduce.Length > 0 && kept.Count == OuterCount) kept.Add((1, -1));
        Sizes = [.. kept.Select(k => k.Size)];
        for (int i = 0; i < code.Length; i++) Strides[i] = code[i].Place is { } access ? Project(access, kept) : null;
        FindMasks(code);
        FindNeeded(code);
    }

    public int Rank => Sizes.Length;

    public SymInt Outer => Product(0, OuterCount);

    public SymInt Reduced => Product(OuterCount, Rank);

    public SymInt Product(int from, int to) => SymInt.Product(Sizes.AsSpan(from, to - from));

    public static ulong Bits(int from, int to) => to <= from ? 0 : ((1UL << to) - 1) & ~((1UL << from) - 1);

    private static SymInt[] Project(Access access, List<(SymInt Size, int Dimension)> kept)
    {
        var strides = new SymInt[kept.Count];
        for (int d = 0; d < strides.Length; d++) strides[d] = kept[d].Dimension < 0 ? 0 : access.Strides[kept[d].Dimension];
        return strides;
    }

    private void FindMasks(Instruction[] code)
    {
        ulong reduced = Bits(OuterCount, Rank);
        for (int i = 0; i < code.Length; i++)
        {
            ulong mask = code[i] is Product ? Bits(0, OuterCount) : 0;
            if (Strides[i] is { } strides)
                for (int d = 0; d < strides.Length; d++)
                    if (strides[d] != 0) mask |= 1UL << d;
            for (int k = 0, o; (o = code[i].Operand(k)) >= 0; k++) mask |= Mask[o];
            Mask[i] = code[i] is Reduce ? mask & ~reduced : mask;
        }
    }

    private void FindNeeded(Instruction[] code)
    {
        for (int i = code.Length - 1; i >= 0; i--)
        {
            if (code[i] is Store) Needed[i] = true;
            if (!Needed[i]) continue;
            for (int k = 0, o; (o = code[i].Operand(k)) >= 0; k++) Needed[o] = true;
        }
    }

    /// <summary>The factor c when an access walks the dimensions [from, to) as c·(flattened position), else null.</summary>
    public SymInt? Linear(int instruction, int from, int to)
    {
        var strides = Strides[instruction]!;
        SymInt c = strides[to - 1], expected = c;
        for (int d = to - 1; d >= from; d--)
        {
            if (strides[d] != expected) return null;
            expected *= Sizes[d];
        }
        return c;
    }
}
