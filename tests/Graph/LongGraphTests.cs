using GpuTensor.Compiled;
using GpuTensor.Graph;
using GpuTensor.Compiler;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>Passes over the graph are linear and iterative.</summary>
public class LongGraphTests
{
    [Fact]
    public void A_chain_of_a_million_operators_records_runs_and_differentiates()
    {
        using var test = TestDevice.OpenCl();
        const int Length = 1_000_000;
        var x = Tensor.From([1f, 2], device: test.Device, requiresGrad: true);
        var y = x;
        // −1, +1, … : exact whatever the length.
        for (int i = 0; i < Length / 2; i++) y = (y - 1) + 1;
        Assert.Equal([1f, 2], y.Detach().ToArray<float>());
        (y * y).Sum().Backward();
        Assert.Equal([2f, 4], x.Grad!.ToArray<float>());
    }

    /// <summary>What a plan looks at, for shapes that tempt a pass to look at everything for each: a chain, a value that all read, parts of
    /// one flat value, changes of one variable.</summary>
    [Theory]
    [InlineData("chain")]
    [InlineData("shared")]
    [InlineData("parts")]
    [InlineData("slices")]
    [InlineData("branches")]
    public void Twice_the_nodes_are_at_most_twice_the_visits(string kind)
    {
        using var test = TestDevice.OpenCl();
        long Visits(int nodes)
        {
            using var fresh = test.Another();
            // As within a compiled function, which is planned whole: nothing flushes by itself.
            Recorder.Recorded = new FunctionRecording([]) { Closure = new() };
            var result = Build(kind, fresh.Device, nodes);
            Recorder.Recorded = null;
            var recorder = Recorder.For(fresh.Device);
            Assert.InRange(recorder.Nodes.Count, nodes / 2, nodes * 2);
            long before = VisitCounter.Visits;
            fresh.Device.Planned!.Planner.Explain(GraphSnapshot.Take(recorder, new(),
                KeepSet.ForExplanation(recorder, result.Node, null, null)), false);
            return VisitCounter.Visits - before;
        }
        long one = Visits(10_000), two = Visits(20_000);
        Assert.InRange(one, 10_000, 10_000 * 100L);
        Assert.InRange(two, one, one * 2 + one / 50);
    }

    private static Tensor Build(string kind, Device device, int nodes)
    {
        var x = Tensor.From(new float[256], device: device);
        Tensor y = x;
        switch (kind)
        {
            case "chain":
                for (int i = 0; i < nodes / 2; i++) y = y * 1.5;
                return y;
            case "shared":
                var shared = x.Sum();
                for (int i = 0; i < nodes / 2; i++) y = (y + shared).Sin();
                return y;
            case "parts":
                // Every part reads its own slice and the joined value is read again.
                var parts = Enumerable.Range(0, nodes / 3).Select(i => x.Narrow(0, i % 256, 1) * i).ToList();
                return Tensor.Cat(parts, 0).Sum();
            case "slices":
                var z = x * 1;
                for (int i = 0; i < nodes / 3; i++) z.Narrow(0, i % 256, 1).Mul_(2.0);
                return z;
            default:
                var sums = Enumerable.Range(0, nodes / 3).Select(i => (x * i).Sum()).ToList();
                while (sums.Count > 1)
                    sums = [.. sums.Chunk(2).Select(p => p.Length == 2 ? p[0] + p[1] : p[0])];
                return sums[0];
        }
    }
}
