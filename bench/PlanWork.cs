using GpuTensor.Kernels;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Runtime;

namespace GpuTensor.Bench;

/// <summary>What the host does to plan a training step of a language model whose batch has another number of rows than those before: four
/// blocks of attention and a layer of four times the width, AdamW, on a device whose enqueues do nothing.</summary>
internal sealed class PlanWork : IDisposable
{
    private const int Layers = 4, Width = 32, Heads = 4, Words = 96, Time = 32, Fewest = 40, Sizes = 48;

    private readonly PlannedExecutor executor = new(new CountingBackend(), Dialect.OpenCl);
    private readonly Device before = Device.Default;
    private readonly Model model;
    private readonly AdamW optimizer;
    private int turn;

    public PlanWork()
    {
        Device.Default = Device.ForTests(executor);
        model = new();
        optimizer = new(model.Parameters(), lr: 1e-3);
        // The first steps make the optimizer's state; the others bring every text that there will be.
        for (int i = 0; i < Sizes + 2; i++) Plan();
    }

    /// <summary>Kernels of a step.</summary>
    public int Kernels => executor.LastKernels;

    /// <summary>A step whose plan is known.</summary>
    public void Step() => Step(Fewest);

    /// <summary>A step of another size than the one before, for which there is no plan.</summary>
    public void Plan()
    {
        executor.ForgetPlans();
        Step(Fewest + turn++ % Sizes);
    }

    public void Dispose()
    {
        Device.Default = before;
        executor.Dispose();
    }

    private void Step(int rows)
    {
        // From the host, as a loader sends them: looked at there.
        var words = Tensor.From(new long[rows, Time]);
        var next = Tensor.From(new long[rows * Time]);
        optimizer.ZeroGrad();
        F.CrossEntropy(model.Forward(words).Reshape(rows * Time, Words), next).Backward();
        optimizer.Step();
    }

    private sealed class Model : Module
    {
        private readonly Embedding words = new(Words, Width), places = new(Time, Width);
        private readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block())];
        private readonly LayerNorm norm = new(Width);
        private readonly Linear head = new(Width, Words, bias: false);

        public override Tensor Forward(Tensor input)
        {
            var x = words.Forward(input) + places.Forward(Tensor.Arange(Time, device: input.Device));
            foreach (var block in blocks) x = block.Forward(x);
            return head.Forward(norm.Forward(x));
        }
    }

    private sealed class Block : Module
    {
        private readonly LayerNorm first = new(Width), second = new(Width);
        private readonly Linear parts = new(Width, 3 * Width), joined = new(Width, Width);
        private readonly Linear up = new(Width, 4 * Width), down = new(4 * Width, Width);

        public override Tensor Forward(Tensor x)
        {
            var (batch, time) = (x.Shape[0], x.Shape[1]);
            var qkv = parts.Forward(first.Forward(x)).Split(Width, dim: 2);
            Tensor Split(Tensor t) => t.View(batch, time, Heads, Width / Heads).Transpose(1, 2);
            var y = F.ScaledDotProductAttention(Split(qkv[0]), Split(qkv[1]), Split(qkv[2]), isCausal: true);
            x = x + joined.Forward(y.Transpose(1, 2).Reshape(batch, time, Width));
            return x + down.Forward(F.Gelu(up.Forward(second.Forward(x)), approximate: "tanh"));
        }
    }
}
