using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>The same program gives the same bits, whatever is fused, kept, replayed, compiled anew or collected.</summary>
public class SameBitsTests
{
    private const int InOneTest = 2;

    // Compiling them is slow, up to half a minute a program: four of the 200 by default, with some settings by turns; all of all with
    // GPUTENSOR_SAME_BITS=all.
    private static readonly bool All = Environment.GetEnvironmentVariable("GPUTENSOR_SAME_BITS") == "all";

    public static IEnumerable<TheoryDataRow<int>> Seeds =>
        Enumerable.Range(0, All ? 200 : 4).Chunk(InOneTest).Select(c => new TheoryDataRow<int>(c[0]));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Fused_eager_kept_held_compiled_cold_and_under_collection(int first)
    {
        var devices = Devices.Get();
        for (int seed = first; seed < first + InOneTest; seed++)
        {
            var program = new RandomProgram(seed);
            var expected = program.Run(devices.Eager);
            Same(expected, program.Run(devices.Fused), seed, "fused");
            // Each of these compiles kernels of its own, which is what this test costs: they take turns.
            if (All || seed % 3 == 0) Same(expected, program.Run(devices.KeepAll), seed, "every node kept");
            if (All || seed % 3 == 1) Same(expected, program.Run(devices.KeepHalf), seed, "half the nodes kept");
            if (All || seed % 3 == 2) Same(expected, program.Run(devices.Held, held: []), seed, "every handle held, as in a debug build");
            Same(expected, program.Run(devices.Fused, compiled: true), seed, "compiled");
            devices.Fused.Planned!.ForgetPlans();
            using (new Collector()) Same(expected, program.Run(devices.Fused), seed, "cold plans, under collection");
            if (!All && seed > 0) continue;
            using (var cold = TestDevice.OpenCl()) Same(expected, program.Run(cold.Device), seed, "cold kernels");
            Same(program.Run(devices.Eager, iterations: 3), program.Run(devices.Fused, iterations: 3, atOnce: true), seed,
                "three steps in one run");
        }
    }

    /// <summary>Devices with settings of their own over one backend, so that equal kernels are compiled once.</summary>
    private sealed record Devices(Device Eager, Device Fused, Device KeepAll, Device KeepHalf, Device Held)
    {
        private static Devices? shared;

        public static Devices Get() => shared ??= Make(TestDevice.OpenCl());

        private static Devices Make(TestDevice first) =>
            new(first.Another(eager: true).Device, first.Device, first.Another(keep: _ => true).Device,
            first.Another(keep: i => (i * 2654435761L >> 7 & 1) == 0).Device, first.Another().Device);
    }

    private static void Same(List<byte[]> expected, List<byte[]> actual, int seed, string setting)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            if (!IsSame(expected[i], actual[i]))
                Assert.Fail($"program {seed}, {setting}: result {i} differs: {Show(actual[i])} instead of {Show(expected[i])}");
    }

    // NaNs may differ in sign and payload: of two NaN operands the processor passes the first on, and a compiler may swap the operands of a
    // sum.
    private static bool IsSame(byte[] expected, byte[] actual)
    {
        if (expected.AsSpan().SequenceEqual(actual)) return true;
        var a = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(expected);
        var b = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(actual);
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
            if (BitConverter.SingleToUInt32Bits(a[i]) != BitConverter.SingleToUInt32Bits(b[i]) && !(float.IsNaN(a[i]) && float.IsNaN(b[i])))
                return false;
        return true;
    }

    private static string Show(byte[] bits) =>
        string.Join(' ', System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bits).ToArray().Take(6));

    /// <summary>Another thread collects garbage all the time.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Thread thread;

        public Collector()
        {
            thread = new(() =>
            {
                // The young generations: a full collection takes long, and is no harder on what lives shortly.
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    GC.Collect(i % 2);
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
