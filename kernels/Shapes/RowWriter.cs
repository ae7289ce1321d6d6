namespace GpuTensor.Kernels;

/// <summary>Reductions along rows in the CPU shape: one work-item to a row. Position j of the row goes to lane j mod 16 of accumulator
/// (j/16) mod 4; the accumulators end as (0 + 2) + (1 + 3), then their lanes by halves. The accumulators are rotated instead of the loop
/// being unrolled, which that tree does not notice. Sums of float64 carry along what their additions lost, as in the GPU shape.</summary>
internal sealed class RowWriter : SectionWriter
{
    /// <summary>Elements of the longest row of which values are kept in an array.</summary>
    private const long LongestKept = 4096;

    private readonly RowPlan plan;
    private string length = "";

    public RowWriter(KernelWriter writer, Section section, Nest nest) : base(writer, section, nest)
    {
        (LaneFrom, LaneTo) = (nest.OuterCount, nest.Rank);
        plan = new RowPlan(Code, nest, IsLanes, CostOf, nest.Reduced <= LongestKept ? RowPlan.Keep.Dear : RowPlan.Keep.Nothing);
    }

    public override void Write()
    {
        SymInt rows = Nest.Outer, elements = SymInt.Max(1, Nest.Reduced) * Math.Max(1, Cost());
        var groups = Out.Spec.Serial ? 1 : SymInt.Clamp(rows * elements / 32768, 1, Out.Profile.PreferredGroups * 2L);
        var perGroup = SymInt.Max(1, SymInt.Ceil(rows, groups));
        Groups = SymInt.Ceil(rows, perGroup);
        string total = Out.Slot(rows), chunk = Out.Slot(perGroup), size = LaneTo - LaneFrom == 1 ? Size(LaneFrom) : Out.Slot(Nest.Reduced);
        for (int i = 0; i < Code.Length; i++)
            if (plan.Kept[i]) Out.Variable(Dialect.Type(KindOf(i), 16), $"a{i}[{SymInt.Max(1, SymInt.NextPowerOfTwo(Nest.Reduced) / 16)}]");
        Out.Variable(X, "row", $"g * {chunk}").Let(X, "last", $"min(row + {chunk}, {total})");
        if (Nest.OuterCount > 0) Decompose("row", 0, Nest.OuterCount);
        using (Out.For("", "row < last", "row++"))
        {
            length = size;
            if (Section.SplitTotal is { } split)
            {
                Out.Let(X, "len", $"min({size}, {Out.Slot(split)} - {IndexNames[Nest.Chunk]} * {size})");
                length = "len";
            }
            for (int p = 0; p < plan.Passes.Length; p++)
            {
                Scalars(p);
                Pass(p);
            }
            Scalars(plan.Passes.Length);
            for (int i = 0; i < Code.Length; i++) if (Code[i] is Store && !IsLanes(i)) Emit(i);
            Advance(0, Nest.OuterCount - 1);
        }
    }

    /// <summary>What is computed once a row, as soon as the reductions before it are done.</summary>
    private void Scalars(int stage)
    {
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && !IsLanes(i) && Code[i] is not (Store or Reduce) && plan.Stage[i] == stage) Emit(i);
    }

    private void Pass(int p)
    {
        if (plan.Passes[p].Count == 0) return;
        foreach (int i in plan.Passes[p]) if (Code[i] is Reduce reduce) Begin(i, reduce);
        using (Out.Block())
        {
            Out.Variable(X, "j", "0");
            InVectors(length, () => Body(p));
        }
        foreach (int i in plan.Passes[p]) if (Code[i] is Reduce reduce) End(i, reduce);
    }

    private void Body(int p)
    {
        LaneIndices();
        foreach (int i in plan.Passes[p])
            if (Code[i] is Reduce reduce) Accumulate(i, reduce);
            else if (Code[i] is not Store)
            {
                if (plan.Kept[i] && plan.First[i] != p) Out.Let(Dialect.Type(KindOf(i), 16), "v" + i, $"a{i}[j >> 4]");
                else
                {
                    Emit(i);
                    if (plan.Kept[i]) Out.Line($"a{i}[j >> 4] = v{i};");
                }
            }
        // Loads of a buffer come before its stores, whatever the order they were described in.
        foreach (int i in plan.Passes[p]) if (Code[i] is Store) Emit(i);
    }

    private void Begin(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        string type = Dialect.Type(kind, 16), start = StartText(reduce, kind, 16);
        Out.Variables(type, ($"q{i}_0", start), ($"q{i}_1", $"q{i}_0"), ($"q{i}_2", $"q{i}_0"), ($"q{i}_3", $"q{i}_0"));
        if (IsCompensated(reduce, kind)) Out.Variable(type, "lost" + i, $"({type})(0.0)");
        if (!IsPosition(reduce)) return;
        string index = Dialect.Type(kind.Mask(), 16);
        Out.Variables(index, ($"x{i}_0", Lanes(kind.Mask())),
            ($"x{i}_1", $"x{i}_0 + ({index})(16)"), ($"x{i}_2", $"x{i}_0 + ({index})(32)"), ($"x{i}_3", $"x{i}_0 + ({index})(48)"));
    }

    private void Accumulate(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        string type = Dialect.Type(kind, 16), value = AsAccumulator(reduce, kind, 16);
        if (IsPosition(reduce))
        {
            string index = Dialect.Type(kind.Mask(), 16), test = Better(reduce, kind, "c" + i, $"q{i}_0");
            if (Part.Length > 0) test = $"({test}) & {Exists(kind)}";
            Out.Let(type, "c" + i, value).Let(index, "t" + i, test);
            Out.Let(type, "y" + i, $"t{i} ? c{i} : q{i}_0");
            Rotate("q" + i, "y" + i);
            Out.Let(index, "z" + i, $"t{i} ? ({index})(j) + {Lanes(kind.Mask())} : x{i}_0");
            Rotate("x" + i, "z" + i);
            return;
        }
        if (Part.Length > 0) value = $"{Exists(kind)} ? {value} : {StartText(reduce, kind, 16)}";
        Out.Let(type, "c" + i, value);
        if (IsCompensated(reduce, kind)) AddCompensated(16, $"q{i}_0", $"lost{i}", $"c{i}");
        string sum = IsCompensated(reduce, kind) ? $"q{i}_0" : Out.Apply(Accumulators.Combine(reduce.Op), kind, 16, $"q{i}_0", $"c{i}");
        Out.Let(type, "y" + i, sum);
        Rotate("q" + i, "y" + i);
    }

    /// <summary>Rotates the accumulators: the second becomes the first, and the first, with its new value, the last.</summary>
    private void Rotate(string name, string value)
    {
        for (int k = 0; k < 3; k++) Out.Line($"{name}_{k} = {name}_{k + 1};");
        Out.Line($"{name}_3 = {value};");
    }

    protected override string Found(int search) => "found" + search;

    private void End(int i, Reduce reduce)
    {
        var kind = Accumulator(reduce);
        string result;
        if (IsPosition(reduce))
        {
            bool both = IsElementRead(i);
            string best = Out.Call((reduce.Op == ReduceOp.ArgMax ? "argmax" : "argmin") + (both ? "_found" : ""), kind, 16);
            if (both) Out.Variable(Dialect.Type(kind), Found(i), "0");
            string pairs = $"q{i}_0, q{i}_1, q{i}_2, q{i}_3, x{i}_0, x{i}_1, x{i}_2, x{i}_3";
            result = $"{best}({pairs}{(both ? $", &{Found(i)}" : "")})";
            if (Nest.Chunk >= 0) result += $" + (long){IndexNames[Nest.Chunk]} * {Size(LaneFrom)}";
        }
        else if (IsCompensated(reduce, kind))
            result = FromAccumulator($"{Out.Call("compensated", kind, 16)}(q{i}_0, q{i}_1, q{i}_2, q{i}_3, lost{i})", reduce, kind, 1);
        else
        {
            var combine = Accumulators.Combine(reduce.Op);
            string all = Out.Apply(combine, kind, 16, Parenthesised(combine, kind, i, 0, 2), Parenthesised(combine, kind, i, 1, 3));
            string tree = (reduce.Op, kind) switch
            {
                (ReduceOp.Sum or ReduceOp.Max, Kind.Bool) => "any",
                (_, Kind.Bool) => "all",
                _ => "tree_" + reduce.Op.ToString().ToLowerInvariant(),
            };
            Out.Let(Dialect.Type(kind, 16), "w" + i, all);
            result = FromAccumulator($"{Out.Call(tree, kind, 16)}(w{i})", reduce, kind, 1);
        }
        Out.Let(Dialect.Type(KindOf(i)), "v" + i, result);
    }

    private string Parenthesised(ScalarFunction combine, Kind kind, int i, int a, int b)
    {
        string name = $"w{i}_{a}";
        Out.Let(Dialect.Type(kind, 16), name, Out.Apply(combine, kind, 16, $"q{i}_{a}", $"q{i}_{b}"));
        return name;
    }
}
