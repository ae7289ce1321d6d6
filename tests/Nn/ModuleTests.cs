using GpuTensor.Nn;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Nn;

public class ModuleTests
{
    private static Parameter P(params float[] values) => new(Tensor.From(values, device: Device.Cpu));

    private static Linear L(int inputs, int outputs, bool bias = true) => new(inputs, outputs, bias, device: Device.Cpu);

    private class Base : Module
    {
        private readonly Parameter _first = P(1);
        public Parameter First => _first;
    }

    private sealed class Everything(Module captured) : Base
    {
        public readonly Parameter scale = P(2, 3);
        private readonly Parameter? absent = null;
        [Buffer] private readonly Tensor steps = Tensor.Zeros([2], DType.Int64, Device.Cpu);
        [Buffer(Persistent = false)] private readonly Tensor scratch = Tensor.Zeros([5], device: Device.Cpu);
        [Buffer] public Tensor RunningMean { get; } = Tensor.Zeros([3], device: Device.Cpu);
        private readonly Tensor ignored = Tensor.Zeros([4], device: Device.Cpu);
        private readonly Linear[] blocks = [L(1, 2), L(2, 1, bias: false)];
        private readonly Dictionary<string, Module> heads = new() { ["a"] = new Sequential(new ReLU(), L(1, 1)) };
        private readonly List<List<Linear>> grid = [[L(1, 1, bias: false)]];
        public Linear FinalLayer { get; } = L(1, 1, bias: false);

        public override Tensor Forward(Tensor x) => captured.Forward(
            x + ignored.Sum() + (absent is null ? 0 : 1) + steps.Sum() + scratch.Sum() + blocks.Length + heads.Count + grid.Count);
    }

    [Fact]
    public void State_dict_has_pytorchs_keys_base_classes_first_parameters_before_buffers_before_children()
    {
        Assert.Equal([
            "first", "scale", "steps", "running_mean",
            "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "heads.a.1.weight", "heads.a.1.bias",
            "grid.0.0.weight", "final_layer.weight",
            "captured.weight", "captured.bias"],
            new Everything(L(3, 3)).StateDict().Keys.OrderBy(k => k.StartsWith("captured")));
    }

    [Fact]
    public void Parameters_and_modules_are_found_once_each()
    {
        var shared = L(2, 2);
        var model = new Sequential(shared, new Tanh(), shared);
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], model.StateDict().Keys);
        Assert.Equal(["0.weight", "0.bias"], model.NamedParameters().Select(p => p.Name));
        Assert.Equal(["", "0", "1"], model.NamedModules().Select(m => m.Name));
        Assert.Equal(6, model.ParameterCount);
    }

    [Fact]
    public void A_tied_weight_has_two_keys_and_is_one_parameter()
    {
        var tokens = new Embedding(5, 3, device: Device.Cpu);
        var model = new ModuleList(tokens, new Linear(3, 5, bias: false, device: Device.Cpu) { Weight = tokens.Weight });
        Assert.Equal(["0.weight", "1.weight"], model.StateDict().Keys);
        Assert.Same(tokens.Weight, Assert.Single(model.Parameters()));
        var e = Assert.Throws<TensorShapeException>(() => new Linear(4, 5, device: Device.Cpu) { Weight = tokens.Weight });
        Assert.Contains("[5, 4]", e.Message);
    }

    [Fact]
    public void Loading_a_state_dict_that_does_not_fit_names_every_key_and_changes_nothing()
    {
        var model = new Sequential(L(2, 3), L(3, 1));
        var before = model.StateDict().ToDictionary(e => e.Key, e => e.Value.ToArray<float>());
        var given = new Dictionary<string, Tensor>
        {
            ["0.weight"] = Tensor.Ones([3, 2], device: Device.Cpu), ["0.bias"] = Tensor.Ones([4], device: Device.Cpu),
            ["1.weight"] = Tensor.Ones([1, 3], device: Device.Cpu), ["2.weight"] = Tensor.Ones([1], device: Device.Cpu),
        };
        var e = Assert.Throws<StateDictException>(() => model.LoadStateDict(given));
        Assert.Contains("missing keys (1): 1.bias", e.Message);
        Assert.Contains("unexpected keys (1): 2.weight", e.Message);
        Assert.Contains("0.bias: the module has [3], the state dict [4]", e.Message);
        foreach (var (key, tensor) in model.StateDict()) Assert.Equal(before[key], tensor.ToArray<float>());

        given["0.bias"] = Tensor.Ones([3], device: Device.Cpu);
        var report = model.LoadStateDict(given, strict: false);
        Assert.Equal(["1.bias"], report.MissingKeys);
        Assert.Equal(["2.weight"], report.UnexpectedKeys);
        Assert.Equal([1, 1, 1], model.StateDict()["0.bias"].ToArray<float>());
    }

    [Fact]
    public void Loading_converts_the_dtype_and_keeps_parameters_and_their_views()
    {
        var model = L(2, 1);
        var (weight, view) = (model.Weight, model.Weight.Detach().Select(0, 0));
        model.LoadStateDict(new Dictionary<string, Tensor>
        {
            ["weight"] = Tensor.From(new[,] { { 3.0, 4.0 } }, device: Device.Cpu), ["bias"] = Tensor.From([5.0], device: Device.Cpu),
        });
        Assert.Same(weight, model.Weight);
        Assert.Equal([3, 4], view.ToArray<float>());
        Assert.True(model.Weight.RequiresGrad && model.Weight.IsLeaf);
        model.Forward(Tensor.From(new float[,] { { 1, 10 } }, device: Device.Cpu)).Sum().Backward();
        Assert.Equal([1, 10], model.Weight.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_saved_model_is_loaded_to_the_bit()
    {
        using var folder = new TempFolder();
        string path = folder["model.safetensors"];
        var (first, second) = (new Sequential(L(7, 5), new Tanh(), L(5, 2)), new Sequential(L(7, 5), new Tanh(), L(5, 2)));
        first.Save(path);
        Assert.True(second.Load(path).IsComplete);
        foreach (var (key, tensor) in first.StateDict()) Assert.Equal(tensor.ToArray<float>(), second.StateDict()[key].ToArray<float>());
    }

    [Fact]
    public void Train_and_eval_reach_every_module_and_return_the_models_own_type()
    {
        Sequential model = new Sequential(new Dropout(), new Sequential(new Dropout())).Eval();
        Assert.All(model.Modules(), m => Assert.False(m.Training));
        model.Train();
        Assert.All(model.Modules(), m => Assert.True(m.Training));
    }

    [Fact]
    public void To_converts_floating_parameters_gradients_and_buffers_and_keeps_the_objects()
    {
        var model = new Everything(L(3, 3));
        var scale = model.scale;
        (scale * scale).Sum().Backward();
        Everything same = model.To(DType.Float64);
        Assert.Same(model, same);
        Assert.Same(scale, model.scale);
        Assert.Equal([2.0, 3.0], scale.ToArray<double>());
        Assert.Equal([4.0, 6.0], scale.Grad!.ToArray<double>());
        Assert.True(scale.RequiresGrad && scale.IsLeaf);
        Assert.Equal(DType.Int64, model.StateDict()["steps"].DType);
        Assert.Equal(DType.Float64, model.RunningMean.DType);
        (scale * scale).Sum().Backward();
        Assert.Equal([8.0, 12.0], scale.Grad!.ToArray<double>());
        Assert.Throws<TensorDTypeException>(() => model.To(DType.Int32));
    }

    [Fact]
    public void Apply_visits_children_before_parents()
    {
        var names = new List<string>();
        new Sequential(new ReLU(), new Sequential(new Tanh())).Apply(m => names.Add(m.GetType().Name));
        Assert.Equal(["ReLU", "Tanh", "Sequential", "Sequential"], names);
    }

    private sealed class Twice : Base
    {
        public readonly Parameter first = P(5);
    }

    private sealed class Loop : Module
    {
        public Module? self;
    }

    [Fact]
    public void Two_fields_of_one_name_and_a_module_inside_itself_are_refused()
    {
        var e = Assert.Throws<InvalidOperationException>(() => new Twice().StateDict());
        Assert.Contains("Base._first, Twice.first", e.Message);
        var loop = new Loop();
        loop.self = loop;
        Assert.Contains("contains itself", Assert.Throws<InvalidOperationException>(loop.StateDict).Message);
        Assert.Empty(loop.Parameters());
    }

    [Fact]
    public void A_frozen_parameter_is_a_parameter_still()
    {
        var model = L(2, 2).RequiresGrad_(false);
        Assert.Equal(2, model.Parameters().Count());
        Assert.False(model.Forward(Tensor.Ones([1, 2], device: Device.Cpu)).RequiresGrad);
    }

    [Fact]
    public void A_module_without_a_forward_says_so() =>
        Assert.Contains("ModuleList", Assert.Throws<NotSupportedException>(() => new ModuleList().Forward(1.0)).Message);
}
