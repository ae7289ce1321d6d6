namespace GpuTensor.Kernels;

/// <summary>Writes an element program of a product or a convolution (an operand's or the epilogue's) for one position, or for 16 along
/// one dimension.</summary>
internal sealed class ElementWriter : SectionWriter
{
    private readonly string prefix;
    private readonly DType input;

    /// <param name="sizes">The program's domain.</param>
    /// <param name="indices">What the index of each dimension is called; that of the lanes is the index of lane 0.</param>
    /// <param name="lanes">The dimension that lanes run along; −1 where every register is a scalar.</param>
    /// <param name="input">The dtype of the product's operands.</param>
    /// <param name="prefix">What the names of registers begin with.</param>
    public ElementWriter(KernelWriter writer, SymInt[] sizes, Instruction[] code, string[] indices, int lanes, DType input, string prefix)
        : this(writer, new Section(SectionKind.Pointwise, sizes, [], code), indices, lanes, input, prefix) { }

    private ElementWriter(KernelWriter writer, Section section, string[] indices, int lanes, DType input, string prefix)
        : base(writer, section, new Nest(section, keep: true))
    {
        (this.prefix, this.input) = (prefix, input);
        indices.CopyTo(IndexNames, 0);
        if (lanes >= 0) (LaneFrom, LaneTo, Position) = (lanes, lanes + 1, indices[lanes]);
        if (Code[^1] is not Store) Need(Code.Length - 1);
    }

    /// <summary>An operand's program is written for its last register, which nothing stores.</summary>
    private void Need(int last)
    {
        Nest.Needed[last] = true;
        for (int i = last; i >= 0; i--)
            if (Nest.Needed[i])
                for (int k = 0, o; (o = Code[i].Operand(k)) >= 0; k++) Nest.Needed[o] = true;
    }

    protected override string NameOf(int i) => prefix + i;

    public override void Write() => WriteLanes("");

    /// <summary>Writes what is the same for all lanes.</summary>
    public void WriteUniform() => WriteSome(lanes: false, "");

    /// <summary>Writes what differs between lanes.</summary>
    /// <param name="part">How many lanes exist; "" for all.</param>
    /// <param name="product">The product's element or elements, of the accumulator's kind.</param>
    public void WriteLanes(string part, string product = "")
    {
        Part = part;
        WriteSome(lanes: true, product);
        Part = "";
    }

    /// <summary>Writes the program of an epilogue for one position: no lanes.</summary>
    /// <param name="product">The element that the kernel has computed, of the accumulator's kind.</param>
    public void WriteOne(string product)
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i]) WriteAt(i, product);
    }

    /// <summary>Writes the lanes twice, for a whole vector and for the part of one: a vector of which all lanes exist is quicker to read
    /// and to write.</summary>
    /// <param name="part">How many lanes exist.</param>
    /// <param name="use">Writes what is done with them.</param>
    public void WriteWholeOrPart(string part, Action use)
    {
        using (Out.If($"{part} == {GemmAccumulator.Lanes}"))
        {
            WriteLanes("");
            use();
        }
        using (Out.Else())
        {
            WriteLanes(part);
            use();
        }
    }

    /// <summary>The last register as accumulator, of that many lanes.</summary>
    public string Value(int width) =>
        Bits(Convert(Operand(Code.Length - 1, width), Code[^1].Type, GemmAccumulator.Of(input), width),
            GemmAccumulator.KindOf(input), width);

    private void WriteSome(bool lanes, string product)
    {
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i] || (IsLanes(i) || Code[i] is Product) != lanes) continue;
            WriteAt(i, product);
        }
    }

    private void WriteAt(int i, string product)
    {
        if (Code[i] is not Product)
        {
            Emit(i);
            return;
        }
        int width = WidthOf(i);
        var from = GemmAccumulator.Of(input);
        string value = Convert(Bits(product, Kinds.Register(from), width), from, Code[i].Type, width);
        Out.Let(Dialect.Type(KindOf(i), width), NameOf(i), value);
    }

    private string Bits(string value, Kind kind, int width) =>
        kind.IsFloat() ? value : width == 1 ? $"({Dialect.Type(kind)})({value})" : $"as_{Dialect.Type(kind, width)}({value})";
}
