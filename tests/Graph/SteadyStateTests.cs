using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Graph;

/// <summary>From the third step of a shape on nothing is compiled, planned or taken from the driver; and how many kernels steps
/// take.</summary>
public class SteadyStateTests
{
    private static (Tensor Images, Tensor Labels) Batch(Device device, int n, int seed)
    {
        var random = new Random(seed);
        var images = new float[n * 20];
        for (int i = 0; i < images.Length; i++) images[i] = random.NextSingle();
        var labels = new long[n];
        for (int i = 0; i < n; i++) labels[i] = random.Next(5);
        return (Tensor.From(images, device: device).Reshape(n, 20), Tensor.From(labels, device: device));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 7)]
    public void A_thousand_steps_cost_nothing_new(bool compiled, int readEvery)
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        var planned = device.Planned!;
        var model = new Sequential(new Linear(20, 16, device: device), new ReLU(), new Linear(16, 5, device: device));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        Tensor Step(Tensor images, Tensor labels)
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(images), labels);
            loss.Backward();
            optimizer.Step();
            return loss;
        }
        var step = compiled ? Tensor.Compile(Step) : Step;
        const long Slab = 4 << 20;
        (long Kernels, long Plans, long Bytes, long Live) Now()
        {
            GC.Collect();
            (Tensor.Ones([3], device: device) * 2).Realize();
            return (planned.Backend.Counters.KernelsCompiled, planned.PlansMade, planned.Backend.Counters.BytesHeld,
                planned.Pool.LiveBytes);
        }
        (long Kernels, long Plans, long Bytes, long Live) before = default;
        for (int i = 0; i < 1000; i++)
        {
            // A smaller last batch every tenth step; every input fresh and undisposed.
            var (images, labels) = Batch(device, i % 10 == 9 ? 7 : 16, i);
            var loss = step(images, labels);
            if (readEvery > 0 && i % readEvery == 0) Assert.True(float.IsFinite(loss.Item<float>()));
            if (i == 40) before = Now();
        }
        var after = Now();
        Assert.Equal((before.Kernels, before.Plans), (after.Kernels, after.Plans));
        // When the collector runs is its own affair: between two runs the pool may have needed a slab more.
        Assert.InRange(after.Bytes, before.Bytes, before.Bytes + Slab);
        // Checks of indices that nobody has waited for yet keep 256 bytes each, up to 256 of them.
        Assert.InRange(after.Live, 0, before.Live + 96 * 1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handle_that_outlived_collections_and_died_is_not_kept(bool compiled)
    {
        Assert.Equal(1, Kept(collects: false));
        Assert.Equal(1, Kept(collects: true));

        int Kept(bool collects)
        {
            using var test = TestDevice.OpenCl();
            List<Tensor> held = [];
            Tensor Middle(Tensor x)
            {
                for (int i = 0; i < 8; i++) held.Add((x + i).Detach());
                // Twice: what is alive moves into the oldest generation.
                for (int generation = 0; collects && generation < 2; generation++) GC.Collect(generation);
                return held[0] * held[7];
            }
            Tensor Run(Tensor x)
            {
                var result = Middle(x);
                held.Clear();
                return result;
            }
            var f = compiled ? Tensor.Compile(Run) : Run;
            f(Tensor.From([1f, 2, 3], device: test.Device)).Realize();
            return test.Device.Planned!.LastPlan!.Kept.Length;
        }
    }

    [Fact]
    public void A_recorded_step_allocates_at_most_200_bytes_an_operator()
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        var planned = device.Planned!;
        var model = new Sequential(new Linear(20, 16, device: device), new ReLU(), new Linear(16, 16, device: device), new ReLU(),
            new Linear(16, 5, device: device));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        var (images, labels) = Batch(device, 16, 0);
        for (int i = 0; i < 20; i++) Step();
        long nodes = planned.NodesRun, bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Step();
        (nodes, bytes) = (planned.NodesRun - nodes, GC.GetAllocatedBytesForCurrentThread() - bytes);
        Assert.InRange(bytes / (double)nodes, 1, 200);

        void Step()
        {
            optimizer.ZeroGrad();
            F.CrossEntropy(model.Forward(images), labels).Backward();
            optimizer.Step();
        }
    }

    [Fact]
    public void A_small_compiled_step_is_one_launch()
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        if (!device.Planned!.Backend.Profile.IsCpu) Assert.Skip("Groups that depend on each other share a launch only on a CPU.");
        var model = new Linear(1, 1, device: device);
        var optimizer = new SGD(model.Parameters(), lr: 0.01, momentum: 0.9);
        Tensor x = Tensor.From(new float[100], device: device).Reshape(100, 1), y = Tensor.From(new float[100], device: device)
            .Reshape(100, 1);
        var step = Tensor.Compile((Tensor a, Tensor b) =>
        {
            optimizer.ZeroGrad();
            var loss = F.MseLoss(model.Forward(a), b);
            loss.Backward();
            optimizer.Step();
            return loss;
        });
        for (int i = 0; i < 5; i++) step(x, y);
        long launches = device.Planned.Backend.Counters.Launches;
        step(x, y);
        Assert.Equal(1, device.Planned.Backend.Counters.Launches - launches);
    }

    [Fact]
    public void The_fashion_mnist_step_takes_at_most_twelve_kernels()
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        var model = new Sequential(new Flatten(), new Linear(784, 512, device: device), new ReLU(), new Linear(512, 256, device: device),
            new ReLU(), new Linear(256, 10, device: device));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        var images = Tensor.From(new float[128 * 784], device: device).Reshape(128, 28, 28);
        var labels = Tensor.From(new long[128], device: device);
        for (int i = 0; i < 3; i++) Train();
        Assert.InRange(device.Planned!.LastKernels, 1, 12);

        // A method of its own: in a debug build locals of the test would be held to its end.
        void Train()
        {
            optimizer.ZeroGrad();
            F.CrossEntropy(model.Forward(images), labels).Backward();
            optimizer.Step();
        }
    }

    [Fact]
    public void Softmax_and_a_gelu_chain_and_its_backward_take_one_kernel_each()
    {
        using var test = TestDevice.OpenCl();
        var device = test.Device;
        var x = Tensor.From(new float[4096 * 1024], device: device).Reshape(4096, 1024);
        x.Softmax(1).Realize();
        Assert.Equal(1, device.Planned!.LastKernels);

        var a = Tensor.From(new float[1 << 16], device: device, requiresGrad: true);
        var b = Tensor.From(new float[1 << 16], device: device);
        var y = (a * 1.5 + b).Gelu() * 0.5 + a;
        y.Realize();
        Assert.Equal(1, device.Planned.LastKernels);
        y.Backward(b);
        a.Leaf!.Grad!.Realize();
        Assert.Equal(1, device.Planned.LastKernels);
    }
}
