using GpuTensor.Backends.OpenCl;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Runtime;

/// <summary>A flush is a transaction: what fails before the first launch leaves everything as it was; after it, what the run was to change
/// throws until it is written again. Either way the engine goes on.</summary>
public class FailureTests
{
    /// <summary>A model with everything a step changes, and a step that leaves loss and gradients behind.</summary>
    private sealed class Training
    {
        private readonly int inputs;

        public Training(Device device, int inputs = 5, int width = 7)
        {
            (Device, this.inputs) = (device, inputs);
            Tensor.ManualSeed(1);
            Model = new(new Linear(inputs, width, device: device), new Tanh(), new Linear(width, 3, device: device));
            Optimizer = new(Model.Parameters(), lr: 0.01);
        }

        public Device Device { get; }

        public Sequential Model { get; }

        public Adam Optimizer { get; }

        public Tensor? Loss { get; private set; }

        public void Step(int i, int size = 4)
        {
            var random = new Random(i);
            var data = new float[size * inputs];
            for (int k = 0; k < data.Length; k++) data[k] = random.NextSingle();
            Loss = null;
            Optimizer.ZeroGrad();
            Loss = Model.Forward(Tensor.From(data, device: Device).Reshape(size, inputs)).Pow(2).Mean();
            Loss.Backward();
            Optimizer.Step();
        }

        public List<float> Parameters() => [.. Model.Parameters().SelectMany(p => p.Detach().ToArray<float>())];

        public List<float> State()
        {
            var all = Parameters();
            foreach (var parameter in Optimizer.StateDict().Groups[0].Parameters)
            {
                all.Add(parameter.Step);
                foreach (var (_, tensor) in parameter.Tensors) all.AddRange(tensor.ToArray<float>());
            }
            return all;
        }
    }

    /// <summary>What an untouched training has after so many steps.</summary>
    private static List<float> Expected(Device device, int steps)
    {
        var twin = new Training(device);
        for (int i = 0; i < steps; i++) twin.Step(i);
        return twin.State();
    }

    private static OpenClBackend BackendOf(TestDevice test) => (OpenClBackend)test.Device.Planned!.Backend;

    [Fact]
    public void A_kernel_that_does_not_compile_fails_with_log_and_source_and_changes_nothing()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var expected = Expected(test.Device, 3);
        var training = new Training(test.Device);
        training.Step(0);
        training.Step(1);
        var before = training.State();
        backend.Fault = call => call == "clBuildProgram" ? -11 : 0;
        // Another batch size and a fresh cache: everything is compiled anew.
        using (var cold = TestDevice.OpenCl())
        {
            BackendOf(cold).Fault = backend.Fault;
            var e = Assert.Throws<KernelCompilationException>(() => (Tensor.From([1f, 2], device: cold.Device) * 2).Realize());
            Assert.Contains("clBuildProgram failed with CL_BUILD_PROGRAM_FAILURE (-11)", e.Message);
            Assert.Contains("    1 | ", e.Message);
            Assert.Contains("__kernel", e.Message);
        }
        var strange = Assert.Throws<KernelCompilationException>(() =>
        {
            training.Optimizer.ZeroGrad();
            var odd = (training.Model.Parameters().First() * 3).Sin().CumSum(0).Sum();
            odd.Backward();
            training.Optimizer.Step();
        });
        Assert.Contains("__kernel", strange.Message);
        backend.Fault = null;
        Assert.Equal(before, training.State());
        training.Step(2);
        Assert.Equal(expected, training.State());
    }

    [Fact]
    public void What_was_recorded_before_a_failure_rethrows_when_read()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var x = Tensor.From([1f, 2], device: test.Device);
        var y = x * 2;
        var z = y + 1;
        backend.Fault = call => call == "clBuildProgram" ? -11 : 0;
        Assert.Throws<KernelCompilationException>(() => z.ToArray<float>());
        backend.Fault = null;
        var e = Assert.Throws<DeviceException>(() => y.ToArray<float>());
        Assert.Contains("the step that was to compute it failed", e.Message);
        Assert.IsType<KernelCompilationException>(e.InnerException);
        Assert.Throws<DeviceException>(() => (z * 3).ToArray<float>());
        Assert.Equal([2f, 4], (x * 2).ToArray<float>());
    }

    /// <summary>Memory runs out at every allocation of a first step in turn, and stays out for the rest of it.</summary>
    [Fact]
    public void Out_of_memory_at_every_allocation_of_a_step_leaves_everything_as_it_was()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        // Large enough that every value takes a buffer of its own from the driver.
        const int Inputs = 512, Width = 600, Batch = 600;
        var twin = new Training(test.Device, Inputs, Width);
        var initial = twin.State();
        twin.Step(0, Batch);
        var expected = twin.State();
        int failures = 0, inSteps = 0;
        for (int at = 0; ; at++)
        {
            // A device whose pool is empty, with the kernels of the first.
            using var fresh = test.Another();
            Training? training = null;
            int allocations = 0;
            backend.Fault = call => call == "clCreateBuffer" && allocations++ >= at ? -4 : 0;
            var thrown = Record.Exception(() =>
            {
                training = new Training(fresh.Device, Inputs, Width);
                training.Step(0, Batch);
            });
            backend.Fault = null;
            if (thrown is null) break;
            failures++;
            var e = Assert.IsType<DeviceOutOfMemoryException>(thrown);
            Assert.Contains("bytes were needed for", e.Message);
            Assert.Contains("Alive are", e.Message);
            if (training is null) continue;
            inSteps++;
            Assert.Equal(initial, training.State());
            training.Step(0, Batch);
            Assert.Equal(expected, training.State());
        }
        Assert.InRange(failures, 6, 100);
        Assert.InRange(inSteps, 3, 100);
    }

    [Fact]
    public void A_step_beyond_the_memory_limit_says_what_is_alive_and_a_smaller_one_works()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var training = new Training(test.Device);
        for (int i = 0; i < 3; i++) training.Step(i);
        var before = training.State();
        var kept = Tensor.Ones([1 << 20], device: test.Device).Realize();
        backend.MemoryLimit = backend.Counters.BytesHeld + (8 << 20);
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => training.Step(3, size: 1 << 20));
        Assert.Contains("memory limit", e.Message);
        Assert.Contains("float32 [1048576]", e.Message);
        Assert.Equal(before, training.State());
        training.Step(3);
        Assert.Equal(Expected(test.Device, 4), training.State());
        Assert.Equal(1, kept.Sum().Item<float>() / (1 << 20));
    }

    [Fact]
    public void Memory_behind_dropped_handles_is_found_before_out_of_memory_is_declared()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        backend.MemoryLimit = 64 << 20;
        // 8 MB each, dropped at once: a hundred of them fit one after the other.
        for (int i = 0; i < 100; i++)
            Assert.Equal(i + 1f, (Tensor.Ones([2 << 20], device: test.Device) * (i + 1)).Realize().Max().Item<float>());
        // Other sizes: what is kept for reuse goes back to the driver.
        for (int i = 1; i < 20; i++) Tensor.Ones([i << 19], device: test.Device).Realize();
        Assert.InRange(backend.Counters.BytesHeld, 0, 64 << 20);
    }

    /// <summary>Every call of a step that the driver can refuse, one after the other.</summary>
    [Fact]
    public void A_failure_of_any_call_leaves_a_state_that_is_right_or_throws_until_it_is_written()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var twin = new Training(test.Device);
        for (int i = 0; i < 3; i++) twin.Step(i);
        var weights = twin.Model.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone().Realize());
        var optimizer = Copy(twin.Optimizer.StateDict());
        var before = twin.State();
        twin.Step(3);
        var after = twin.State();

        int early = 0, late = 0;
        for (int at = 0; ; at++)
        {
            var training = new Training(test.Device);
            Restore(training);
            Assert.Equal(before, training.State());
            int calls = 0;
            backend.Fault = _ => calls++ == at ? -36 : 0;
            var thrown = Record.Exception(() => training.Step(3));
            backend.Fault = null;
            if (thrown is null) break;
            var e = Assert.IsAssignableFrom<DeviceException>(thrown);
            Assert.Contains("CL_INVALID_COMMAND_QUEUE (-36)", e.Message);
            if (training.Loss is { } loss) Assert.ThrowsAny<DeviceException>(() => loss.Item<float>());
            var read = Record.Exception(() => training.Parameters());
            if (read is null)
            {
                early++;
                Assert.Equal(before, training.State());
            }
            else
            {
                late++;
                Assert.Contains("failed", Assert.IsType<DeviceException>(read).Message);
                Assert.Throws<DeviceException>(() => training.Step(3));
                Restore(training);
                Assert.Equal(before, training.State());
            }
            training.Step(3);
            Assert.Equal(after, training.State());
        }
        Assert.InRange(early, 1, 200);
        Assert.InRange(late, 1, 200);

        void Restore(Training training)
        {
            training.Model.LoadStateDict(weights);
            training.Optimizer.LoadStateDict(optimizer);
        }
    }

    private static OptimizerState Copy(OptimizerState state) => new([.. state.Groups.Select(g => g with
    {
        Parameters = [.. g.Parameters.Select(p => p with { Tensors = p.Tensors.ToDictionary(t => t.Key, t => t.Value.Clone().Realize()) })],
    })]);

    [Fact]
    public void A_replay_that_fails_before_its_first_launch_changes_nothing_and_after_it_targets_throw()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var training = new Training(test.Device);
        var step = Tensor.Compile((Tensor x) =>
        {
            training.Optimizer.ZeroGrad();
            var loss = training.Model.Forward(x).Pow(2).Mean();
            loss.Backward();
            training.Optimizer.Step();
            return loss;
        });
        var x = Tensor.Ones([4, 5], device: test.Device).Realize();
        for (int i = 0; i < 5; i++) step(x);
        var before = training.State();
        long launches = backend.Counters.Launches;
        backend.Fault = call => call == "clEnqueueNDRangeKernel" && backend.Counters.Launches == launches ? -36 : 0;
        // The first launch itself: it was tried, so its targets are unknown.
        Assert.ThrowsAny<DeviceException>(() => step(x));
        backend.Fault = null;
        Assert.ThrowsAny<DeviceException>(() => training.Parameters());
        Assert.ThrowsAny<DeviceException>(() => step(x));

        var again = new Training(test.Device);
        training.Model.LoadStateDict(again.Model.StateDict());
        training.Optimizer.LoadStateDict(again.Optimizer.StateDict());
        for (int i = 0; i < 5; i++) step(x);
        Assert.Equal(before, training.State());
    }

    [Fact]
    public void Failed_steps_leak_no_device_memory()
    {
        using var test = TestDevice.OpenCl();
        var backend = BackendOf(test);
        var pool = test.Device.Planned!.Pool;
        var training = new Training(test.Device);
        for (int i = 0; i < 3; i++) training.Step(i);
        long LiveNow()
        {
            GC.Collect();
            (Tensor.Ones([3], device: test.Device) * 2).Realize();
            return pool.LiveBytes;
        }
        long live = LiveNow(), held = backend.Counters.BytesHeld;
        for (int i = 0; i < 50; i++)
        {
            int calls = 0;
            backend.Fault = call => call == "clSetKernelArg" && calls++ == i % 7 ? -36 : 0;
            _ = Record.Exception(() => training.Step(i));
            backend.Fault = null;
        }
        Assert.InRange(LiveNow(), 0, live + 4096);
        Assert.Equal(held, backend.Counters.BytesHeld);
    }
}
