using GpuTensor.Devices;
using Xunit;

namespace GpuTensor.Tests.Engine;

/// <summary>The same program gives the same bits, whatever is fused, kept, replayed or collected.</summary>
public class SameBitsTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(0, 200).Chunk(20).Select(c => new TheoryDataRow<int>(c[0]));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Fused_eager_kept_compiled_cold_and_under_collection(int first)
    {
        using var fused = TestDevice.OpenCl();
        using var eager = TestDevice.OpenCl(eager: true);
        using var keepAll = TestDevice.OpenCl(keep: _ => true);
        using var keepHalf = TestDevice.OpenCl(keep: i => (i * 2654435761L >> 7 & 1) == 0);
        for (int seed = first; seed < first + 20; seed++)
        {
            var program = new RandomProgram(seed);
            var expected = program.Run(eager.Device);
            Same(expected, program.Run(fused.Device), seed, "fused");
            Same(expected, program.Run(keepAll.Device), seed, "every node kept");
            Same(expected, program.Run(keepHalf.Device), seed, "half the nodes kept");
            Same(expected, program.Run(fused.Device, compiled: true), seed, "compiled");
            fused.Device.Planned!.ForgetPlans();
            using (new Collector()) Same(expected, program.Run(fused.Device), seed, "cold, under collection");
        }
    }

    private static void Same(List<byte[]> expected, List<byte[]> actual, int seed, string setting)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            if (!expected[i].AsSpan().SequenceEqual(actual[i]))
                Assert.Fail($"program {seed}, {setting}: result {i} differs: {Show(expected[i])} instead of {Show(actual[i])}");
    }

    private static string Show(byte[] bits) => string.Join(' ', System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bits).ToArray().Take(6));

    /// <summary>Another thread collects garbage all the time.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Thread thread;

        public Collector()
        {
            thread = new(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect();
                    Thread.Sleep(1);
                }
            });
            thread.Start();
        }

        public void Dispose()
        {
            stop.Cancel();
            thread.Join();
        }
    }
}
