namespace GpuTensor.Kernels;

/// <content>What is read at places that are known when the kernel runs: chosen rows, searches, segments.</content>
internal abstract partial class SectionWriter
{
    private string GatherText(int i, Gather gather, int width)
    {
        if (WidthOf(gather.Index) == 1)
        {
            var (row, exists) = GatherPlace(i, gather);
            string load = width == 1 ? $"{Out.Buffer(gather.Buffer)}[{Address(i)} + {row}]" : VectorLoad(i, gather.Buffer, gather.Type, row);
            return FromStorage(gather.Type, width, $"{exists} ? {load} : ({Dialect.Type(Kinds.Stored(gather.Type), width)})(0)");
        }
        string stride = OwnStride(i, gather.Stride), bound = boundSlots[i] ??= Out.Slot(gather.Bound);
        string name = NameOf(i), vector = Dialect.Type(Kind.I64, 16), lanes = Operand(gather.Index, 16);
        if (KindOf(gather.Index) != Kind.I64) lanes = $"convert_{vector}({lanes})";
        Out.Line($"{vector} k{name} = {lanes}; k{name} += k{name} < ({vector})(0) ? ({vector})({bound}) : ({vector})(0);");
        string allowed = $"convert_int16((k{name} >= ({vector})(0)) & (k{name} < ({vector})({bound})))";
        if (Part.Length > 0) allowed += " & " + Exists(Kind.I32);
        return FromStorage(gather.Type, 16, $"{Out.Call("lookup", Kinds.Stored(gather.Type), 16)}({Out.Buffer(gather.Buffer)}, {LaneAddresses(i)} + k{name} * ({vector})({stride}), {allowed})");
    }

    /// <summary>What one index adds to the address, and the condition under which it exists.</summary>
    protected (string Place, string Exists) GatherPlace(int i, Gather gather)
    {
        string stride = OwnStride(i, gather.Stride), bound = boundSlots[i] ??= Out.Slot(gather.Bound), wide = Dialect.Type(Kind.I64), index = Operand(gather.Index, 1), n = NameOf(i);
        Out.Line($"const {wide} k{n} = ({wide}){index} + ({index} < 0 ? {bound} : 0);");
        return (Times("k" + n, stride), $"k{n} >= 0 && k{n} < {bound}");
    }

    /// <summary>By halves, between what certainly comes before and what certainly does not.</summary>
    private string SearchText(int i, Search search, int width)
    {
        var kind = KindOf(search.Value);
        string n = NameOf(i), v = Operand(search.Value, width), stride = OwnStride(i, search.Stride), length = boundSlots[i] ??= Out.Slot(search.Length);
        // NaN comes after every number.
        string before = search.Right ? $"!({Before(v, "t")})" : Before("t", v);
        if (width == 1)
        {
            Out.Line($"{X} lo{n} = 0;");
            Out.Open($"for ({X} hi = {length}; lo{n} < hi;)");
            Out.Line($"const {X} mid = (lo{n} + hi) >> 1;").Line($"const {Dialect.Type(kind)} t = {Out.Buffer(search.Buffer)}[{Address(i)} + {Times("mid", stride)}];");
            Out.Line($"if ({before}) lo{n} = mid + 1; else hi = mid;");
            Out.Close();
            return Dialect.Convert(Kind.I64, 1, "lo" + n);
        }
        string wide = Dialect.Type(Kind.I64, 16), exists = Part.Length > 0 ? $"{Exists(Kind.I64)} ? ({wide})({length}) : ({wide})(0)" : $"({wide})({length})";
        Out.Line($"{wide} lo{n} = ({wide})(0);");
        Out.Open("");
        Out.Line($"{wide} hi = {exists};");
        Out.Open("for (;;)");
        Out.Line($"const {wide} open = lo{n} < hi;").Line("if (!any(open)) break;").Line($"const {wide} mid = (lo{n} + hi) >> ({wide})(1);");
        Out.Line($"const {Dialect.Type(kind, 16)} t = {Out.Call("lookup", kind, 16)}({Out.Buffer(search.Buffer)}, {LaneAddresses(i)} + mid * ({wide})({stride}), convert_int16(open));");
        Out.Line($"const {wide} up = {(kind.Size() == 8 ? $"{before}" : $"convert_{wide}({before})")};");
        Out.Line($"lo{n} = open & up ? mid + ({wide})(1) : lo{n};").Line("hi = open & ~up ? mid : hi;");
        Out.Close();
        Out.Close();
        return "lo" + n;

        string Before(string a, string b) => kind.IsFloat() ? $"({a} < {b}) | (({a} == {a}) & ({b} != {b}))" : $"{a} < {b}";
    }

    /// <summary>Element after element in the segment's order. Lanes of one segment add vectors; those of several go on until the longest ends.</summary>
    private string SegmentText(int i, SegmentSum sum, int width)
    {
        Out.Line($"{Dialect.Type(KindOf(i), width)} q{NameOf(i)} = {Dialect.Splat(KindOf(i), width, "0")};");
        string value;
        if (WidthOf(sum.First) == 1 && WidthOf(sum.Last) == 1)
        {
            string row = OpenSegment(i, sum);
            value = width == 1 ? $"{Out.Buffer(sum.Buffer)}[{Address(i)} + {row}]" : VectorLoad(i, sum.Buffer, sum.Type, row);
        }
        else
        {
            string wide = Dialect.Type(Kind.I64, 16), stride = OwnStride(i, sum.Stride);
            var (start, step) = OrderPlace(i, sum);
            Out.Open($"for ({wide} at = {Operand(sum.First, 16)}; ; at += ({wide})(1))");
            Out.Line($"const int16 open = convert_int16(at < {Operand(sum.Last, 16)}){(Part.Length > 0 ? " & " + Exists(Kind.I32) : "")};").Line("if (!any(open)) break;");
            Out.Line($"const {wide} row = {Out.Call("lookup", Kind.I64, 16)}({Out.Buffer(sum.Order)}, ({wide})({start}) + at * ({wide})({step}), open);");
            value = $"{Out.Call("lookup", Kinds.Stored(sum.Type), 16)}({Out.Buffer(sum.Buffer)}, {LaneAddresses(i)} + row * ({wide})({stride}), open)";
        }
        Out.Line(AddToSegment(i, width, FromStorage(sum.Type, width, value)));
        Out.Close();
        return SegmentResult(i, sum, width);
    }

    /// <summary>Opens the loop over one segment.</summary>
    /// <returns>What the row at hand adds to the address.</returns>
    protected string OpenSegment(int i, SegmentSum sum)
    {
        var (start, step) = OrderPlace(i, sum);
        Out.Open($"for ({X} at = {Operand(sum.First, 1)}; at < {Operand(sum.Last, 1)}; at++)");
        Out.Line($"const {X} row = {Out.Buffer(sum.Order)}[{start} + {Times("at", step)}];");
        return Times("row", OwnStride(i, sum.Stride));
    }

    private (string Start, string Step) OrderPlace(int i, SegmentSum sum)
    {
        _ = OwnStride(i, sum.Stride);
        return (sum.OrderAt == 0 ? "0" : Slot(ref strideSlots[i][^3], sum.OrderAt), Slot(ref strideSlots[i][^2], sum.OrderStride));
    }

    protected string AddToSegment(int i, int width, string value)
    {
        string q = "q" + NameOf(i), type = Dialect.Type(KindOf(i), width);
        return $"{{ const {type} c = {value}; {q} = {Out.Expand(Expressions.Combine(ReduceOp.Sum, KindOf(i)), KindOf(i), width, q, "c")}; }}";
    }

    protected string SegmentResult(int i, SegmentSum sum, int width) => sum.Type.IsHalf() ? Round("q" + NameOf(i), sum.Type, width) : "q" + NameOf(i);

    /// <summary>The stride of what an instruction finds at run time, beside those of its address.</summary>
    private string OwnStride(int i, long stride) => Slot(ref (strideSlots[i] ??= new string?[Nest.Rank + 3])[^1], stride);

    /// <summary>Where each lane's address starts.</summary>
    private string LaneAddresses(int i)
    {
        string vector = Dialect.Type(Kind.I64, 16), start = $"({vector})({Address0(i)})";
        return LaneStride(i) switch
        {
            "" => start,
            null => $"{start} + convert_{vector}({GeneralLanes(i)})",
            var s => $"{start} + {Lanes(Kind.I64)} * ({vector})({s})",
        };
    }
}
