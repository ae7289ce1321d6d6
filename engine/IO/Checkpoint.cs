using System.Globalization;
using System.Text.Json;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.IO;

/// <summary>A training run in one file: model, optimizer, the thread's random stream, and numbers of the program's own (epoch, best loss).
/// Going on from it ends on the same bits as not
/// having stopped.</summary>
/// <remarks>The file is safetensors: the model under <c>model.*</c>, the optimizer's tensors under <c>optimizer.GROUP.PARAMETER.*</c>, the
/// random stream as bytes, the rest as JSON in the
/// metadata. It is written beside the target and renamed, so a crash leaves the old one. The order of a <see cref="Data.DataLoader"/>
/// follows from its seed and epoch: save the epoch among
/// the numbers.</remarks>
public static class Checkpoint
{
    private const string Format = "gputensor.checkpoint.1", RandomName = "random";

    /// <summary>Writes the file; flushes and waits.</summary>
    /// <param name="path">The file, replaced as a whole or not at all.</param>
    /// <param name="model">Its <see cref="Module.StateDict"/>.</param>
    /// <param name="optimizer">Its settings and state, if there is one.</param>
    /// <param name="numbers">Whatever else the program needs to go on.</param>
    public static void Save(string path, Module model, Optimizer? optimizer = null, IReadOnlyDictionary<string, double>? numbers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tensors = model.StateDict().Select(e => KeyValuePair.Create($"model.{e.Key}", e.Value)).ToList();
        numbers ??= new Dictionary<string, double>();
        var metadata = new Dictionary<string, string> { ["format"] = Format, ["numbers"] = Json(json => WriteNumbers(json, numbers)) };
        byte[] random = Generator.Current.GetState();
        tensors.Add(new(RandomName, Tensor.FromHost(new(DType.UInt8, [random.Length], random), Device.Cpu)));
        if (optimizer?.StateDict() is { } state)
        {
            metadata["optimizer"] = Json(json => WriteOptimizer(json, state));
            foreach (var (g, i, parameter) in Parameters(state))
                foreach (var (name, tensor) in parameter.Tensors) tensors.Add(new($"optimizer.{g}.{i}.{name}", tensor));
        }
        SafeTensors.Save(path, tensors, metadata);
    }

    /// <summary>Brings model, optimizer and the thread's random stream to where they were when the file was written. Where anything does
    /// not fit, nothing is changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model of the same shape, on any device.</param>
    /// <param name="optimizer">An optimizer of the same kind and groups; null leaves the file's aside.</param>
    /// <returns>The numbers that were saved.</returns>
    /// <exception cref="TensorFileException">The file is damaged, is no checkpoint, or has no optimizer and one is to be
    /// loaded.</exception>
    /// <exception cref="StateDictException">Model or optimizer do not fit.</exception>
    public static IReadOnlyDictionary<string, double> Load(string path, Module model, Optimizer? optimizer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tensors = SafeTensors.Load(path, out var metadata, Device.Cpu);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new TensorFileException(
                $"{path}: this is no checkpoint: its metadata has no format '{Format}'. Module.Load reads files of weights.");
        IReadOnlyDictionary<string, double> numbers;
        OptimizerState? state = null;
        byte[] before = Generator.Current.GetState();
        try
        {
            numbers = Parse(metadata["numbers"], ReadNumbers);
            if (optimizer is not null && !metadata.ContainsKey("optimizer"))
                throw new TensorFileException($"{path}: it was saved without an optimizer.");
            if (optimizer is not null) state = Parse(metadata["optimizer"], json => ReadOptimizer(json, tensors));
            Generator.Current.SetState(tensors[RandomName].ToArray<byte>());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException
            or ArgumentException or TensorDTypeException)
        {
            throw new TensorFileException($"{path}: the checkpoint is damaged: {e.Message}", e);
        }
        try
        {
            if (state is not null) optimizer!.Check(state);
            model.LoadStateDict(Under("model.", tensors));
        }
        catch
        {
            Generator.Current.SetState(before);
            throw;
        }
        if (state is not null) optimizer!.LoadStateDict(state);
        return numbers;
    }

    private static IEnumerable<(int Group, int Index, ParameterState State)> Parameters(OptimizerState state) =>
        state.Groups.SelectMany((group, g) => group.Parameters.Select((parameter, i) => (g, i, parameter)));

    // Numbers are written as text: JSON has no infinities, and a best loss begins with one.
    private static void WriteNumbers(Utf8JsonWriter json, IReadOnlyDictionary<string, double> numbers)
    {
        json.WriteStartObject();
        foreach (var (name, value) in numbers) json.WriteString(name, value.ToString("R", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static Dictionary<string, double> ReadNumbers(JsonElement json) =>
        json.EnumerateObject().ToDictionary(p => p.Name,
            p => double.Parse(p.Value.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static void WriteOptimizer(Utf8JsonWriter json, OptimizerState state)
    {
        json.WriteStartArray();
        foreach (var group in state.Groups)
        {
            json.WriteStartObject();
            json.WritePropertyName("settings");
            WriteNumbers(json, group.Settings);
            json.WriteStartArray("steps");
            foreach (var parameter in group.Parameters) json.WriteNumberValue(parameter.Step);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static OptimizerState ReadOptimizer(JsonElement json, IReadOnlyDictionary<string, Tensor> tensors) =>
        new([.. json.EnumerateArray().Select((group, g) => new GroupState(ReadNumbers(group.GetProperty("settings")),
            [.. group.GetProperty("steps").EnumerateArray().Select((step, i) =>
                new ParameterState(step.GetInt64(), Under($"optimizer.{g}.{i}.", tensors)))]))]);

    private static Dictionary<string, Tensor> Under(string prefix, IReadOnlyDictionary<string, Tensor> tensors) =>
        tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) write(json);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static T Parse<T>(string text, Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(text);
        return read(document.RootElement);
    }
}
