namespace GpuTensor.Kernels;

/// <summary>Kernel description to source.</summary>
internal static class Generator
{
    /// <summary>Bytes that kernels of the CPU shape may read past the last element of a buffer, and make no use of: the end of a row is read as a whole vector, at most 15 elements of 8 bytes
    /// too many. Whoever allocates for a CPU adds them. (To pick elements one by one instead took a third of the time that PoCL compiles a kernel.)</summary>
    public const int ReadPast = 128;

    /// <summary>Generates a kernel.</summary>
    /// <param name="wide">Forces 64-bit indices; otherwise they are used where a domain or an address needs them.</param>
    /// <exception cref="ArgumentException">The description contradicts itself, or the dialect has no vectors and the profile is a CPU's.</exception>
    public static GeneratedKernel Generate(KernelSpec spec, DeviceProfile profile, Dialect dialect, bool wide = false)
    {
        if (profile.IsCpu && !dialect.HasVectors) throw new ArgumentException($"The CPU shape needs vectors, which {dialect.Name} does not have.", nameof(dialect));
        wide = wide || NeedsWide(spec);
        var writer = new KernelWriter(spec, profile, dialect, wide);
        int size = profile.IsCpu ? 1 : profile.GroupSize;
        var sections = spec.Sections;
        bool several = sections.Length > 1 && !spec.Serial;
        if (!profile.IsCpu) writer.Line($"const int lid = {dialect.LocalId};");
        var nests = Array.ConvertAll(sections, s => new Nest(s));
        // Not under the branch that each of several sections is in, where PoCL 3.1 gets the barrier wrong (TransposeKernelTests.Beside_another_section).
        var across = sections.Select((s, i) => several && !dialect.BranchesHaveBarriers ? null : TransposeWriter.Find(s, nests[i], profile)).ToArray();
        int shared = profile.IsCpu ? 0 : Math.Max(spec.Sections.Where((s, i) => s.Kind == SectionKind.Row || dialect.BranchesHaveBarriers && ColumnWriter.IsShared(s, nests[i], profile)).Any() ? 2 * size : 0, sections.Select((s, i) => across[i]?.SharedWords(s.Code) ?? 0).DefaultIfEmpty().Max());
        if (shared > 0) writer.Line(string.Format(System.Globalization.CultureInfo.InvariantCulture, dialect.LocalArray, dialect.Type(Kind.U64), "shared", shared));
        if (several) writer.Line($"const {writer.X} group = {dialect.GroupId};");
        long groups = 0;
        for (int s = 0; s < sections.Length; s++)
        {
            int from = 0;
            if (several)
            {
                // The section's range of groups, known only when it is written: its slots come first.
                from = writer.Integers.Count;
                writer.Integers.Add(0);
                writer.Integers.Add(0);
                // "else": PoCL 3.1 miscompiles rows (barriers, and work-items without a position) where another condition follows theirs; the largest of a row was its start.
                writer.Open($"{(s == 0 ? "" : "else ")}if (group >= k.n[{from}] && group < k.n[{from + 1}])");
                writer.Line($"const {writer.X} g = group - k.n[{from}];");
            }
            else
            {
                writer.Open("");
                if (!spec.Serial || profile.IsCpu) writer.Line($"const {writer.X} g = {(spec.Serial ? "0" : dialect.GroupId)};");
            }
            var start = writer.BeginSection();
            int count = spec.Serial && !profile.IsCpu ? writer.Integers.Count : -1;
            if (count >= 0) writer.Open($"for ({writer.X} g = 0; g < {writer.Slot(0)}; g++)");
            long wanted = WriteSection(writer, sections[s], nests[s], across[s]);
            if (count >= 0)
            {
                writer.Integers[count] = wanted;
                writer.Close();
            }
            writer.EndSection(start);
            if (several) (writer.Integers[from], writer.Integers[from + 1]) = (groups, groups + wanted);
            groups += wanted;
            writer.Close();
            if (spec.Serial && !profile.IsCpu && s + 1 < sections.Length) writer.Line(dialect.GlobalBarrier);
        }
        var (source, name) = writer.Finish(size);
        return new(source, name, [.. writer.Integers], wide, spec.Serial ? 1 : groups, size, writer.Prelude);
    }

    private static long WriteSection(KernelWriter writer, Section section, Nest nest, TransposeWriter.Across? across)
    {
        SectionWriter body = section.Kind switch
        {
            SectionKind.Pointwise when across is not null => new TransposeWriter(writer, section, nest, across),
            SectionKind.Pointwise => new PointwiseWriter(writer, section, nest),
            SectionKind.Column => new ColumnWriter(writer, section, nest),
            _ when writer.Profile.IsCpu => new RowWriter(writer, section, nest),
            _ => new GroupRowWriter(writer, section, nest),
        };
        body.Write();
        return body.Groups;
    }

    /// <summary>Whether some domain or address, with room for the last vector, passes what an int holds.</summary>
    private static bool NeedsWide(KernelSpec spec)
    {
        const long Limit = int.MaxValue - (1 << 20);
        foreach (var section in spec.Sections)
        {
            double domain = 1;
            foreach (long n in section.Outer) domain *= n;
            foreach (long n in section.Reduce) domain *= n;
            if (domain > Limit || section.SplitTotal > Limit) return true;
            foreach (var instruction in section.Code)
            {
                // An Affine is a number of 64 bits anyhow, but its parts must not overflow on the way.
                if (instruction.Place is not { } access) continue;
                double reach = Math.Abs((double)access.Offset);
                for (int d = 0; d < access.Strides.Length; d++)
                    reach += Math.Abs((double)access.Strides[d]) * Math.Max(1, d < section.Outer.Length ? section.Outer[d] : section.Reduce[d - section.Outer.Length]);
                reach += instruction switch
                {
                    Gather gather => Math.Abs((double)gather.Stride) * gather.Bound,
                    Search search => Math.Abs((double)search.Stride) * search.Length,
                    SegmentSum sum => Math.Abs((double)sum.Stride) * sum.Bound,
                    _ => 0,
                };
                if (reach > Limit) return true;
            }
        }
        return false;
    }
}
