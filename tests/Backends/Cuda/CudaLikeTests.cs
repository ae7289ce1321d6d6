using GpuTensor.Conformance;
using GpuTensor.Backends;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>What the engine does on CUDA above the backend, on an OpenCL device that works like one: replay equals running step by step to
/// the bit, whatever changes between steps.</summary>
public sealed class CudaLikeTests
{
    [Theory, InlineData(0), InlineData(1)]
    public void Random_programs_replayed_equal_themselves_run_step_by_step(int part)
    {
        using var replaying = new Machine();
        using var stepping = new Machine(replays: false);
        for (int seed = part * 4; seed < part * 4 + 4; seed++)
        {
            var program = new RandomProgram(seed);
            var expected = program.Run(stepping.Device, iterations: 6);
            Same(expected, program.Run(replaying.Device, iterations: 6), $"program {seed}");
        }
        Assert.True(replaying.Executor.GraphLaunches >= 8, $"{replaying.Executor.GraphLaunches} launches of graphs");
    }

    [Fact]
    public void Training_with_new_inputs_and_rates_each_step()
    {
        using var replaying = new Machine();
        using var stepping = new Machine(replays: false);
        var expected = Training.Run(stepping.Device, 24);
        Same(expected, Training.Run(replaying.Device, 24), "training");
        Assert.True(replaying.Backend.Multiplications > 0, "no product went to the library");
        Assert.True(replaying.Executor.GraphLaunches >= 20, $"{replaying.Executor.GraphLaunches} launches of graphs");
        Assert.True(replaying.Backend.Captures <= 6, $"{replaying.Backend.Captures} captures");
    }

    [Fact]
    public void Dimensions_of_size_0_have_nothing_to_divide()
    {
        using var machine = new Machine();
        var device = machine.Device;
        Tensor Zeros(params int[] sizes) => Tensor.Zeros(Shape.Create(sizes), device: device);
        Assert.Equal(new float[12], (Zeros(3, 0).MatMul(Zeros(0, 4)) + Zeros(4)).ToArray<float>());
        Assert.Equal([0f, 0], Zeros(2, 3, 0).Softmax(1).Sum([1, 2]).ToArray<float>());
        Assert.Empty(Zeros(2, 0, 3).Transpose(0, 2).Clone().Softmax(-1).ToArray<float>());
        Assert.Empty(Zeros(0, 3).LogSoftmax(1).ToArray<float>());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_weights_gradient_goes_into_a_part_of_other_memory_and_its_bias_is_summed_beside_it(bool left)
    {
        using var machine = new Machine();
        float[] expected = Run(Device.Cpu), actual = Run(machine.Device);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-3f);

        float[] Run(Device device)
        {
            var x = (Tensor.Arange(128 * 64, DType.Float32, device) * 0.37f).Sin().Reshape(128, 64);
            var upstream = (Tensor.Arange(128 * 32, DType.Float32, device) * 0.73f).Cos().Reshape(128, 32);
            x.ToArray<float>();
            upstream.ToArray<float>();
            var whole = Tensor.Zeros(Shape.Create([4, 20, 64]), device: device);
            var sum = upstream.Sum(0);
            if (left) whole.Narrow(1, 0, 8).Copy_(upstream.Transpose(0, 1).MatMul(x).Reshape(4, 8, 64));
            else whole.Narrow(1, 0, 16).Narrow(2, 0, 32).Copy_(x.Transpose(0, 1).MatMul(upstream).Reshape(4, 16, 32));
            return [.. whole.ToArray<float>(), .. sum.ToArray<float>()];
        }
    }

    [Fact]
    public void Sums_of_float64_lose_nothing()
    {
        using var machine = new Machine();
        ExactSums.Check(machine.Device);
    }

    /// <summary>200 steps of which nothing is read before the end, rates, step numbers, masks and batches new in each. The one wait between
    /// steps is the engine's own: a run is handed over once the one before the last is done, so that a program that never reads does not
    /// run ahead without end.</summary>
    [Fact]
    public void Two_hundred_steps_without_a_wait()
    {
        using var replaying = new Machine();
        using var stepping = new Machine(replays: false);
        var expected = LongTraining.Run(stepping.Device, 200, seed: 7);
        (long Runs, long Graphs, int Waits, int FenceWaits) from = default, to = default;
        var actual = LongTraining.Run(replaying.Device, 200, seed: 7, step =>
        {
            if (step == 19) from = Now();
            if (step == 199) to = Now();
        });
        Same(expected, actual, "training");
        long runs = to.Runs - from.Runs;
        Assert.InRange(runs, 180, 2 * 180);
        Assert.Equal((runs, 0, runs), (to.Graphs - from.Graphs, to.Waits - from.Waits, to.FenceWaits - from.FenceWaits));

        (long, long, int, int) Now() =>
            (replaying.Executor.Runs, replaying.Executor.GraphLaunches, replaying.Backend.Waits, replaying.Backend.FenceWaits);
    }

    /// <summary>Two networks of one shape share their plans. Each has a graph of its own, whichever ran last.</summary>
    [Fact]
    public void Two_threads_train_while_others_prefetch_and_each_has_its_graphs()
    {
        using var alone = new Machine();
        using var stepping = new Machine(replays: false);
        using var together = new Machine();
        List<byte[]>[] expected = [LongTraining.Run(stepping.Device, 80, seed: 1), LongTraining.Run(stepping.Device, 80, seed: 2)];
        Same(expected[0], LongTraining.Run(alone.Device, 80, seed: 1), "alone");
        var actual = LongTraining.RunTogether(together.Device, 80, seeds: [1, 2]);
        Same(expected[0], actual[0], "the first");
        Same(expected[1], actual[1], "the second");
        Assert.True(together.Executor.GraphLaunches >= together.Executor.Runs - 20,
            $"{together.Executor.GraphLaunches} of {together.Executor.Runs} runs were launches of graphs");
        Assert.True(together.Backend.Captures <= 12, $"{together.Backend.Captures} captures");
    }

    /// <summary>A capture that fails, in every place in turn: the step throws, and those after it give what they would have.</summary>
    [Fact]
    public void A_failed_capture_loses_one_step_and_nothing_else()
    {
        int faults = 0;
        for (int nth = 1; nth < 400; nth += 13)
        {
            using var machine = new Machine();
            int count = 0;
            bool thrown = false;
            machine.Backend.Fault = what =>
            {
                if (++count == nth) throw new DeviceException($"{what} refused by the test");
            };
            var results = new List<byte[]>();
            var x = Tensor.From(Enumerable.Range(0, 64).Select(i => i * 0.25f).ToArray(), device: machine.Device);
            for (int step = 0; step < 8; step++)
            {
                try
                {
                    results.Add(((x * step).Exp().Sum() + step).ToHost().Data);
                }
                catch (TensorException e)
                {
                    Assert.Contains("refused by the test", e.ToString());
                    thrown = true;
                    step--;
                }
            }
            if (thrown) faults++;
            using var plain = new Machine(replays: false);
            var y = Tensor.From(Enumerable.Range(0, 64).Select(i => i * 0.25f).ToArray(), device: plain.Device);
            var expected = new List<byte[]>();
            for (int step = 0; step < 8; step++) expected.Add(((y * step).Exp().Sum() + step).ToHost().Data);
            Same(expected, results, $"fault {nth}");
            if (!thrown) break;
        }
        Assert.True(faults > 0);
    }

    [Fact]
    public void Products_of_every_layout_go_to_the_library_with_what_precedes_and_follows_them()
    {
        using var machine = new Machine();
        var random = new Random(3);
        Tensor Make(params int[] shape)
        {
            var data = new float[shape.Aggregate(1, (p, q) => p * q)];
            for (int i = 0; i < data.Length; i++) data[i] = random.Next(-8, 9) * 0.125f;
            return Tensor.From(data).Reshape(Shape.Create(shape));
        }
        // Sums of small multiples of 1/64 are exact in float32, in any order.
        var a = Make(40, 60);
        var b = Make(60, 50);
        var c = Make(3, 40, 60);
        var bias = Make(50);
        (string, Func<Device, Tensor>)[] cases =
        [
            ("plain", d => On(a, d).MatMul(On(b, d))),
            ("transposed", d => On(b, d).T.MatMul(On(a, d).T)),
            ("bias and relu", d => (On(a, d).MatMul(On(b, d)) + On(bias, d)).Relu()),
            ("batched", d => On(c, d).MatMul(On(b, d))),
            ("batched, transposed heads", d => On(c, d).Transpose(1, 2).MatMul(On(a, d))),
            ("backwards", d => On(a, d).Flip(1).MatMul(On(b, d))),
            ("every other", d => On(a, d)[.., ..40].MatMul(On(b, d)[..40, ..])),
            ("broadcast", d => On(a, d)[0].Unsqueeze(0).Expand(40, 60).MatMul(On(b, d))),
            ("halves", d => On(a, d).To(DType.Float16).MatMul(On(b, d).To(DType.Float16)).To(DType.Float32)),
        ];
        foreach (var (name, make) in cases)
        {
            int before = machine.Backend.Multiplications;
            byte[] actual = make(machine.Device).ToHost().Data, expected = make(Device.Cpu).ToHost().Data;
            Assert.True(expected.AsSpan().SequenceEqual(actual), name);
            Assert.True(machine.Backend.Multiplications > before, $"{name} did not go to the library");
        }

        static Tensor On(Tensor t, Device d) => t.To(d);
    }

    // In all dtypes on the simulator: PoCL's compiler takes its time.
    [Theory, InlineData(true, DType.Float32), InlineData(true, DType.Float16), InlineData(false, DType.Float32)]
    public void A_bias_an_activation_and_the_gradient_of_a_bias_are_the_librarys_where_it_has_an_algorithm(bool has, DType dtype)
    {
        using var machine = new Machine();
        machine.Backend.Epilogues = has;
        EpilogueCases.Run(machine.Executor, has, dtype);
    }

    private static void Same(List<byte[]> expected, List<byte[]> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++) Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), $"{what}: result {i} differs");
    }

    private sealed class Machine : IDisposable
    {
        public Machine(bool replays = true)
        {
            Backend = new() { Replays = replays };
            Executor = new(Backend, CudaLikeBackend.Dialect);
            Device = Device.ForTests(Executor);
        }

        public CudaLikeBackend Backend { get; }

        public PlannedExecutor Executor { get; }

        public Device Device { get; }

        public void Dispose() => Executor.Dispose();
    }
}
