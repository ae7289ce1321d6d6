using System.Buffers.Binary;
using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>The tensors of a corpus file: a safetensors file, read whole. Loading needs no device and none of the library's own readers, which are under test too.</summary>
internal sealed class CorpusTensors
{
    private static readonly Dictionary<string, DType> Types = new()
    {
        ["BOOL"] = DType.Bool, ["U8"] = DType.UInt8, ["I8"] = DType.Int8, ["I16"] = DType.Int16, ["I32"] = DType.Int32, ["I64"] = DType.Int64,
        ["F16"] = DType.Float16, ["BF16"] = DType.BFloat16, ["F32"] = DType.Float32, ["F64"] = DType.Float64,
    };

    private readonly Dictionary<string, HostArray> tensors = [];

    public CorpusTensors(string path)
    {
        if (!File.Exists(path)) return;
        var bytes = File.ReadAllBytes(path);
        int header = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            var shape = Shape.Create([.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())]);
            int begin = entry.Value.GetProperty("data_offsets")[0].GetInt32(), end = entry.Value.GetProperty("data_offsets")[1].GetInt32();
            var name = entry.Value.GetProperty("dtype").GetString()!;
            if (!Types.TryGetValue(name, out var dtype)) throw new InvalidDataException($"{path}: tensor '{entry.Name}' has the unknown dtype {name}.");
            tensors[entry.Name] = new(dtype, shape, bytes[(8 + header + begin)..(8 + header + end)]);
        }
    }

    /// <summary>The recorded contents of a TENSOR value.</summary>
    public HostArray this[JsonElement value]
    {
        get
        {
            var key = value.GetProperty("tensor").GetString()!;
            return tensors.TryGetValue(key, out var array) ? array : throw new InvalidDataException($"The corpus has no tensor '{key}'.");
        }
    }
}
