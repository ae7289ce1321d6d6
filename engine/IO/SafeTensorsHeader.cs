using System.Text.Json;
using System.Text.Unicode;

namespace GpuTensor.IO;

/// <summary>The JSON header of a .safetensors file: checked as a whole before any data is read.</summary>
/// <remarks>Format: https://github.com/huggingface/safetensors#format. Names differ; the tensors cover the data from its first byte to its
/// last, without hole or overlap.</remarks>
internal sealed class SafeTensorsHeader
{
    /// <summary>The official implementation's limit.</summary>
    public const long MaxLength = 100_000_000;

    private const int MaxDepth = 8;

    /// <summary>One tensor: where its data lies, counted from the end of the header.</summary>
    public sealed record Entry(string Name, DType DType, Shape Shape, long Begin, long End, long HeaderOffset);

    /// <summary>The tensors, in the order of their data.</summary>
    public List<Entry> Entries { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Reads the header; the reader then stands at the data.</summary>
    public static SafeTensorsHeader Read(FileReader reader)
    {
        const string format = "a safetensors file";
        if (reader.Remaining < 8) throw reader.WrongFormat(format, "it ends within the header's length.");
        ulong length = reader.ReadUInt64("the header's length");
        if (length > MaxLength) throw reader.WrongFormat(format, $"the header's length is {length}; at most {MaxLength} bytes are read.");
        if (reader.Remaining is { } left && length > (ulong)left)
            throw reader.WrongFormat(format, $"the header's length is {length}, but only {left} bytes follow: the file is cut off.");
        var text = reader.ReadBytes((long)length, "the header");
        if (text.Length == 0 || text[0] != '{') throw reader.WrongFormat(format, "expected the header to start with '{'.", 8);
        if (!Utf8.IsValid(text)) throw reader.Error("the header is not valid UTF-8.", 8);
        var header = new SafeTensorsHeader();
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            header.Parse(ref json, reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of a surrogate pair, which no .NET string should hold.
            throw reader.Error($"the header is not the JSON expected here ({e.Message})", 8 + json.BytesConsumed, e);
        }
        header.CheckLayout(reader);
        return header;
    }

    /// <summary>The format's name of a dtype.</summary>
    public static string DTypeName(DType dtype) => dtype switch
    {
        DType.Bool => "BOOL", DType.UInt8 => "U8", DType.Int8 => "I8", DType.Int16 => "I16", DType.Int32 => "I32", DType.Int64 => "I64",
        DType.Float16 => "F16", DType.BFloat16 => "BF16", DType.Float32 => "F32", _ => "F64",
    };

    private void Parse(ref Utf8JsonReader json, FileReader reader)
    {
        json.Read(); // '{'
        var names = new HashSet<string>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            long at = 8 + json.TokenStartIndex;
            string name = json.GetString()!;
            if (!names.Add(name)) throw reader.Error($"the name '{name}' appears twice.", at);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                throw reader.Error($"expected an object for '{name}'.", 8 + json.TokenStartIndex);
            if (name == "__metadata__") ParseMetadata(ref json, reader);
            else Entries.Add(ParseEntry(ref json, reader, name, at));
        }
        if (json.Read()) throw reader.Error("expected the end of the header after '}'.", 8 + json.TokenStartIndex);
    }

    private void ParseMetadata(ref Utf8JsonReader json, FileReader reader)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            long at = 8 + json.TokenStartIndex;
            string key = json.GetString()!;
            json.Read();
            if (json.TokenType != JsonTokenType.String)
                throw reader.Error($"expected a string for '{key}' of __metadata__.", 8 + json.TokenStartIndex);
            if (!Metadata.TryAdd(key, json.GetString()!)) throw reader.Error($"'{key}' appears twice in __metadata__.", at);
        }
    }

    private static Entry ParseEntry(ref Utf8JsonReader json, FileReader reader, string name, long at)
    {
        DType? dtype = null;
        long[]? sizes = null, offsets = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            long keyAt = 8 + json.TokenStartIndex;
            string key = json.GetString()!;
            json.Read();
            switch (key)
            {
                case "dtype" when dtype is null: dtype = ParseDType(ref json, reader, name); break;
                case "shape" when sizes is null: sizes = ParseNumbers(ref json, reader, $"the shape of '{name}'", FileShape.MaxRank); break;
                case "data_offsets" when offsets is null: offsets = ParseNumbers(ref json, reader, $"data_offsets of '{name}'", 2); break;
                default: throw reader.Error($"tensor '{name}': expected each of dtype, shape and data_offsets once, found '{key}'.", keyAt);
            }
        }
        if (dtype is not { } type || sizes is null || offsets is not [var begin, var end])
            throw reader.Error($"tensor '{name}': expected dtype, shape and data_offsets (two of them).", at);
        var (shape, bytes) = FileShape.Make(sizes, type, what => reader.Error($"tensor '{name}': {what}", at));
        if (begin > end) throw reader.Error($"tensor '{name}': its data ends at {end}, before it begins at {begin}.", at);
        if (end - begin != bytes)
            throw reader.Error(
                $"tensor '{name}': {type.Name()} {shape} takes {bytes} bytes, but data_offsets [{begin}, {end}] hold {end - begin}.", at);
        return new(name, type, shape, begin, end, at);
    }

    private static DType ParseDType(ref Utf8JsonReader json, FileReader reader, string name)
    {
        long at = 8 + json.TokenStartIndex;
        string? text = json.TokenType == JsonTokenType.String ? json.GetString() : null;
        foreach (var dtype in DTypes.All)
            if (DTypeName(dtype) == text) return dtype;
        throw reader.Error($"tensor '{name}': dtype {(text is null ? "is no string" : $"'{text}' is not supported")}; "
            + $"expected one of {string.Join(", ", DTypes.All.Select(DTypeName))}.", at);
    }

    private static long[] ParseNumbers(ref Utf8JsonReader json, FileReader reader, string what, int most)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw reader.Error($"expected an array for {what}.", 8 + json.TokenStartIndex);
        var numbers = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            long number = -1;
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out number) || number < 0)
                throw reader.Error($"expected integers from 0 on in {what}.", 8 + json.TokenStartIndex);
            if (numbers.Count == most) throw reader.Error($"expected at most {most} numbers in {what}.", 8 + json.TokenStartIndex);
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private void CheckLayout(FileReader reader)
    {
        Entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        foreach (var entry in Entries)
        {
            if (entry.Begin != end)
            {
                string fault = entry.Begin < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw reader.Error(
                    $"tensor '{entry.Name}' begins at {entry.Begin} of the data and {fault}, which ends at {end}.", entry.HeaderOffset);
            }
            end = entry.End;
        }
        if (reader.Remaining is { } left && end != left)
            throw reader.Error($"the header describes {end} bytes of data, but {left} follow: "
                + (left < end ? "the file is cut off." : "expected the end of the file."));
    }
}
