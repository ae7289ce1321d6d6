namespace GpuTensor.Kernels;

/// <summary>Writes the instructions of one section. What the three kinds of sections share: names, operands, addresses, and each instruction's text at one lane or sixteen.</summary>
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
        (offsetSlots, boundSlots, sizeSlots, strideSlots) = (new string?[Code.Length], new string?[Code.Length], new string?[nest.Rank], new string?[Code.Length][]);
    }

    /// <summary>Writes the section for the group or virtual group <c>g</c>.</summary>
    public abstract void Write();

    /// <summary>Groups the section wants, known once it is written.</summary>
    public long Groups { get; protected set; } = 1;

    protected string X => Out.X;

    protected string Size(int d) => sizeSlots[d] ??= Out.Slot(Nest.Sizes[d]);

    /// <summary>A flat index, not negative, divided by a dimension's size. In the shape of a GPU and with indices of 32 bits by a product, whose numbers are arguments as the size is.</summary>
    protected string Quotient(string index, int d)
    {
        if (Out.Profile.IsCpu || Out.Wide) return $"{index} / {Size(d)}";
        // Of size 0 there is no index.
        if (Nest.Sizes[d] <= 1) return index;
        if (divisionSlots[d].Multiplier is null) divisionSlots[d] = DivisionSlots(Nest.Sizes[d]);
        return Quotient(index, divisionSlots[d]!);
    }

    /// <summary>The same by another number.</summary>
    protected string Quotient(string index, long divisor) =>
        Out.Profile.IsCpu || Out.Wide ? $"{index} / {Out.Slot(divisor)}" : divisor <= 1 ? index : Quotient(index, DivisionSlots(divisor));

    private (string, string) DivisionSlots(long divisor)
    {
        var division = Division.By(divisor);
        return (Out.Slot(division.Multiplier), Out.Slot(division.Shift));
    }

    private string Quotient(string index, (string? Multiplier, string? Shift) by)
    {
        string unsigned = Dialect.Type(Kind.U32);
        return $"({X})({string.Format(System.Globalization.CultureInfo.InvariantCulture, Dialect.HighProduct, $"({unsigned})({index})", $"({unsigned}){by.Multiplier}")} >> {by.Shift})";
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

    private string Slot(ref string? slot, long value) => slot ??= value == 1 ? "1" : Out.Slot(value);

    private static string Times(string index, string stride) => stride == "1" ? index : $"{index}*{stride}";

    /// <summary>The part of an address that is the same for all lanes; "" for 0.</summary>
    protected string Base(int i)
    {
        long offset = Code[i].Place!.Offset;
        string sum = offset == 0 ? "" : offsetSlots[i] ??= Out.Slot(offset);
        for (int d = 0; d < Nest.Rank; d++)
            if ((d < LaneFrom || d >= LaneTo) && Nest.Strides[i]![d] != 0) sum += (sum.Length == 0 ? "" : " + ") + Times(IndexNames[d], Stride(i, d));
        return sum;
    }

    /// <summary>The stride of an access along the lanes' flattened position: "" when it does not move, null when it is no single stride.</summary>
    protected string? LaneStride(int i)
    {
        if ((Nest.Bits(LaneFrom, LaneTo) & MaskOfAccess(i)) == 0) return "";
        if (Nest.Linear(i, LaneFrom, LaneTo) is null) return null;
        return Stride(i, LaneTo - 1);
    }

    private ulong MaskOfAccess(int i)
    {
        ulong mask = 0;
        var strides = Nest.Strides[i]!;
        for (int d = 0; d < strides.Length; d++) if (strides[d] != 0) mask |= 1UL << d;
        return mask;
    }

    /// <summary>Base plus lane part as one scalar address: of lane 0, or of the only lane.</summary>
    protected string Address(int i)
    {
        string sum = Base(i);
        string lanes = LaneStride(i) switch
        {
            "" => "",
            null => GeneralLanes(i),
            var stride => Times(Position.Contains(' ') && stride != "1" ? $"({Position})" : Position, stride),
        };
        return sum.Length == 0 ? (lanes.Length == 0 ? "0" : lanes) : lanes.Length == 0 ? sum : $"{sum} + {lanes}";
    }

    /// <summary>The index along a lane dimension.</summary>
    protected virtual string LaneIndex(int d) => "d" + d;

    private string GeneralLanes(int i)
    {
        string sum = "";
        for (int d = LaneFrom; d < LaneTo; d++)
            if (Nest.Strides[i]![d] != 0)
                sum += (sum.Length == 0 ? "" : " + ") + (Out.Width == 1 || Stride(i, d) == "1" ? Times(LaneIndex(d), Stride(i, d)) : $"d{d}*({Out.X}16)({Stride(i, d)})");
        return sum;
    }

    /// <summary>Indices of the lanes along each lane dimension, where some access needs them: <c>d</c> and the dimension's number.</summary>
    protected void LaneIndices()
    {
        near = false;
        if (LaneTo - LaneFrom < 2 || !NeedsLaneIndices()) return;
        if (Out.Width == 1)
        {
            Quotients(X, Position, "d", "q");
            return;
        }
        string type = Dialect.Type(Out.Index, 16), lanes = Lanes(Out.Index);
        near = Nest.Sizes[LaneTo - 1] >= 32 && !NeedsEveryIndex();
        if (near)
        {
            // Most vectors lie within the innermost dimension: those need the indices of lane 0 alone.
            Quotients(X, Position, "near", "q");
            Out.Line($"const int near = near{LaneTo - 1} + {(Part.Length > 0 ? Part : "16")} <= {Size(LaneTo - 1)};");
            for (int d = LaneFrom; d < LaneTo; d++) Out.Line($"{type} d{d} = ({type})(0);");
            Out.Open("if (!near)");
        }
        // Lanes that do not exist stand in for the last that does.
        if (Part.Length > 0) lanes = $"min({lanes}, ({type})({Part} - 1))";
        Out.Line($"const {type} p = ({type})({Position}) + {lanes};");
        string rest = "p";
        for (int d = LaneTo - 1; d > LaneFrom; d--)
        {
            string q = d == LaneFrom + 1 ? "d" + LaneFrom : "q" + d, declare = near ? "" : $"const {type} ";
            // A product with the reciprocal in double, half a step up, truncates to the exact quotient below 2^50.
            string quotient = $"convert_{type}((convert_double16({rest}) + 0.5) * (1.0 / (double){Size(d)}))";
            Out.Line($"{(d == LaneFrom + 1 ? declare : $"const {type} ")}{q} = {quotient};").Line($"{declare}d{d} = {rest} - {q} * ({type})({Size(d)});");
            rest = q;
        }
        if (near) Out.Close();
    }

    /// <summary>Whether the vector being written may lie within the innermost lane dimension, as <c>near</c> says.</summary>
    private bool near;

    private void Quotients(string type, string rest, string name, string quotient)
    {
        for (int d = LaneTo - 1; d > LaneFrom; d--)
        {
            string q = d == LaneFrom + 1 ? name + LaneFrom : quotient + name + d;
            Out.Line($"const {type} {q} = {Quotient(rest, d)}, {name}{d} = {rest} - {q} * {Size(d)};");
            rest = q;
        }
    }

    /// <summary>Whether something other than a load or a store goes by the lanes' indices.</summary>
    private bool NeedsEveryIndex()
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is not (Load or Store) && Nest.Strides[i] is not null && LaneStride(i) is null) return true;
        return false;
    }

    /// <summary>The address of lane 0 of an access without a single stride, in a near vector.</summary>
    private string NearAddress(int i)
    {
        string sum = Base(i);
        for (int d = LaneFrom; d < LaneTo; d++)
            if (Nest.Strides[i]![d] != 0) sum += (sum.Length == 0 ? "" : " + ") + Times("near" + d, Stride(i, d));
        return sum;
    }

    private bool NeedsLaneIndices()
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Nest.Strides[i] is not null && LaneStride(i) is null) return true;
        return false;
    }

    /// <summary>0, 1, … 15 as a vector of an integer kind.</summary>
    protected string Lanes(Kind kind) => $"({Dialect.Type(kind, 16)})(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)";

    /// <summary>A mask of the lanes that exist, as large as a kind.</summary>
    protected string Exists(Kind kind)
    {
        var mask = kind.Mask();
        return $"({Lanes(mask)} < ({Dialect.Type(mask, 16)})({Part}))";
    }

    /// <summary>Declares the indices of the dimensions [from, to) of a flat number; the last may have another name.</summary>
    protected void Decompose(string flat, int from, int to, string? lastName = null)
    {
        string rest = flat;
        for (int d = to - 1; d >= from; d--)
        {
            string name = d == to - 1 && lastName is not null ? lastName : IndexNames[d];
            if (d == from) Out.Line($"{X} {name} = {rest};");
            else
            {
                Out.Line($"const {X} r{d} = {Quotient(rest, d)};").Line($"{X} {name} = {rest} - r{d} * {Size(d)};");
                rest = "r" + d;
            }
        }
    }

    /// <summary>Steps the indices of the dimensions [from, d], the last fastest.</summary>
    protected void Advance(int from, int d)
    {
        if (d < from) return;
        string text = $"++{IndexNames[from]};";
        for (int k = from + 1; k <= d; k++) text = $"if (++{IndexNames[k]} == {Size(k)}) {{ {IndexNames[k]} = 0; {text} }}";
        Out.Line(text);
    }

    /// <summary>From this many additions on for an element, a body is long.</summary>
    private const int LongBody = 30;

    /// <summary>The work on one element, in additions, roughly.</summary>
    protected int Cost()
    {
        int cost = 0;
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i]) cost += CostOf(Code[i]);
        return cost;
    }

    /// <summary>Opens a loop over elements. With much to compute for each, a compiler that writes the loop out has several times the code to work on, and there is enough to do for each element to
    /// hide what memory takes.</summary>
    protected void OpenLoop(string head)
    {
        if (Dialect.KeepLoop is { } keep && Cost() >= LongBody) Out.Line(keep);
        Out.Open(head);
    }

    protected static int CostOf(Instruction instruction) => instruction switch
    {
        // Integers are divided in software.
        Apply { Function: "div" or "trunc_div" } apply when apply.Type.IsInteger() => 30,
        Apply apply => Expressions.Get(apply.Function).Cost + (apply.Type.IsHalf() ? 4 : 0),
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
                    var other => throw new ArgumentException($"{other} cannot stand here."),
                };
                Out.Line($"const {Dialect.Type(KindOf(i), width)} {NameOf(i)} = {value};");
                break;
        }
    }

    private string LoadText(int i, Load load, int width)
    {
        string address = Address(i);
        if (width == 1) return $"{Out.Buffer(load.Buffer)}[{address}]";
        return VectorLoad(i, load.Buffer, load.Type, "");
    }

    private string VectorLoad(int i, int buffer, DType type, string extra)
    {
        var stored = Kinds.Stored(type);
        switch (LaneStride(i))
        {
            case null:
                string general = $"{Out.Call(Out.Wide ? "indexedw" : "indexed", stored, 16)}({Sum(Out.Buffer(buffer), Base(i), extra)}, {GeneralLanes(i)})";
                if (!near) return general;
                string pointer = Sum(Out.Buffer(buffer), NearAddress(i), extra), lanes = Part.Length == 0 ? "16" : Part;
                return "near ? " + (Nest.Strides[i]![LaneTo - 1] == 0 ? Dialect.Splat(stored, 16, $"*({pointer})")
                    : Stride(i, LaneTo - 1) == "1" ? $"vload16(0, {pointer})"
                    : $"{Out.Call("strided", stored, 16)}({pointer}, {Stride(i, LaneTo - 1)}, {lanes})") + $" : {general}";
            // Whole, too, where only a part of the lanes exists: Generator.ReadPast.
            case "1": return $"vload16(0, {Sum(Out.Buffer(buffer), Address(i), extra)})";
            case var stride: return $"{Out.Call("strided", stored, 16)}({Sum(Out.Buffer(buffer), Address(i), extra)}, {stride}, {(Part.Length == 0 ? "16" : Part)})";
        }
    }

    private static string Sum(string pointer, string address, string extra)
    {
        string sum = address.Length == 0 || address == "0" ? pointer : $"{pointer} + ({address})";
        return extra.Length == 0 ? sum : $"{sum} + {extra}";
    }

    /// <summary>The address of lane 0, without the lanes' general part.</summary>
    private string Address0(int i)
    {
        if (LaneStride(i) is not null) return Address(i);
        string at = Base(i);
        return at.Length == 0 ? "0" : at;
    }

    private string AffineText(int i, int width)
    {
        string wide = Dialect.Type(Kind.I64, width);
        if (width == 1) return $"({wide})({Address(i)})";
        return LaneStride(i) is { } stride
            ? $"({wide})({Address(i)}) + {Lanes(Kind.I64)} * ({wide})({stride})"
            : $"({wide})({Address0(i)}) + convert_{wide}({GeneralLanes(i)})";
    }

    private string ScalarText(ScalarArgument scalar)
    {
        var from = Out.Spec.Scalars[scalar.Slot];
        string name = Out.Scalar(scalar.Slot);
        if (from == DType.Bool) return Convert($"({name} != 0)", DType.Bool, scalar.Type, 1);
        return Convert(name, from.IsFloatingPoint() && !Out.Profile.HasFloat64 ? DType.Float32 : from, scalar.Type, 1);
    }

    private string ApplyText(Apply apply, int width)
    {
        var type = Code[apply.Arguments[^1]].Type;
        var kind = Kinds.Register(type);
        var operands = new string[apply.Arguments.Length];
        for (int k = 0; k < operands.Length; k++) operands[k] = Operand(apply.Arguments[k], width);
        if (apply.Function == "where") operands[0] = ToMask(operands[0], kind, width);
        string text = Out.Expand(Expressions.Template(apply.Function, kind), kind, width, operands);
        if (apply.Type == DType.Bool && kind != Kind.Bool) return FromMask(text, kind, width);
        return apply.Type.IsHalf() && !Expressions.Get(apply.Function).Exact ? Round(text, apply.Type, width) : text;
    }

    /// <summary>A comparison's result, in the size of what was compared, as a Bool register.</summary>
    protected static string FromMask(string mask, Kind kind, int width) => width == 1 || kind.Size() == 4 ? mask : $"convert_int16({mask})";

    /// <summary>A Bool register as a condition for values of a kind.</summary>
    protected string ToMask(string condition, Kind kind, int width) =>
        width == 1 || kind.Size() == 4 ? condition : $"convert_{Dialect.Type(kind.Mask(), 16)}({condition})";

    protected string Round(string value, DType half, int width) => $"{Out.Call(half == DType.Float16 ? "round_f16" : "round_bf16", Kind.F32, width)}({value})";

    /// <summary>A conversion between dtypes, as PyTorch's on x86: floats become 8- and 16-bit integers by way of int, and wrap.</summary>
    protected string Convert(string value, DType from, DType to, int width)
    {
        var source = Kinds.Register(from);
        var target = Kinds.Register(to);
        if (from == to) return value;
        if (to == DType.Bool) return FromMask($"({value}) != {Dialect.Splat(source, width, "0")}", source, width);
        if (from == DType.Bool)
        {
            value = $"(({value}) & 1)";
            source = Kind.I32;
        }
        if (source.IsFloat() && target.Size() < 4) value = Dialect.Convert(Kind.I32, width, value);
        if (source != target) value = Dialect.Convert(target, width, value);
        return to.IsHalf() ? Round(value, to, width) : value;
    }

    /// <summary>Row sums that carry along what their additions lost: the logarithm of a sum near 1, a confident loss, shows it. Kinds below float64 pass by rules of their own dtype.</summary>
    protected static bool IsCompensated(Reduce reduce, Kind kind) => reduce.Op == ReduceOp.Sum && kind == Kind.F64;

    /// <summary>A float64 sum with another number added, and exactly what that lost (Knuth's TwoSum) added to what was lost before.</summary>
    protected string Added(int width, string sum, string lost, string value) =>
        $"{{ const {Dialect.Type(Kind.F64, width)} s = {sum} + {value}, z = s - {sum}; {lost} += ({sum} - (s - z)) + ({value} - z); {sum} = s; }}";

    protected static bool IsPosition(Reduce reduce) => Accumulators.IsPosition(reduce.Op);

    protected Kind Accumulator(Reduce reduce) => Accumulators.Of(reduce, Code[reduce.Value].Type, Out.Wide);

    /// <summary>What a reduction starts from.</summary>
    protected string StartText(Reduce reduce, Kind kind, int width)
    {
        string start = Expressions.Identity(Dialect, reduce.Op, kind);
        return width == 1 ? start : Dialect.Splat(kind, width, kind == Kind.Bool ? "-" + start : start);
    }

    /// <summary>Whether c replaces the best so far, q: NaN beats every number, and of equals the first stays.</summary>
    protected static string Better(Reduce reduce, Kind kind, string c, string q)
    {
        string better = $"({c} {(reduce.Op == ReduceOp.ArgMax ? ">" : "<")} {q})";
        return kind.IsFloat() ? $"{better} | (({c} != {c}) & ({q} == {q}))" : better;
    }

    /// <summary>A partial result, and its position where that counts, taken into another: of equals the first position wins.</summary>
    protected string Met(Reduce reduce, Kind kind, string q, string x, string value, string position)
    {
        string type = Dialect.Type(kind), start = $"{{ const {type} c = {value};";
        if (!IsPosition(reduce)) return $"{start} {q} = {Out.Expand(Expressions.Combine(reduce.Op, kind), kind, 1, q, "c")}; }}";
        string tie = kind.IsFloat() ? $"(({q} == c) | (({q} != {q}) & (c != c)))" : $"({q} == c)";
        return $"{start} const {Dialect.Type(kind.Mask())} p = {position}; if (({Better(reduce, kind, "c", q)}) || ({tie} && p < {x})) {{ {q} = c; {x} = p; }} }}";
    }

    /// <summary>A reduction's operand as its accumulator takes it.</summary>
    protected string AsAccumulator(Reduce reduce, Kind kind, int width, bool second = false)
    {
        int value = second ? reduce.Second : reduce.Value;
        string operand = Operand(value, width);
        return KindOf(value) == kind ? operand : Convert(operand, Code[value].Type, Accumulators.DType(kind), width);
    }

    /// <summary>An accumulator's end as the reduction's result: halves are rounded here, once.</summary>
    protected string FromAccumulator(string value, Reduce reduce, Kind kind, int width)
    {
        var target = Kinds.Register(reduce.Type);
        if (reduce.Op is ReduceOp.Max or ReduceOp.Min && reduce.Type == Code[reduce.Value].Type) return value;
        if (target != kind) return Convert(value, Accumulators.DType(kind), reduce.Type, width);
        return reduce.Type.IsHalf() ? Round(value, reduce.Type, width) : value;
    }

    protected string FromStorage(DType type, int width, string raw) => type switch
    {
        DType.Bool => FromMask($"({raw}) != {Dialect.Splat(Kind.U8, width, "0")}", Kind.U8, width),
        DType.Float16 => $"{Out.Call("from_f16", Kind.F32, width)}({raw})",
        DType.BFloat16 => $"{Out.Call("from_bf16", Kind.F32, width)}({raw})",
        _ => raw,
    };

    protected string ToStorage(DType type, int width, string value) => type switch
    {
        DType.Bool => Dialect.Convert(Kind.U8, width, $"({value}) & 1"),
        DType.Float16 => $"{Out.Call("to_f16", Kind.F32, width)}({value})",
        DType.BFloat16 => $"{Out.Call("to_bf16", Kind.F32, width)}({value})",
        _ => value,
    };

    private void EmitStore(int i, Store store)
    {
        int width = WidthOf(i);
        var stored = Kinds.Stored(store.Type);
        string value = ToStorage(store.Type, width, Operand(store.Value, width)), buffer = Out.Buffer(store.Buffer);
        if (width == 1)
        {
            Out.Line($"{buffer}[{Address(i)}] = {value};");
            return;
        }
        string lanes = Part.Length == 0 ? "16" : Part;
        if (LaneStride(i) is null && near)
        {
            string pointer = Sum(buffer, NearAddress(i), ""), step = Stride(i, LaneTo - 1);
            string put = step == "1" ? $"{Out.Call("put", stored, 16)}({value}, {pointer}, {lanes})" : $"{Out.Call("putstrided", stored, 16)}({value}, {pointer}, {step}, {lanes})";
            Out.Line($"if (near) {put}; else");
        }
        Out.Line(LaneStride(i) switch
        {
            null => $"{Out.Call(Out.Wide ? "putindexedw" : "putindexed", stored, 16)}({value}, {Sum(buffer, Base(i), "")}, {GeneralLanes(i)}, {lanes});",
            "1" when Part.Length == 0 => $"vstore16({value}, 0, {Sum(buffer, Address(i), "")});",
            "1" => $"{Out.Call("put", stored, 16)}({value}, {Sum(buffer, Address(i), "")}, {Part});",
            var stride => $"{Out.Call("putstrided", stored, 16)}({value}, {Sum(buffer, Address(i), "")}, {(stride.Length == 0 ? "0" : stride)}, {lanes});",
        });
    }
}
