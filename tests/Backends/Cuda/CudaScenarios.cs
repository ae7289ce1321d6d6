using System.Runtime.InteropServices;
using GpuTensor.Conformance;
using GpuTensor.Backends.Cuda;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using GpuTensor.Tests.Kernels;
using GpuTensor.Tests.Simulator;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>What is tried on the CUDA device, real or simulated. Each works in a fresh process.</summary>
internal static class CudaScenarios
{
    public const string Variable = "GPUTENSOR_TEST_CUDA_SCENARIO";

    /// <summary>Recorded training runs, nearly every step of which must be a launch of a graph; the second only with
    /// <c>GPUTENSOR_TRAIN=all</c>.</summary>
    public const string SomeTraining = "training as PyTorch's, a part", AllTraining = "training as PyTorch's";

    public static IReadOnlyDictionary<string, Action> All { get; } = new Dictionary<string, Action>
    {
        ["replay equals step by step"] = ReplayEqualsStepByStep,
        ["results equal the reference"] = ResultsEqualTheReference,
        ["sums of float64 lose nothing"] = () => ExactSums.Check(Device.Cuda()),
        ["launches of three dimensions with dynamic shared memory"] = LaunchShapes,
        ["products of every layout"] = ProductsOfEveryLayout,
        ["an index out of range is told and the next step works"] = IndexOutOfRange,
        ["two devices, each with its own memory"] = TwoDevices,
        ["two hundred steps without a wait"] = TwoHundredStepsWithoutAWait,
        ["two threads train while others prefetch"] = ThreadsTrain,
        [SomeTraining] = () =>
            Train(["optimizer-sgd-nesterov-decay", "optimizer-adam-amsgrad-decay", "schedule-onecycle", "clip-norm", "attention-encoder"],
                fashionSteps: 6),
        [AllTraining] = () => Train([.. TrainingRuns.Optimizers, .. TrainingRuns.Schedules, .. TrainingRuns.Others], fashionSteps: 50),
        ["memory is flat and programs come from the disk"] = SteadyState,
        ["epilogues by cublasLt"] = () => Epilogues(has: true),
        [WithoutEpilogues] = () => Epilogues(has: false),
    };

    /// <summary>Those that need another machine or may end otherwise: their tests name them.</summary>
    public static IReadOnlyDictionary<string, Action> Special { get; } = new Dictionary<string, Action>(ExitScenarios.All)
    {
        [SoakScenario.Name] = SoakScenario.Run,
        [FaultScenarios.WithPoolsName] = FaultScenarios.WithPools,
        [FaultScenarios.WithoutPoolsName] = FaultScenarios.WithoutPools,
        [FaultScenarios.DiskName] = FaultScenarios.Disk,
    };

    /// <summary>Runs on a machine whose cublasLt finds no algorithm for an epilogue.</summary>
    public const string WithoutEpilogues = "no epilogue by cublasLt: kernels instead";

    /// <summary>Up to 76,800 bytes of shared memory to a block: more than a block gets without asking.</summary>
    private static void LaunchShapes()
    {
        using var backend = new CudaBackend(0);
        LaunchShapeCase.Run(backend, Dialect.Cuda, 1, 400, 2);
    }

    private static void Epilogues(bool has)
    {
        using var executor = new PlannedExecutor(new CudaBackend(0), Dialect.Cuda);
        EpilogueCases.Run(executor, has, has ? [] : [DType.Float32]);
        if (has) EpilogueCases.Precision(executor);
    }

    /// <summary>24 steps with new inputs and rates each, once replayed as graphs, once step by step: the same bits.</summary>
    private static void ReplayEqualsStepByStep()
    {
        using var replaying = new PlannedExecutor(new CudaBackend(0), Dialect.Cuda);
        using var stepping = new PlannedExecutor(new CudaBackend(0) { Graphs = false }, Dialect.Cuda);
        var expected = Training.Run(Device.ForTests(stepping), 24);
        var actual = Training.Run(Device.ForTests(replaying), 24);
        Same(expected, actual, "training");
        Assert.True(replaying.GraphLaunches >= 20, $"{replaying.GraphLaunches} launches of graphs");
        Assert.Equal(0, stepping.GraphLaunches);
        Assert.True(stepping.Backend.Counters.Epilogues == 2 * 24,
            $"{stepping.Backend.Counters.Epilogues} epilogues: one forward and one backward at each step");
    }

    /// <summary>200 steps of which nothing is read before the end, rates, step numbers, masks and batches new in each; the driver's own
    /// count says that nothing waits. Between steps the host waits for one event a run: a run is handed over once the one before the last
    /// is done, so that a program that never reads does not run ahead without end.</summary>
    private static void TwoHundredStepsWithoutAWait()
    {
        using var replaying = new PlannedExecutor(new CudaBackend(0), Dialect.Cuda);
        using var stepping = new PlannedExecutor(new CudaBackend(0) { Graphs = false }, Dialect.Cuda);
        var control = new SimulatorControl(Environment.GetEnvironmentVariable("GPUTENSOR_CUDA_LIBRARIES")!);
        var expected = LongTraining.Run(Device.ForTests(stepping), 200, seed: 7);
        (long Runs, long Graphs, Dictionary<string, long> Calls) from = (0, 0, []), to = from;
        var actual = LongTraining.Run(Device.ForTests(replaying), 200, seed: 7, step =>
        {
            if (step == 19) from = (replaying.Runs, replaying.GraphLaunches, control.Calls());
            if (step == 199) to = (replaying.Runs, replaying.GraphLaunches, control.Calls());
        });
        Same(expected, actual, "training");
        long runs = to.Runs - from.Runs;
        Assert.InRange(runs, 180, 2 * 180);
        Assert.Equal(runs, to.Graphs - from.Graphs);
        var made = to.Calls.ToDictionary(c => c.Key, c => c.Value - from.Calls.GetValueOrDefault(c.Key)).Where(c => c.Value > 0)
            .ToDictionary();
        Assert.Equal(runs, made["cuEventSynchronize"]);
        Assert.Equal(runs, made["cuGraphLaunch"]);
        string[] others = [.. made.Keys.Except(DoNotWait).Except(["cuEventSynchronize"]).Order()];
        Assert.True(others.Length == 0, $"called between steps: {string.Join(", ", others)}");
    }

    /// <summary>Calls that enqueue or ask.</summary>
    private static readonly string[] DoNotWait =
        ["cuGraphLaunch", "cuMemcpyDtoDAsync_v2", "cuMemcpyHtoDAsync_v2", "cuMemAllocAsync", "cuEventRecord", "cuEventQuery",
            "cuStreamWaitEvent", "cuCtxGetCurrent"];

    /// <summary>Two networks of one shape share their plans; each has a graph of its own, and both give what they give alone, step by
    /// step.</summary>
    private static void ThreadsTrain()
    {
        using var stepping = new PlannedExecutor(new CudaBackend(0) { Graphs = false }, Dialect.Cuda);
        using var together = new PlannedExecutor(new CudaBackend(0), Dialect.Cuda);
        List<byte[]>[] expected = [.. new[] { 1, 2 }.Select(seed => LongTraining.Run(Device.ForTests(stepping), 100, seed))];
        var actual = LongTraining.RunTogether(Device.ForTests(together), 100, [1, 2]);
        Same(expected[0], actual[0], "the first");
        Same(expected[1], actual[1], "the second");
        Assert.True(together.GraphLaunches >= together.Runs - 20,
            $"{together.GraphLaunches} of {together.Runs} runs were launches of graphs");
    }

    private static void Train(string[] runs, int fashionSteps)
    {
        var device = Device.Cuda();
        foreach (string name in runs) TrainingRuns.Run(Corpus.Path(), name, device);
        if (OptionalPart.FashionMnist.Find() is not null) TrainingRuns.Run(Corpus.Path(), TrainingRuns.FashionMlp, device, fashionSteps);
    }

    private static void Same(List<byte[]> expected, List<byte[]> actual, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++) Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), $"{what}: result {i} differs");
    }

    private static void ResultsEqualTheReference()
    {
        var device = Device.Cuda();
        float[] numbers = [.. Enumerable.Range(0, 3000).Select(i => MathF.Sin(i) * 3)];
        (string, Func<Tensor, Tensor>)[] cases =
        [
            ("pointwise", x => (x * 2 + 1).Abs().Sqrt()),
            ("rows", x => x.Reshape(30, 100).Sum(1)),
            ("long row", x => x.Max()),
            ("columns", x => x.Reshape(30, 100).AMax(0)),
            ("transposed", x => x.Reshape(30, 100).T.Clone() * 3),
            ("softmax", x => x.Reshape(30, 100).Softmax(-1)),
            ("positions", x => x.Reshape(30, 100).ArgMax(1)),
            ("largest and positions", x => x.Reshape(30, 100).Max(1) is var (values, at) ? values + at : x),
            ("largest of columns and positions", x => x.Reshape(30, 100).Max(0) is var (values, at) ? values + at : x),
            ("halves", x => (x.To(DType.Float16) * 3).To(DType.Float32)),
            ("bfloat16", x => (x.To(DType.BFloat16) * 3).To(DType.Float32)),
            ("rows without elements", x => x.Narrow(0, 0, 0).Reshape(64, 0).Softmax(1)),
            ("no rows", x => x.Narrow(0, 0, 0).Reshape(0, 5, 3).Softmax(1)),
            ("a softmax over no rows", x => x.Narrow(0, 0, 0).Reshape(0, 5, 3).Softmax(0)),
            ("a softmax of a scalar", x => x[5].Softmax(0)),
        ];
        foreach (var (name, make) in cases)
        {
            var expected = make(Tensor.From(numbers, device: Device.Cpu)).To(DType.Float64).ToHost();
            var actual = make(Tensor.From(numbers, device: device)).To(DType.Float64).ToHost();
            double[] e = [.. MemoryMarshal.Cast<byte, double>(expected.Data)], a = [.. MemoryMarshal.Cast<byte, double>(actual.Data)];
            for (int i = 0; i < e.Length; i++)
                Assert.True(Math.Abs(e[i] - a[i]) <= 2e-5 * Math.Max(1, Math.Abs(e[i])), $"{name}[{i}]: {a[i]} instead of {e[i]}");
        }
    }

    private static void ProductsOfEveryLayout()
    {
        var device = Device.Cuda();
        var random = new Random(3);
        Tensor Make(params int[] shape)
        {
            var data = new float[shape.Aggregate(1, (p, q) => p * q)];
            for (int i = 0; i < data.Length; i++) data[i] = random.Next(-8, 9) * 0.125f;
            return Tensor.From(data, device: Device.Cpu).Reshape(Shape.Create(shape));
        }
        // Sums of small multiples of 1/64 are exact in float32, in any order.
        var (a, b, c, bias) = (Make(40, 60), Make(60, 50), Make(3, 40, 60), Make(50));
        (string, Func<Device, Tensor>)[] cases =
        [
            ("plain", d => a.To(d).MatMul(b.To(d))),
            ("transposed", d => b.To(d).T.MatMul(a.To(d).T)),
            ("bias and relu", d => (a.To(d).MatMul(b.To(d)) + bias.To(d)).Relu()),
            ("batched", d => c.To(d).MatMul(b.To(d))),
            ("backwards", d => a.To(d).Flip(1).MatMul(b.To(d))),
            ("integers", d => (a.To(d) * 8).To(DType.Int32).MatMul((b.To(d) * 8).To(DType.Int32))),
            ("float64", d => a.To(d).To(DType.Float64).MatMul(b.To(d).To(DType.Float64))),
            ("float16", d => a.To(d).To(DType.Float16).MatMul(b.To(d).To(DType.Float16)).To(DType.Float32)),
        ];
        foreach (var (name, make) in cases)
            Assert.True(make(Device.Cpu).ToHost().Data.AsSpan().SequenceEqual(make(device).ToHost().Data), name);
    }

    private static void IndexOutOfRange()
    {
        var device = Device.Cuda();
        var table = Tensor.From([1f, 2f, 3f, 4f], device: device).Reshape(4, 1);
        Assert.ThrowsAny<TensorException>(() => table.IndexSelect(0, Tensor.From([0L, 7L], device: device)).ToHost());
        Assert.Equal([3f, 1f], table.IndexSelect(0, Tensor.From([2L, 0L], device: device)).Reshape(2).ToArray<float>());
    }

    private static void TwoDevices()
    {
        Assert.True(Device.CudaDeviceCount >= 2, $"{Device.CudaDeviceCount} devices");
        var x = Tensor.From([1f, 2f, 3f], device: Device.Cuda(0));
        var y = Tensor.From([10f, 20f, 30f], device: Device.Cuda(1));
        Assert.Equal([2f, 4f, 6f], (x * 2).ToArray<float>());
        Assert.Equal([20f, 40f, 60f], (y * 2).ToArray<float>());
        Assert.Equal([11f, 22f, 33f], (x.To(Device.Cuda(1)) + y).ToArray<float>());
        Assert.ThrowsAny<TensorException>(() => x + y);
        Assert.Throws<DeviceException>(() => Device.Cuda(99));
    }

    private static void SteadyState()
    {
        string folder = Directory.CreateTempSubdirectory("gputensor-cuda-").FullName;
        try
        {
            for (int pass = 0; pass < 2; pass++)
            {
                using var executor = new PlannedExecutor(new CudaBackend(0) { ProgramCache = new(folder) }, Dialect.Cuda);
                var device = Device.ForTests(executor);
                Training.Run(device, 6);
                var (compiled, plans) = (executor.Backend.Counters.KernelsCompiled, executor.PlansMade);
                Training.Run(device, 6);
                Assert.Equal((compiled, plans), (executor.Backend.Counters.KernelsCompiled, executor.PlansMade));
                Assert.NotEmpty(Directory.GetFiles(folder));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
