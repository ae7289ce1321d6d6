namespace GpuTensor.Kernels;

/// <summary>Reductions that run in index order, side by side along the last kept dimension. CPU: a tile of vectors, and of rows of the dimension before it for products, so that what is
/// loaded is used several times. GPU: a work-item to a column.</summary>
internal sealed class ColumnWriter : SectionWriter
{
    private readonly int rowDimension = -1, tileRows = 1, tileVectors = 1;
    private readonly bool[] after;
    private int rows = 1, vectors = 1, tileRow, tileVector;
    private string length = "";

    public ColumnWriter(KernelWriter writer, Section section, Nest nest) : base(writer, section, nest)
    {
        (LaneFrom, LaneTo) = (nest.OuterCount - 1, nest.OuterCount);
        bool dot = false;
        after = new bool[Code.Length];
        for (int i = 0; i < Code.Length; i++)
        {
            dot |= Code[i] is Reduce { Op: ReduceOp.Dot };
            after[i] = Code[i] is Reduce;
            for (int k = 0, o; k < 3 && (o = Nest.Operand(Code[i], k)) >= 0; k++)
            {
                after[i] |= after[o];
                if (after[o] && (Code[i] is Reduce || IsElement(i))) throw new ArgumentException("A Column section has one round of reductions.");
            }
        }
        for (int d = nest.OuterCount; d < nest.Rank; d++) IndexNames[d] = "z" + d;
        if (!writer.Profile.IsCpu) return;
        long columns = nest.Sizes[LaneFrom];
        // A tile repeats the section's code for each of its parts: long code is not worth the time it takes to compile.
        if (Code.Length > 24) return;
        tileVectors = dot ? (columns >= 32 ? 2 : 1) : columns >= 64 ? 4 : 1;
        if (dot && LaneFrom > 0 && LaneFrom - 1 != nest.Chunk && nest.Sizes[LaneFrom - 1] >= 4) (rowDimension, tileRows) = (LaneFrom - 1, 4);
    }

    private bool IsElement(int i) => (Nest.Mask[i] & Nest.Bits(Nest.OuterCount, Nest.Rank)) != 0;

    protected override string NameOf(int i)
    {
        string name = "v" + i;
        if (rows > 1 && VariesByRow(i)) name += "r" + tileRow;
        return vectors > 1 && IsLanes(i) ? name + "c" + tileVector : name;
    }

    private bool VariesByRow(int i) => rowDimension >= 0 && (Nest.Mask[i] >> rowDimension & 1) != 0;

    public override void Write()
    {
        if (Out.Profile.IsCpu) WriteCpu();
        else WriteGpu();
    }

    private void WriteCpu()
    {
        int top = rowDimension >= 0 ? rowDimension : LaneFrom, width = 16 * tileVectors;
        long blocks = (Nest.Sizes[LaneFrom] + width - 1) / width, tiles = rowDimension < 0 ? 1 : (Nest.Sizes[rowDimension] + tileRows - 1) / tileRows;
        long units = Nest.Product(0, top) * tiles * blocks, work = Nest.Outer * Math.Max(1, Nest.Reduced) * Math.Max(1, Cost());
        long groups = Out.Spec.Serial ? 1 : Math.Clamp(work / 32768, 1, Out.Profile.PreferredGroups * 2L), perGroup = Math.Max(1, (units + groups - 1) / groups);
        Groups = (units + perGroup - 1) / perGroup;
        string total = Out.Slot(units), chunk = Out.Slot(perGroup), columns = Size(LaneFrom), blockCount = Out.Slot(blocks);
        Out.Line($"const {X} last = min((g + 1) * {chunk}, {total});");
        Out.Open($"for ({X} unit = g * {chunk}; unit < last; unit++)");
        Out.Line($"const {X} ub = unit / {blockCount};");
        Out.Line($"{X} j = (unit - ub * {blockCount}) * {width};").Line($"const {X} e = min(j + {width}, {columns});");
        string rest = "ub";
        if (rowDimension >= 0)
        {
            string tileCount = Out.Slot(tiles), row = IndexNames[rowDimension];
            Out.Line($"const {X} ut = ub / {tileCount};").Line($"{X} {row} = (ub - ut * {tileCount}) * {tileRows};");
            Out.Line($"const {X} rowEnd = min({row} + {tileRows}, {Size(rowDimension)});");
            rest = "ut";
        }
        if (top > 0) Decompose(rest, 0, top);
        Length();
        bool tiled = tileRows * tileVectors > 1;
        if (tiled)
        {
            Out.Open($"if (j + {width} == e{(rowDimension >= 0 ? $" && {IndexNames[rowDimension]} + {tileRows} == rowEnd" : "")})");
            Tile(tileRows, tileVectors);
            Out.Close(" else {");
        }
        else Out.Open("");
        if (tiled) Out.Indent(1);
        if (rowDimension >= 0) Out.Open($"for (; {IndexNames[rowDimension]} < rowEnd; {IndexNames[rowDimension]}++)");
        Out.Open(rowDimension >= 0 ? $"for ({X} c = j; c < e; c += 16)" : "for (; j < e; j += 16)");
        if (rowDimension >= 0) Position = "c";
        Out.Line($"const int m = min(e - {Position}, ({X})16);");
        Part = "m";
        Tile(1, 1);
        (Part, Position) = ("", "j");
        Out.Close();
        if (rowDimension >= 0) Out.Close();
        Out.Close();
        Out.Close();
    }

    private void WriteGpu()
    {
        Groups = (Nest.Outer + Out.Profile.GroupSize - 1) / Out.Profile.GroupSize;
        Out.Line($"const {X} t = g * {Out.Profile.GroupSize} + lid;");
        Out.Open($"if (t < {Out.Slot(Nest.Outer)})");
        Decompose("t", 0, LaneTo, "j");
        Length();
        Tile(1, 1);
        Out.Close();
    }

    private void Length()
    {
        if (Section.SplitTotal is not { } split) return;
        Out.Line($"const {X} len = min({Size(Nest.OuterCount)}, {Out.Slot(split)} - {IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)});");
        length = "len";
    }

    /// <summary>One tile: what comes before the reductions, the loop over them, what comes after.</summary>
    private void Tile(int tileRows, int tileVectors)
    {
        (rows, vectors) = (tileRows, tileVectors);
        string position = Position, row = rowDimension >= 0 ? IndexNames[rowDimension] : "";
        bool positions = false;
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i]) continue;
            if (Code[i] is Reduce reduce)
            {
                Each(i, position, row, () => Begin(i, reduce));
                positions |= IsPosition(reduce);
            }
            else if (!after[i] && !IsElement(i) && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        }
        if (positions) Out.Line($"{X} pos = {(Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0")};");
        for (int d = Nest.OuterCount; d < Nest.Rank; d++)
            Out.Open($"for ({X} z{d} = 0; z{d} < {(length.Length > 0 ? length : Size(d))}; z{d}++)");
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Reduce reduce) Each(i, position, row, () => Accumulate(i, reduce));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is Store) Each(i, position, row, () => Emit(i));
        if (positions) Out.Line("pos++;");
        for (int d = Nest.OuterCount; d < Nest.Rank; d++) Out.Close();
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i]) continue;
            if (Code[i] is Reduce reduce) Each(i, position, row, () => End(i, reduce));
            else if (after[i] && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        }
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Store && !IsElement(i)) Each(i, position, row, () => Emit(i));
        (rows, vectors, tileRow, tileVector, Position) = (1, 1, 0, 0, position);
        if (rowDimension >= 0) IndexNames[rowDimension] = row;
    }

    /// <summary>Does it for every row and vector of the tile along which the instruction varies.</summary>
    private void Each(int i, string position, string row, Action action)
    {
        for (tileRow = 0; tileRow < (VariesByRow(i) ? rows : 1); tileRow++)
            for (tileVector = 0; tileVector < (IsLanes(i) ? vectors : 1); tileVector++)
            {
                Position = tileVector == 0 ? position : $"({position} + {16 * tileVector})";
                if (rowDimension >= 0) IndexNames[rowDimension] = tileRow == 0 ? row : $"({row} + {tileRow})";
                action();
            }
        (tileRow, tileVector) = (0, 0);
    }

    private void Begin(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string n = NameOf(i);
        Out.Line($"{Dialect.Type(kind, width)} q{n} = {StartText(reduce, kind, width)};");
        if (!IsPosition(reduce)) return;
        string start = Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0";
        Out.Line($"{Dialect.Type(kind.Mask(), width)} x{n} = {Dialect.Splat(kind.Mask(), width, start)};");
    }

    private void Accumulate(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string q = "q" + NameOf(i), value = AsAccumulator(reduce, kind, width);
        if (reduce.Op == ReduceOp.Dot)
        {
            string second = AsAccumulator(reduce, kind, width, second: true);
            Out.Line($"{q} = {Out.Expand(Expressions.Template("fma", kind), kind, width, value, second, q)};");
            return;
        }
        if (!IsPosition(reduce))
        {
            Out.Open("");
            Out.Line($"const {Dialect.Type(kind, width)} c = {value};").Line($"{q} = {Out.Expand(Expressions.Combine(reduce.Op, kind), kind, width, q, "c")};");
            Out.Close();
            return;
        }
        string index = Dialect.Type(kind.Mask(), width), x = "x" + NameOf(i);
        Out.Open("");
        Out.Line($"const {Dialect.Type(kind, width)} c = {value};").Line($"const {index} t = {Better(reduce, kind, "c", q)};");
        Out.Line($"{q} = t ? c : {q};").Line($"{x} = t ? {Dialect.Splat(kind.Mask(), width, "pos")} : {x};");
        Out.Close();
    }

    private void End(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string n = NameOf(i);
        string result = IsPosition(reduce)
            ? kind.Mask() == Kind.I64 && width > 1 ? "x" + n : Dialect.Convert(Kind.I64, width, "x" + n)
            : FromAccumulator("q" + n, reduce, kind, width);
        Out.Line($"const {Dialect.Type(KindOf(i), width)} {n} = {result};");
    }
}
