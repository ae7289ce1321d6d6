using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Train;

public class CheckpointTests
{
    private static readonly Tensor X =
        Tensor.From(new float[,] { { 1, 2, 3 }, { -1, 0.5f, 2 }, { 0, 1, -2 }, { 2, 2, 1 } }, device: Device.Cpu);
    private static readonly Tensor Y = Tensor.From([0L, 1, 1, 0], device: Device.Cpu);

    private static (Sequential Model, Optimizer Optimizer) Make(string kind)
    {
        var tied = new Linear(5, 5, device: Device.Cpu);
        Linear first = new(3, 5, device: Device.Cpu), last = new(5, 2, device: Device.Cpu);
        var model = new Sequential(first, new Tanh(), tied, new Dropout(0.3), tied, last);
        ParameterGroup[] groups = [new(model[0].Parameters()), new(model.Parameters().Skip(2)) { Lr = 0.03 }];
        return (model, kind == "sgd" ? new SGD(groups, momentum: 0.9) : new AdamW(groups, amsgrad: true));
    }

    private static float[] Train(Sequential model, Optimizer optimizer, int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(step => Step(model, optimizer, step))];

    private static float Step(Sequential model, Optimizer optimizer, int step)
    {
        optimizer.Lr = 0.01 * (1 + step);
        var loss = F.CrossEntropy(model.Forward(X), Y);
        optimizer.ZeroGrad();
        loss.Backward();
        if (step < 2) model[0].Parameters().First().Grad = null;
        optimizer.Step();
        return loss.Item<float>();
    }

    private static Dictionary<string, float[]> Values(Module model) =>
        model.StateDict().ToDictionary(e => e.Key, e => e.Value.ToArray<float>());

    [Theory]
    [InlineData("sgd", RandomStream.Philox)]
    [InlineData("adamw", RandomStream.Philox)]
    [InlineData("adamw", RandomStream.PyTorch)]
    public void A_resumed_run_ends_on_the_same_bits(string kind, RandomStream stream)
    {
        using var folder = new TempFolder();
        string path = folder["run.safetensors"];
        Tensor.ManualSeed(7, stream);
        var (model, optimizer) = Make(kind);
        Train(model, optimizer, 0, 4);
        var extra = new Dictionary<string, double> { ["epoch"] = 4, ["best"] = double.PositiveInfinity, ["third"] = 1 / 3.0 };
        Checkpoint.Save(path, model, optimizer, extra);
        float[] losses = Train(model, optimizer, 4, 9);
        float next = Tensor.Rand([1], device: Device.Cpu).Item<float>();

        Tensor.ManualSeed(99);
        var (resumed, again) = Make(kind);
        var numbers = Checkpoint.Load(path, resumed, again);
        Assert.Equal(4, numbers["epoch"]);
        Assert.Equal(double.PositiveInfinity, numbers["best"]);
        Assert.Equal(1 / 3.0, numbers["third"]);
        Assert.Equal(losses, Train(resumed, again, 4, 9));
        Assert.Equal(Values(model), Values(resumed));
        Assert.Equal(next, Tensor.Rand([1], device: Device.Cpu).Item<float>());
        Assert.Equal(["run.safetensors"], folder.Files);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_changes_nothing()
    {
        using var folder = new TempFolder();
        string path = folder["run.safetensors"];
        Tensor.ManualSeed(1);
        var (model, optimizer) = Make("adamw");
        Train(model, optimizer, 0, 2);
        Checkpoint.Save(path, model, optimizer);

        void Refused<T>(string path, Module other, Optimizer? into) where T : Exception
        {
            Tensor.ManualSeed(5);
            byte[] random = Generator.Default.GetState();
            var before = Values(other);
            Assert.Throws<T>(() => Checkpoint.Load(path, other, into));
            Assert.Equal(before, Values(other));
            Assert.Equal(random, Generator.Default.GetState());
        }
        var (_, sgd) = Make("sgd");
        Refused<StateDictException>(path, new Linear(3, 5, device: Device.Cpu), null);
        Refused<StateDictException>(path, Make("sgd").Model, sgd);

        Checkpoint.Save(folder["weights.safetensors"], model);
        Refused<TensorFileException>(folder["weights.safetensors"], Make("sgd").Model, sgd);
        model.Save(folder["plain.safetensors"]);
        Refused<TensorFileException>(folder["plain.safetensors"], Make("sgd").Model, null);

        SafeTensors.Save(folder["bad.safetensors"], SafeTensors.Load(path, Device.Cpu),
            new Dictionary<string, string> { ["format"] = "gputensor.checkpoint.1", ["numbers"] = "{\"epoch\": }" });
        Refused<TensorFileException>(folder["bad.safetensors"], Make("sgd").Model, null);
    }

    [Fact]
    public void Random_streams_of_the_program_are_saved_by_name_and_all_of_them_must_be_given_back()
    {
        using var folder = new TempFolder();
        string path = folder["random.safetensors"];
        var model = new Linear(2, 2, device: Device.Cpu);
        Generator noise = new(long.MaxValue), torch = new(3, RandomStream.PyTorch);
        _ = Tensor.Rand([5], device: Device.Cpu, generator: noise);
        Checkpoint.Save(path, model, generators: new Dictionary<string, Generator> { ["noise"] = noise, ["torch"] = torch });
        float[] Draw(Generator generator) => Tensor.Rand([5], device: Device.Cpu, generator: generator).ToArray<float>();
        float[] fromNoise = Draw(noise), fromTorch = Draw(torch), fromDefault = Draw(Generator.Default);

        Generator other = new(1), another = new(2);
        var e = Assert.Throws<StateDictException>(() => Checkpoint.Load(path, model));
        Assert.Contains("random stream", e.Message);
        var missing = Assert.Throws<TensorFileException>(
            () => Checkpoint.Load(path, model, generators: new Dictionary<string, Generator> { ["dropout"] = other }));
        Assert.Contains("'random.dropout'", missing.Message);
        Checkpoint.Load(path, model, generators: new Dictionary<string, Generator> { ["noise"] = other, ["torch"] = another });
        Assert.Equal(fromNoise, Draw(other));
        Assert.Equal(fromTorch, Draw(another));
        Assert.Equal(fromDefault, Draw(Generator.Default));
    }
}
