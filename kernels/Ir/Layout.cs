namespace GpuTensor.Kernels;

/// <summary>Where the elements of a strided array lie: the one at index i lies at Offset + Σ Strides[d]·i[d].</summary>
internal sealed record Layout(long[] Sizes, long[] Strides, long Offset)
{
    /// <summary>Up to so many places are compared one by one. Of more, where the strides alone decide nothing, two are assumed to be one.
    /// </summary>
    private const int MostVisited = 1 << 20;

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Sizes) count *= size;
            return count;
        }
    }

    /// <summary>The place of each element, the last index fastest.</summary>
    public IEnumerable<long> Places()
    {
        if (Count == 0) yield break;
        long[] index = new long[Sizes.Length];
        for (long at = Offset; ;)
        {
            yield return at;
            int d = Sizes.Length - 1;
            for (; d >= 0; at -= Strides[d] * index[d], index[d--] = 0)
                if (index[d] + 1 < Sizes[d]) break;
            if (d < 0) yield break;
            index[d]++;
            at += Strides[d];
        }
    }

    /// <summary>Whether every element has a place of its own: nothing is broadcast, and no windows overlap.</summary>
    public bool IsInjective
    {
        get
        {
            if (Count == 0) return true;
            int[] dimensions = [.. Enumerable.Range(0, Sizes.Length).Where(d => Sizes[d] > 1).OrderBy(d => Math.Abs(Strides[d]))];
            long reach = 0, last = 0;
            bool apart = true;
            foreach (int d in dimensions)
            {
                long step = Math.Abs(Strides[d]);
                // One step back in one dimension and one on in the other.
                if (step == last) return false;
                // A step beyond all that the smaller ones reach together never meets them.
                apart &= step > reach;
                reach += step * (Sizes[d] - 1);
                last = step;
            }
            if (apart) return true;
            if (Count > reach + 1 || Count > MostVisited) return false;
            var seen = new HashSet<long>();
            return Places().All(seen.Add);
        }
    }
}
