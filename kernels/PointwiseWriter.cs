namespace GpuTensor.Kernels;

/// <summary>Every element for itself. CPU: a group takes a contiguous chunk, 16 lanes at a time along the innermost dimension; where that is short, along the flattened domain.
/// GPU: each work-item takes <see cref="PerItem"/> elements, a group apart.</summary>
internal sealed class PointwiseWriter : SectionWriter
{
    private const int PerItem = 4;

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
        long total = Nest.Outer, inner = Nest.Product(LaneFrom, LaneTo);
        long least = Math.Max(1024, 32768 / Math.Max(1, Cost())), groups = Math.Clamp(total / least, 1, Out.Profile.PreferredGroups * 2L);
        if (Out.Spec.Serial) groups = 1;
        long chunk = (total + groups - 1) / groups, unit = inner < chunk && LaneFrom > 0 ? inner : 64;
        chunk = Math.Max(1, (chunk + unit - 1) / unit) * unit;
        Groups = total == 0 ? 0 : (total + chunk - 1) / chunk;
        string n = LaneFrom == 0 && Nest.Rank == 1 ? Size(0) : Out.Slot(total), c = Out.Slot(chunk);
        if (LaneFrom == 0)
        {
            Out.Line($"{X} j = g * {c};").Line($"const {X} e = min(j + {c}, {n});");
            Uniform();
            LaneLoop();
            return;
        }
        Out.Line($"{X} t = g * {c};").Line($"const {X} last = min(t + {c}, {n});");
        Decompose("t", 0, LaneTo, "j");
        Out.Open("while (t < last)");
        Out.Line($"const {X} e = min({Size(LaneFrom)}, j + last - t);").Line("t += e - j;");
        Uniform();
        LaneLoop();
        Out.Line("j = 0;");
        Advance(0, LaneFrom - 1);
        Out.Close();
    }

    /// <summary>The loop over [j, e), whole vectors first.</summary>
    private void LaneLoop()
    {
        if (!AnyLanes()) return;
        Out.Open("for (; j + 16 <= e; j += 16)");
        Body();
        Out.Close();
        Out.Open("if (j < e)");
        Out.Line("const int m = e - j;");
        Part = "m";
        Body();
        Part = "";
        Out.Close();
    }

    private void WriteGpu()
    {
        long total = Nest.Outer, size = Out.Profile.GroupSize;
        Groups = (total + size * PerItem - 1) / (size * PerItem);
        string n = Out.Slot(total);
        UniformOnce();
        if (!AnyLanes()) return;
        Out.Open($"for (int u = 0; u < {PerItem}; u++)");
        Out.Line($"const {X} j = g * {size * PerItem} + u * {size} + lid;");
        Out.Open($"if (j < {n})");
        Body();
        Out.Close();
        Out.Close();
    }

    private bool AnyLanes()
    {
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && IsLanes(i)) return true;
        return false;
    }

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
        Out.Open("if (g == 0 && lid == 0)");
        for (int i = 0; i < Code.Length; i++) if (Nest.Needed[i] && !IsLanes(i) && Code[i] is Store) Emit(i);
        Out.Close();
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
