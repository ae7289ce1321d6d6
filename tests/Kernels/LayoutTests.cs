using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>Where the elements of a strided array lie, and whether each has a place of its own. No device is needed.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Places_come_with_the_last_index_fastest() =>
        Assert.Equal([5L, 4, 3, 15, 14, 13], new Layout([2, 3], [10, -1], 5).Places());

    [Fact]
    public void One_element_lies_at_the_offset()
    {
        Assert.Equal([7L], new Layout([], [], 7).Places());
        Assert.Equal([7L], new Layout([1, 1], [3, -9], 7).Places());
    }

    [Fact]
    public void An_empty_layout_has_no_place_and_is_injective()
    {
        Assert.Empty(new Layout([2, 0], [0, 0], 7).Places());
        Assert.True(new Layout([2, 0], [0, 0], 7).IsInjective);
    }

    /// <summary>Strides as slices, expansions and windows have them, in any order and direction.</summary>
    [Fact]
    public void A_layout_is_injective_where_no_place_comes_twice()
    {
        var random = new Random(5);
        int injective = 0;
        for (int n = 0; n < 3000; n++)
        {
            long[] sizes = [.. Enumerable.Range(0, random.Next(5)).Select(_ => (long)random.Next(1, 5))];
            long[] strides = [.. sizes.Select(_ => random.Next(-3, 4) * (long)Math.Pow(random.Next(1, 5), random.Next(3)))];
            var layout = new Layout(sizes, strides, 1000);
            long[] places = [.. layout.Places()];
            Assert.Equal(layout.Count, places.Length);
            bool expected = places.Distinct().Count() == places.Length;
            Assert.True(layout.IsInjective == expected, $"[{string.Join(", ", sizes)}] by [{string.Join(", ", strides)}]");
            if (expected) injective++;
        }
        Assert.InRange(injective, 500, 2500);
    }

    /// <summary>What the strides decide is decided without looking at the elements.</summary>
    [Fact]
    public void Large_layouts_are_decided_by_their_strides()
    {
        Assert.True(new Layout([1 << 20, 1 << 20], [1 << 20, 1], 0).IsInjective);
        Assert.False(new Layout([1 << 20, 1 << 20], [0, 1], 0).IsInjective);
        Assert.False(new Layout([1 << 20, 16], [1, 1], 0).IsInjective);
    }
}
