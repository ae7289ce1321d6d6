namespace GpuTensor.Kernels;

/// <summary>Every element for itself. CPU: a group takes a contiguous chunk, 16 lanes at a time along the innermost dimension; where that
/// is short, along the flattened domain. GPU: a work-item takes one element of a small domain, else <see cref="PerItem"/>, a group apart,
/// or two vectors of 16 bytes where everything lies so.</summary>
internal sealed class PointwiseWriter : SectionWriter
{
    private const int PerItem = 4;

    /// <summary>Elements of a vector of the GPU shape, and vectors a work-item takes.</summary>
    private const int Together = 4, Vectors = 2;

    private static readonly string[] Components = ["x", "y", "z", "w"];

    private bool together;
    private int element, words;

    /// <summary>Below this an innermost dimension is too short for lanes of its own.</summary>
    private const int ShortRow = 48;

    public PointwiseWriter(KernelWriter writer, Section section, Nest nest) : base(writer, section, nest)
    {
        bool flat = !writer.Profile.IsCpu || nest.Rank == 1 || (nest.Sizes[^1] < ShortRow && nest.Sizes[^1] % 16 != 0);
        (LaneFrom, LaneTo) = (flat ? 0 : nest.Rank - 1, nest.Rank);
    }

    public override void Write()
    {
        if (!Out.Profile.IsCpu) WriteGpu();
        else WriteCpu();
    }

    private void WriteCpu()
    {
        SymInt total = Nest.Outer, inner = Nest.Product(LaneFrom, LaneTo), most = Out.Profile.PreferredGroups * 2L;
        long least = Math.Max(1024, 32768 / Math.Max(1, Cost()));
        var groups = Out.Spec.Serial ? 1 : SymInt.Clamp(total / least, 1, most);
        SymInt chunk = SymInt.Ceil(total, groups), unit = LaneFrom > 0 && inner < chunk ? inner : 64;
        chunk = SymInt.Max(1, SymInt.Ceil(chunk, unit)) * unit;
        Groups = SymInt.Ceil(total, chunk);
        string n = LaneFrom == 0 && Nest.Rank == 1 ? Size(0) : Out.Slot(total), c = Out.Slot(chunk);
        if (LaneFrom == 0)
        {
            Out.Variable(X, "j", $"g * {c}").Let(X, "e", $"min(j + {c}, {n})");
            Uniform();
            LaneLoop();
            return;
        }
        Out.Variable(X, "t", $"g * {c}").Let(X, "last", $"min(t + {c}, {n})");
        Decompose("t", 0, LaneTo, "j");
        using (Out.While("t < last"))
        {
            Out.Let(X, "e", $"min({Size(LaneFrom)}, j + last - t)").Line("t += e - j;");
            Uniform();
            LaneLoop();
            Out.Line("j = 0;");
            Advance(0, LaneFrom - 1);
        }
    }

    /// <summary>The loop over [j, e), whole vectors first.</summary>
    private void LaneLoop()
    {
        if (!AnyLanes()) return;
        InVectors("e", Body);
    }

    private void WriteGpu()
    {
        var total = Nest.Outer;
        long size = Out.Profile.GroupSize;
        bool small = total <= Out.Profile.SmallDomain;
        long each = small ? size : size * PerItem;
        Groups = SymInt.Ceil(total, each);
        string n = Out.Slot(total);
        UniformOnce();
        if (!AnyLanes()) return;
        if (small)
        {
            Out.Let(X, "j", $"g * {size} + lid");
            using (Out.If($"j < {n}")) Body();
            return;
        }
        if (LiesInVectors())
        {
            WriteVectors(total, size, n);
            return;
        }
        using (Out.Count("int", "u", $"{PerItem}", Unrolling()))
        {
            Out.Let(X, "j", $"g * {each} + u * {size} + lid");
            using (Out.If($"j < {n}")) Body();
        }
    }

    private bool AnyLanes()
    {
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && IsLanes(i)) return true;
        return false;
    }

    /// <summary>Whether four elements in a row lie in one row of every access, and something is read or written that way. Every buffer
    /// begins at a multiple of 16 bytes.</summary>
    private bool LiesInVectors()
    {
        if (Nest.Outer % Together != 0 || Nest.Sizes[^1] % Together != 0) return false;
        for (int i = 0; i < Code.Length; i++)
            if (Nest.Needed[i] && IsVector(i)) return true;
        return false;
    }

    private bool IsVector(int i)
    {
        if (FoundStride(i) is not { } found || found % Together != 0) return false;
        var strides = Nest.Strides[i]!;
        if (strides[^1] != 1 || Code[i].Place!.Offset % Together != 0) return false;
        for (int d = 0; d + 1 < strides.Length; d++)
            if (strides[d] % Together != 0) return false;
        return true;
    }

    /// <summary>What moves an access by something found at run time, where all elements of a row find the same: a row of a table, or the
    /// rows of a segment. 0: nothing does; null: each element goes its own way, or it is no access to memory.</summary>
    private SymInt? FoundStride(int i) => Code[i] switch
    {
        Load or Store => 0,
        Gather gather when !VariesInRow(gather.Index) => gather.Stride,
        SegmentSum sum when !VariesInRow(sum.First) && !VariesInRow(sum.Last) => sum.Stride,
        _ => null,
    };

    private bool VariesInRow(int i) => (Nest.Mask[i] >> (Nest.Rank - 1) & 1) != 0;

    private void WriteVectors(SymInt total, long size, string n)
    {
        long each = size * Together;
        Groups = SymInt.Ceil(total, each * Vectors);
        using (Out.Count("int", "u", $"{Vectors}", Unrolling()))
        {
            Out.Let(X, "j", $"g * {each * Vectors} + u * {each} + lid * {Together}");
            using (Out.If($"j < {n}")) FourElements();
        }
    }

    private void FourElements()
    {
        LaneIndices();
        together = true;
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i] || !IsLanes(i)) continue;
            if (IsVector(i)) Vector(i);
            else
                for (element = 0; element < Together; element++)
                {
                    Position = element == 0 ? "j" : $"j + {element}";
                    Emit(i);
                }
            (element, Position) = (0, "j");
        }
        together = false;
    }

    /// <summary>Reads or writes four elements at once.</summary>
    private void Vector(int i)
    {
        string register = Dialect.Type(KindOf(i));
        switch (Code[i])
        {
            case Load load:
                Parts(load.Type, $"{Out.Buffer(load.Buffer)} + ({Address(i)})", "", raw => Out.Let(register, NameOf(i), raw));
                break;
            case Gather gather:
                var (place, exists) = GatherPlace(i, gather);
                Parts(gather.Type, $"{Out.Buffer(gather.Buffer)} + ({Address(i)} + {place})", exists,
                    raw => Out.Let(register, NameOf(i), raw));
                break;
            case SegmentSum sum:
                Each(() => Out.Variable(register, "q" + NameOf(i), "0"));
                using (OpenSegment(i, sum, out string row))
                    Parts(sum.Type, $"{Out.Buffer(sum.Buffer)} + ({Address(i)} + {row})", "", raw => AddToSegment(i, 1, raw));
                Each(() => Out.Let(register, NameOf(i), SegmentResult(i, sum, 1)));
                break;
            case Store store:
                Parts(i, store);
                break;
        }
    }

    private void Each(Action action)
    {
        for (element = 0; element < Together; element++) action();
        element = 0;
    }

    /// <summary>Reads four elements, eight bytes each in two halves; where the condition does not hold they are 0.</summary>
    private void Parts(DType type, string pointer, string condition, Action<string> use)
    {
        var stored = Kinds.Stored(type);
        int width = stored.Size() == 8 ? 2 : Together;
        string vector = Dialect.MemoryVectors[(int)stored];
        for (int part = 0; part < Together / width; part++)
        {
            string name = $"w{words++}", value = $"*(const {Dialect.Global}{vector}*)({pointer}{(part == 0 ? "" : $" + {part * width}")})";
            if (condition.Length == 0) Out.Let(vector, name, value);
            else
            {
                Out.Variable(vector, name);
                using (Out.If(condition)) Out.Line($"{name} = {value};");
                using (Out.Else()) Out.Line($"{string.Join(" = ", Components[..width].Select(c => $"{name}.{c}"))} = 0;");
            }
            for (int k = 0; k < width; k++)
            {
                element = part * width + k;
                use(FromStorage(type, 1, $"{name}.{Components[k]}"));
            }
        }
        element = 0;
    }

    /// <summary>Writes four elements in the same way.</summary>
    private void Parts(int i, Store store)
    {
        var stored = Kinds.Stored(store.Type);
        int width = stored.Size() == 8 ? 2 : Together;
        string vector = Dialect.MemoryVectors[(int)stored], address = Address(i);
        for (int part = 0; part < Together / width; part++)
        {
            string name = $"w{words++}";
            Out.Variable(vector, name);
            for (int k = 0; k < width; k++)
            {
                element = part * width + k;
                Out.Line($"{name}.{Components[k]} = {ToStorage(store.Type, 1, Operand(store.Value, 1))};");
            }
            element = 0;
            string offset = part == 0 ? "" : $" + {part * width}";
            Out.Line($"*({Dialect.Global}{vector}*)({Out.Buffer(store.Buffer)} + ({address}){offset}) = {name};");
        }
    }

    protected override string NameOf(int i) => together && IsLanes(i) ? $"v{i}e{element}" : base.NameOf(i);

    protected override string LaneIndex(int d) => together && element > 0 && d == LaneTo - 1 ? $"(d{d} + {element})" : base.LaneIndex(d);

    /// <summary>What is the same everywhere is computed by everybody and stored by one.</summary>
    private void UniformOnce()
    {
        bool stores = false;
        for (int i = 0; i < Code.Length; i++)
        {
            if (!Nest.Needed[i] || IsLanes(i)) continue;
            if (Code[i] is Store) stores = true;
            else Emit(i);
        }
        if (!stores) return;
        using (Out.If("g == 0 && lid == 0"))
            for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && !IsLanes(i) && Code[i] is Store) Emit(i);
    }

    private void Uniform()
    {
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && !IsLanes(i)) Emit(i);
    }

    private void Body()
    {
        LaneIndices();
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && IsLanes(i)) Emit(i);
    }
}
