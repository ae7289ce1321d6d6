using System.Buffers.Binary;
using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>The tensors of a corpus file. Not the library's own reader: a corpus holds tensors that the library must refuse (65
/// dimensions), so each is made only when its sample asks for it.</summary>
internal sealed class CorpusTensors
{
    private static readonly Dictionary<string, DType> Types = new()
    {
        ["BOOL"] = DType.Bool, ["U8"] = DType.UInt8, ["I8"] = DType.Int8, ["I16"] = DType.Int16, ["I32"] = DType.Int32,
            ["I64"] = DType.Int64,
        ["F16"] = DType.Float16, ["BF16"] = DType.BFloat16, ["F32"] = DType.Float32, ["F64"] = DType.Float64,
    };

    private readonly string path;
    private readonly byte[] bytes = [];
    private readonly Dictionary<string, (DType DType, int[] Sizes, int Begin, int End)> entries = [];

    public CorpusTensors(string path)
    {
        this.path = path;
        if (!File.Exists(path)) return;
        bytes = File.ReadAllBytes(path);
        ulong length = bytes.Length < 8 ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > (ulong)bytes.LongLength - 8)
            throw new InvalidDataException($"{path}: the header should be {length} bytes long, but the file has {bytes.Length}.");
        int header = (int)length;
        using var json = Header(header);
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            var name = entry.Value.GetProperty("dtype").GetString()!;
            if (!Types.TryGetValue(name, out var dtype))
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' has the unknown dtype {name}.");
            var offsets = entry.Value.GetProperty("data_offsets");
            entries[entry.Name] = (dtype, [.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32())],
                8 + header + offsets[0].GetInt32(), 8 + header + offsets[1].GetInt32());
        }
    }

    private JsonDocument Header(int length)
    {
        try
        {
            return JsonDocument.Parse(bytes.AsMemory(8, length));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: the header is no JSON: {e.Message}", e);
        }
    }

    /// <summary>The recorded contents of a TENSOR value.</summary>
    public HostArray this[JsonElement value]
    {
        get
        {
            var key = value.GetProperty("tensor").GetString()!;
            if (!entries.TryGetValue(key, out var entry)) throw new InvalidDataException($"{path} has no tensor '{key}'.");
            if (entry.Begin < 8 || entry.End < entry.Begin || entry.End > bytes.Length)
                throw new InvalidDataException(
                    $"{path}: tensor '{key}' lies at bytes {entry.Begin} to {entry.End}, but the file has {bytes.Length}.");
            return new(entry.DType, Shape.Create(entry.Sizes), bytes[entry.Begin..entry.End]);
        }
    }
}
