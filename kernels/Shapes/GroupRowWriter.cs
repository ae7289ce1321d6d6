namespace GpuTensor.Kernels;

/// <summary>Reductions along rows in the GPU shape: a subgroup of work-items to a row, several to a group where rows are short. Work-item t
/// of T takes positions t, t + T, …; their partial results meet by halves, in local memory or, the last 32, by shuffles where there are
/// any: in one order. What a later pass needs again stays in registers where the row is short enough; else the row is read again, from the
/// cache. Sums of float64 carry along what their additions lost, so that the halves cost them nothing: the logarithm of a sum near 1, a
/// confident loss, is as exact as in order from the smallest.</summary>
internal sealed class GroupRowWriter : SectionWriter
{
    /// <summary>Registers of a work-item that values of a row may take, of 255; measured with 64: 80 in all for a softmax of 1,024, 139 for
    /// a layer norm, whose weights the compiler reads ahead.</summary>
    private const int KeptWords = 64;

    private readonly RowPlan plan;
    private readonly int subgroup, steps;
    private string length = "", total = "";

    public GroupRowWriter(KernelWriter writer, Section section, Nest nest) : base(writer, section, nest)
    {
        (LaneFrom, LaneTo) = (nest.OuterCount, nest.Rank);
        int size = writer.Profile.GroupSize;
        subgroup = nest.Reduced > 1024 ? size : Math.Min(size, (int)SymInt.NextPowerOfTwo(SymInt.Clamp(nest.Reduced, 1, 32)));
        // What a later pass needs stays in registers where a short row's share of it fits: memory is read once.
        if (nest.Reduced <= 1024 && Dialect.Unroll is not null)
        {
            steps = (int)SymInt.NextPowerOfTwo(SymInt.Max(1, SymInt.Ceil(nest.Reduced, subgroup)));
            plan = new RowPlan(Code, nest, IsLanes, CostOf, RowPlan.Keep.Reads);
            int words = 0;
            for (int i = 0; i < Code.Length; i++) if (plan.Kept[i]) words += Math.Max(1, KindOf(i).Size() / 4);
            if (words > 0 && words * steps <= KeptWords) return;
        }
        steps = 0;
        plan = new RowPlan(Code, nest, IsLanes, CostOf, RowPlan.Keep.Nothing);
    }

    public override void Write()
    {
        int rows = Out.Profile.GroupSize / subgroup;
        Groups = SymInt.Ceil(Nest.Outer, rows);
        total = Out.Slot(Nest.Outer);
        length = LaneTo - LaneFrom == 1 ? Size(LaneFrom) : Out.Slot(Nest.Reduced);
        Out.Let("int", "t", $"lid & {subgroup - 1}");
        // A subgroup past the last row has no position in it and stores nothing, but takes part: barriers and shuffles want everybody.
        if (rows == 1) Out.Let(X, "row", "g");
        else
            Out.Let(X, ("wanted", $"g * {rows} + lid / {subgroup}"), ("row", $"min(wanted, {total} - 1)"))
                .Let("bool", "here", $"wanted < {total}");
        if (Nest.OuterCount > 0) Decompose("row", 0, Nest.OuterCount);
        if (Section.SplitTotal is { } split)
        {
            Out.Let(X, "len", $"min({length}, {Out.Slot(split)} - {IndexNames[Nest.Chunk]} * {length})");
            length = "len";
        }
        if (rows > 1)
        {
            Out.Let(X, "end", $"here ? {length} : 0");
            length = "end";
        }
        for (int i = 0; i < Code.Length; i++)
            if (plan.Kept[i]) Out.Variable(Dialect.Type(KindOf(i)), $"a{i}[{steps}]");
        for (int p = 0; p < plan.Passes.Length; p++)
        {
            Scalars(p);
            Pass(p);
        }
        // What is left is for the stores below alone; the others would only read what is being overwritten.
        using (Out.If(rows > 1 ? "t == 0 && here" : "t == 0"))
        {
            Scalars(plan.Passes.Length);
            for (int i = 0; i < Code.Length; i++) if (Code[i] is Store && !IsLanes(i)) Emit(i);
        }
    }

    private void Scalars(int stage)
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && !IsLanes(i) && Code[i] is not (Store or Reduce) && plan.Stage[i] == stage) Emit(i);
    }

    private void Pass(int p)
    {
        if (plan.Passes[p].Count == 0) return;
        foreach (int i in plan.Passes[p]) if (Code[i] is Reduce reduce) Begin(i, reduce);
        if (steps == 0)
            using (Out.For($"{X} j = t", $"j < {length}", $"j += {subgroup}", pragma: Unrolling())) Body(p);
        else
            // Arrays are registers where every index is a number.
            using (Out.Count("int", "u", $"{steps}", steps > 1 ? Dialect.Unroll : null))
            {
                Out.Let(X, "j", $"t + u * {subgroup}");
                using (Out.If($"j < {length}")) Body(p);
            }
        foreach (int i in plan.Passes[p]) if (Code[i] is Reduce reduce) End(i, reduce);
    }

    private void Body(int p)
    {
        LaneIndices();
        foreach (int i in plan.Passes[p])
            if (Code[i] is Reduce reduce) Accumulate(i, reduce);
            else if (plan.Kept[i] && plan.First[i] != p) Out.Let(Dialect.Type(KindOf(i)), "v" + i, $"a{i}[u]");
            else if (Code[i] is not Store)
            {
                Emit(i);
                if (plan.Kept[i]) Out.Line($"a{i}[u] = v{i};");
            }
        foreach (int i in plan.Passes[p]) if (Code[i] is Store) Emit(i);
    }

    private void Begin(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        Out.Variable(Dialect.Type(kind), "q" + i, StartText(reduce, kind, 1));
        if (IsCompensated(reduce, kind)) Out.Variable("double", "lost" + i, "0.0");
        if (IsPosition(reduce)) Out.Variable(Dialect.Type(kind.Mask()), "x" + i, "t");
    }

    private void Accumulate(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        Out.Let(Dialect.Type(kind), "c" + i, AsAccumulator(reduce, kind, 1));
        if (IsPosition(reduce))
            using (Out.If(Better(reduce, kind, "c" + i, "q" + i))) Out.Line($"q{i} = c{i};").Line($"x{i} = j;");
        else if (IsCompensated(reduce, kind)) AddCompensated(1, "q" + i, "lost" + i, "c" + i);
        else Out.Line($"q{i} = {Out.Apply(Accumulators.Combine(reduce.Op), kind, 1, "q" + i, "c" + i)};");
    }

    /// <summary>The subgroup's partial results become one, which every member then has.</summary>
    private void End(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        string type = Dialect.Type(kind), index = Dialect.Type(kind.Mask()), result = "q" + i;
        bool positions = IsPosition(reduce), compensated = IsCompensated(reduce, kind);
        int least = Dialect.Shuffles is null ? 1 : 32;
        if (subgroup > least)
        {
            string values = "m" + i, places = "p" + i, errors = "e" + i;
            LocalArray(type, values, 0, "q" + i);
            if (positions) LocalArray(index, places, Out.Profile.GroupSize, "x" + i);
            if (compensated) LocalArray(type, errors, Out.Profile.GroupSize, "lost" + i);
            using (Out.For($"int s = {subgroup / 2}", $"s > {least / 2}", "s >>= 1", uniform: true))
            {
                Out.Barrier();
                using (Out.If("t < s"))
                    if (compensated)
                    {
                        Out.Let(type, "b", values + "[lid + s]").Line($"{errors}[lid] += {errors}[lid + s];");
                        AddCompensated(1, values + "[lid]", errors + "[lid]", "b");
                    }
                    else Combine(reduce, kind, values + "[lid]", places + "[lid]", values + "[lid + s]", places + "[lid + s]");
            }
            string mine = least == 1 ? "lid - t" : "lid - t + (t & 31)";
            Out.Barrier();
            Out.Line($"q{i} = {values}[{mine}];");
            if (positions) Out.Line($"x{i} = {places}[{mine}];");
            if (compensated) Out.Line($"lost{i} = {errors}[{mine}];");
            Out.Barrier();
        }
        bool shuffles = Dialect.Shuffles is not null && subgroup > 1;
        if (shuffles) Shuffle(i, reduce, kind, Math.Min(subgroup, 32));
        // Of an infinite sum nothing sensible was lost.
        if (compensated) Out.Line($"q{i} = fabs(lost{i}) < ({type})(INFINITY) ? q{i} + lost{i} : q{i};");
        if (shuffles) FromFirst(i, kind, positions, Math.Min(subgroup, 32));
        string wide = Dialect.Type(Kind.I64);
        if (positions) result = $"({wide})x{i}{(Nest.Chunk >= 0 ? $" + ({wide}){IndexNames[Nest.Chunk]} * {Size(LaneFrom)}" : "")}";
        else result = FromAccumulator(result, reduce, kind, 1);
        Out.Let(Dialect.Type(KindOf(i)), "v" + i, result);
    }

    /// <summary>The same halves between the work-items of a warp.</summary>
    private void Shuffle(int i, Reduce reduce, Kind kind, int width)
    {
        string type = Dialect.Type(kind), q = "q" + i, x = "x" + i;
        string down = Dialect.Shuffles!.Value.Down;
        using (Out.For($"int s = {width / 2}", "s > 0", "s >>= 1"))
        {
            Out.Let(type, "b", Moved(down, kind, q, width));
            // All lanes take part in a shuffle, whatever becomes of what it brings.
            if (IsPosition(reduce)) Out.Let(Dialect.Type(kind.Mask()), "pb", Moved(down, kind.Mask(), x, width));
            if (IsCompensated(reduce, kind))
            {
                Out.Line($"lost{i} += {Moved(down, kind, "lost" + i, width)};");
                AddCompensated(1, q, "lost" + i, "b");
            }
            else Combine(reduce, kind, q, x, "b", "pb");
        }
    }

    /// <summary>Every work-item takes what the first of the warp has.</summary>
    private void FromFirst(int i, Kind kind, bool positions, int width)
    {
        Out.Line($"q{i} = {Moved(Dialect.Shuffles!.Value.First, kind, "q" + i, width)};");
        if (positions) Out.Line($"x{i} = {Moved(Dialect.Shuffles.Value.First, kind.Mask(), "x" + i, width)};");
    }

    // Shuffles move words: smaller ones travel as int.
    private string Moved(string shuffle, Kind kind, string value, int width)
    {
        bool small = kind.Size() < 4;
        string moved = string.Format(System.Globalization.CultureInfo.InvariantCulture, shuffle,
            small ? $"(int){value}" : value, "s", width);
        return small ? $"({Dialect.Type(kind)}){moved}" : moved;
    }
}
