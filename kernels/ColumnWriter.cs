namespace GpuTensor.Kernels;

/// <summary>Reductions that run in index order, side by side along the last kept dimension. CPU: a tile of vectors, and of rows of the dimension before it for products, so that what is
/// loaded is used several times. GPU: a work-item to a column. Long columns are shared: a group takes 32 and its warp k positions k, k + 8, …, then the partial results of a column meet in order; where
/// barriers cannot be trusted, one work-item does the same in turns.</summary>
internal sealed class ColumnWriter : SectionWriter
{
    private readonly int rowDimension = -1, tileRows = 1, tileVectors = 1;
    private readonly bool[] after;
    private readonly int lines = 1;
    private readonly bool inTurns;
    private int rows = 1, vectors = 1, tileRow, tileVector;
    private string length = "";

    /// <summary>Columns of a group that shares their length, one to a work-item of a warp.</summary>
    private const int Side = 32;

    /// <summary>A length that is not worth sharing.</summary>
    private const int Short = 16;

    public ColumnWriter(KernelWriter writer, Section section, Nest nest) : base(writer, section, nest)
    {
        (LaneFrom, LaneTo) = (nest.OuterCount - 1, nest.OuterCount);
        bool dot = false;
        after = new bool[Code.Length];
        for (int i = 0; i < Code.Length; i++)
        {
            dot |= Code[i] is Reduce { Op: ReduceOp.Dot };
            after[i] = Code[i] is Reduce;
            for (int k = 0, o; k < 3 && (o = Code[i].Operand(k)) >= 0; k++)
            {
                after[i] |= after[o];
                if (after[o] && (Code[i] is Reduce || IsElement(i))) throw new ArgumentException("A Column section has one round of reductions.");
            }
        }
        for (int d = nest.OuterCount; d < nest.Rank; d++) IndexNames[d] = "z" + d;
        if (IsShared(section, nest, writer.Profile)) (lines, inTurns) = (writer.Profile.GroupSize / Side, !writer.Dialect.BranchesHaveBarriers);
        if (!writer.Profile.IsCpu) return;
        long columns = nest.Sizes[LaneFrom];
        // A tile repeats the section's code for each of its parts: long code is not worth the time it takes to compile.
        if (Code.Length > 24) return;
        tileVectors = dot ? (columns >= 32 ? 2 : 1) : columns >= 64 ? 4 : 1;
        if (dot && LaneFrom > 0 && LaneFrom - 1 != nest.Chunk && nest.Sizes[LaneFrom - 1] >= 4) (rowDimension, tileRows) = (LaneFrom - 1, 4);
    }

    /// <summary>Whether columns are shared: by their length alone, so that what else is in the section does not change a sum's order. Products are defined in index order.</summary>
    public static bool IsShared(Section section, Nest nest, DeviceProfile profile) => section.Kind == SectionKind.Column && !profile.IsCpu
        && profile.GroupSize % Side == 0 && nest.Reduced >= Short && !section.Code.Any(i => i is Reduce { Op: ReduceOp.Dot });

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
            Out.Close();
        }
        Out.Open(tiled ? "else" : "");
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
        if (lines > 1 && !inTurns)
        {
            long blocks = (Nest.Sizes[LaneFrom] + Side - 1) / Side;
            Groups = Nest.Product(0, LaneFrom) * blocks;
            Out.Line($"const int tx = lid & {Side - 1}, ty = lid >> {System.Numerics.BitOperations.Log2(Side)};");
            Out.Line($"const {X} other = {Quotient("g", blocks)}, wanted = (g - other * {Out.Slot(blocks)}) * {Side} + tx, j = min(wanted, {Size(LaneFrom)} - 1);");
            // A work-item past the last column reads that one and stores nothing, but takes part: barriers want everybody.
            Out.Line($"const bool here = wanted < {Size(LaneFrom)};");
            if (LaneFrom > 0) Decompose("other", 0, LaneFrom);
            Length();
            Tile(1, 1);
            return;
        }
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
                Each(i, position, row, () => Begin(i, reduce, inTurns ? "r" : "q", inTurns ? "s" : "x"));
                positions |= IsPosition(reduce);
            }
            else if (!after[i] && !IsElement(i) && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        }
        if (inTurns)
        {
            Out.Open($"for (int ty = 0; ty < {lines}; ty++)");
            for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && Code[i] is Reduce reduce) Begin(i, reduce, "q", "x");
        }
        string start = Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0";
        if (positions && lines == 1) Out.Line($"{X} pos = {start};");
        for (int d = Nest.OuterCount; d < Nest.Rank; d++)
        {
            bool shared = lines > 1 && d == Nest.OuterCount;
            Out.Open($"for ({X} z{d} = {(shared ? "ty" : "0")}; z{d} < {(length.Length > 0 ? length : Size(d))}; {(shared ? $"z{d} += {lines}" : $"z{d}++")})");
            if (shared && positions) Out.Line($"{X} pos = {start} + z{d} * {Out.Slot(Nest.Product(d + 1, Nest.Rank))};");
        }
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Reduce reduce) Each(i, position, row, () => Accumulate(i, reduce));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is Store) Each(i, position, row, () => EmitHere(i));
        if (positions) Out.Line("pos++;");
        for (int d = Nest.OuterCount; d < Nest.Rank; d++) Out.Close();
        if (inTurns)
        {
            for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && Code[i] is Reduce reduce) Out.Line(Met(reduce, Accumulator(reduce), "r" + NameOf(i), "s" + NameOf(i), "q" + NameOf(i), "x" + NameOf(i)));
            Out.Close();
        }
        else if (lines > 1)
        {
            for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && Code[i] is Reduce reduce) Meet(i, reduce);
            Out.Open("if (ty == 0 && here)");
        }
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i]) continue;
            if (Code[i] is Reduce reduce) Each(i, position, row, () => End(i, reduce));
            else if (after[i] && Code[i] is not Store) Each(i, position, row, () => Emit(i));
        }
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Store && !IsElement(i)) Each(i, position, row, () => Emit(i));
        if (lines > 1 && !inTurns) Out.Close();
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

    private void Begin(int i, Reduce reduce, string q, string x)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string n = NameOf(i);
        Out.Line($"{Dialect.Type(kind, width)} {q}{n} = {StartText(reduce, kind, width)};");
        if (!IsPosition(reduce)) return;
        string start = Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0";
        Out.Line($"{Dialect.Type(kind.Mask(), width)} {x}{n} = {Dialect.Splat(kind.Mask(), width, start)};");
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

    /// <summary>A store of an element, by who has a column.</summary>
    private void EmitHere(int i)
    {
        if (lines > 1 && !inTurns) Out.Open("if (here)");
        Emit(i);
        if (lines > 1 && !inTurns) Out.Close();
    }

    /// <summary>The first warp takes the others' partial results, one after the other.</summary>
    private void Meet(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        string type = Dialect.Type(kind), index = Dialect.Type(kind.Mask());
        Out.Open("");
        Out.Line($"{Dialect.Local}{type}* values = ({Dialect.Local}{type}*)shared;").Line($"values[lid] = q{NameOf(i)};");
        if (IsPosition(reduce)) Out.Line($"{Dialect.Local}{index}* places = ({Dialect.Local}{index}*)(shared + {Out.Profile.GroupSize});").Line($"places[lid] = x{NameOf(i)};");
        Out.Line(Dialect.LocalBarrier);
        Out.Open($"for (int l = {Side} + tx; ty == 0 && l < {Out.Profile.GroupSize}; l += {Side})");
        Out.Line(Met(reduce, kind, "q" + NameOf(i), "x" + NameOf(i), "values[l]", "places[l]"));
        Out.Close();
        Out.Line(Dialect.LocalBarrier);
        Out.Close();
    }

    private void End(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string n = NameOf(i), q = (inTurns ? "r" : "q") + n, x = (inTurns ? "s" : "x") + n;
        string result = IsPosition(reduce)
            ? kind.Mask() == Kind.I64 && width > 1 ? x : Dialect.Convert(Kind.I64, width, x)
            : FromAccumulator(q, reduce, kind, width);
        Out.Line($"const {Dialect.Type(KindOf(i), width)} {n} = {result};");
    }
}
