using System.Runtime.CompilerServices;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Conformance;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.AutogradTests;

/// <summary>A forward pass that runs alone does not keep all that gradients read: some of it is computed again for them. The bits are those
/// of the same program with every operator run as it is recorded, where every value is kept.</summary>
public partial class RecomputationTests
{
    /// <summary>Devices over one backend: one that runs every operator at once, and one where values are computed again however small they
    /// are.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly TestDevice first = TestDevice.OpenCl(options: "-cl-opt-disable");

        public Pair()
        {
            Eager = first.Another(eager: true).Device;
            first.Device.Planned!.Planner.MinRecomputedBytes = 0;
        }

        public Device Eager { get; }

        public Device Lean => first.Device;

        public void Dispose() => first.Dispose();
    }

    [Fact]
    public void Random_programs_that_look_at_their_loss_give_the_same_bits()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_RANDOM_PROGRAMS"), out int asked) ? Math.Min(asked, 200) : 6;
        using var pair = new Pair();
        for (int seed = 0; seed < count; seed++)
        {
            var program = new RandomProgram(seed);
            var (expected, actual) = (program.Run(pair.Eager, iterations: 3), program.Run(pair.Lean, iterations: 3, alone: true));
            Assert.Equal(expected.Count, actual.Count);
            for (int i = 0; i < expected.Count; i++)
                Assert.True(Same(expected[i], actual[i]), $"program {seed}: result {i} differs");
        }
    }

    // A NaN's sign and payload may differ.
    private static bool Same(byte[] a, byte[] b) => a.Length == b.Length
        && Enumerable.Range(0, a.Length / 4).All(i => BitConverter.ToInt32(a, 4 * i) == BitConverter.ToInt32(b, 4 * i)
            || (float.IsNaN(BitConverter.ToSingle(a, 4 * i)) && float.IsNaN(BitConverter.ToSingle(b, 4 * i))));

    public static TheoryData<string> Situations => [.. Programs.Keys];

    // By the runs of this thread's test.
    [ThreadStatic] private static int recomputed;

    [Theory, MemberData(nameof(Situations))]
    public void The_gradients_are_those_of_values_that_were_kept(string situation)
    {
        using var pair = new Pair();
        var run = Programs[situation];
        var expected = run(pair.Eager).Select(t => t.Detach().ToArray<float>()).ToArray();
        recomputed = 0;
        // From the second time on by the plans of the first.
        for (int time = 0; time < 3; time++)
            Assert.Equal(expected, run(pair.Lean).Select(t => t.Detach().ToArray<float>()));
        Assert.True(recomputed > 0);
    }

    [Fact]
    public void A_value_that_was_changed_in_place_is_refused_though_it_could_be_computed_again()
    {
        using var pair = new Pair();
        var (w, x) = (Leaf(pair.Lean), Input(pair.Lean));
        var y = w * x;
        var loss = (y * 2).Exp().Sum() + y.Sin().Sum();
        Run(loss);
        y.Add_(1.0);
        var e = Assert.Throws<AutogradException>(() => loss.Backward());
        Assert.Contains("operand 0 of sin", e.Message);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_forward_pass_fits_into_memory_that_has_no_room_for_all_that_gradients_read(bool recomputes)
    {
        const int Count = 1 << 20, Steps = 8;
        using var test = TestDevice.OpenCl();
        var backend = (OpenClBackend)test.Device.Planned!.Backend;
        var w = Tensor.From(new float[Count], device: test.Device, requiresGrad: true);
        if (!recomputes) test.Device.Planned.Planner.MinRecomputedBytes = long.MaxValue;
        // Room for half of the values.
        backend.MemoryLimit = backend.Counters.BytesHeld + Steps / 2 * sizeof(float) * (long)Count;
        var loss = Loss(w);
        if (!recomputes)
        {
            Assert.Throws<DeviceOutOfMemoryException>(() => loss.Item<float>());
            return;
        }
        Assert.True(float.IsFinite(loss.Item<float>()));
        loss.Backward();
        Assert.True(float.IsFinite(w.Grad!.Sum().Item<float>()));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor Loss(Tensor w)
        {
            var x = w;
            for (int i = 0; i < Steps; i++) x = i % 2 == 0 ? x.Cos() : x.Sin();
            return x.Sum();
        }
    }

    [Fact]
    public void Values_that_are_computed_again_survive_a_backward_pass_that_failed()
    {
        using var pair = new Pair();
        var planned = pair.Lean.Planned!;
        var w = Leaf(pair.Lean);
        var loss = Loss(w);
        Run(loss);
        Assert.NotEmpty(planned.LastPlan!.Recomputed);
        var backend = (OpenClBackend)planned.Backend;
        loss.Backward(retainGraph: true);
        backend.Fault = call => call == "clSetKernelArg" ? -36 : 0;
        Assert.ThrowsAny<DeviceException>(() => w.Leaf!.Grad!.Realize());
        backend.Fault = null;
        w.Grad = null;
        loss.Backward();
        var expected = Leaf(pair.Eager);
        Loss(expected).Backward();
        Assert.Equal(expected.Grad!.ToArray<float>(), w.Grad!.ToArray<float>());

        // A method of its own: its temporaries are gone when a flush looks at what is still held.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor Loss(Tensor w) => ((w * 2).Sin() * (w + 1).Exp()).Sum();
    }

    [Fact]
    public void What_they_are_computed_from_is_free_once_the_gradients_are_known()
    {
        using var pair = new Pair();
        var pool = pair.Lean.Planned!.Pool;
        var (w, x) = (Leaf(pair.Lean), Input(pair.Lean));
        var loss = Loss(w, x);
        Run(loss);
        Assert.NotEmpty(pair.Lean.Planned.LastPlan!.Recomputed);
        Assert.Equal(1, x.Node.Readers);
        loss.Backward();
        w.Leaf!.Grad!.Realize();
        Assert.Equal(0, x.Node.Readers);
        long live = pool.LiveBytes;
        x.Dispose();
        Assert.True(pool.LiveBytes < live);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor Loss(Tensor w, Tensor x) => (w * (x + 1).Sin()).Sum();
    }

    [Fact]
    public void A_recomputed_value_that_the_program_reads_is_kept_from_the_next_time_on()
    {
        using var pair = new Pair();
        var (planned, w) = (pair.Lean.Planned!, Leaf(pair.Lean));
        List<Tensor> read = [];
        var runs = new long[4];
        for (int i = 0; i < runs.Length; i++)
        {
            long before = planned.Runs;
            var loss = Loss(w, i == 0 ? null : read);
            Run(loss);
            foreach (var value in read) value.ToArray<float>();
            runs[i] = planned.Runs - before;
            read.Clear();
        }
        Assert.Equal([1, 2, 1, 1], runs);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor Loss(Tensor w, List<Tensor>? read)
        {
            var middle = (w * 2).Sin();
            read?.Add(middle);
            return (middle * 3).Exp().Sum();
        }
    }

    /// <summary>The loop that reads its loss before each backward pass.</summary>
    [Fact]
    public void A_loop_that_looks_at_its_loss_makes_no_plan_and_compiles_nothing_after_the_second_step()
    {
        using var test = TestDevice.OpenCl();
        var (device, planned) = (test.Device, test.Device.Planned!);
        var model = new Sequential(new Linear(32, 128, device: device), new GELU(), new LayerNorm(128, device: device), new Dropout(0.1),
            new SiLU(), new Linear(128, 8, device: device));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        var x = Tensor.From([.. Enumerable.Range(0, 64 * 32).Select(i => i % 17 * 0.1f)], device: device).Reshape(64, 32);
        (long Plans, long Kernels) before = default;
        long nodes = 0, bytes = 0, recomputed = 0;
        for (int i = 0; i < 60; i++)
        {
            if (i == 2) before = (planned.PlansMade, planned.Backend.Counters.KernelsCompiled);
            if (i == 40) (nodes, bytes) = (planned.NodesRun, GC.GetAllocatedBytesForCurrentThread());
            recomputed += Step();
        }
        (nodes, bytes) = (planned.NodesRun - nodes, GC.GetAllocatedBytesForCurrentThread() - bytes);
        Assert.Equal(before, (planned.PlansMade, planned.Backend.Counters.KernelsCompiled));
        Assert.True(recomputed > 0);
        Assert.InRange(bytes / (double)nodes, 1, 200);

        // A method of its own: its locals are gone when a flush looks at what is still held.
        int Step()
        {
            optimizer.ZeroGrad();
            var loss = model.Forward(x).Square().Mean();
            Assert.True(float.IsFinite(loss.Item<float>()));
            int recomputed = planned.LastPlan!.Recomputed.Length;
            loss.Backward();
            optimizer.Step();
            return recomputed;
        }
    }

    private static void Run(params Tensor[] values)
    {
        foreach (var value in values) value.Keep();
        values[0].Realize();
        if (values[0].Device.Planned?.LastPlan is { } plan) recomputed += plan.Recomputed.Length;
    }

    private static Tensor Leaf(Device device) =>
        Tensor.From([.. Enumerable.Range(0, 40).Select(i => i % 11 * 0.13f - 0.6f)], device: device, requiresGrad: true);

    private static Tensor Input(Device device) =>
        Tensor.From([.. Enumerable.Range(0, 40).Select(i => i % 7 * 0.21f - 0.5f)], device: device);
}
