using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>The tutorial's regression, from seeds alone: NumPy's noise and PyTorch's initial weights come out of our own streams.</summary>
public class TutorialTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    private sealed class LinearRegression(int inputs, int outputs) : Module
    {
        private readonly Linear model = new(inputs, outputs);
        public override Tensor Forward(Tensor x) => model.Forward(x);
    }

    [Theory, MemberData(nameof(Devices))]
    public void All_hundred_losses_are_pytorchs_from_the_seeds_on(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var json = Corpus.Json("tutorial", "regression.json");
        var recorded = SafeTensors.Load(Corpus.Path("tutorial", "regression.safetensors"), device);

        double[] noise = new NumPyRandom(seed: 0).RandN(100);
        var xs = Tensor.Linspace(0, 10, 100, device: device).Reshape(-1, 1);
        var ys = 2 * xs + 3 + Tensor.From(noise, DType.Float32, device).Reshape(-1, 1) * 2;
        Assert.True(xs.AllClose(recorded["x"]) && ys.AllClose(recorded["y"], atol: 1e-6));

        Tensor.ManualSeed(0, RandomStream.PyTorch);
        var model = new LinearRegression(1, 1).To(device);
        Assert.Equal(["model.weight", "model.bias"], model.StateDict().Keys);
        Assert.Equal(recorded["init.weight"].ToArray<float>(), model.StateDict()["model.weight"].ToArray<float>());
        Assert.Equal(recorded["init.bias"].ToArray<float>(), model.StateDict()["model.bias"].ToArray<float>());

        var cost = new MSELoss();
        var optimizer = new SGD(model.Parameters(), lr: 0.01, momentum: 0.9);
        foreach (var (expected, epoch) in json.GetProperty("losses").EnumerateArray().Select((l, i) => (l.GetDouble(), i)))
        {
            var loss = cost.Forward(model.Forward(xs), ys);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            double ours = loss.Item<double>();
            Assert.True(Math.Abs(ours - expected) <= 1e-5 * expected, $"epoch {epoch}: {ours:R}, PyTorch {expected:R}");
        }
        Assert.True(model.StateDict()["model.weight"].AllClose(recorded["final.weight"]));
    }
}
