using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>Writes the instructions of one section. What the three kinds of sections share: names, operands, addresses, and each
/// instruction's text at one lane or sixteen.</summary>
internal abstract partial class SectionWriter
{
    protected readonly KernelWriter Out;
    protected readonly Section Section;
    protected readonly Instruction[] Code;
    protected readonly Nest Nest;
    protected readonly Dialect Dialect;

    /// <summary>The dimensions that lanes run over: [LaneFrom, LaneTo).</summary>
    protected int LaneFrom, LaneTo;

    /// <summary>What the index of each dimension outside the lanes is called.</summary>
    protected readonly string[] IndexNames;

    /// <summary>The position of lane 0 along the lanes, and how many lanes exist where they may not all ("" where they do).</summary>
    protected string Position = "j", Part = "";

    private readonly string?[] offsetSlots, boundSlots;
    private readonly string?[][] strideSlots;
    private readonly string?[] sizeSlots;
    private readonly (string? Multiplier, string? Shift)[] divisionSlots;

    protected SectionWriter(KernelWriter writer, Section section, Nest nest)
    {
        (Out, Section, Code, Nest, Dialect) = (writer, section, section.Code, nest, writer.Dialect);
        IndexNames = new string[nest.Rank];
        for (int d = 0; d < nest.Rank; d++) IndexNames[d] = "i" + d;
        divisionSlots = new (string?, string?)[nest.Rank];
        (offsetSlots, boundSlots, sizeSlots, strideSlots) =
            (new string?[Code.Length], new string?[Code.Length], new string?[nest.Rank], new string?[Code.Length][]);
    }

    /// <summary>Writes the section for the group or virtual group <c>g</c>.</summary>
    public abstract void Write();

    /// <summary>Groups the section wants, known once it is written.</summary>
    public SymInt Groups { get; protected set; } = 1;

    protected string X => Out.X;

    protected string Size(int d) => sizeSlots[d] ??= Out.Slot(Nest.Sizes[d]);

    /// <summary>A flat index, not negative, divided by a dimension's size. In the shape of a GPU and with indices of 32 bits by a product,
    /// whose numbers are arguments as the size is.</summary>
    protected string Quotient(string index, int d)
    {
        if (Out.Profile.IsCpu || Out.Wide) return $"{index} / {Size(d)}";
        // Of size 0 there is no index.
        if (Nest.Sizes[d] <= 1) return index;
        if (divisionSlots[d].Multiplier is null) divisionSlots[d] = DivisionSlots(Nest.Sizes[d]);
        return Quotient(index, divisionSlots[d]!);
    }

    /// <summary>The same by another number.</summary>
    protected string Quotient(string index, SymInt divisor) =>
        Out.Profile.IsCpu || Out.Wide ? $"{index} / {Out.Slot(divisor)}" : divisor <= 1 ? index : Quotient(index, DivisionSlots(divisor));

    private (string, string) DivisionSlots(SymInt divisor)
    {
        var (multiplier, shift) = SymInt.DivisionBy(divisor);
        return (Out.Slot(multiplier), Out.Slot(shift));
    }

    private string Quotient(string index, (string? Multiplier, string? Shift) by)
    {
        string unsigned = Dialect.Type(Kind.U32);
        string factor = $"({unsigned}){by.Multiplier}";
        string high = string.Format(CultureInfo.InvariantCulture, Dialect.HighProduct, $"({unsigned})({index})", factor);
        return $"({X})({high} >> {by.Shift})";
    }

    protected bool IsLanes(int i) => (Nest.Mask[i] & Nest.Bits(LaneFrom, LaneTo)) != 0;

    protected int WidthOf(int i) => IsLanes(i) ? Out.Width : 1;

    protected Kind KindOf(int i) => Kinds.Register(Code[i].Type);

    protected virtual string NameOf(int i) => "v" + i;

    /// <summary>A register, or a literal, as an operand of that width.</summary>
    protected string Operand(int i, int width)
    {
        var kind = KindOf(i);
        string value = Code[i] is Constant c ? Dialect.Literal(c.Type, c.Bits) : NameOf(i);
        if (width == 1) return value[0] == '-' ? $"({value})" : value;
        if (WidthOf(i) == width) return value;
        return Dialect.Splat(kind, width, kind == Kind.Bool ? $"-({value})" : value);
    }

    protected string Stride(int i, int d) => Slot(ref (strideSlots[i] ??= new string?[Nest.Rank + 3])[d], Nest.Strides[i]![d]);

    private string Slot(ref string? slot, SymInt value) => slot ??= value == 1 ? "1" : Out.Slot(value);

    /// <summary>From this many additions on for an element, a body is long.</summary>
    private const int LongBody = 30;

    /// <summary>The work on one element, in additions, roughly.</summary>
    protected int Cost()
    {
        int cost = 0;
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i]) cost += CostOf(Code[i]);
        return cost;
    }

    /// <summary>The pragma of a loop over elements; null: none. With much to compute for each, a compiler that unrolls the loop has several
    /// times the code to work on, and there is enough to do for each element to hide what memory takes.</summary>
    protected string? Unrolling() => Cost() >= LongBody ? Dialect.KeepLoop : null;

    /// <summary>The loop of the lanes from j up to a number: whole vectors first, then a part of one.</summary>
    protected void InVectors(string end, Action body)
    {
        using (Out.For("", $"j + 16 <= {end}", "j += 16")) body();
        using (Out.If($"j < {end}"))
        {
            Out.Let("int", "m", $"{end} - j");
            Part = "m";
            body();
            Part = "";
        }
    }

    protected static int CostOf(Instruction instruction) => instruction switch
    {
        Apply apply => apply.Type.IsInteger() ? apply.Function.IntegerCost : apply.Function.Cost + (apply.Type.IsHalf() ? 4 : 0),
        Load load => load.Type.IsHalf() ? 3 : 1,
        Gather => 8,
        Search or SegmentSum => 64,
        Constant or ScalarArgument => 0,
        _ => 1,
    };

    /// <summary>Writes an instruction other than a reduction.</summary>
    protected void Emit(int i)
    {
        int width = WidthOf(i);
        switch (Code[i])
        {
            case Constant: break;
            case Store store: EmitStore(i, store); break;
            default:
                string value = Code[i] switch
                {
                    Load load => FromStorage(load.Type, width, LoadText(i, load, width)),
                    Gather gather => GatherText(i, gather, width),
                    Search search => SearchText(i, search, width),
                    SegmentSum sum => SegmentText(i, sum, width),
                    Affine => AffineText(i, width),
                    ScalarArgument scalar => ScalarText(scalar),
                    Cast cast => Convert(Operand(cast.Value, width), Code[cast.Value].Type, cast.Type, width),
                    Apply apply => ApplyText(apply, width),
                    ResultOf result => ResultText(result, width),
                    var other => throw new ArgumentException($"{other} cannot stand here."),
                };
                Out.Let(Dialect.Type(KindOf(i), width), NameOf(i), value);
                break;
        }
    }
}
