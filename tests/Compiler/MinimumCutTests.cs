using GpuTensor.Compiler;
using Xunit;

namespace GpuTensor.Tests.Compiler;

public class MinimumCutTests
{
    /// <summary>Networks of up to eight vertices, against all ways to part them.</summary>
    [Fact]
    public void A_cut_is_the_cheapest_of_all_and_of_the_cheapest_the_one_nearest_to_the_sink()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int vertices = random.Next(2, 9);
            var cut = new MinimumCut(vertices);
            List<(int From, int To, long Capacity)> edges = [];
            for (int i = random.Next(20); i > 0; i--)
            {
                var edge = (random.Next(vertices), random.Next(vertices), random.Next(1, 6));
                edges.Add(edge);
                cut.Add(edge.Item1, edge.Item2, edge.Item3);
            }
            bool[] side = cut.Run();
            Assert.True(side[MinimumCut.Sink]);
            Assert.False(side[MinimumCut.Source]);
            long cost = Cost(v => side[v]);
            for (int set = 0; set < 1 << vertices; set++)
            {
                if ((set & 1) != 0 || (set & 2) == 0) continue;
                Assert.True(Cost(v => (set >> v & 1) != 0) >= cost);
                if (Cost(v => (set >> v & 1) != 0) == cost)
                    for (int v = 0; v < vertices; v++) Assert.True(!side[v] || (set >> v & 1) != 0);
            }

            long Cost(Func<int, bool> isAfter) => edges.Sum(e => !isAfter(e.From) && isAfter(e.To) ? e.Capacity : 0);
        }
    }

    [Fact]
    public void An_unlimited_edge_is_never_cut()
    {
        var cut = new MinimumCut(4);
        cut.Add(MinimumCut.Source, 2, MinimumCut.Unlimited);
        cut.Add(2, 3, 1L << 50);
        cut.Add(3, MinimumCut.Sink, MinimumCut.Unlimited);
        Assert.Equal([false, true, false, true], cut.Run());
    }
}
