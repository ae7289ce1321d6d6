namespace GpuTensor.Kernels;

/// <content>What the shapes of reductions share: what one starts from, how two partial results are combined, how it ends.</content>
internal abstract partial class SectionWriter
{
    /// <summary>Row sums that carry along what their additions lost: the logarithm of a sum near 1, a confident loss, shows it. Kinds below
    /// float64 pass by rules of their own dtype.</summary>
    protected static bool IsCompensated(Reduce reduce, Kind kind) => reduce.Op == ReduceOp.Sum && kind == Kind.F64;

    /// <summary>Adds a number to a float64 sum, and exactly what that lost (Knuth's TwoSum) to what was lost before.</summary>
    protected void AddCompensated(int width, string sum, string lost, string value)
    {
        using (Out.Block())
            Out.Let(Dialect.Type(Kind.F64, width), ("s", $"{sum} + {value}"), ("z", $"s - {sum}"))
                .Line($"{lost} += ({sum} - (s - z)) + ({value} - z);").Line($"{sum} = s;");
    }

    /// <summary>Declares an array in local memory with an element for each work-item, and stores this work-item's.</summary>
    /// <param name="start">Where it starts in the group's local memory, in words of 64 bits.</param>
    protected void LocalArray(string type, string name, int start, string value)
    {
        string pointer = $"{Dialect.Local}{type}*";
        Out.Variable(pointer, name, start == 0 ? $"({pointer})shared" : $"({pointer})(shared + {start})").Line($"{name}[lid] = {value};");
    }

    protected static bool IsPosition(Reduce reduce) => Accumulators.IsPosition(reduce.Op);

    protected Kind Accumulator(Reduce reduce) => Accumulators.Of(reduce, Code[reduce.Value].Type, Out.Wide);

    /// <summary>What a reduction starts from.</summary>
    protected string StartText(Reduce reduce, Kind kind, int width)
    {
        string start = Accumulators.Identity(Dialect, reduce.Op, kind);
        return width == 1 ? start : Dialect.Splat(kind, width, kind == Kind.Bool ? "-" + start : start);
    }

    /// <summary>Whether c replaces the best so far, q: NaN beats every number, and of equals the first stays.</summary>
    protected static string Better(Reduce reduce, Kind kind, string c, string q)
    {
        string better = $"({c} {(reduce.Op == ReduceOp.ArgMax ? ">" : "<")} {q})";
        return kind.IsFloat() ? $"{better} | (({c} != {c}) & ({q} == {q}))" : better;
    }

    /// <summary>Combines a partial result q, at position x where that counts, with another: of equals the first position wins.</summary>
    protected void Combine(Reduce reduce, Kind kind, string q, string x, string value, string position)
    {
        using (Out.Block())
        {
            Out.Let(Dialect.Type(kind), "c", value);
            if (!IsPosition(reduce))
            {
                Out.Line($"{q} = {Out.Apply(Accumulators.Combine(reduce.Op), kind, 1, q, "c")};");
                return;
            }
            Out.Let(Dialect.Type(kind.Mask()), "p", position);
            string tie = kind.IsFloat() ? $"(({q} == c) | (({q} != {q}) & (c != c)))" : $"({q} == c)";
            using (Out.If($"({Better(reduce, kind, "c", q)}) || ({tie} && p < {x})")) Out.Line($"{q} = c;").Line($"{x} = p;");
        }
    }

    /// <summary>A reduction's operand as its accumulator takes it.</summary>
    protected string AsAccumulator(Reduce reduce, Kind kind, int width, bool second = false)
    {
        int value = second ? reduce.Second : reduce.Value;
        string operand = Operand(value, width);
        return KindOf(value) == kind ? operand : Convert(operand, Code[value].Type, Accumulators.DType(kind), width);
    }

    /// <summary>Whether the element that a search found is read, and not its position alone.</summary>
    protected bool IsElementRead(int search)
    {
        for (int i = search + 1; i < Code.Length; i++)
            if (Nest.Needed[i] && Code[i] is ResultOf { Number: 0 } result && result.Reduction == search) return true;
        return false;
    }

    /// <summary>The variable that holds the element that a search found, in the accumulator's kind.</summary>
    protected virtual string Found(int search) => "q" + search;

    /// <summary>A result of a search as a register.</summary>
    private string ResultText(ResultOf result, int width)
    {
        if (result.Number == 1) return NameOf(result.Reduction);
        var kind = Accumulator((Reduce)Code[result.Reduction]);
        string found = Found(result.Reduction);
        return Kinds.Register(result.Type) == kind ? found : Convert(found, Accumulators.DType(kind), result.Type, width);
    }

    /// <summary>An accumulator's end as the reduction's result: halves are rounded here, once.</summary>
    protected string FromAccumulator(string value, Reduce reduce, Kind kind, int width)
    {
        var target = Kinds.Register(reduce.Type);
        if (reduce.Op is ReduceOp.Max or ReduceOp.Min && reduce.Type == Code[reduce.Value].Type) return value;
        if (target != kind) return Convert(value, Accumulators.DType(kind), reduce.Type, width);
        return reduce.Type.IsHalf() ? Round(value, reduce.Type, width) : value;
    }
}
