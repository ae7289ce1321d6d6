using System.CommandLine;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli;

/// <summary><c>gputensor explain</c>: the kernels that a small program takes, what is fused into each, why it is cut there, and the bytes
/// it moves. A program of one's own asks <see cref="Tensor.Explain"/>.</summary>
internal static class ExplainCommand
{
    /// <summary>What can be explained.</summary>
    /// <param name="Name">As the command line takes it.</param>
    /// <param name="Title">What it is.</param>
    /// <param name="Explain">Device and "with source" to the texts, one for each run.</param>
    private sealed record Example(string Name, string Title, Func<Device, bool, IEnumerable<string>> Explain);

    private static readonly Example[] Examples =
    [
        new("mlp", "a training step of the Fashion-MNIST network: forward, loss, backward and Adam", TrainingStep),
        new("gelu", "(x·1.5 + b).Gelu()·0.5 + x, then its backward", Gelu),
        new("softmax", "softmax over the rows of 4096 × 1024", (device, source) => [Rows(device).Softmax(1).Explain(source)]),
        new("layernorm", "layer norm over the rows of 4096 × 1024", (device, source) => [LayerNorm(device).Explain(source)]),
        new("attention", "causal attention, 4 × 8 heads over 128 positions of 64", (device, source) => [Attention(device).Explain(source)]),
        new("block", "a transformer block, 4 × 128 positions of 256: its forward pass, run before its backward, then the backward", Block),
    ];

    public static Command Make()
    {
        var name = new Argument<string>("example") { Description = string.Join("; ", Examples.Select(e => $"{e.Name}: {e.Title}")),
            DefaultValueFactory = _ => "mlp" };
        name.AcceptOnlyFromAmong([.. Examples.Select(e => e.Name)]);
        var source = new Option<bool>("--source") { Description = "Print each kernel's source too" };
        var device = CommonOptions.Device();
        var command = new Command("explain", "Show the kernels of a built-in example: what was fused, why it was cut, bytes moved") { name,
            source, device };
        command.SetAction(parsed =>
        {
            var example = Examples.Single(e => e.Name == parsed.GetValue(name));
            Run(example, CommonOptions.Open(parsed.GetValue(device)), parsed.GetValue(source));
        });
        return command;
    }

    private static void Run(Example example, Device device, bool source)
    {
        if (device.Planned is null)
            throw new UsageException(
                $"{device.Name} runs every operator by itself in plain loops: there are no kernels to explain. Name another device with "
                + "--device; 'gputensor devices' lists them.");
        Device.Default = device;
        Console.WriteLine($"{example.Name}: {example.Title}");
        foreach (string text in example.Explain(device, source)) Console.WriteLine($"\n{text.TrimEnd()}");
    }

    private static IEnumerable<string> TrainingStep(Device device, bool source)
    {
        var model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        Tensor images = Tensor.Rand(128, 28, 28).Realize(), labels = Tensor.RandInt(10, [128]).Realize();
        // The first steps make the optimizer's state; from the third on a step is as all that follow.
        for (int i = 0; i < 3; i++) Train(model, optimizer, images, labels);
        yield return device.Planned!.LastPlan!.Explanation(source);
    }

    private static void Train(Sequential model, Adam optimizer, Tensor images, Tensor labels)
    {
        optimizer.ZeroGrad();
        F.CrossEntropy(model.Forward(images), labels).Backward();
        optimizer.Step();
    }

    private static IEnumerable<string> Gelu(Device device, bool source)
    {
        var x = Tensor.RandN([1 << 20], device: device, requiresGrad: true).Realize();
        var b = Tensor.RandN([1 << 20], device: device).Realize();
        var y = (x * 1.5 + b).Gelu() * 0.5 + x;
        yield return y.Explain(source);
        y.Realize();
        y.Backward(b);
        yield return x.Grad!.Explain(source);
    }

    private static IEnumerable<string> Block(Device device, bool source)
    {
        const int Width = 256, Heads = 8;
        LayerNorm ln1 = new(Width), ln2 = new(Width);
        Linear qkv = new(Width, 3 * Width), proj = new(Width, Width), up = new(Width, 4 * Width), down = new(4 * Width, Width);
        var parameters = new Sequential(ln1, ln2, qkv, proj, up, down).Parameters().ToArray();
        foreach (var parameter in parameters) parameter.Realize();
        var x = Tensor.RandN(4, 128, Width).Realize();
        long before = device.Planned!.Pool.LiveBytes;
        var loss = Forward().Square().Mean();
        yield return loss.Explain(source);
        loss.Realize();
        int arrays = device.Planned.LastPlan!.Kept.Length;
        yield return FormattableString.Invariant(
            $"in memory for the backward pass: {device.Planned.Pool.LiveBytes - before:N0} bytes in {arrays} arrays");
        loss.Backward();
        yield return parameters[0].Grad!.Explain(source);

        Tensor Forward()
        {
            var parts = qkv.Forward(ln1.Forward(x)).Split(Width, dim: 2);
            Tensor Split(Tensor t) => t.View(4, 128, Heads, Width / Heads).Transpose(1, 2);
            var y = F.ScaledDotProductAttention(Split(parts[0]), Split(parts[1]), Split(parts[2]), isCausal: true);
            var h = x + F.Dropout(proj.Forward(y.Transpose(1, 2).Reshape(4, 128, Width)), 0.1);
            return h + F.Dropout(down.Forward(F.Gelu(up.Forward(ln2.Forward(h)))), 0.1);
        }
    }

    private static Tensor Rows(Device device) => Tensor.RandN([4096, 1024], device: device).Realize();

    private static Tensor LayerNorm(Device device)
    {
        using var _ = Tensor.NoGrad();
        var rows = Rows(device);
        var layer = new LayerNorm(1024);
        foreach (var parameter in layer.Parameters()) parameter.Realize();
        return layer.Forward(rows);
    }

    private static Tensor Attention(Device device)
    {
        Tensor Part() => Tensor.RandN([4, 8, 128, 64], device: device).Realize();
        return F.ScaledDotProductAttention(Part(), Part(), Part(), isCausal: true);
    }
}
