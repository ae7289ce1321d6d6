using GpuTensor.Bench;
using GpuTensor.Backends;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests.Tensors;

/// <summary>Random programs of views and in-place writes give what plain loops give (<see cref="ViewProgram"/>).</summary>
public class ViewProgramTests
{
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Views_and_writes_over_values_of_every_origin_are_as_in_plain_loops(string name)
    {
        var (device, count) = TestDevice.ForPrograms(name, onReference: 1000, compiled: 24);
        for (int seed = 0; seed < count; seed++)
        {
            Assert.Null(new ViewProgram(seed, device).Run());
            // Again, by the same plans.
            Assert.Null(new ViewProgram(seed, device).Run());
        }
        Assert.Null(device.Planned?.Planner.Fault);
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Gradients_flow_through_views_as_in_plain_loops(string name)
    {
        var (device, count) = TestDevice.ForPrograms(name, onReference: 1000, compiled: 12);
        for (int seed = 0; seed < count; seed++) Assert.Null(new ViewProgram(seed, device).Differentiate());
        Assert.Null(device.Planned?.Planner.Fault);
    }

    /// <summary>Eleven of sixteen ways to make a value of numbers and positions could not be written to.</summary>
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Values_of_numbers_and_positions_are_written_at_indices_and_masks(string name)
    {
        var device = TestDevices.Get(name);
        Shape shape = [2, 3];
        Tensor count(int n) => Tensor.Arange(n, device: device).To(DType.Float32);
        var zeros = () => Tensor.Zeros(shape, device: device);
        Func<Tensor>[] ways = [
            zeros, () => zeros() + 0.5, () => (zeros() + 0.5).Flip(1), () => Tensor.Full(shape, 2f, device: device) * 3,
            () => Tensor.Arange(6, device: device).Reshape(shape).To(DType.Float32), () => count(6).Reshape(shape) + 1,
            () => (count(6) + 1).Reshape(3, 2).T, () => Tensor.Eye(2, 3, device: device), () => Tensor.Eye(3, 2, device: device).T + 1,
            () => count(3).Expand(2, 3).Clone(), () => Tensor.Arange(6, device: device).Ge(3).To(DType.Float32).Reshape(shape),
            () => Tensor.Ones(shape, device: device).Tril(), () => Tensor.Arange(2, device: device).OneHot(3).To(DType.Float32),
            () => count(12).Reshape(3, 4).Diagonal().Expand(2, 3) + 0, () => Tensor.Linspace(0, 1, 6, device: device).Reshape(shape) + 1,
            () => count(7).Unfold(0, 3, 2)[..2] * 2];
        var rows = Tensor.From(new[] { 0L, 1 }, device: device);
        var columns = Tensor.From(new[] { 2L, -3 }, device: device);
        for (int i = 0; i < ways.Length; i++)
        {
            float[] before = ways[i]().ToArray<float>(), expected = [.. before];
            // Another value of the same flush must not be lost.
            var other = Tensor.Arange(4, device: device) + i;
            var a = ways[i]();
            a[rows, columns] = 7;
            (expected[2], expected[3]) = (7, 7);
            Assert.Equal(expected, a.ToArray<float>());
            Assert.Equal([i, i + 1, i + 2, i + 3], other.ToArray<long>().Select(n => (int)n));

            var masked = ways[i]();
            masked[masked.Gt(0.5)] = Tensor.Arange(before.Count(v => v > 0.5), device: device).To(DType.Float32);
            int next = 0;
            Assert.Equal(before.Select(v => v > 0.5 ? next++ : v), masked.ToArray<float>());
        }
    }

    /// <summary>On a device that computes nothing, so that only plans are looked at: larger values take other ways through the
    /// planner.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Larger_programs_can_be_planned(bool cpu)
    {
        using var executor = new PlannedExecutor(new Idle(cpu), Dialect.OpenCl);
        var device = Device.ForTests(executor);
        for (int seed = 0; seed < 100; seed++)
        {
            // What it reads is nothing, so its numbers are wrong.
            new ViewProgram(seed, device, large: true).Run();
            Assert.True(executor.Planner.Fault is null, $"program {seed}: {executor.Planner.Fault}");
        }
    }

    private sealed class Idle(bool cpu) : CountingBackend
    {
        public override DeviceProfile Profile { get; } = new() { IsCpu = cpu };
    }

    [Fact]
    public void A_fault_of_the_planner_costs_no_value()
    {
        using var own = TestDevice.OpenCl(options: "-cl-opt-disable");
        var planner = own.Device.Planned!.Planner;
        var x = Tensor.From(new[] { 1f, 2, 3 }, device: own.Device);
        planner.BeforeFusing = () => throw new InvalidOperationException("what a test made up");
        var y = (x + Tensor.Arange(3, device: own.Device).To(DType.Float32)) * 2;
        x.Add_(1);
        Assert.Contains("what a test made up", y.Explain(source: false));
        Assert.Equal([2f, 6, 10], y.ToArray<float>());
        Assert.Equal([2f, 3, 4], x.ToArray<float>());
        Assert.Equal("what a test made up", planner.Fault!.Message);
    }
}
