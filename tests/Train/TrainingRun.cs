using System.Text.Json;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>A recorded training run of PyTorch: its data, initial weights, losses.</summary>
internal sealed class TrainingRun
{
    /// <summary>Runs of plans before they are launches of graphs: two step by step; and the first step of an optimizer, which has no state yet, is a plan of its own.</summary>
    private const int Early = 3;

    private readonly IReadOnlyDictionary<string, Tensor> tensors;
    private readonly Device device;

    public TrainingRun(string name, Device device)
    {
        this.device = device;
        Json = Corpus.Json("train", $"{name}.json");
        tensors = SafeTensors.Load(Corpus.Path("train", $"{name}.safetensors"), device);
    }

    public JsonElement Json { get; }

    public string Description => Json.GetProperty("description").GetString()!;

    public int Steps => Json.GetProperty("steps").GetInt32();

    public Tensor Data(string name) => tensors[$"data.{name}"];

    /// <summary>The weights before the first step, under PyTorch's keys.</summary>
    public Dictionary<string, Tensor> Initial =>
        tensors.Where(t => t.Key.StartsWith("init.")).ToDictionary(t => t.Key["init.".Length..], t => t.Value);

    /// <summary>The weights before the first step as parameters, for networks written without modules.</summary>
    public Dictionary<string, Parameter> Parameters() => Initial.ToDictionary(w => w.Key, w => new Parameter(w.Value.Clone()));

    /// <summary>Trains and holds every loss against the run's, by the corpus's rule: within 1e-4, or four times PyTorch's own error in
    /// float32. Where the device replays runs as graphs, nearly every step must have been one.</summary>
    public void Check(Optimizer optimizer, Func<int, Tensor> loss, int? steps = null, Action<int>? beforeStep = null)
    {
        double[] single = Numbers("losses"), exact = Numbers("losses_float64");
        var wrong = new List<string>();
        int count = steps ?? Steps;
        long graphs = device.Planned?.GraphLaunches ?? 0;
        for (int step = 0; step < count; step++)
        {
            var value = loss(step);
            optimizer.ZeroGrad();
            value.Backward();
            beforeStep?.Invoke(step);
            optimizer.Step();
            double ours = value.Item<double>(), allowed = Math.Max(1e-4 * Math.Abs(exact[step]), 4 * Math.Abs(single[step] - exact[step]));
            if (!(Math.Abs(ours - exact[step]) <= allowed))
                wrong.Add($"step {step}: {ours:R}, PyTorch {exact[step]:R}, allowed ±{allowed:G3}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(10)));
        if (device is not { Eager: false, Planned: { Backend.CanCapture: true } planned }) return;
        graphs = planned.GraphLaunches - graphs;
        Assert.True(graphs >= count - Early, $"{graphs} launches of graphs in {count} steps");
    }

    public double[] Numbers(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];

    /// <summary>The optimizer that a description ends with: <c>Adam {"lr": 0.01, …}</c>.</summary>
    public Optimizer MakeOptimizer(IEnumerable<Tensor> parameters)
    {
        string text = Description[Description.IndexOf('{')..], kind = Description[..Description.IndexOf('{')].TrimEnd().Split(' ')[^1];
        using var settings = JsonDocument.Parse(text);
        var group = new ParameterGroup(parameters);
        foreach (var setting in settings.RootElement.EnumerateObject())
            switch (setting.Name)
            {
                case "capturable" or "differentiable" or "decoupled_weight_decay" or "foreach" or "fused": break;
                case "betas": group.Betas = (setting.Value[0].GetDouble(), setting.Value[1].GetDouble()); break;
                default: group[setting.Name] = Corpus.Number(setting.Value); break;
            }
        return kind switch
        {
            "SGD" => new SGD([group]),
            "Adam" => new Adam([group]),
            "AdamW" => new AdamW([group]),
            _ => throw new FormatException($"This run's optimizer is unknown: {Description}"),
        };
    }
}
