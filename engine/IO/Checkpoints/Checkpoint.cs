using System.Globalization;
using System.Text.Json;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.IO;

/// <summary>A training run in one file: model, optimizer, random streams, and numbers of the program's own (epoch, best loss). Going on
/// from it ends on the same bits as not having stopped.</summary>
/// <remarks>The file is safetensors: the model under <c>model.*</c>, the optimizer's tensors under <c>optimizer.GROUP.PARAMETER.*</c>, the
/// random streams as bytes, the rest as JSON in the metadata, and a checksum over the data of all tensors, which
/// <see cref="Load(string, Module, Optimizer?, IReadOnlyDictionary{string, Generator}?)"/> compares. It is written beside the target and
/// renamed, so a crash leaves the old one. The order of a <see cref="Data.DataLoader"/> follows from its seed and epoch: save both among
/// the integers.</remarks>
public static class Checkpoint
{
    /// <summary>Writes the file; flushes and waits.</summary>
    /// <param name="path">The file, replaced as a whole or not at all.</param>
    /// <param name="model">Its <see cref="Module.StateDict"/>.</param>
    /// <param name="optimizer">Its settings and state, if there is one.</param>
    /// <param name="numbers">Whatever else the program needs to go on. Integers beyond 2⁵³, such as seeds, belong to
    /// <paramref name="integers"/>.</param>
    /// <param name="integers">Integers, kept exactly: seeds, counts.</param>
    /// <param name="generators">Random streams of the program's own, by names of its choice. <see cref="Generator.Default"/> is saved
    /// always.</param>
    /// <exception cref="ArgumentException">A key or name is no text that a file can hold.</exception>
    /// <exception cref="StateDictException">A setting of the optimizer is out of its range (a learning rate that became NaN).</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Module model, Optimizer? optimizer = null, IReadOnlyDictionary<string, double>? numbers = null,
        IReadOnlyDictionary<string, long>? integers = null, IReadOnlyDictionary<string, Generator>? generators = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        var tensors = model.StateDict().Select(e => KeyValuePair.Create($"{CheckpointFile.ModelPrefix}{e.Key}", e.Value)).ToList();
        var metadata = new Dictionary<string, string>
        {
            ["format"] = CheckpointFile.Format,
            ["numbers"] = Json(json => WriteNumbers(json, numbers ?? new Dictionary<string, double>())),
        };
        if (integers is { Count: > 0 }) metadata["integers"] = Json(json => WriteIntegers(json, integers));
        foreach (var (name, generator) in CheckpointFile.RandomStreams(generators))
        {
            byte[] random = generator.GetState();
            tensors.Add(new(name, Tensor.FromHost(new(DType.UInt8, [random.Length], random), Device.Cpu)));
        }
        if (optimizer?.StateDict() is { } state)
        {
            // Nothing is written that Load would refuse.
            optimizer.Check(state);
            metadata["optimizer"] = Json(json => WriteOptimizer(json, state));
            metadata["optimizer.kind"] = state.Optimizer!;
            foreach (var (g, group) in state.Groups.Index())
                foreach (var (i, parameter) in group.Parameters.Index())
                    foreach (var (name, tensor) in parameter.Tensors) tensors.Add(new($"optimizer.{g}.{i}.{name}", tensor));
        }
        CheckpointFile.Write(path, tensors, metadata);
    }

    /// <summary>Brings model, optimizer and random streams to where they were when the file was written. Where anything does not fit,
    /// nothing is changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model of the same shape, on any device.</param>
    /// <param name="optimizer">An optimizer of the same kind and groups; null leaves the file's aside.</param>
    /// <param name="generators">Random streams of the program's own, by the names under which they were saved; all that the file has must
    /// be given.</param>
    /// <returns>The numbers that were saved.</returns>
    /// <exception cref="TensorFileException">The file is damaged, is no checkpoint, or has no optimizer and one is to be
    /// loaded.</exception>
    /// <exception cref="StateDictException">Model or optimizer do not fit, or the file has settings or steps that no optimizer has; the
    /// message names them.</exception>
    public static IReadOnlyDictionary<string, double> Load(
        string path, Module model, Optimizer? optimizer = null, IReadOnlyDictionary<string, Generator>? generators = null) =>
        Load(path, model, optimizer, out _, generators);

    /// <summary>As <see cref="Load(string, Module, Optimizer?, IReadOnlyDictionary{string, Generator}?)"/>, with the integers that were
    /// saved.</summary>
    public static IReadOnlyDictionary<string, double> Load(
        string path, Module model, Optimizer? optimizer, out IReadOnlyDictionary<string, long> integers,
        IReadOnlyDictionary<string, Generator>? generators = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var streams = CheckpointFile.RandomStreams(generators);
        var file = CheckpointFile.Read(path);
        var numbers = file.Numbers();
        var whole = file.Integers();
        var state = file.Optimizer();
        if (optimizer is not null && state is null) throw new TensorFileException($"{path}: it was saved without an optimizer.");
        if (optimizer is not null) optimizer.Check(state!);
        file.CheckRandom(streams.Keys);
        byte[][] before = [.. streams.Values.Select(g => g.GetState())];
        try
        {
            foreach (var (name, generator) in streams) file.SetRandom(name, generator);
            model.LoadStateDict(file.Model);
        }
        catch
        {
            foreach (var (generator, earlier) in streams.Values.Zip(before)) generator.SetState(earlier);
            throw;
        }
        optimizer?.LoadStateDict(state!);
        integers = whole;
        return numbers;
    }

    // Numbers are written as text: JSON has no infinities, and a best loss begins with one.
    private static void WriteNumbers(Utf8JsonWriter json, IReadOnlyDictionary<string, double> numbers) =>
        WriteMap(json, numbers, value => value.ToString("R", CultureInfo.InvariantCulture));

    private static void WriteIntegers(Utf8JsonWriter json, IReadOnlyDictionary<string, long> integers) =>
        WriteMap(json, integers, value => value.ToString(CultureInfo.InvariantCulture));

    private static void WriteMap<T>(Utf8JsonWriter json, IReadOnlyDictionary<string, T> values, Func<T, string> text)
    {
        var names = new HashSet<string>();
        json.WriteStartObject();
        foreach (var (name, value) in values)
        {
            FileNames.Check(name, names, nameof(values));
            json.WriteString(name, text(value));
        }
        json.WriteEndObject();
    }

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

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) write(json);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
