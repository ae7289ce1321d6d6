namespace GpuTensor.Kernels;

/// <content>What is read at places that are known when the kernel runs: chosen rows, searches, segments.</content>
internal abstract partial class SectionWriter
{
    private string GatherText(int i, Gather gather, int width)
    {
        if (WidthOf(gather.Index) == 1)
        {
            var (row, exists) = GatherPlace(i, gather);
            string load = width == 1 ? $"{Out.Buffer(gather.Buffer)}[{Address(i)} + {row}]"
                : VectorLoad(i, gather.Buffer, gather.Type, row);
            return FromStorage(gather.Type, width, $"{exists} ? {load} : ({Dialect.Type(Kinds.Stored(gather.Type), width)})(0)");
        }
        string stride = OwnStride(i, gather.Stride), bound = boundSlots[i] ??= Out.Slot(gather.Bound);
        string name = NameOf(i), vector = Dialect.Type(Kind.I64, 16), lanes = Operand(gather.Index, 16);
        if (KindOf(gather.Index) != Kind.I64) lanes = $"convert_{vector}({lanes})";
        Out.Variable(vector, "k" + name, lanes).Line($"k{name} += k{name} < ({vector})(0) ? ({vector})({bound}) : ({vector})(0);");
        string allowed = $"convert_int16((k{name} >= ({vector})(0)) & (k{name} < ({vector})({bound})))";
        if (Part.Length > 0) allowed += " & " + Exists(Kind.I32);
        string at = $"{LaneAddresses(i)} + k{name} * ({vector})({stride})";
        return FromStorage(gather.Type, 16, LookUp(Kinds.Stored(gather.Type), gather.Buffer, at, allowed));
    }

    /// <summary>Reads each lane at an address of its own; lanes that are not allowed read nothing and are 0.</summary>
    private string LookUp(Kind kind, int buffer, string addresses, string allowed) =>
        $"{Out.Call("lookup", kind, 16)}({Out.Buffer(buffer)}, {addresses}, {allowed})";

    /// <summary>What one index adds to the address, and the condition under which it exists.</summary>
    protected (string Place, string Exists) GatherPlace(int i, Gather gather)
    {
        string stride = OwnStride(i, gather.Stride), bound = boundSlots[i] ??= Out.Slot(gather.Bound);
        string wide = Dialect.Type(Kind.I64), index = Operand(gather.Index, 1), n = NameOf(i);
        Out.Let(wide, "k" + n, $"({wide}){index} + ({index} < 0 ? {bound} : 0)");
        return (Times("k" + n, stride), $"k{n} >= 0 && k{n} < {bound}");
    }

    /// <summary>By halves, between what certainly comes before and what certainly does not.</summary>
    private string SearchText(int i, Search search, int width)
    {
        var kind = KindOf(search.Value);
        string n = NameOf(i), v = Operand(search.Value, width);
        string stride = OwnStride(i, search.Stride), length = boundSlots[i] ??= Out.Slot(search.Length);
        // NaN comes after every number.
        string before = search.Right ? $"!({Before(v, "t")})" : Before("t", v);
        if (width == 1)
        {
            Out.Variable(X, "lo" + n, "0");
            using (Out.For($"{X} hi = {length}", $"lo{n} < hi", ""))
            {
                Out.Let(X, "mid", $"(lo{n} + hi) >> 1");
                Out.Let(Dialect.Type(kind), "t", $"{Out.Buffer(search.Buffer)}[{Address(i)} + {Times("mid", stride)}]");
                using (Out.If(before)) Out.Line($"lo{n} = mid + 1;");
                using (Out.Else()) Out.Line("hi = mid;");
            }
            return Dialect.Convert(Kind.I64, 1, "lo" + n);
        }
        string wide = Dialect.Type(Kind.I64, 16);
        string exists = Part.Length > 0 ? $"{Exists(Kind.I64)} ? ({wide})({length}) : ({wide})(0)" : $"({wide})({length})";
        Out.Variable(wide, "lo" + n, $"({wide})(0)");
        using (Out.Block())
        {
            Out.Variable(wide, "hi", exists);
            using (Out.For("", "", ""))
            {
                Out.Let(wide, "open", $"lo{n} < hi").Break("!any(open)");
                Out.Let(wide, "mid", $"(lo{n} + hi) >> ({wide})(1)");
                string at = $"{LaneAddresses(i)} + mid * ({wide})({stride})";
                Out.Let(Dialect.Type(kind, 16), "t", LookUp(kind, search.Buffer, at, "convert_int16(open)"));
                Out.Let(wide, "up", kind.Size() == 8 ? before : $"convert_{wide}({before})");
                Out.Line($"lo{n} = open & up ? mid + ({wide})(1) : lo{n};").Line("hi = open & ~up ? mid : hi;");
            }
        }
        return "lo" + n;

        string Before(string a, string b) => kind.IsFloat() ? $"({a} < {b}) | (({a} == {a}) & ({b} != {b}))" : $"{a} < {b}";
    }

    /// <summary>Element after element in the segment's order. Lanes of one segment add vectors; those of several go on until the longest
    /// ends.</summary>
    private string SegmentText(int i, SegmentSum sum, int width)
    {
        Out.Variable(Dialect.Type(KindOf(i), width), "q" + NameOf(i), Dialect.Splat(KindOf(i), width, "0"));
        if (WidthOf(sum.First) == 1 && WidthOf(sum.Last) == 1)
            using (OpenSegment(i, sum, out string row))
                Add(width == 1 ? $"{Out.Buffer(sum.Buffer)}[{Address(i)} + {row}]" : VectorLoad(i, sum.Buffer, sum.Type, row));
        else
        {
            string wide = Dialect.Type(Kind.I64, 16), stride = OwnStride(i, sum.Stride);
            var (start, step) = OrderPlace(i, sum);
            using (Out.For($"{wide} at = {Operand(sum.First, 16)}", "", $"at += ({wide})(1)"))
            {
                string exists = Part.Length > 0 ? " & " + Exists(Kind.I32) : "";
                Out.Let("int16", "open", $"convert_int16(at < {Operand(sum.Last, 16)}){exists}").Break("!any(open)");
                Out.Let(wide, "row", LookUp(Kind.I64, sum.Order, $"({wide})({start}) + at * ({wide})({step})", "open"));
                Add(LookUp(Kinds.Stored(sum.Type), sum.Buffer, $"{LaneAddresses(i)} + row * ({wide})({stride})", "open"));
            }
        }
        return SegmentResult(i, sum, width);

        void Add(string element) => AddToSegment(i, width, FromStorage(sum.Type, width, element));
    }

    /// <summary>Opens the loop over one segment.</summary>
    /// <param name="row">What the row at hand adds to the address.</param>
    protected StatementBuilder.Scope OpenSegment(int i, SegmentSum sum, out string row)
    {
        var (start, step) = OrderPlace(i, sum);
        var loop = Out.For($"{X} at = {Operand(sum.First, 1)}", $"at < {Operand(sum.Last, 1)}", "at++");
        Out.Let(X, "row", $"{Out.Buffer(sum.Order)}[{start} + {Times("at", step)}]");
        row = Times("row", OwnStride(i, sum.Stride));
        return loop;
    }

    private (string Start, string Step) OrderPlace(int i, SegmentSum sum)
    {
        _ = OwnStride(i, sum.Stride);
        return (sum.OrderAt == 0 ? "0" : Slot(ref strideSlots[i][^3], sum.OrderAt), Slot(ref strideSlots[i][^2], sum.OrderStride));
    }

    protected void AddToSegment(int i, int width, string value)
    {
        string q = "q" + NameOf(i);
        using (Out.Block())
            Out.Let(Dialect.Type(KindOf(i), width), "c", value)
                .Line($"{q} = {Out.Apply(Accumulators.Combine(ReduceOp.Sum), KindOf(i), width, q, "c")};");
    }

    protected string SegmentResult(int i, SegmentSum sum, int width) =>
        sum.Type.IsHalf() ? Round("q" + NameOf(i), sum.Type, width) : "q" + NameOf(i);

    /// <summary>The stride of what an instruction finds at run time, beside those of its address.</summary>
    private string OwnStride(int i, SymInt stride) => Slot(ref (strideSlots[i] ??= new string?[Nest.Rank + 3])[^1], stride);

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
