using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>Checkpoints that cannot be right: refused, the field named, model, optimizer and random stream as they were.</summary>
public class CheckpointFaultTests
{
    private static readonly Tensor X = Tensor.From(new float[,] { { 1, 2 }, { -1, 0.5f } }, device: Device.Cpu);

    private static (Sequential Model, Optimizer Optimizer) Make(string kind)
    {
        var model = new Sequential(new Linear(2, 3, device: Device.Cpu), new Linear(3, 1, device: Device.Cpu));
        return (model, kind switch
        {
            "sgd" => new SGD(model.Parameters(), momentum: 0.9),
            "adam" => new Adam(model.Parameters(), amsgrad: true),
            _ => new AdamW(model.Parameters()),
        });
    }

    private static (Sequential Model, Optimizer Optimizer) Trained(string kind)
    {
        var (model, optimizer) = Make(kind);
        for (int i = 0; i < 3; i++)
        {
            optimizer.ZeroGrad();
            model.Forward(X).Sum().Backward();
            optimizer.Step();
        }
        return (model, optimizer);
    }

    private static string Moment(Module model, Optimizer optimizer)
    {
        var state = optimizer.StateDict();
        return string.Join("\n", model.StateDict().Select(e => $"{e.Key} {e.Value}")) + "\n"
            + string.Join("\n", state.Groups.SelectMany(g =>
            g.Settings.Select(s => $"{s.Key} {s.Value:R}")
            .Concat(g.Parameters.SelectMany(p => p.Tensors.Select(t => $"{p.Step} {t.Key} {t.Value}")))))
            + Convert.ToHexString(Generator.Default.GetState());
    }

    private static void Refused<T>(string path, string kind, params string[] named) where T : TensorException
    {
        var (model, optimizer) = Trained(kind);
        string before = Moment(model, optimizer);
        string message = Assert.Throws<T>(() => Checkpoint.Load(path, model, optimizer)).Message;
        Assert.All(named, n => Assert.Contains(n, message));
        Assert.Equal(before, Moment(model, optimizer));
    }

    private static void Rewrite(string from, string to, Action<Dictionary<string, HostArray>, Dictionary<string, string>> change)
    {
        var (arrays, metadata) = SafeTensors.Read(from);
        change(arrays, metadata);
        SafeTensors.Write(to, arrays.Select(a => (a.Key, a.Value)), metadata);
    }

    [Theory]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"NaN\"", "lr of group 0 is NaN")]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"-1\"", "lr of group 0 is -1")]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"Infinity\"", "lr of group 0")]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"fast\"", "optimizer[0].settings.lr")]
    [InlineData("adam", "\"lr\":\"0.001\",", "", "lacks the setting 'lr'")]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"0.001\",\"lr\":\"0.002\"", "twice")]
    [InlineData("adam", "\"lr\":\"0.001\"", "\"lr\":\"0.001\",\"speed\":\"1\"", "'speed'")]
    [InlineData("adam", "\"beta1\":\"0.9\"", "\"beta1\":\"5\"", "beta1 of group 0 is 5")]
    [InlineData("adam", "\"beta2\":\"0.999\"", "\"beta2\":\"1\"", "beta2")]
    [InlineData("adam", "\"eps\":\"1E-08\"", "\"eps\":\"-1\"", "eps")]
    [InlineData("adam", "\"amsgrad\":\"1\"", "\"amsgrad\":\"3\"", "amsgrad")]
    [InlineData("adam", "\"weight_decay\":\"0\"", "\"weight_decay\":\"NaN\"", "weight_decay")]
    [InlineData("adam", "[3,3,3,3]", "[3,-5,3,3]", "step of parameter 1 of group 0 is -5")]
    [InlineData("adam", "[3,3,3,3]", "[3,9223372036854775807,3,3]", "step of parameter 1 of group 0")]
    [InlineData("adam", "[3,3,3,3]", "[3,1e99,3,3]", "optimizer[0].steps[1]")]
    [InlineData("adam", "[3,3,3,3]", "[3,2.5,3,3]", "optimizer[0].steps[1]")]
    [InlineData("adam", "[3,3,3,3]", "[3,\"3\",3,3]", "optimizer[0].steps[1]")]
    [InlineData("adam", "[3,3,3,3]", "[3,0,3,3]", "at step 0")]
    [InlineData("adam", "[3,3,3,3]", "[3,3,3]", "belongs to no parameter")]
    [InlineData("adam", "[3,3,3,3]", "[3,3,3,3,0]", "5 parameters")]
    [InlineData("adam", "[3,3,3,3]", "3", "optimizer[0].steps")]
    [InlineData("adam", "\"steps\"", "\"stops\"", "'steps'")]
    [InlineData("adam", "[{", "[[{", "JSON")]
    [InlineData("sgd", "\"momentum\":\"0.9\"", "\"momentum\":\"-1\"", "momentum")]
    [InlineData("sgd", "\"momentum\":\"0.9\"", "\"momentum\":\"Infinity\"", "momentum")]
    [InlineData("sgd", "\"dampening\":\"0\"", "\"dampening\":\"NaN\"", "dampening")]
    [InlineData("sgd", "\"nesterov\":\"0\",", "\"nesterov\":\"1\",\"dampening\":\"0.5\",", "twice")]
    [InlineData("adamw", "\"maximize\":\"0\"", "\"maximize\":\"0.5\"", "maximize")]
    public void A_setting_or_step_out_of_its_range_is_named(string kind, string old, string @new, string named)
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Trained(kind);
        Checkpoint.Save(folder["good"], model, optimizer);
        Rewrite(folder["good"], folder["bad"], (_, metadata) =>
        {
            Assert.Contains(old, metadata["optimizer"]);
            metadata["optimizer"] = metadata["optimizer"].Replace(old, @new);
        });
        var (other, into) = Trained(kind);
        string before = Moment(other, into);
        var error = Assert.ThrowsAny<TensorException>(() => Checkpoint.Load(folder["bad"], other, into));
        Assert.True(error is TensorFileException or StateDictException);
        Assert.Contains(named, error.Message);
        Assert.Equal(before, Moment(other, into));
    }

    [Fact]
    public void State_that_is_missing_unknown_or_of_another_kind_is_named()
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Trained("adam");
        Checkpoint.Save(folder["good"], model, optimizer, new Dictionary<string, double> { ["epoch"] = 3 });
        void Bad<T>(string named, Action<Dictionary<string, HostArray>, Dictionary<string, string>> change, string kind = "adam")
            where T : TensorException
        {
            Rewrite(folder["good"], folder["bad"], (arrays, metadata) =>
            {
                arrays.Remove(CheckpointFile.ChecksumName);
                change(arrays, metadata);
            });
            Refused<T>(folder["bad"], kind, named);
        }
        foreach (string name in new[] { "exp_avg", "exp_avg_sq", "max_exp_avg_sq" })
            Bad<StateDictException>($"parameter 2 of group 0 lacks '{name}'", (a, _) => a.Remove($"optimizer.0.2.{name}"));
        Bad<StateDictException>("exp_avg of parameter 2 of group 0 has shape [1]", (a, _) =>
            a["optimizer.0.2.exp_avg"] = new(DType.Float32, [1]));
        Bad<StateDictException>("exp_avg of parameter 2 of group 0 is int32", (a, _) =>
            a["optimizer.0.2.exp_avg"] = new(DType.Int32, a["optimizer.0.2.exp_avg"].Shape));
        Bad<StateDictException>("'speed'", (a, _) => a["optimizer.0.2.speed"] = new(DType.Float32, [1]));
        Bad<TensorFileException>("optimizer.1.0.exp_avg", (a, _) => a["optimizer.1.0.exp_avg"] = new(DType.Float32, [1]));
        Bad<TensorFileException>("optimizer.0.9.exp_avg", (a, _) => a["optimizer.0.9.exp_avg"] = new(DType.Float32, [1]));
        Bad<TensorFileException>("'more'", (a, _) => a["more"] = new(DType.Float32, [1]));
        Bad<TensorFileException>("'random'", (a, _) => a.Remove("random"));
        Bad<TensorFileException>("random", (a, _) => a["random"] = new(DType.UInt8, [3]));
        Bad<TensorFileException>("'numbers'", (_, m) => m.Remove("numbers"));
        Bad<TensorFileException>("numbers.epoch", (_, m) => m["numbers"] = "{\"epoch\": 3}");
        Bad<TensorFileException>("integers.seed", (_, m) => m["integers"] = "{\"seed\": \"1.5\"}");
        Bad<TensorFileException>("integers", (_, m) => m["integers"] = "{\"\\ud800\": \"1\"}");
        Bad<TensorFileException>("format", (_, m) => m["format"] = "gputensor.checkpoint.9");
        Bad<TensorFileException>("metadata no 'optimizer'", (_, m) => m.Remove("optimizer"));
        Bad<StateDictException>("missing keys", (a, _) => a.Remove("model.0.weight"));
        Bad<StateDictException>("unexpected keys", (a, _) => a["model.7.weight"] = new(DType.Float32, [1]));
        Bad<StateDictException>("the state of Adam", (_, _) => { }, "adamw");
        Bad<StateDictException>("the state of Adam", (_, _) => { }, "sgd");
    }

    [Fact]
    public void Amsgrad_switched_on_after_the_last_step_is_saved_as_the_zeros_it_begins_with()
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Trained("adamw");
        optimizer.ParameterGroups[0]["amsgrad"] = 1;
        Checkpoint.Save(folder["a"], model, optimizer);
        var (resumed, again) = Make("adamw");
        Checkpoint.Load(folder["a"], resumed, again);
        foreach (var (m, o) in new[] { (model, optimizer), (resumed, again) })
        {
            o.ZeroGrad();
            m.Forward(X).Sum().Backward();
            o.Step();
        }
        Assert.Equal(Moment(model, optimizer), Moment(resumed, again));
    }

    [Fact]
    public void Damage_to_the_data_is_seen_and_files_without_a_checksum_load()
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Trained("adam");
        Checkpoint.Save(folder["good"], model, optimizer);
        byte[] bytes = File.ReadAllBytes(folder["good"]);
        int data = (int)BitConverter.ToInt64(bytes) + 8;
        for (int at = data; at < bytes.Length; at += 7)
        {
            bytes[at] ^= 16;
            Refused<TensorFileException>(folder.Write("bad", bytes), "adam", "checksum");
            bytes[at] ^= 16;
        }
        foreach (int length in new[] { bytes.Length - 1, data + 5, data, data - 5, 100, 8, 0 })
            Refused<TensorFileException>(folder.Write("bad", bytes.AsSpan(0, length)), "adam", length >= 8 ? "cut off" : "this is not");
        Rewrite(folder["good"], folder["old"], (arrays, metadata) =>
        {
            arrays.Remove(CheckpointFile.ChecksumName);
            metadata.Remove("optimizer.kind");
        });
        foreach (string name in new[] { "good", "old" })
        {
            var (resumed, again) = Make("adam");
            Checkpoint.Load(folder[name], resumed, again);
            Assert.Equal(Moment(model, optimizer), Moment(resumed, again));
        }
    }

    [Fact]
    public void Integers_are_exact_and_numbers_keep_their_bits()
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Make("sgd");
        var integers = new Dictionary<string, long>
        {
            ["seed"] = 9007199254740993, ["low"] = long.MinValue, ["high"] = long.MaxValue, ["🎈"] = -1, [""] = 0,
        };
        var numbers = new Dictionary<string, double>
        {
            ["third"] = 1 / 3.0, ["least"] = double.Epsilon, ["infinite"] = double.NegativeInfinity, ["zero"] = -0.0, ["none"] = double.NaN,
        };
        Checkpoint.Save(folder["a"], model, optimizer, numbers, integers);
        var back = Checkpoint.Load(folder["a"], model, optimizer, out var whole);
        Assert.Equal(integers, whole);
        Assert.Equal(numbers.Select(n => (n.Key, BitConverter.DoubleToInt64Bits(n.Value))),
            back.Select(n => (n.Key, BitConverter.DoubleToInt64Bits(n.Value))));
        Assert.Throws<ArgumentException>(() =>
            Checkpoint.Save(folder["b"], model, optimizer, new Dictionary<string, double> { ["\uD800"] = 1 }));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void A_checkpoint_is_no_file_of_weights_and_says_so()
    {
        using var folder = new TempFolder();
        var (model, _) = Make("sgd");
        Checkpoint.Save(folder["a"], model);
        Assert.Contains("Checkpoint.Load", Assert.Throws<TensorFileException>(() => model.Load(folder["a"])).Message);
        model.Save(folder["b"]);
        Assert.Contains("Module.Load", Assert.Throws<TensorFileException>(() => Checkpoint.Load(folder["b"], model)).Message);
    }

    [Fact]
    public void What_could_not_be_loaded_is_not_saved()
    {
        using var folder = new TempFolder();
        var (model, optimizer) = Trained("adam");
        optimizer.Lr = double.NaN;
        Assert.Contains("lr of group 0", Assert.Throws<StateDictException>(() => Checkpoint.Save(folder["a"], model, optimizer)).Message);
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Optimizers_refuse_settings_that_are_no_numbers()
    {
        var p = Tensor.Zeros([2], device: Device.Cpu, requiresGrad: true);
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity, -1 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD([p], lr: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD([p], momentum: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([p], lr: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([p], betas: (bad, 0.9)));
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW([p], eps: bad));
            Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW([p], weightDecay: bad));
        }
    }
}
