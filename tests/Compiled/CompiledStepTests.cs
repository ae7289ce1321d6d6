using GpuTensor.Compiled;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Compiled;

/// <summary>What a compiled function leaves is what the plain function would, to the bit; what a replay cannot see is refused or
/// run.</summary>
[Collection(nameof(Alone))]
public partial class CompiledStepTests
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
}
