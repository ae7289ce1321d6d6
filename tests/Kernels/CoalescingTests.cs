using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Dimensions that every access walks as one become one; the elements keep their order. No device is needed.</summary>
public sealed class CoalescingTests
{
    private static (SymInt Size, int Dimension)[] Run(long[] sizes, params long[][] strides) =>
        [.. Coalescing.Run(SymInt.Of(sizes), 0, sizes.Length, Array.ConvertAll(strides, SymInt.Of))];

    [Fact]
    public void Dense_dimensions_become_one() => Assert.Equal([(24, 2)], Run([2, 3, 4], [12, 4, 1]));

    [Fact]
    public void Dimensions_of_size_one_go() => Assert.Equal([(24, 3)], Run([1, 4, 1, 6, 1], [7, 6, 9, 1, 5]));

    [Fact]
    public void All_accesses_must_walk_two_dimensions_as_one() => Assert.Equal([(2, 0), (12, 2)], Run([2, 3, 4], [12, 4, 1], [1, 0, 0]));

    [Fact]
    public void A_broadcast_dimension_is_one_with_another_broadcast_one() => Assert.Equal([(6, 1), (4, 2)], Run([2, 3, 4], [0, 0, 1]));

    [Fact]
    public void Without_elements_or_dimensions_nothing_is_lost()
    {
        Assert.Equal([(0, 1)], Run([2, 0], [0, 1]));
        Assert.Empty(Run([]));
        Assert.Empty(Run([1, 1], [3, 4]));
    }

    [Fact]
    public void A_fixed_dimension_is_neither_dropped_nor_merged()
    {
        Assert.Equal([(2, 0), (1, 1), (12, 3)], Coalescing.Run([2, 1, 3, 4], 0, 4, [[12, 12, 4, 1]], d => d == 1).ToArray());
        Assert.Equal([(6, 1), (4, 2), (5, 3)], Coalescing.Run([2, 3, 4, 5], 0, 4, [[60, 20, 5, 1]], d => d == 2).ToArray());
    }

    /// <summary>Random accesses give the same places in the same order.</summary>
    [Fact]
    public void The_elements_keep_their_order()
    {
        var random = new Random(3);
        for (int n = 0; n < 500; n++)
        {
            long[] sizes = [.. Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(1, 4))];
            long[][] strides = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Strides(random, sizes))];
            var left = Run(sizes, strides);
            foreach (long[] s in strides)
                Assert.Equal(Places(sizes, s), Places([.. left.Select(l => (long)l.Size)], [.. left.Select(l => s[l.Dimension])]));
            Assert.DoesNotContain(left, l => l.Size == 1);
        }
    }

    private static long[] Strides(Random random, long[] sizes)
    {
        long[] dense = SpecBuilder.Contiguous(sizes);
        return [.. dense.Select(s => random.Next(4) switch { 0 => 0, 1 => s + random.Next(3), _ => s })];
    }

    private static IEnumerable<long> Places(long[] sizes, long[] strides)
    {
        IEnumerable<long> places = [0];
        for (int d = 0; d < sizes.Length; d++)
        {
            (int size, long stride) = ((int)sizes[d], strides[d]);
            places = [.. places.SelectMany(p => Enumerable.Range(0, size).Select(i => p + i * stride))];
        }
        return places;
    }
}
