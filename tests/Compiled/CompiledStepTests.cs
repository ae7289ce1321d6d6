using GpuTensor.Compiled;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Compiled;

/// <summary>What a compiled function leaves is what the plain function would, to the bit; what a replay cannot see is refused or
/// run.</summary>
[Collection(nameof(Alone))]
public class CompiledStepTests
{
    /// <summary>A small model with dropout on a device, its optimizer and a step, plain or compiled.</summary>
    private sealed class Trainer
    {
        public Trainer(Device device, bool compiled, Func<Module, Optimizer>? optimizer = null, bool accumulate = false)
        {
            Device = device;
            Tensor.ManualSeed(5);
            Model = new(new Linear(6, 9, device: device), new ReLU(), new Dropout(0.3), new Linear(9, 4, device: device));
            Optimizer = optimizer?.Invoke(Model) ?? new AdamW(Model.Parameters(), lr: 0.01);
            Func<Tensor, Tensor, Tensor> step = (x, y) =>
            {
                Calls++;
                if (!accumulate) Optimizer.ZeroGrad();
                var loss = F.CrossEntropy(Model.Forward(x), y);
                loss.Backward();
                Optimizer.Step();
                return loss;
            };
            Step = compiled ? Tensor.Compile(step) : step;
        }

        public Device Device { get; }

        public Sequential Model { get; }

        public Optimizer Optimizer { get; }

        public Func<Tensor, Tensor, Tensor> Step { get; }

        /// <summary>How often the function's own code ran.</summary>
        public int Calls { get; private set; }

        public (Tensor, Tensor) Batch(int i, int size = 8)
        {
            var random = new Random(i);
            var (x, y) = (new float[size * 6], new long[size]);
            for (int k = 0; k < x.Length; k++) x[k] = random.NextSingle() - 0.5f;
            for (int k = 0; k < size; k++) y[k] = random.Next(4);
            return (Tensor.From(x, device: Device).Reshape(size, 6), Tensor.From(y, device: Device));
        }

        /// <summary>Everything that can be seen of it.</summary>
        public List<float> State()
        {
            var all = new List<float>();
            foreach (var p in Model.Parameters())
            {
                all.AddRange(p.Detach().ToArray<float>());
                all.AddRange(p.Leaf!.Grad is { } g ? g.Detach().ToArray<float>() : [float.NaN]);
            }
            foreach (var group in Optimizer.StateDict().Groups)
                foreach (var parameter in group.Parameters)
                {
                    all.Add(parameter.Step);
                    foreach (var (_, tensor) in parameter.Tensors) all.AddRange(tensor.ToArray<float>());
                }
            all.AddRange(Tensor.Rand([3], device: Device).ToArray<float>());
            return all;
        }
    }

    private static List<float> Run(Trainer trainer, int steps, Action<Trainer, int>? before = null, Func<int, int>? size = null)
    {
        Tensor.ManualSeed(11);
        var losses = new List<float>();
        for (int i = 0; i < steps; i++)
        {
            before?.Invoke(trainer, i);
            var (x, y) = trainer.Batch(i, size?.Invoke(i) ?? 8);
            losses.Add(trainer.Step(x, y).Item<float>());
        }
        return [.. losses, .. trainer.State()];
    }

    private static void Same(Func<Device, bool, Trainer> make, int steps, Action<Trainer, int>? before = null, Func<int, int>? size = null,
        int? calls = null)
    {
        using var test = TestDevice.OpenCl();
        var compiled = make(test.Device, true);
        var expected = Run(make(test.Device, false), steps, before, size);
        Assert.Equal(expected, Run(compiled, steps, before, size));
        if (calls is { } count) Assert.Equal(count, compiled.Calls);
    }

    public static TheoryData<string> Optimizers => ["sgd", "momentum", "adam", "adamw"];

    private static Optimizer Make(string kind, Module model) => kind switch
    {
        "sgd" => new SGD(model.Parameters(), lr: 0.1),
        "momentum" => new SGD(model.Parameters(), lr: 0.1, momentum: 0.9, nesterov: true),
        "adam" => new Adam(model.Parameters(), lr: 0.01, amsgrad: true, weightDecay: 0.1),
        _ => new AdamW(model.Parameters(), lr: 0.01),
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void Losses_parameters_gradients_state_and_random_numbers_are_those_of_the_plain_loop(string kind) =>
        // The first call makes the optimizer's state, where it has one, so that the second and third agree.
        Same((device, compiled) => new(device, compiled, m => Make(kind, m)), 12, calls: kind == "sgd" ? 2 : 3);

    [Fact]
    public void The_learning_rate_may_change_at_every_step() =>
        Same((device, compiled) => new(device, compiled), 12, (t, i) => t.Optimizer.Lr = 0.01 / (i + 1), calls: 3);

    [Fact]
    public void Each_argument_shape_has_recordings_of_its_own() =>
        Same((device, compiled) => new(device, compiled), 20, size: i => i % 4 == 3 ? 5 : 8);

    [Fact]
    public void Gradients_that_add_up_over_calls_do_so_in_replays() =>
        Same((device, compiled) => new(device, compiled, m => new SGD(m.Parameters(), lr: 0.01), accumulate: true), 12, (t, i) =>
        {
            if (i % 5 == 0) t.Optimizer.ZeroGrad();
        });

    [Fact]
    public void Training_mode_frozen_parameters_settings_and_moved_parameters_record_anew()
    {
        Same((device, compiled) => new(device, compiled), 24, (t, i) =>
        {
            if (i == 5) t.Model.Eval();
            if (i == 9) t.Model.Train();
            if (i == 11) t.Model.Parameters().First().RequiresGrad_(false);
            if (i == 15) t.Model.Parameters().First().RequiresGrad_();
            if (i == 18) t.Optimizer.ParameterGroups[0].WeightDecay = 0.5;
            if (i == 21)
                using (Tensor.NoGrad())
                    foreach (var p in t.Model.Parameters()) p.Mul_(0.5);
        });
    }

    [Fact]
    public void Parameters_loaded_between_replays_are_used() => Same((device, compiled) => new(device, compiled), 10, (t, i) =>
    {
        if (i == 6) t.Model.LoadStateDict(new Trainer(t.Device, false).Model.StateDict());
    });

    [Fact]
    public void A_gradient_read_between_replays_keeps_its_numbers()
    {
        using var test = TestDevice.OpenCl();
        var (plain, compiled) = (new Trainer(test.Device, false), new Trainer(test.Device, true));
        List<List<float>> seen = [];
        foreach (var trainer in new[] { plain, compiled })
        {
            Tensor.ManualSeed(3);
            List<Tensor> kept = [];
            for (int i = 0; i < 8; i++)
            {
                var (x, y) = trainer.Batch(i);
                trainer.Step(x, y);
                if (i % 2 == 1) kept.Add(trainer.Model.Parameters().First().Grad!);
            }
            seen.Add([.. kept.SelectMany(g => g.ToArray<float>()), .. trainer.State()]);
        }
        Assert.Equal(seen[0], seen[1]);
    }

    [Fact]
    public void A_function_without_arguments_finds_its_device_and_updates_by_hand()
    {
        using var test = TestDevice.OpenCl();
        float[] Train(bool compile)
        {
            var w = Tensor.From([1f, -2, 3], device: test.Device, requiresGrad: true);
            // An element, since a captured variable that the function changes itself would have it run each time.
            int[] calls = [0];
            Func<Tensor> step = () =>
            {
                calls[0]++;
                w.Grad = null;
                var loss = (w * w).Sum();
                loss.Backward();
                using (Tensor.NoGrad()) w.Sub_(w.Grad! * 0.1);
                return loss.Detach();
            };
            if (compile) step = Tensor.Compile(step);
            var losses = Enumerable.Range(0, 6).Select(_ => step()).ToList();
            Assert.Equal(compile ? 2 : 6, calls[0]);
            return [.. losses.Select(l => l.Item<float>()), .. w.Detach().ToArray<float>(), .. w.Grad!.ToArray<float>()];
        }
        Assert.Equal(Train(false), Train(true));
    }

    [Fact]
    public void Results_never_share_memory_with_those_of_later_calls()
    {
        using var test = TestDevice.OpenCl();
        var twice = Tensor.Compile((Tensor x) => x * 2);
        var results = Enumerable.Range(0, 10).Select(i => twice(Tensor.From([(float)i, i + 1], device: test.Device))).ToList();
        for (int i = 0; i < results.Count; i++) Assert.Equal([2f * i, 2f * (i + 1)], results[i].ToArray<float>());
    }

    [Fact]
    public void Arguments_that_coincide_once_may_differ_later()
    {
        using var test = TestDevice.OpenCl();
        Tensor T(float v) => Tensor.From([v, v], device: test.Device);
        var captured = T(10);
        var step = Tensor.Compile((Tensor a, Tensor b) => a * 2 + b * captured);
        for (int i = 0; i < 4; i++)
        {
            var x = T(i);
            Assert.Equal([i * 12f, i * 12f], step(x, x).ToArray<float>());
        }
        for (int i = 0; i < 4; i++) Assert.Equal(2f * i + 50, step(T(i), T(5)).ToArray<float>()[0]);
        // The same tensor each time, which is captured too: another one must not take the captured one's place.
        var other = Tensor.Compile((Tensor a) => a + captured);
        for (int i = 0; i < 4; i++) Assert.Equal(20f, other(captured).ToArray<float>()[0]);
        for (int i = 0; i < 4; i++) Assert.Equal(10f + i, other(T(i)).ToArray<float>()[0]);
    }

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
