using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>The process's default random stream, whichever thread draws, in processes of their own.</summary>
public class RandomStreamTests
{
    public static TheoryData<string> All => TestDevices.All;

    [Theory, MemberData(nameof(All))]
    public async Task One_stream_for_all_threads(string device)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(AcrossAwaits, device)).Succeeded();
        (await ChildProcess.Run(ThreadsShare, device)).Succeeded();
    }

    [Fact]
    public async Task Compiled_functions_take_their_numbers_anew_beside_other_draws()
    {
        TestDevices.Get("opencl");
        (await ChildProcess.Run(CompiledBesideOthers, "opencl")).Succeeded();
    }

    private static void Same(float[] expected, float[] actual, string what)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
            throw new InvalidOperationException($"{what}: [{string.Join(' ', actual)}] in place of [{string.Join(' ', expected)}]");
    }

    private static async Task AcrossAwaits()
    {
        Tensor.ManualSeed(1);
        float[][] expected = [.. Enumerable.Range(0, 6).Select(_ => Tensor.Rand(3).ToArray<float>())];
        Tensor.ManualSeed(1);
        for (int i = 0; i < expected.Length; i++)
        {
            Same(expected[i], i % 2 == 0 ? Tensor.Rand(3).ToArray<float>() : await Task.Run(() => Tensor.Rand(3).ToArray<float>()),
                $"draw {i}");
            await Task.Yield();
        }
        var thread = new Thread(() => Tensor.ManualSeed(1));
        thread.Start();
        thread.Join();
        Same(expected[0], Tensor.Rand(3).ToArray<float>(), "seeded by another thread");
    }

    /// <summary>Threads that draw at once get ranges of their own: together the numbers of one stream, each once.</summary>
    private static void ThreadsShare()
    {
        const int Draws = 300, Threads = 4;
        Tensor.ManualSeed(5);
        var expected = Enumerable.Range(0, Draws * Threads).Select(_ => Tensor.Rand(4).ToArray<float>()[0]).Order().ToArray();
        Tensor.ManualSeed(5);
        var drawn = new float[Threads][];
        Thread[] threads = [.. Enumerable.Range(0, Threads)
            .Select(t => new Thread(() => drawn[t] = [.. Enumerable.Range(0, Draws).Select(_ => Tensor.Rand(4).ToArray<float>()[0])]))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Same(expected, [.. drawn.SelectMany(d => d).Order()], "all threads together");
    }

    private static void CompiledBesideOthers()
    {
        var x = Tensor.Ones(8);
        var own = new Generator(7);
        Tensor Function(Tensor a) => a * Tensor.Rand(8) + Tensor.RandN([8], generator: own) + a.Dropout(0.5);
        var compiled = Tensor.Compile(Function);
        float[][] Run(Func<Tensor, Tensor> function)
        {
            Tensor.ManualSeed(3);
            own.ManualSeed(long.MaxValue);
            var results = new float[8][];
            for (int i = 0; i < results.Length; i++)
            {
                results[i] = function(x).ToArray<float>();
                // Between two calls another thread draws.
                Task.Run(() => Tensor.Rand(5).Realize()).Wait();
                if (i == 5) Tensor.ManualSeed((1L << 53) + 1);
            }
            return results;
        }
        float[][] expected = Run(Function), actual = Run(compiled);
        for (int i = 0; i < expected.Length; i++) Same(expected[i], actual[i], $"call {i}");
        if (!Tensor.Explain(compiled).Contains("replayed at the next call")) throw new InvalidOperationException(Tensor.Explain(compiled));
        // What seeds or makes a stream is run each time.
        var seeds = Tensor.Compile(a =>
        {
            Tensor.ManualSeed(9);
            return a * Tensor.Rand(8);
        });
        var makes = Tensor.Compile(a => a * Tensor.Rand([8], generator: new Generator(9)));
        float[] first = seeds(x).ToArray<float>(), other = makes(x).ToArray<float>();
        for (int i = 0; i < 4; i++)
        {
            Same(first, seeds(x).ToArray<float>(), "seeding");
            Same(other, makes(x).ToArray<float>(), "a stream of its own");
        }
    }
}
