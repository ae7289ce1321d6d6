using GpuTensor.Data;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Conformance;

/// <summary>The recorded runs whose operators exist, by name: what the tests of every device run.</summary>
public static class TrainingRuns
{

    /// <summary>Of the real Fashion-MNIST, whose files are not in the corpus.</summary>
    public const string FashionMlp = "fashion-mlp";

    private static readonly Dictionary<string, Action<TrainingRun, Device>> Runs = new()
    {
        ["clip-norm"] = Clipping,
        ["gpt-tied"] = Gpt,
        ["attention-encoder"] = AttentionEncoder,
        ["rnn-lstm"] = (run, _) => Recurrent(run, Lstm),
        ["rnn-gru"] = (run, _) => Recurrent(run, Gru),
    };

    /// <summary>Runs of the optimizers there are.</summary>
    public static IReadOnlyList<string> Optimizers { get; } =
    [
        "optimizer-sgd", "optimizer-sgd-momentum", "optimizer-sgd-dampening", "optimizer-sgd-nesterov-decay",
        "optimizer-sgd-maximize-decay", "optimizer-adam",
        "optimizer-adam-amsgrad-decay", "optimizer-adamw",
    ];

    /// <summary>Runs with another learning rate at each step.</summary>
    public static IReadOnlyList<string> Schedules { get; } = ["schedule-cosine", "schedule-exponential", "schedule-linear",
        "schedule-multistep", "schedule-onecycle", "schedule-step"];

    /// <summary>Networks that are more than three layers.</summary>
    public static IReadOnlyCollection<string> Others => Runs.Keys;

    /// <summary>All runs.</summary>
    public static IReadOnlyList<string> Names => [.. Optimizers, .. Schedules, .. Others, FashionMlp];

    /// <summary>Whether the images are here that <see cref="FashionMlp"/> trains on.</summary>
    public static bool HasFashionMnist => FashionMnistFolder is not null;

    /// <summary>The folder of the images: the one that <c>GPUTENSOR_DATA</c> names, or that of the Debian package dataset-fashion-mnist;
    /// null where neither has them.</summary>
    public static string? FashionMnistFolder =>
        ((string?[])[Environment.GetEnvironmentVariable("GPUTENSOR_DATA"), "/usr/share/datasets/fashion-mnist"])
        .FirstOrDefault(folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, Images))
            && File.Exists(Path.Combine(folder, Labels)));

    private const string Images = "train-images-idx3-ubyte.gz";

    private const string Labels = "train-labels-idx1-ubyte.gz";

    /// <summary>Those among them whose many kernels take PoCL half a minute to compile: on OpenCL with <c>GPUTENSOR_TRAIN=all</c>
    /// only.</summary>
    public static bool IsSlowToCompile(string name) => name is "attention-encoder" or "rnn-lstm" or "rnn-gru";

    /// <summary>Whether all runs are wanted.</summary>
    public static bool All => Environment.GetEnvironmentVariable("GPUTENSOR_TRAIN") == "all";

    /// <summary>Trains as PyTorch did, and fails where a loss is another.</summary>
    /// <param name="corpus">The corpus's folder.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="steps">Steps at most; null: all that were recorded, of <see cref="FashionMlp"/> 50.</param>
    /// <exception cref="TrainingDiffersException">A loss, or the share of steps that were replayed, is not as it must be.</exception>
    /// <exception cref="IOException">The recording, or Fashion-MNIST, is not there.</exception>
    public static void Run(string corpus, string name, Device device, int? steps = null) => Run(corpus, name, device, steps, observe: null);

    /// <param name="observe">Gets every loss, then the trained weights.</param>
    /// <inheritdoc cref="Run(string, string, Device, int?)"/>
    internal static void Run(string corpus, string name, Device device, int? steps, Action<HostArray>? observe)
    {
        var run = new TrainingRun(corpus, name, device, name == FashionMlp ? steps ?? 50 : steps, observe);
        if (name == FashionMlp) Fashion(run, device);
        else if (Runs.TryGetValue(name, out var other)) other(run, device);
        else if (name.StartsWith("schedule-", StringComparison.Ordinal)) Scheduled(run, device);
        else
        {
            var model = SmallNet(run, device);
            run.Check(run.MakeOptimizer(model.Parameters()), _ => F.CrossEntropy(model.Forward(run.Data("x")), run.Data("y")));
        }
    }

    /// <summary>The first losses on the real Fashion-MNIST.</summary>
    private static void Fashion(TrainingRun run, Device device)
    {
        string folder = FashionMnistFolder
            ?? throw new FileNotFoundException("Fashion-MNIST is not here: install the package dataset-fashion-mnist.");
        using var loader = new DataLoader(ImageDataset.Open(Path.Combine(folder, Images), Path.Combine(folder, Labels), 10), 128,
            device: device);
        using var batches = loader.GetEnumerator();
        var model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10))
            .To(device);
        model.LoadStateDict(run.Initial);
        run.Check(new Adam(model.Parameters(), lr: 1e-3), _ =>
        {
            batches.MoveNext();
            return F.CrossEntropy(model.Forward(batches.Current.Inputs), batches.Current.Targets);
        });
    }

    private static Sequential SmallNet(TrainingRun run, Device device)
    {
        var model = new Sequential(new Linear(8, 16), new Tanh(), new Linear(16, 16), new ReLU(), new Linear(16, 4)).To(device);
        model.LoadStateDict(run.Initial);
        return model;
    }

    private static void Scheduled(TrainingRun run, Device device)
    {
        var model = SmallNet(run, device);
        var optimizer = new SGD(model.Parameters(), lr: 0.05, momentum: 0.9);
        double[] rates = run.Numbers("learning_rates");
        bool cycles = run.Description.Contains("OneCycleLR", StringComparison.Ordinal);
        run.Check(optimizer, _ => F.CrossEntropy(model.Forward(run.Data("x")), run.Data("y")), beforeStep: Set);

        void Set(int step)
        {
            optimizer.Lr = rates[step];
            if (cycles) optimizer.ParameterGroups[0]["momentum"] = OneCycleMomentum(step, run.RecordedSteps);
        }
    }

    /// <summary>PyTorch's OneCycleLR by default moves the momentum against the rate: by a cosine from 0.95 to 0.85 over 0.3 of the steps,
    /// and back.</summary>
    private static double OneCycleMomentum(int step, int steps)
    {
        double top = 0.3 * steps - 1, end = steps - 1;
        var (part, from, to) = step <= top ? (step / top, 0.95, 0.85) : ((step - top) / (end - top), 0.85, 0.95);
        return to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));
    }

    private static void Clipping(TrainingRun run, Device device)
    {
        var model = SmallNet(run, device);
        double[] norms = run.Numbers("gradient_norms");
        run.Check(new SGD(model.Parameters(), lr: 0.5), _ => F.CrossEntropy(model.Forward(run.Data("x")), run.Data("y")), beforeStep: Clip);

        void Clip(int step)
        {
            double norm = Optimizer.ClipGradNorm_(model.Parameters(), 0.1).Item<double>();
            if (!(Math.Abs(norm - norms[step]) <= 1e-4 * norms[step]))
                throw new TrainingDiffersException($"step {step}: a gradient norm of {norm:R}, PyTorch {norms[step]:R}");
        }
    }

    private static void Gpt(TrainingRun run, Device device)
    {
        var model = new Gpt().To(device);
        model.LoadStateDict(run.Initial);
        var optimizer = new AdamW(model.Parameters(), lr: 3e-3, weightDecay: 0.1);
        // A view of another place at each step would be another plan at each step.
        var all = run.Data("tokens").ToHost();
        int batch = all.Data.Length / all.Shape[0];
        run.Check(optimizer, step =>
        {
            var tokens = Tensor.FromHost(new(all.DType, [all.Shape[1], all.Shape[2]], all.Data[(step * batch)..((step + 1) * batch)]),
                device);
            return F.CrossEntropy(model.Forward(tokens.Narrow(1, 0, 32)).Flatten(0, 1), tokens.Narrow(1, 1, 32).Flatten());
        });
    }

    /// <summary>Multi-head attention, a residual connection and a layer norm, by operators.</summary>
    private static void AttentionEncoder(TrainingRun run, Device device)
    {
        const int Width = 24, Heads = 3;
        var w = run.Parameters();
        Tensor x = run.Data("x"), y = run.Data("y");
        run.Check(new SGD(w.Values, lr: 0.1, momentum: 0.9), _ =>
        {
            var parts = F.Linear(x, w["attn.in_proj_weight"], w["attn.in_proj_bias"]).Split(Width, dim: 2);
            Tensor Split(Tensor t) => t.View(t.Shape[0], t.Shape[1], Heads, Width / Heads).Transpose(1, 2);
            var attended = F.ScaledDotProductAttention(Split(parts[0]), Split(parts[1]), Split(parts[2])).Transpose(1, 2).Reshape(x.Shape);
            var sum = x + F.Linear(attended, w["attn.out_proj.weight"], w["attn.out_proj.bias"]);
            var normed = F.LayerNorm(sum, [Width], w["norm.weight"], w["norm.bias"]);
            return F.CrossEntropy(F.Linear(normed.Mean(1), w["out.weight"], w["out.bias"]), y);
        });
    }

    /// <summary>Two layers over a sequence; the last step's output is classified.</summary>
    private static void Recurrent(TrainingRun run, Func<Tensor, Tensor, Tensor, (Tensor Hidden, Tensor State)> cell)
    {
        var w = run.Parameters();
        Tensor x = run.Data("x"), y = run.Data("y");
        run.Check(new Adam(w.Values, lr: 1e-2), _ =>
        {
            Tensor[] sequence = [.. Enumerable.Range(0, x.Shape[1]).Select(t => x.Select(1, t))];
            for (int layer = 0; layer < 2; layer++)
            {
                Tensor Weight(string name) => w[$"rnn.{name}_l{layer}"];
                Tensor hidden = Tensor.Zeros([x.Shape[0], 12], device: x.Device), state = hidden;
                for (int t = 0; t < sequence.Length; t++)
                {
                    var fromInput = F.Linear(sequence[t], Weight("weight_ih"), Weight("bias_ih"));
                    var fromHidden = F.Linear(hidden, Weight("weight_hh"), Weight("bias_hh"));
                    (hidden, state) = cell(fromInput, fromHidden, state);
                    sequence[t] = hidden;
                }
            }
            return F.CrossEntropy(F.Linear(sequence[^1], w["out.weight"], w["out.bias"]), y);
        });
    }

    private static (Tensor, Tensor) Lstm(Tensor fromInput, Tensor fromHidden, Tensor state)
    {
        var gates = (fromInput + fromHidden).Chunk(4, dim: 1);
        state = gates[1].Sigmoid() * state + gates[0].Sigmoid() * gates[2].Tanh();
        return (gates[3].Sigmoid() * state.Tanh(), state);
    }

    // The state is the hidden value itself.
    private static (Tensor, Tensor) Gru(Tensor fromInput, Tensor fromHidden, Tensor state)
    {
        Tensor[] i = [.. fromInput.Chunk(3, dim: 1)], h = [.. fromHidden.Chunk(3, dim: 1)];
        var reset = (i[0] + h[0]).Sigmoid();
        var update = (i[1] + h[1]).Sigmoid();
        var fresh = (i[2] + reset * h[2]).Tanh();
        var hidden = (1 - update) * fresh + update * state;
        return (hidden, hidden);
    }
}
