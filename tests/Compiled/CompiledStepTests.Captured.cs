using GpuTensor.Compiled;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Compiled;

/// <content>Arguments and captured variables that change, and functions that are refused or run each time.</content>
public partial class CompiledStepTests
{
    [Fact]
    public void An_argument_changed_in_place_is_changed_in_every_call()
    {
        using var test = TestDevice.OpenCl();
        Tensor[] counters = [.. Enumerable.Range(0, 2).Select(_ => Tensor.Zeros([2], device: test.Device))];
        var count = Tensor.Compile((Tensor c) => c.Add_(1.0).Sum());
        for (int i = 0; i < 10; i++) Assert.Equal(2f * (i / 2 + 1), count(counters[i % 2]).Item<float>());
        foreach (var counter in counters) Assert.Equal([5f, 5f], counter.ToArray<float>());
    }

    [Fact]
    public void A_captured_tensor_changed_from_outside_is_seen()
    {
        using var test = TestDevice.OpenCl();
        var scale = Tensor.From([1f], device: test.Device);
        var step = Tensor.Compile((Tensor x) => x * scale);
        var ones = Tensor.From([1f], device: test.Device);
        for (int i = 1; i < 12; i++)
        {
            if (i % 3 == 0) scale.Fill_(i);
            Assert.Equal(scale.Item<float>(), step(ones).Item<float>());
        }
    }

    [Fact]
    public void A_captured_tensor_that_is_replaced_is_recorded_anew()
    {
        using var test = TestDevice.OpenCl();
        Tensor scale = null!;
        var calls = new int[1];
        var step = Tensor.Compile((Tensor x) =>
        {
            calls[0]++;
            return x * scale;
        });
        var ones = Tensor.From([1f, 1], device: test.Device);
        for (int i = 0; i < 20; i++)
        {
            // At the second call, and after replays.
            if (i is 0 or 1 or 6 or 13) scale = Tensor.From([i, i + 1f], device: test.Device);
            Assert.Equal(scale.ToArray<float>(), step(ones).ToArray<float>());
        }
        Assert.Equal(1 + 2 + 2 + 2, calls[0]);
        Assert.Contains("replayed at the next call", Tensor.Explain(step));
    }

    [Fact]
    public void A_number_that_changes_is_recorded_anew_and_one_that_always_changes_is_run()
    {
        using var test = TestDevice.OpenCl();
        double factor = 0.25;
        var calls = new int[1];
        var step = Tensor.Compile((Tensor x) =>
        {
            calls[0]++;
            return x * factor;
        });
        var ones = Tensor.From([1f, 1], device: test.Device);
        Assert.Contains("recorded at its first call", Tensor.Explain(step));
        Assert.Equal(0.25f, step(ones).ToArray<float>()[0]);
        factor = 0.75;
        Assert.Equal(0.75f, step(ones).ToArray<float>()[0]);
        Assert.Contains("a number was 0.75, and 0.25 the time before", Tensor.Explain(step));
        for (int i = 0; i < 4; i++) Assert.Equal(0.75f, step(ones).ToArray<float>()[0]);
        Assert.Equal(3, calls[0]);
        factor = 4;
        Assert.Contains("factor, which it captured, has changed", Tensor.Explain(step));
        for (int i = 0; i < 12; i++)
        {
            factor = i;
            Assert.Equal(i, step(ones).ToArray<float>()[0]);
        }
        Assert.Equal(3 + 12, calls[0]);
        Assert.Contains("run at each call, after 8 recordings in a row: a number was", Tensor.Explain(step));
        Assert.Contains("run at each call, after 8 recordings in a row", step(ones).Explain());
    }

    [Fact]
    public void A_replay_allocates_what_it_did_and_watches_captured_variables()
    {
        using var test = TestDevice.OpenCl();
        var (rate, flag, kept) = (0.5, true, Tensor.From([1f, 2], device: test.Device));
        (Tensor Of, int Times) pair = (kept, 2);
        decimal? nothing = null;
        Func<Tensor, Tensor> plain = x => x * kept * rate + (flag ? pair.Times : nothing is null ? 1 : 2);
        var step = Tensor.Compile(plain);
        var ones = Tensor.From([1f, 1], device: test.Device);
        for (int i = 0; i < 40; i++) step(ones).Dispose();
        var state = new ClosureState(plain);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Assert.True(state.IsSame);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) step(ones).Dispose();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 480);
        pair.Times = 5;
        Assert.False(state.IsSame);
        Assert.Equal("pair", state.FirstChange());
        Assert.Equal([5.5f, 6], step(ones).ToArray<float>());
        (flag, nothing) = (false, 3m);
        Assert.Equal([2.5f, 3], step(ones).ToArray<float>());
        nothing = null;
        Assert.Equal([1.5f, 2], step(ones).ToArray<float>());
    }

    [Fact]
    public void Reading_inside_throws_and_the_function_can_be_called_again()
    {
        using var test = TestDevice.OpenCl();
        bool read = true;
        var step = Tensor.Compile((Tensor x) =>
        {
            var y = x * 2;
            if (read) y.Item<float>();
            return y;
        });
        var one = Tensor.From([1f], device: test.Device);
        var e = Assert.Throws<CompiledFunctionException>(() => step(one));
        Assert.Contains("Tensor.Compile", e.Message);
        read = false;
        for (int i = 0; i < 4; i++) Assert.Equal(2f, step(one).Item<float>());
    }

    [Fact]
    public void What_a_replay_would_not_do_is_run_each_time()
    {
        using var test = TestDevice.OpenCl();
        var w = Tensor.From([2f], device: test.Device, requiresGrad: true);
        Tensor? side = null;
        var step = Tensor.Compile((Tensor x) =>
        {
            side = x * 3;
            return x * 2;
        });
        var withGraph = Tensor.Compile((Tensor x) => (x * w).Sum());
        var seeded = Tensor.Compile((Tensor x) =>
        {
            Tensor.ManualSeed(1);
            return x + Tensor.Rand([1], device: x.Device);
        });
        var first = seeded(Tensor.From([0f], device: test.Device)).Item<float>();
        for (int i = 0; i < 6; i++)
        {
            var x = Tensor.From([(float)i], device: test.Device);
            step(x);
            Assert.Equal(3f * i, side!.Item<float>());
            w.Grad = null;
            withGraph(x).Backward();
            Assert.Equal(i, w.Grad!.Item<float>());
            Assert.Equal(first + i, seeded(x).Item<float>());
        }
    }

    [Fact]
    public void A_replayed_step_refuses_a_second_backward_as_the_plain_one_does()
    {
        using var test = TestDevice.OpenCl();
        var trainer = new Trainer(test.Device, true);
        for (int i = 0; i < 5; i++)
        {
            var (x, y) = trainer.Batch(i);
            var loss = trainer.Step(x, y);
            Assert.True(loss.RequiresGrad);
            Assert.Equal(loss.GradFn!.Name, loss.GradFn.ToString());
            Assert.Throws<AutogradException>(() => loss.Backward());
        }
    }

    [Fact]
    public void On_the_reference_device_and_under_NoGrad_it_is_the_plain_function()
    {
        var twice = Tensor.Compile((Tensor x) => x * 2);
        for (int i = 0; i < 3; i++) Assert.Equal(2f * i, twice(Tensor.From([(float)i], device: Device.Cpu)).Item<float>());
        var constant = Tensor.Compile(() => Tensor.Ones([2], device: Device.Cpu) * 3);
        for (int i = 0; i < 3; i++) Assert.Equal([3f, 3f], constant().ToArray<float>());

        using var test = TestDevice.OpenCl();
        var w = Tensor.From([2f], device: test.Device, requiresGrad: true);
        var product = Tensor.Compile((Tensor x) => x * w);
        for (int i = 0; i < 6; i++)
        {
            var x = Tensor.From([(float)i], device: test.Device);
            if (i % 2 == 0) Assert.True(product(x).RequiresGrad);
            else
                using (Tensor.NoGrad()) Assert.False(product(x).RequiresGrad);
        }
    }

    [Fact]
    public void A_function_on_two_devices_is_refused()
    {
        using var test = TestDevice.OpenCl();
        using var other = TestDevice.OpenCl();
        var (a, b) = (Tensor.From([1f], device: test.Device), Tensor.From([1f], device: other.Device));
        var step = Tensor.Compile((Tensor x) =>
        {
            b.Add_(1.0);
            return x * 2;
        });
        Assert.Contains("one device", Assert.Throws<CompiledFunctionException>(() => step(a)).Message);
        Assert.Equal(2f, b.Item<float>());
    }
}
