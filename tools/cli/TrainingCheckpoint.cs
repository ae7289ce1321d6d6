using System.Text.Json;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli;

/// <summary>A run on disk, in one safetensors file: weights, the optimizer's state, and as metadata the settings and how far the run has come. Written whole or not at all.</summary>
internal static class TrainingCheckpoint
{
    private const string Format = "gputensor-training-1";

    /// <summary>Optimizer settings and step numbers: the numbers beside the optimizer's tensors.</summary>
    private sealed record OptimizerNumbers(Dictionary<string, double> Settings, long[] Steps);

    public static void Save(string path, TrainingSettings settings, TrainingProgress progress, Module model, Optimizer optimizer)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>();
        foreach (var (name, tensor) in model.StateDict()) tensors.Add(new("model." + name, tensor));
        var state = optimizer.StateDict();
        var numbers = new List<OptimizerNumbers>();
        for (int g = 0; g < state.Groups.Count; g++)
        {
            var group = state.Groups[g];
            numbers.Add(new(new(group.Settings), [.. group.Parameters.Select(p => p.Step)]));
            for (int p = 0; p < group.Parameters.Count; p++)
                foreach (var (name, tensor) in group.Parameters[p].Tensors) tensors.Add(new($"optimizer.{g}.{p}.{name}", tensor));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        SafeTensors.Save(path, tensors, new Dictionary<string, string>
        {
            ["format"] = Format,
            ["settings"] = JsonSerializer.Serialize(settings),
            ["progress"] = JsonSerializer.Serialize(progress),
            ["optimizer"] = JsonSerializer.Serialize(numbers),
        });
    }

    /// <summary>The settings of the run that wrote the file and how far it came; nothing else is read.</summary>
    public static (TrainingSettings Settings, TrainingProgress Progress) Peek(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"--resume: there is no file '{path}'.");
        var metadata = SafeTensors.LoadMetadata(path);
        return (Read<TrainingSettings>(path, metadata, "settings"), Read<TrainingProgress>(path, metadata, "progress"));
    }

    /// <summary>Puts weights and optimizer state back.</summary>
    public static void Restore(string path, Module model, Optimizer optimizer)
    {
        var tensors = SafeTensors.Load(path, out var metadata, Device.Cpu);
        model.LoadStateDict(tensors.Where(t => t.Key.StartsWith("model.", StringComparison.Ordinal)).ToDictionary(t => t.Key["model.".Length..], t => t.Value));
        var numbers = Read<List<OptimizerNumbers>>(path, metadata, "optimizer");
        optimizer.LoadStateDict(new([.. numbers.Select((group, g) => new GroupState(group.Settings,
            [.. group.Steps.Select((step, p) => new ParameterState(step, Tensors($"optimizer.{g}.{p}.")))]))]));

        Dictionary<string, Tensor> Tensors(string prefix) =>
            tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
    }

    private static T Read<T>(string path, IReadOnlyDictionary<string, string> metadata, string key)
    {
        if (metadata.GetValueOrDefault("format") != Format || !metadata.TryGetValue(key, out var json))
            throw new UsageException($"'{path}' is no checkpoint of 'gputensor train'.");
        return JsonSerializer.Deserialize<T>(json) ?? throw new UsageException($"'{path}': its '{key}' is empty.");
    }
}
