using GpuTensor.Bench;
using GpuTensor.Conformance;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Tensors;

/// <summary>What the engine promises never to exceed, and in which order it gives things up: seen from a device that does nothing but take
/// notes.</summary>
public class BoundsTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void At_most_two_runs_are_in_flight(bool cpu)
    {
        var backend = new NotingBackend(cpu);
        using var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        // Larger than what a CPU runs without a fence of its own.
        var x = Tensor.Ones([1 << 20], device: Device.ForTests(executor));
        for (int i = 0; i < 10; i++) x.Add_(1).Realize();
        Assert.Equal(2, backend.MostInFlight);
        executor.Finish();
        Assert.Equal(0, backend.InFlight);
    }

    [Theory, InlineData(256, 1), InlineData(257, 2), InlineData(1024, 4)]
    public void A_kernel_holds_at_most_256_operators(int operators, int kernels)
    {
        using var executor = new PlannedExecutor(new NotingBackend(true), Dialect.OpenCl);
        var x = Tensor.Ones([1 << 20], device: Device.ForTests(executor)).Realize();
        var y = x;
        for (int i = 0; i < operators; i++) y = y * x;
        y.Realize();
        Assert.Equal(kernels, executor.LastKernels);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_kernel_takes_no_more_arguments_than_the_device_does(bool cpu)
    {
        var backend = new NotingBackend(cpu);
        using var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        var device = Device.ForTests(executor);
        for (int seed = 0; seed < 100; seed++)
        {
            try
            {
                new RandomProgram(seed).Run(device, iterations: 3, atOnce: true);
            }
            catch (TensorIndexException)
            {
                // What it reads is nothing, so checks of indices fail, after everything has been enqueued.
            }
        }
        // Many operands, many numbers, many results.
        Tensor[] x = [.. Enumerable.Range(0, 120).Select(i => Tensor.Ones([1 << 10, 1 << 10], device: device).Realize())];
        x.Aggregate((a, b) => a + b).Realize();
        x.Aggregate((a, b) => (a * 3 + 2) * (a - 5) + b.T).Realize();
        x.Select(t => t.Sin()).ToArray()[^1].Realize();
        x.Aggregate((a, b) => (a - b).Softmax(1)).Sum(0).Realize();
        Assert.InRange(backend.MostArgumentBytes, executor.Backend.Profile.MaxParameterBytes / 2,
            executor.Backend.Profile.MaxParameterBytes);
    }

    [Fact]
    public void Out_of_memory_it_waits_collects_waits_trims_and_only_then_gives_up()
    {
        var backend = new NotingBackend(true);
        using var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        // A range in another size that is free: trimming gives it back to the driver.
        executor.Pool.Release(executor.Pool.Allocate(8 << 20, "large"));
        backend.Notes.Clear();
        backend.Refusals = 3;
        var needed = executor.Pool.Allocate(2 << 20, "needed");
        Assert.Equal(["refused", "finish", "refused", "finish", "refused", "finish", "finish", "free 8388608", "allocated"], backend.Notes);
        // The young generations after the first refusal, all after the second.
        Assert.True(backend.Collections[1].Young > backend.Collections[0].Young);
        Assert.True(backend.Collections[2].All > backend.Collections[1].All);

        backend.Notes.Clear();
        backend.Refusals = 4;
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => executor.Pool.Allocate(2 << 20, "float32 [512, 1024]"));
        Assert.Equal(4, backend.Notes.Count(n => n == "refused"));
        Assert.Contains("2,097,152 bytes were needed for float32 [512, 1024]", e.Message);
        GC.KeepAlive(needed);
    }

    [Fact]
    public void Programs_are_forgotten_when_their_source_passes_the_bound()
    {
        var backend = new NotingBackend(true);
        using var executor = new PlannedExecutor(backend, Dialect.OpenCl);
        executor.Kernels.MaxCharacters = 20_000;
        var x = Tensor.Ones([1000], device: Device.ForTests(executor));
        var y = x;
        long most = 0, largest = 0, before = 0;
        for (int i = 0; i < 60; i++)
        {
            y = x;
            for (int k = 0; k <= i; k++) y = (k & 1) == 0 ? y.Sin() : y * 2;
            y.Realize();
            most = Math.Max(most, executor.Kernels.Characters);
            largest = Math.Max(largest, executor.Kernels.Characters - before);
            before = executor.Kernels.Characters;
        }
        // One plan's programs may pass it, and the next that compiles begins anew.
        Assert.InRange(most, 20_001, 20_000 + largest);
        Assert.True(backend.Disposed > 0);
        Assert.Equal(backend.Counters.KernelsCompiled - backend.Disposed, backend.Alive);
    }

    private sealed class NotingBackend(bool cpu) : CountingBackend
    {
        public List<string> Notes { get; } = [];

        public List<(int Young, int All)> Collections { get; } = [];

        public int Refusals { get; set; }

        public int InFlight { get; private set; }

        public int MostInFlight { get; private set; }

        public int MostArgumentBytes { get; private set; }

        public int Disposed { get; private set; }

        public int Alive { get; private set; }

        public override DeviceProfile Profile { get; } = new() { IsCpu = cpu };

        public override DeviceBuffer Allocate(long bytes)
        {
            if (Refusals > 0)
            {
                Refusals--;
                Collections.Add((GC.CollectionCount(1), GC.CollectionCount(2)));
                Notes.Add("refused");
                throw new DeviceOutOfMemoryException("no more");
            }
            Notes.Add("allocated");
            return base.Allocate(bytes);
        }

        public override void Free(DeviceBuffer buffer)
        {
            Notes.Add($"free {buffer.Bytes}");
            base.Free(buffer);
        }

        public override void Finish() => Notes.Add("finish");

        public override DeviceProgram Compile(string source)
        {
            base.Compile(source);
            Alive++;
            return new Program(this);
        }

        public override DeviceKernel CreateKernel(DeviceProgram program, string entryPoint, string description) => new Kernel(this);

        public override DeviceFence Mark()
        {
            MostInFlight = Math.Max(MostInFlight, ++InFlight);
            return new Fence(this);
        }

        private sealed class Program(NotingBackend owner) : DeviceProgram
        {
            public override void Dispose()
            {
                owner.Disposed++;
                owner.Alive--;
            }
        }

        private sealed class Kernel(NotingBackend owner) : DeviceKernel
        {
            private readonly Dictionary<int, int> arguments = [];

            public override void SetBuffer(int index, DeviceBuffer buffer) => Set(index, 8);

            public override void SetBytes(int index, ReadOnlySpan<byte> value) => Set(index, value.Length);

            public override void Dispose() { }

            private void Set(int index, int bytes)
            {
                arguments[index] = bytes;
                owner.MostArgumentBytes = Math.Max(owner.MostArgumentBytes, arguments.Values.Sum());
            }
        }

        private sealed class Fence(NotingBackend owner) : DeviceFence
        {
            private bool passed;

            public override bool IsComplete => passed;

            public override void Wait()
            {
                if (!passed) owner.InFlight--;
                passed = true;
            }

            // Given up without a wait where the whole queue was waited for.
            public override void Dispose() => Wait();
        }
    }
}
