using GpuTensor.Cli.Doctor;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli.Qualification;

/// <summary>Training replayed, on CUDA as captured graphs, against every operator by itself, with new inputs and a new rate at each step:
/// losses and parameters must be equal to the bit.</summary>
internal static class ReplayPrograms
{
    private static readonly (string Name, Func<int, List<byte[]>> Train)[] Programs =
        [("perceptron with Adam", Perceptron), ("attention with SGD", Attention)];

    public static void Run(StageRun run)
    {
        if (run.Open() is not { } device) return;
        int steps = run.IsSimulated ? 10 : 200;
        run.Examination.Check(device.Name, device.Planned?.Backend.CanCapture == true ? "graph" : "replay",
            () => Calculations.Replay(device));
        foreach (var (name, train) in Programs)
            if (run.IsOver) run.Cut($"{device.Name} {name}", "not run: the time was over");
            else run.Examination.Check(device.Name, name, () => Compare(device, steps, train));
    }

    private static string Compare(Device device, int steps, Func<int, List<byte[]>> train)
    {
        if (device.Planned is not { } planned) throw new NotApplicableException("this device replays nothing");
        long before = planned.GraphLaunches;
        var replayed = train(steps);
        long graphs = planned.GraphLaunches - before;
        bool eager = device.Eager;
        List<byte[]> expected;
        try
        {
            device.Eager = true;
            expected = train(steps);
        }
        finally
        {
            device.Eager = eager;
        }
        for (int i = 0; i < expected.Count; i++)
            if (!expected[i].AsSpan().SequenceEqual(replayed[i]))
                throw Calculations.Wrong(i < steps ? $"the loss of step {i + 1} differs from the one run operator by operator"
                    : $"parameter {i - steps} differs after {steps} steps");
        if (planned.Backend.CanCapture && graphs == 0) throw Calculations.Wrong("no step was captured as a graph");
        return $"{steps} steps equal those run operator by operator, to the "
            + $"bit{(planned.Backend.CanCapture ? $"; {graphs} launches of graphs" : "")}";
    }

    private static List<byte[]> Perceptron(int steps)
    {
        Tensor.ManualSeed(7);
        var model = new Sequential(new Linear(24, 32), new GELU(), new Linear(32, 10));
        return Train(steps, model.Parameters(), new Adam(model.Parameters()), random =>
        {
            var x = Tensor.From(Numbers(random, 20 * 24)).Reshape(20, 24);
            var labels = Tensor.From(Enumerable.Range(0, 20).Select(_ => (long)random.Next(10)).ToArray());
            return F.CrossEntropy(model.Forward(x), labels);
        });
    }

    private static List<byte[]> Attention(int steps)
    {
        const int sentences = 3, words = 8, heads = 2, width = 16, vocabulary = 29;
        Tensor.ManualSeed(8);
        var embedding = new Embedding(vocabulary, width);
        var norm = new LayerNorm(width);
        Linear query = new(width, width), key = new(width, width), value = new(width, width), last = new(width, vocabulary);
        Tensor[] parameters = [.. new Module[] { embedding, norm, query, key, value, last }.SelectMany(m => m.Parameters())];
        return Train(steps, parameters, new SGD(parameters, momentum: 0.9), random =>
        {
            var tokens = Tensor.From(Enumerable.Range(0, sentences * words).Select(_ => (long)random.Next(vocabulary)).ToArray())
                .Reshape(sentences, words);
            var x = embedding.Forward(tokens);
            var h = norm.Forward(x);
            Tensor Heads(Linear layer) => layer.Forward(h).Reshape(sentences, words, heads, width / heads).Transpose(1, 2);
            var mixed = F.ScaledDotProductAttention(Heads(query), Heads(key), Heads(value), isCausal: true).Transpose(1, 2)
                .Reshape(sentences, words, width);
            return F.CrossEntropy(last.Forward(mixed + x).Reshape(sentences * words, vocabulary), tokens.Reshape(sentences * words));
        });
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static List<byte[]> Train(int steps, IEnumerable<Tensor> parameters, Optimizer optimizer, Func<Random, Tensor> loss)
    {
        var random = new Random(5);
        var results = new List<byte[]>();
        for (int step = 0; step < steps; step++)
        {
            optimizer.Lr = 0.01 / (1 + step % 7);
            optimizer.ZeroGrad();
            var now = loss(random);
            now.Backward();
            optimizer.Step();
            results.Add(now.Detach().ToHost().Data);
        }
        results.AddRange(parameters.Select(p => p.Detach().ToHost().Data));
        return results;
    }
}
