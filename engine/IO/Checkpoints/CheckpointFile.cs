using System.Globalization;
using System.Text.Json;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.IO;

/// <summary>A checkpoint as its file states it: read as a whole, its checksum compared, and nothing in it that is not known.</summary>
internal sealed class CheckpointFile
{
    public const string Format = "gputensor.checkpoint.1", ModelPrefix = "model.", OptimizerPrefix = "optimizer.", RandomName = "random",
        RandomPrefix = "random.";

    /// <summary>The tensor that holds the checksum. It must come after all others in the file's order: by size of element, then by
    /// name.</summary>
    public const string ChecksumName = "xxh128";

    private readonly string path;
    private readonly Dictionary<string, string> metadata;
    private readonly Dictionary<string, Tensor> state = [];
    private readonly Dictionary<string, HostArray> random = [];

    private CheckpointFile(string path, Dictionary<string, string> metadata) => (this.path, this.metadata) = (path, metadata);

    /// <summary>The model's tensors by key, on the host.</summary>
    public Dictionary<string, Tensor> Model { get; } = [];

    /// <summary>Writes tensors and, after them, their checksum.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var sum = new DataChecksum();
        SafeTensors.Write(path,
        [
            .. tensors.Select(t => new SafeTensors.Item(t.Key, sum.Over(t.Key, t.Value))),
            new(ChecksumName, new(DType.UInt8, [DataChecksum.Size], piece => piece(sum.Value))),
        ], metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="TensorFileException">It is no checkpoint, or damaged.</exception>
    public static CheckpointFile Read(string path)
    {
        var (arrays, metadata) = SafeTensors.Read(path);
        if (metadata.GetValueOrDefault("format") != Format)
            throw new TensorFileException(
                $"{path}: this is no checkpoint: its metadata has no format '{Format}'. Module.Load reads files of weights.");
        var file = new CheckpointFile(path, metadata);
        // Files of earlier versions have no checksum.
        if (arrays.Remove(ChecksumName, out var expected)) file.Compare(arrays, expected);
        foreach (var (name, array) in arrays)
            if (name.StartsWith(ModelPrefix, StringComparison.Ordinal))
                file.Model.Add(name[ModelPrefix.Length..], Tensor.FromHost(array, Device.Cpu));
            else if (name.StartsWith(OptimizerPrefix, StringComparison.Ordinal)) file.state.Add(name, Tensor.FromHost(array, Device.Cpu));
            else if (name == RandomName || name.StartsWith(RandomPrefix, StringComparison.Ordinal)) file.random.Add(name, array);
            else throw file.Damaged($"it has an unknown tensor '{FileNames.Show(name)}'");
        return file;
    }

    /// <summary>The program's numbers.</summary>
    public Dictionary<string, double> Numbers() => Parse("numbers", json => ReadMap<double>("numbers", json, TryParse));

    /// <summary>The program's integers; none in files of earlier versions.</summary>
    public Dictionary<string, long> Integers() => !metadata.ContainsKey("integers") ? []
        : Parse("integers", json => ReadMap<long>("integers", json,
            (string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)));

    /// <summary>The optimizer's state; null where the file was saved without one.</summary>
    public OptimizerState? Optimizer()
    {
        if (!metadata.ContainsKey("optimizer"))
            return state.Count == 0 ? null : throw Damaged($"it has a tensor '{state.Keys.First()}', but its metadata no 'optimizer'");
        var left = state.Keys.ToHashSet();
        var result = new OptimizerState(Parse("optimizer", json => ReadGroups(json, left)))
        {
            Optimizer = metadata.GetValueOrDefault("optimizer.kind"),
        };
        return left.Count == 0 ? result
            : throw Damaged($"its tensor '{FileNames.Show(left.First())}' belongs to no parameter of its optimizer");
    }

    /// <summary>The process's random stream and those of the program, by the names of their tensors.</summary>
    public static Dictionary<string, Generator> RandomStreams(IReadOnlyDictionary<string, Generator>? named)
    {
        var all = new Dictionary<string, Generator> { [RandomName] = Generator.Default };
        foreach (var (name, generator) in named ?? new Dictionary<string, Generator>())
            all.Add($"{RandomPrefix}{name}",
                generator ?? throw new ArgumentNullException("generators", $"The random stream '{name}' is null."));
        return all;
    }

    /// <summary>The file has the streams that are to be set, and no others.</summary>
    public void CheckRandom(IEnumerable<string> wanted)
    {
        var left = random.Keys.ToHashSet();
        foreach (string name in wanted)
            if (!left.Remove(name)) throw Damaged($"it lacks '{FileNames.Show(name)}', the state of a random stream");
        if (left.Count > 0)
            throw new StateDictException(
                $"{path}: it has the state of a random stream '{FileNames.Show(left.First()[RandomPrefix.Length..])}'; give that "
                + "generator, too.");
    }

    /// <summary>Sets a random stream to the file's state.</summary>
    public void SetRandom(string name, Generator generator)
    {
        var state = random[name];
        if (state.DType != DType.UInt8) throw Damaged($"'{FileNames.Show(name)}' is {state.DType.Name()}; expected uint8");
        try
        {
            generator.SetState(state.Data);
        }
        catch (ArgumentException e)
        {
            throw Damaged($"'{FileNames.Show(name)}': {e.Message}", e);
        }
    }

    private void Compare(Dictionary<string, HostArray> arrays, HostArray expected)
    {
        var sum = new DataChecksum();
        foreach (var (name, array) in arrays) sum.Add(name, array);
        if (!expected.Data.AsSpan().SequenceEqual(sum.Value))
            throw Damaged($"the checksum of its data is {Convert.ToHexStringLower(sum.Value)}, but '{ChecksumName}' is "
                + $"{Convert.ToHexStringLower(expected.Data.AsSpan(0, Math.Min(expected.Data.Length, DataChecksum.Size)))}");
    }

    private List<GroupState> ReadGroups(JsonElement json, HashSet<string> left)
    {
        var tensors = state.Keys.ToLookup(key => key[..(key.LastIndexOf('.') + 1)]);
        var groups = new List<GroupState>();
        foreach (var group in Elements(json, "optimizer"))
        {
            string where = $"optimizer[{groups.Count}]";
            var settings = ReadMap<double>($"{where}.settings", Field(group, "settings", where), TryParse);
            var parameters = new List<ParameterState>();
            foreach (var step in Elements(Field(group, "steps", where), $"{where}.steps"))
            {
                if (step.ValueKind != JsonValueKind.Number || !step.TryGetInt64(out long number))
                    throw Damaged($"{where}.steps[{parameters.Count}] is {FileNames.Show(step.GetRawText())}; expected an integer");
                string prefix = $"{OptimizerPrefix}{groups.Count}.{parameters.Count}.";
                parameters.Add(new(number, tensors[prefix].ToDictionary(key => key[prefix.Length..], key => state[key])));
                left.ExceptWith(tensors[prefix]);
            }
            groups.Add(new(settings, parameters));
        }
        return groups;
    }

    private delegate bool TryRead<T>(string text, out T value);

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>An object whose values are numbers in quotes.</summary>
    private Dictionary<string, T> ReadMap<T>(string where, JsonElement json, TryRead<T> tryRead)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Damaged($"{where} is no JSON object");
        var result = new Dictionary<string, T>();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String || !tryRead(property.Value.GetString()!, out var value))
                throw Damaged($"{where}.{property.Name} is {FileNames.Show(property.Value.GetRawText())}; expected a number in quotes");
            if (!result.TryAdd(property.Name, value)) throw Damaged($"{where}.{property.Name} appears twice");
        }
        return result;
    }

    private IEnumerable<JsonElement> Elements(JsonElement json, string where) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw Damaged($"{where} is no JSON array");

    private JsonElement Field(JsonElement json, string name, string where) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value
            : throw Damaged($"{where} has no '{name}'");

    private T Parse<T>(string field, Func<JsonElement, T> read)
    {
        if (!metadata.TryGetValue(field, out string? text)) throw Damaged($"its metadata has no '{field}'");
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        // InvalidOperationException: a string with half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Damaged($"its metadata '{field}' is not the JSON expected here ({e.Message})", e);
        }
    }

    private TensorFileException Damaged(string what, Exception? inner = null) => new($"{path}: the checkpoint is damaged: {what}.", inner);
}
