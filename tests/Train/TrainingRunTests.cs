using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>Whole training runs against PyTorch's.</summary>
public class TrainingRunTests
{
    public static TheoryData<string, string> Optimizers => TestDevices.Cross(
        "optimizer-sgd", "optimizer-sgd-momentum", "optimizer-sgd-dampening", "optimizer-sgd-nesterov-decay",
        "optimizer-sgd-maximize-decay", "optimizer-adam", "optimizer-adam-amsgrad-decay", "optimizer-adamw");

    public static TheoryData<string> Devices => TestDevices.All;

    private static Sequential SmallNet(TrainingRun run, Device device)
    {
        var model = new Sequential(new Linear(8, 16), new Tanh(), new Linear(16, 16), new ReLU(), new Linear(16, 4)).To(device);
        model.LoadStateDict(run.Initial);
        return model;
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Every_optimizer_trains_as_pytorchs(string name, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var run = new TrainingRun(name, device);
        var model = SmallNet(run, device);
        run.Check(run.MakeOptimizer(model.Parameters()), _ => F.CrossEntropy(model.Forward(run.Data("x")), run.Data("y")));
    }

    [Theory, MemberData(nameof(Devices))]
    public void Clipping_gives_pytorchs_norms_and_losses(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var run = new TrainingRun("clip-norm", device);
        var model = SmallNet(run, device);
        var norms = run.Numbers("gradient_norms");
        run.Check(new SGD(model.Parameters(), lr: 0.5), _ => F.CrossEntropy(model.Forward(run.Data("x")), run.Data("y")), beforeStep: Clip);

        void Clip(int step)
        {
            double norm = Optimizer.ClipGradNorm_(model.Parameters(), 0.1).Item<double>();
            Assert.Equal(norms[step], norm, 1e-4 * norms[step]);
        }
    }

    private sealed class Block(int width, int heads) : Module
    {
        private readonly LayerNorm ln1 = new(width), ln2 = new(width);
        private readonly Linear qkv = new(width, 3 * width), proj = new(width, width);
        private readonly Linear up = new(width, 4 * width), down = new(4 * width, width);

        public override Tensor Forward(Tensor x)
        {
            var (batch, time) = (x.Shape[0], x.Shape[1]);
            var parts = qkv.Forward(ln1.Forward(x)).Split(width, dim: 2);
            Tensor Heads(Tensor t) => t.View(batch, time, heads, width / heads).Transpose(1, 2);
            var y = F.ScaledDotProductAttention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), isCausal: true);
            x = x + proj.Forward(y.Transpose(1, 2).Reshape(batch, time, width));
            return x + down.Forward(F.Gelu(up.Forward(ln2.Forward(x)), approximate: "tanh"));
        }
    }

    private sealed class Gpt : Module
    {
        private readonly Embedding tok = new(96, 32), pos = new(32, 32);
        private readonly Block[] blocks = [new(32, 4), new(32, 4)];
        private readonly LayerNorm ln = new(32);
        private readonly Linear head;

        public Gpt() => head = new(32, 96, bias: false) { Weight = tok.Weight };

        public override Tensor Forward(Tensor tokens)
        {
            var x = tok.Forward(tokens) + pos.Forward(Tensor.Arange(tokens.Shape[1], device: tokens.Device));
            foreach (var block in blocks) x = block.Forward(x);
            return head.Forward(ln.Forward(x));
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_gpt_with_tied_weights_trains_as_pytorchs(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var run = new TrainingRun("gpt-tied", device);
        var model = new Gpt().To(device);
        model.LoadStateDict(run.Initial);
        var optimizer = new AdamW(model.Parameters(), lr: 3e-3, weightDecay: 0.1);
        run.Check(optimizer, step =>
        {
            var tokens = run.Data("tokens").Select(0, step);
            return F.CrossEntropy(model.Forward(tokens.Narrow(1, 0, 32)).Flatten(0, 1), tokens.Narrow(1, 1, 32).Flatten());
        });
    }
}
