using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>The fewest dimensions that describe a loop nest: sizes of 1 go, neighbours that every access walks as one become one. Kernels are shared between shapes that look alike then,
/// and inner loops are long.</summary>
internal static class Canonical
{
    public static Section Simplify(Section section)
    {
        var (outer, reduce) = (section.Outer.ToList(), section.Reduce.ToList());
        int count = outer.Count + reduce.Count;
        var strides = section.Code.Select(i => i.Place?.Strides).ToList();
        bool[] gone = new bool[count];
        long[] sizes = [.. outer, .. reduce];
        int split = outer.Count;

        // The reduced dimension and the chunk number of a split reduction keep their places; so does the last outer dimension of a column section.
        bool Fixed(int d) => section.SplitTotal is not null && (d == split || (section.Kind == SectionKind.Column ? d >= split - 2 : d == split - 1) && d < split)
            || section.Kind == SectionKind.Column && d == split - 1;
        for (int d = 0; d < count; d++)
            if (sizes[d] == 1 && !Fixed(d) && !(d >= split && reduce.Count > 0 && Remaining(gone, split, count) == 1)) gone[d] = true;
        for (int d = count - 1; d > 0; d--)
        {
            if (gone[d]) continue;
            int p = d - 1;
            while (p >= 0 && gone[p]) p--;
            if (p < 0) break;
            if (p < split != d < split || Fixed(p) || Fixed(d)) continue;
            if (!strides.All(s => s is null || s[p] == s[d] * sizes[d])) continue;
            // Merge p into d.
            sizes[d] *= sizes[p];
            gone[p] = true;
            d++;
        }
        int[] keep = [.. Enumerable.Range(0, count).Where(d => !gone[d])];
        var code = section.Code.Select(i => i.Moved(at => Pick(at, keep))).ToArray();
        return section with
        {
            Outer = [.. keep.Where(d => d < split).Select(d => sizes[d])],
            Reduce = [.. keep.Where(d => d >= split).Select(d => sizes[d])],
            Code = code,
        };
    }

    private static int Remaining(bool[] gone, int from, int to)
    {
        int n = 0;
        for (int d = from; d < to; d++) n += gone[d] ? 0 : 1;
        return n;
    }

    private static Access Pick(Access at, int[] keep) => new(at.Offset, [.. keep.Select(d => at.Strides[d])]);
}
