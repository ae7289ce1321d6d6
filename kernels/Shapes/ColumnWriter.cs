namespace GpuTensor.Kernels;

/// <summary>Reductions that run in index order, side by side along the last kept dimension. CPU: a tile of vectors, and of rows of the
/// dimension before it for products, so that what is loaded is used several times. GPU: a work-item to a column. Long columns are shared: a
/// group takes 32 and its warp k positions k, k + 8, …, then the partial results of a column meet in order; where barriers cannot be
/// trusted, one work-item does the same in turns.</summary>
internal sealed class ColumnWriter : SectionWriter
{
    private readonly int rowDimension = -1, tileRows = 1, tileVectors = 1;
    private readonly bool[] after;
    private readonly int warps = 1;
    private readonly bool inTurns;
    private int rows = 1, vectors = 1, tileRow, tileVector;
    private string length = "";

    /// <summary>The first column and the first row of the tile.</summary>
    private string position = "", row = "";

    /// <summary>Columns of a group that shares their length, one to a work-item of a warp.</summary>
    private const int Columns = 32;

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
            for (int k = 0, o; (o = Code[i].Operand(k)) >= 0; k++)
            {
                after[i] |= after[o];
                if (after[o] && (Code[i] is Reduce || IsElement(i)))
                    throw new ArgumentException("A Column section has one round of reductions.");
            }
        }
        for (int d = nest.OuterCount; d < nest.Rank; d++) IndexNames[d] = "z" + d;
        if (IsShared(section, nest, writer.Profile))
            (warps, inTurns) = (writer.Profile.GroupSize / Columns, !writer.Profile.BranchesHaveBarriers);
        if (!writer.Profile.IsCpu) return;
        var columns = nest.Sizes[LaneFrom];
        // A tile repeats the section's code for each of its parts: long code is not worth the time it takes to compile.
        if (Code.Length > 24) return;
        tileVectors = dot ? (columns >= 32 ? 2 : 1) : columns >= 64 ? 4 : 1;
        if (dot && LaneFrom > 0 && LaneFrom - 1 != nest.Chunk && nest.Sizes[LaneFrom - 1] >= 4)
            (rowDimension, tileRows) = (LaneFrom - 1, 4);
    }

    /// <summary>Whether columns are shared: by their length alone, so that what else is in the section does not change a sum's order.
    /// Products are defined in index order.</summary>
    public static bool IsShared(Section section, Nest nest, DeviceProfile profile) => section.Kind == SectionKind.Column && !profile.IsCpu
        && profile.GroupSize % Columns == 0 && nest.Reduced >= Short && !section.Code.Any(i => i is Reduce { Op: ReduceOp.Dot });

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
        var blocks = SymInt.Ceil(Nest.Sizes[LaneFrom], width);
        var tiles = rowDimension < 0 ? 1 : SymInt.Ceil(Nest.Sizes[rowDimension], tileRows);
        SymInt units = Nest.Product(0, top) * tiles * blocks, work = Nest.Outer * SymInt.Max(1, Nest.Reduced) * Math.Max(1, Cost());
        var groups = Out.Spec.Serial ? 1 : SymInt.Clamp(work / 32768, 1, Out.Profile.PreferredGroups * 2L);
        var perGroup = SymInt.Max(1, SymInt.Ceil(units, groups));
        Groups = SymInt.Ceil(units, perGroup);
        string total = Out.Slot(units), chunk = Out.Slot(perGroup), columns = Size(LaneFrom), blockCount = Out.Slot(blocks);
        Out.Let(X, "last", $"min((g + 1) * {chunk}, {total})");
        using (Out.For($"{X} unit = g * {chunk}", "unit < last", "unit++"))
        {
            Out.Let(X, "ub", $"unit / {blockCount}");
            Out.Variable(X, "j", $"(unit - ub * {blockCount}) * {width}").Let(X, "e", $"min(j + {width}, {columns})");
            string rest = "ub";
            if (rowDimension >= 0)
            {
                string tileCount = Out.Slot(tiles), index = IndexNames[rowDimension];
                Out.Let(X, "ut", $"ub / {tileCount}").Variable(X, index, $"(ub - ut * {tileCount}) * {tileRows}");
                Out.Let(X, "rowEnd", $"min({index} + {tileRows}, {Size(rowDimension)})");
                rest = "ut";
            }
            if (top > 0) Decompose(rest, 0, top);
            Length();
            bool tiled = tileRows * tileVectors > 1;
            if (tiled)
                using (Out.If($"j + {width} == e{(rowDimension >= 0 ? $" && {IndexNames[rowDimension]} + {tileRows} == rowEnd" : "")}"))
                    Tile(tileRows, tileVectors);
            using (tiled ? Out.Else() : Out.Block()) WriteEdge();
        }
    }

    /// <summary>Vector by vector, of which the last may be a part, and row by row.</summary>
    private void WriteEdge()
    {
        string index = rowDimension >= 0 ? IndexNames[rowDimension] : "";
        using (rowDimension >= 0 ? Out.For("", $"{index} < rowEnd", index + "++") : default)
        using (rowDimension >= 0 ? Out.For($"{X} c = j", "c < e", "c += 16") : Out.For("", "j < e", "j += 16"))
        {
            if (rowDimension >= 0) Position = "c";
            Out.Let("int", "m", $"min(e - {Position}, ({X})16)");
            Part = "m";
            Tile(1, 1);
            (Part, Position) = ("", "j");
        }
    }

    private void WriteGpu()
    {
        if (warps > 1 && !inTurns)
        {
            var blocks = SymInt.Ceil(Nest.Sizes[LaneFrom], Columns);
            Groups = Nest.Product(0, LaneFrom) * blocks;
            Out.Let("int", ("tx", $"lid & {Columns - 1}"), ("ty", $"lid >> {System.Numerics.BitOperations.Log2(Columns)}"));
            Out.Let(X, ("other", Quotient("g", blocks)), ("wanted", $"(g - other * {Out.Slot(blocks)}) * {Columns} + tx"),
                ("j", $"min(wanted, {Size(LaneFrom)} - 1)"));
            // A work-item past the last column reads that one and stores nothing, but takes part: barriers want everybody.
            Out.Let("bool", "here", $"wanted < {Size(LaneFrom)}");
            if (LaneFrom > 0) Decompose("other", 0, LaneFrom);
            Length();
            Tile(1, 1);
            return;
        }
        Groups = SymInt.Ceil(Nest.Outer, Out.Profile.GroupSize);
        Out.Let(X, "t", $"g * {Out.Profile.GroupSize} + lid");
        using (Out.If($"t < {Out.Slot(Nest.Outer)}"))
        {
            Decompose("t", 0, LaneTo, "j");
            Length();
            Tile(1, 1);
        }
    }

    private void Length()
    {
        if (Section.SplitTotal is not { } split) return;
        Out.Let(X, "len", $"min({Size(Nest.OuterCount)}, {Out.Slot(split)} - {IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)})");
        length = "len";
    }

    /// <summary>One tile: what comes before the reductions, the loop over them, what comes after.</summary>
    private void Tile(int tileRows, int tileVectors)
    {
        (rows, vectors, position, row) = (tileRows, tileVectors, Position, rowDimension >= 0 ? IndexNames[rowDimension] : "");
        bool positions = false;
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i]) continue;
            if (Code[i] is Reduce reduce)
            {
                Each(i, () => Begin(i, reduce, inTurns ? "r" : "q", inTurns ? "s" : "x"));
                positions |= IsPosition(reduce);
            }
            else if (!after[i] && !IsElement(i) && Code[i] is not Store) Each(i, () => Emit(i));
        }
        if (inTurns)
            using (Out.Count("int", "ty", $"{warps}"))
            {
                for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && Code[i] is Reduce reduce) Begin(i, reduce, "q", "x");
                Reduced(positions);
                for (int i = 0; i < Code.Length; i++)
                    if (Nest.Needed[i] && Code[i] is Reduce reduce)
                        Combine(reduce, Accumulator(reduce), "r" + NameOf(i), "s" + NameOf(i), "q" + NameOf(i), "x" + NameOf(i));
            }
        else
        {
            Reduced(positions);
            if (warps > 1)
                for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && Code[i] is Reduce reduce) CombineWarps(i, reduce);
        }
        using (warps > 1 && !inTurns ? Out.If("ty == 0 && here") : default) Results();
        (rows, vectors, tileRow, tileVector, Position) = (1, 1, 0, 0, position);
        if (rowDimension >= 0) IndexNames[rowDimension] = row;
    }

    /// <summary>The loops over the reduced dimensions, and what is done for each element.</summary>
    /// <param name="positions">Some reduction wants to know where in them an element is.</param>
    private void Reduced(bool positions)
    {
        string start = Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0";
        if (positions && warps == 1) Out.Variable(X, "pos", start);
        Loops(Nest.OuterCount);

        void Loops(int d)
        {
            if (d == Nest.Rank)
            {
                Elements(positions);
                return;
            }
            bool shared = warps > 1 && d == Nest.OuterCount;
            string end = length.Length > 0 ? length : Size(d);
            using (Out.For($"{X} z{d} = {(shared ? "ty" : "0")}", $"z{d} < {end}", shared ? $"z{d} += {warps}" : $"z{d}++"))
            {
                if (shared && positions) Out.Variable(X, "pos", $"{start} + z{d} * {Out.Slot(Nest.Product(d + 1, Nest.Rank))}");
                Loops(d + 1);
            }
        }
    }

    private void Elements(bool positions)
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is not Store) Each(i, () => Emit(i));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Reduce reduce) Each(i, () => Accumulate(i, reduce));
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsElement(i) && Code[i] is Store) Each(i, () => EmitHere(i));
        if (positions) Out.Line("pos++;");
    }

    /// <summary>What the reductions came to, what is computed of that, and its stores.</summary>
    private void Results()
    {
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i]) continue;
            if (Code[i] is Reduce reduce) Each(i, () => End(i, reduce));
            else if (after[i] && Code[i] is not Store) Each(i, () => Emit(i));
        }
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is Store && !IsElement(i)) Each(i, () => Emit(i));
    }

    /// <summary>Does it for every row and vector of the tile along which the instruction varies.</summary>
    private void Each(int i, Action action)
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
        Out.Variable(Dialect.Type(kind, width), q + n, StartText(reduce, kind, width));
        if (!IsPosition(reduce)) return;
        string start = Nest.Chunk >= 0 ? $"{IndexNames[Nest.Chunk]} * {Size(Nest.OuterCount)}" : "0";
        Out.Variable(Dialect.Type(kind.Mask(), width), x + n, Dialect.Splat(kind.Mask(), width, start));
    }

    private void Accumulate(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string q = "q" + NameOf(i), value = AsAccumulator(reduce, kind, width);
        if (reduce.Op == ReduceOp.Dot)
        {
            string second = AsAccumulator(reduce, kind, width, second: true);
            Out.Line($"{q} = {Out.Apply(Accumulators.MultiplyAdd, kind, width, value, second, q)};");
            return;
        }
        if (!IsPosition(reduce))
        {
            using (Out.Block())
                Out.Let(Dialect.Type(kind, width), "c", value)
                    .Line($"{q} = {Out.Apply(Accumulators.Combine(reduce.Op), kind, width, q, "c")};");
            return;
        }
        string index = Dialect.Type(kind.Mask(), width), x = "x" + NameOf(i);
        using (Out.Block())
        {
            Out.Let(Dialect.Type(kind, width), "c", value).Let(index, "t", Better(reduce, kind, "c", q));
            Out.Line($"{q} = t ? c : {q};").Line($"{x} = t ? {Dialect.Splat(kind.Mask(), width, "pos")} : {x};");
        }
    }

    /// <summary>A store of an element, by who has a column.</summary>
    private void EmitHere(int i)
    {
        using (warps > 1 && !inTurns ? Out.If("here") : default) Emit(i);
    }

    /// <summary>The first warp takes the others' partial results, one after the other.</summary>
    private void CombineWarps(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        using (Out.Block())
        {
            LocalArray(Dialect.Type(kind), "values", 0, "q" + NameOf(i));
            if (IsPosition(reduce)) LocalArray(Dialect.Type(kind.Mask()), "places", Out.Profile.GroupSize, "x" + NameOf(i));
            Out.Barrier();
            using (Out.For($"int l = {Columns} + tx", $"ty == 0 && l < {Out.Profile.GroupSize}", $"l += {Columns}"))
                Combine(reduce, kind, "q" + NameOf(i), "x" + NameOf(i), "values[l]", "places[l]");
            Out.Barrier();
        }
    }

    protected override string Found(int search) => (inTurns ? "r" : "q") + NameOf(search);

    private void End(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        int width = WidthOf(i);
        string n = NameOf(i), q = Found(i), x = (inTurns ? "s" : "x") + n;
        string result = IsPosition(reduce)
            ? kind.Mask() == Kind.I64 && width > 1 ? x : Dialect.Convert(Kind.I64, width, x)
            : FromAccumulator(q, reduce, kind, width);
        Out.Let(Dialect.Type(KindOf(i), width), n, result);
    }
}
