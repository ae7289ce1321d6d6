using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Optim;

public class OptimizerTests
{
    private static Parameter P(params float[] values) => new(Tensor.From(values, device: Device.Cpu));

    private static Tensor T(params float[] values) => Tensor.From(values, device: Device.Cpu);

    /// <summary>Every optimizer by name, with settings that use all of its state.</summary>
    private static Optimizer Make(string kind, params ParameterGroup[] groups) => kind switch
    {
        "sgd" => new SGD(groups, lr: 0.1, momentum: 0.9),
        "adam" => new Adam(groups, lr: 0.1, amsgrad: true),
        _ => new AdamW(groups, lr: 0.1, weightDecay: 0.1),
    };

    public static TheoryData<string> Kinds => ["sgd", "adam", "adamw"];

    private static float[] Values(params Tensor[] tensors) => [.. tensors.SelectMany(t => t.ToArray<float>())];

    [Theory, MemberData(nameof(Kinds))]
    public void A_parameter_without_a_gradient_is_left_alone_and_its_state_begins_with_its_first_gradient(string kind)
    {
        var (a, b, c) = (P(1, 2), P(3), P(4, 5));
        var optimizer = Make(kind, new ParameterGroup([a, b, c]));
        for (int i = 0; i < 3; i++)
        {
            (a.Grad, c.Grad) = (T(1, 2), T(0.5f, 1));
            optimizer.Step();
        }
        Assert.Equal([3], b.ToArray<float>());
        var state = optimizer.StateDict().Groups[0].Parameters;
        Assert.Equal([3, 0, 3], state.Select(s => s.Step));
        Assert.Empty(state[1].Tensors);

        // The late one moves as a fresh parameter does.
        var fresh = P(3);
        var other = Make(kind, new ParameterGroup([fresh]));
        for (int i = 0; i < 2; i++)
        {
            (a.Grad, b.Grad, c.Grad, fresh.Grad) = (T(1, 2), T(7), T(1, 1), T(7));
            optimizer.Step();
            other.Step();
        }
        Assert.Equal(fresh.ToArray<float>(), b.ToArray<float>());
        Assert.Equal([5, 2, 5], optimizer.StateDict().Groups[0].Parameters.Select(s => s.Step));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Together_or_alone_the_bits_are_the_same(string kind)
    {
        var (a, b) = (P(1, 2, 3), P(-1, 0.3f));
        var (alone, too) = (P(1, 2, 3), P(-1, 0.3f));
        Optimizer[] optimizers = [.. new Parameter[][] { [a, b], [alone], [too] }.Select(p => Make(kind, new ParameterGroup(p)))];
        for (int i = 0; i < 4; i++)
        {
            a.Grad = alone.Grad = T(0.1f * i, 0.7f, -3);
            b.Grad = too.Grad = T(1e-3f, i);
            foreach (var optimizer in optimizers) optimizer.Step();
        }
        Assert.Equal(Values(alone, too), Values(a, b));
    }

    [Fact]
    public void Groups_have_their_own_settings_and_they_can_change_between_steps()
    {
        var (a, b) = (P(1), P(1));
        var group = new ParameterGroup([b]) { Lr = 0.5, WeightDecay = 1 };
        var optimizer = new SGD([new ParameterGroup([a]), group], lr: 0.1);
        (a.Grad, b.Grad) = (T(1), T(1));
        optimizer.Step();
        Assert.Equal([0.9f, 0f], Values(a, b));
        group.Lr = 1;
        optimizer.ParameterGroups[0].Lr = 0;
        group["weight_decay"] = 0;
        optimizer.Step();
        Assert.Equal([0.9f, -1f], Values(a, b));
        optimizer.Lr = 0.25;
        Assert.Equal(0.25, group.Lr);
    }

    [Fact]
    public void Wrong_settings_and_wrong_parameters_are_refused()
    {
        var a = P(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SGD([a], lr: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([a], betas: (0.9, 1)));
        Assert.Throws<ArgumentException>(() => new SGD([a], nesterov: true));
        Assert.Contains("momentum", Assert.Throws<ArgumentException>(() => new Adam([new ParameterGroup([a]) { Momentum = 0.9 }])).Message);
        var twice = Assert.Throws<ArgumentException>(() => new SGD([new ParameterGroup([a]), new ParameterGroup([a])]));
        Assert.Contains("more than one group", twice.Message);
        Assert.Contains("leaf", Assert.Throws<ArgumentException>(() => new SGD([a * a])).Message);
        Assert.Throws<ArgumentException>(() => new SGD(Enumerable.Empty<Tensor>()));
        var group = new SGD([a]).ParameterGroups[0];
        Assert.Throws<ArgumentException>(() => group["eps"] = 1);
        Assert.Throws<ArgumentException>(() => new SGD([group]));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_weight_named_twice_is_updated_once(string kind)
    {
        var (tied, single) = (P(1, 2), P(1, 2));
        var (twice, once) = (Make(kind, new ParameterGroup([tied, tied])), Make(kind, new ParameterGroup([single])));
        tied.Grad = single.Grad = T(3, 4);
        twice.Step();
        once.Step();
        Assert.Equal(Values(single), Values(tied));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Two_leaves_over_one_memory_are_updated_one_after_the_other(string kind)
    {
        var a = P(1, 2);
        var b = new Parameter(a);
        var optimizer = Make(kind, new ParameterGroup([a, b]));
        (a.Grad, b.Grad) = (T(1, 1), T(1, 1));
        optimizer.Step();

        var c = P(1, 2);
        c.Grad = T(1, 1);
        for (int i = 0; i < 2; i++) Make(kind, new ParameterGroup([c])).Step();
        Assert.Equal(Values(c), Values(a));
        Assert.Equal(Values(c), Values(b));
    }

    [Fact]
    public void Handles_and_views_made_before_see_the_weights()
    {
        var (a, b) = (P(1, 2, 3), P(4));
        var (handle, view) = (a.Detach(), a.Detach().Narrow(0, 1, 2));
        var earlier = a * 1;
        (a.Grad, b.Grad) = (T(1, 1, 1), T(1));
        new SGD([a, b], lr: 1).Step();
        Assert.Equal([0, 1, 2], handle.ToArray<float>());
        Assert.Equal([1, 2], view.ToArray<float>());
        Assert.Equal([1, 2, 3], earlier.ToArray<float>());
        Assert.True(a.IsLeaf && a.RequiresGrad);
        (a * T(5, 6, 7)).Sum().Backward();
        Assert.Equal([6, 7, 8], a.Grad!.ToArray<float>());
    }

    [Fact]
    public void Two_optimizers_over_the_same_parameters_work_side_by_side()
    {
        var (a, b) = (P(1, 2), P(3));
        Optimizer[] optimizers = [new SGD([a, b], lr: 1), new SGD([b, a], lr: 0.5)];
        (a.Grad, b.Grad) = (T(1, 1), T(1));
        foreach (var optimizer in optimizers) optimizer.Step();
        Assert.Equal([-0.5f, 0.5f, 1.5f], Values(a, b));
    }

    [Fact]
    public void Zero_grad_makes_gradients_null()
    {
        var a = P(1);
        var optimizer = new SGD([a]);
        (a * a).Sum().Backward();
        optimizer.ZeroGrad();
        Assert.Null(a.Grad);
    }

    [Fact]
    public void Added_groups_take_part_and_the_defaults()
    {
        var (a, b) = (P(1), P(1));
        var optimizer = new SGD([a], lr: 0.5);
        optimizer.AddParameterGroup(new ParameterGroup([b]));
        (a.Grad, b.Grad) = (T(1), T(1));
        optimizer.Step();
        Assert.Equal([0.5f, 0.5f], Values(a, b));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_loaded_state_continues_on_the_same_bits(string kind)
    {
        Parameter[] first = [P(1, 2), P(3)], second = [P(1, 2), P(3)];
        Optimizer one = Make(kind, new ParameterGroup(first)), two = Make(kind, new ParameterGroup(second) { Lr = 7 });
        void Run(Optimizer optimizer, Parameter[] parameters, int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                (parameters[0].Grad, parameters[1].Grad) = (T(i, 0.1f), i == 0 ? null : T(0.3f * i));
                optimizer.Step();
            }
        }
        Run(one, first, 0, 3);
        for (int i = 0; i < 2; i++)
            using (Tensor.NoGrad()) second[i].Copy_(first[i]);
        two.LoadStateDict(one.StateDict());
        Run(one, first, 3, 6);
        Run(two, second, 3, 6);
        Assert.Equal(Values(first), Values(second));
        Assert.Equal([6, 5], two.StateDict().Groups[0].Parameters.Select(s => s.Step));
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_with_all_reasons()
    {
        Parameter a = P(1, 2), b = P(1);
        var adam = new Adam([a]);
        a.Grad = T(1, 1);
        adam.Step();
        var e = Assert.Throws<StateDictException>(() => new SGD([b], momentum: 0.9).LoadStateDict(adam.StateDict()));
        Assert.Contains("'beta1'", e.Message);
        Assert.Contains("'exp_avg'", e.Message);
        e = Assert.Throws<StateDictException>(() => new Adam([b]).LoadStateDict(adam.StateDict()));
        Assert.Contains("exp_avg_sq of parameter 0 of group 0 has shape [2], the parameter [1]", e.Message);
        var two = new Adam([new ParameterGroup([b]), new ParameterGroup([a])]);
        Assert.Contains("groups", Assert.Throws<StateDictException>(() => two.LoadStateDict(adam.StateDict())).Message);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void State_follows_parameters_to_another_dtype(string kind)
    {
        var model = new Sequential(new Linear(1, 2, device: Device.Cpu));
        var optimizer = Make(kind, new ParameterGroup(model.Parameters()));
        void Step()
        {
            foreach (var p in model.Parameters()) p.Grad = Tensor.Ones(p.Shape, p.DType, p.Device);
            optimizer.Step();
        }
        Step();
        var before = optimizer.StateDict().Groups[0].Parameters[0].Tensors.First().Value.ToArray<float>();
        model.To(DType.Float64);
        Step();
        var parameter = optimizer.StateDict().Groups[0].Parameters[0];
        Assert.Equal(2, parameter.Step);
        var after = parameter.Tensors.First().Value;
        Assert.Equal(DType.Float64, after.DType);
        Assert.NotEqual(before[0], after.ToArray<double>()[0]);
        Assert.True(after.ToArray<double>()[0] > 0);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_step_that_fails_leaves_values_state_and_step_numbers(string kind)
    {
        // An operator that cannot run is recorded before the second step: the flush fails before anything of it counts.
        var broken = new Operator("broken", Iteration.Pointwise) { Reference = _ => throw new DeviceException("broken on purpose") };
        Parameter[] tried = [P(1, 2), P(3)], sane = [P(1, 2), P(3)];
        Optimizer one = Make(kind, new ParameterGroup(tried)), two = Make(kind, new ParameterGroup(sane));
        for (int i = 0; i < 3; i++)
        {
            foreach (var (x, y) in tried.Zip(sane)) x.Grad = y.Grad = Tensor.Full(x.Shape, 0.5 + i, device: Device.Cpu);
            Device.Cpu.Synchronize();
            if (i != 1) FailOnce();
            one.Step();
            two.Step();
        }
        Assert.Equal(Values(sane), Values(tried));
        Assert.Equal([3, 3], one.StateDict().Groups[0].Parameters.Select(s => s.Step));

        void FailOnce()
        {
            var e = Assert.Throws<DeviceException>(() =>
            {
                Tensor.Apply(broken, DType.Float32, [1], T(1).Operand);
                one.Step();
            });
            Assert.Contains("on purpose", e.Message);
        }
    }
}
