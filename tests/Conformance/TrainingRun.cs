using System.Text.Json;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Conformance;

/// <summary>A recorded training run of PyTorch: its data, initial weights, losses.</summary>
internal sealed class TrainingRun
{
    /// <summary>Runs of plans before they are launches of graphs: two step by step; and the first step of an optimizer, which has no state
    /// yet, is a plan of its own.</summary>
    private const int Early = 3;

    private readonly IReadOnlyDictionary<string, Tensor> tensors;
    private readonly Device device;
    private readonly Action<HostArray>? observe;

    /// <param name="corpus">The corpus's folder.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="steps">Steps at most; null: all that were recorded.</param>
    /// <param name="observe">Gets every loss, then the trained weights.</param>
    public TrainingRun(string corpus, string name, Device device, int? steps, Action<HostArray>? observe = null)
    {
        (this.device, this.observe) = (device, observe);
        string path = Path.Combine(corpus, "train", name);
        using var document = JsonDocument.Parse(File.ReadAllBytes($"{path}.json"));
        Json = document.RootElement.Clone();
        tensors = SafeTensors.Load($"{path}.safetensors", device);
        Steps = steps ?? RecordedSteps;
    }

    public JsonElement Json { get; }

    public string Description => Json.GetProperty("description").GetString()!;

    /// <summary>Steps that PyTorch took.</summary>
    public int RecordedSteps => Json.GetProperty("steps").GetInt32();

    /// <summary>Steps to take.</summary>
    public int Steps { get; }

    public Tensor Data(string name) => tensors[$"data.{name}"];

    /// <summary>The weights before the first step, under PyTorch's keys.</summary>
    public Dictionary<string, Tensor> Initial =>
        tensors.Where(t => t.Key.StartsWith("init.")).ToDictionary(t => t.Key["init.".Length..], t => t.Value);

    /// <summary>The weights before the first step as parameters, for networks written without modules.</summary>
    public Dictionary<string, Parameter> Parameters() => Initial.ToDictionary(w => w.Key, w => new Parameter(w.Value.Clone()));

    /// <summary>Trains and holds every loss against the run's, by the corpus's rule: within 1e-4, or four times PyTorch's own error in
    /// float32. Where the device replays runs as graphs, nearly every step must have been one.</summary>
    /// <exception cref="TrainingDiffersException">Something was not as recorded.</exception>
    public void Check(Optimizer optimizer, Func<int, Tensor> loss, Action<int>? beforeStep = null)
    {
        double[] single = Numbers("losses"), exact = Numbers("losses_float64");
        var wrong = new List<string>();
        long graphs = device.Planned?.GraphLaunches ?? 0;
        for (int step = 0; step < Steps; step++)
        {
            var value = loss(step);
            optimizer.ZeroGrad();
            value.Backward();
            beforeStep?.Invoke(step);
            optimizer.Step();
            observe?.Invoke(value.Detach().ToHost());
            double ours = value.Item<double>(), allowed = Math.Max(1e-4 * Math.Abs(exact[step]), 4 * Math.Abs(single[step] - exact[step]));
            if (!(Math.Abs(ours - exact[step]) <= allowed))
                wrong.Add($"step {step}: {ours:R}, PyTorch {exact[step]:R}, allowed ±{allowed:G3}");
        }
        if (observe is not null)
            foreach (var p in optimizer.ParameterGroups.SelectMany(g => g.Parameters)) observe(p.Detach().ToHost());
        if (wrong.Count > 0) throw new TrainingDiffersException(string.Join("\n", wrong.Take(10)));
        if (device is not { Eager: false, Planned: { Backend.CanCapture: true } planned }) return;
        graphs = planned.GraphLaunches - graphs;
        if (graphs < Steps - Early) throw new TrainingDiffersException($"{graphs} launches of graphs in {Steps} steps");
    }

    public double[] Numbers(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];

    private static double Setting(JsonElement value) =>
        value.ValueKind switch { JsonValueKind.True => 1, JsonValueKind.False => 0, _ => value.GetDouble() };

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
                default: group[setting.Name] = Setting(setting.Value); break;
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

/// <summary>A training run came out otherwise than PyTorch's.</summary>
/// <param name="message">Where, and by how much.</param>
public sealed class TrainingDiffersException(string message) : Exception(message);
