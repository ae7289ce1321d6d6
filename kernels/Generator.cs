using System.Globalization;

namespace GpuTensor.Kernels;

/// <summary>Kernel description to source.</summary>
internal static class Generator
{
    /// <summary>Bytes that kernels of the CPU shape may read past the last element of a buffer, and make no use of: the end of a row is
    /// read as a whole vector, at most 15 elements of 8 bytes too many. Whoever allocates for a CPU adds them. (To pick elements one by one
    /// instead took a third of the time that PoCL compiles a kernel.)</summary>
    public const int ReadPast = 128;

    /// <summary>Generates a kernel.</summary>
    /// <param name="wide">Forces 64-bit indices; otherwise they are used where a domain or an address needs them.</param>
    /// <exception cref="ArgumentException">The description contradicts itself, or the dialect has no vectors and the profile is a
    /// CPU's.</exception>
    public static GeneratedKernel Generate(KernelSpec spec, DeviceProfile profile, Dialect dialect, bool wide = false) =>
        Write(spec, profile, dialect, wide).Evaluate();

    /// <summary>The same of sizes that may be a trace's.</summary>
    public static SymbolicKernel Write(KernelSpec spec, DeviceProfile profile, Dialect dialect, bool wide = false)
    {
        if (profile.IsCpu && !dialect.HasVectors)
            throw new ArgumentException($"The CPU shape needs vectors, which {dialect.Name} does not have.", nameof(dialect));
        var sections = spec.Sections;
        var nests = Array.ConvertAll(sections, s => new Nest(s));
        wide = wide || sections.Where((s, i) => NeedsWide(s, nests[i])).Any();
        var writer = new KernelWriter(spec, profile, dialect, wide);
        int size = profile.IsCpu ? 1 : profile.GroupSize;
        bool several = sections.Length > 1 && !spec.Serial;
        if (!profile.IsCpu) writer.Let("int", "lid", dialect.LocalIds[0]);
        // Not under the branch that each of several sections is in, where PoCL 3.1 gets the barrier wrong
        // (TransposeKernelTests.Beside_another_section).
        var across = sections.Select((s, i) => several && !profile.BranchesHaveBarriers ? null : TransposeWriter.Find(s, nests[i], profile))
            .ToArray();
        int shared = 0;
        for (int i = 0; i < sections.Length && !profile.IsCpu; i++) shared = Math.Max(shared, SharedWords(i));
        if (shared > 0)
            writer.Line(string.Format(CultureInfo.InvariantCulture, dialect.LocalArray, dialect.Type(Kind.U64), "shared", shared));
        if (several) writer.Let(writer.X, "group", dialect.GroupIds[0]);
        var texts = sections.Select((s, i) => WriteSection(writer, s, nests[i], across[i], several)).ToArray();
        if (several) PutSideBySide(writer, texts);
        else PutInOrder(writer, texts);
        var (source, name) = writer.Finish(size);
        SymInt groups = 0;
        foreach (var text in texts) groups += text.Groups;
        return new(new(source, name, wide, size, writer.Prelude), [.. writer.Integers], spec.Serial ? 1 : groups);

        // Local memory of a section, in words of 64 bits: a value and a position for each work-item of a reduction, or squares.
        int SharedWords(int i)
        {
            if (across[i] is { } squares) return squares.SharedWords(sections[i].Code);
            bool combines = sections[i].Kind == SectionKind.Row
                || profile.BranchesHaveBarriers && ColumnWriter.IsShared(sections[i], nests[i], profile);
            return combines ? 2 * size : 0;
        }
    }

    private static SectionBody WriteSection(KernelWriter writer, Section section, Nest nest, TransposeWriter.Across? across, bool several)
    {
        writer.BeginSection();
        // Side by side a section's first integer is its first group, on a GPU in order the number of its groups: both are known only when
        // it is written.
        bool turns = writer.Spec.Serial && !writer.Profile.IsCpu, isFirstKept = several || turns;
        string first = isFirstKept ? writer.Slot(0) : "";
        SectionWriter body = section.Kind switch
        {
            SectionKind.Pointwise when across is not null => new TransposeWriter(writer, section, nest, across),
            SectionKind.Pointwise => new PointwiseWriter(writer, section, nest),
            SectionKind.Column => new ColumnWriter(writer, section, nest),
            _ when writer.Profile.IsCpu => new RowWriter(writer, section, nest),
            _ => new GroupRowWriter(writer, section, nest),
        };
        using (turns ? writer.For($"{writer.X} g = 0", $"g < {first}", "g++", uniform: true) : default)
        {
            if (!turns) writer.Let(writer.X, "g", several ? $"group - {first}" : writer.Spec.Serial ? "0" : writer.Dialect.GroupIds[0]);
            body.Write();
        }
        var text = writer.EndSection(body.Groups);
        if (turns) text.Integers[0] = body.Groups;
        return text;
    }

    /// <summary>Each group runs one of the sections. Those of one text have neighbouring groups.</summary>
    private static void PutSideBySide(KernelWriter writer, SectionBody[] texts)
    {
        var shared = new List<List<SectionBody>>();
        foreach (var text in texts)
            if (shared.Find(same => writer.IsSame(same[0], text)) is { } known) known.Add(text);
            else shared.Add([text]);
        SymInt groups = 0;
        for (int s = 0; s < shared.Count; s++)
        {
            foreach (var text in shared[s])
            {
                text.Integers[0] = groups;
                groups += text.Groups;
            }
            // "else": PoCL 3.1 miscompiles rows (barriers, and work-items without a position) where another condition follows theirs; the
            // largest of a row was its start.
            string isOne = $"group < {writer.Integer(groups)}";
            using (s == 0 ? writer.If(isOne, uniform: true) : writer.ElseIf(isOne, uniform: true))
            {
                if (shared[s].Count == 1) writer.Put(shared[s][0]);
                else writer.Put(shared[s], (_, first) => $"group < {first}");
            }
        }
    }

    /// <summary>One group runs all sections, in their order. In one work-item of a CPU neighbours of one text are a loop.</summary>
    private static void PutInOrder(KernelWriter writer, SectionBody[] texts)
    {
        for (int s = 0, next; s < texts.Length; s = next)
        {
            for (next = s + 1; writer.Profile.IsCpu && next < texts.Length && writer.IsSame(texts[s], texts[next]);) next++;
            using (next - s == 1 ? writer.Block() : writer.Count("int", "turn", $"{next - s}"))
            {
                if (next - s == 1) writer.Put(texts[s]);
                else writer.Put(texts[s..next], (number, _) => $"turn < {number}");
            }
            if (!writer.Profile.IsCpu && next < texts.Length) writer.Barrier(global: true);
        }
    }

    /// <summary>Whether some domain or address, with room for the last vector, passes what an int holds.</summary>
    private static bool NeedsWide(Section section, Nest nest)
    {
        const long Limit = int.MaxValue - (1 << 20);
        SymInt domain = 1;
        foreach (var n in nest.Sizes) domain = SymInt.Reach(domain, n);
        if (domain > Limit || section.SplitTotal is { } total && total > Limit) return true;
        for (int i = 0; i < section.Code.Length; i++)
        {
            // An Affine is a number of 64 bits anyhow, but its parts must not overflow on the way.
            if (nest.Strides[i] is not { } strides) continue;
            var reach = SymInt.Reach(section.Code[i].Place!.Offset, 1);
            for (int d = 0; d < strides.Length; d++)
                reach = SymInt.AddReach(reach, SymInt.Reach(strides[d], SymInt.Max(1, nest.Sizes[d])));
            reach = SymInt.AddReach(reach, section.Code[i] switch
            {
                Gather gather => SymInt.Reach(gather.Stride, gather.Bound),
                Search search => SymInt.Reach(search.Stride, search.Length),
                SegmentSum sum => SymInt.Reach(sum.Stride, sum.Bound),
                _ => 0,
            });
            if (reach > Limit) return true;
        }
        return false;
    }
}
