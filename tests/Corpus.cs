using System.Text.Json;
using Xunit;

namespace GpuTensor.Tests;

/// <summary>The recorded PyTorch data (<see cref="OptionalPart.Corpus"/>).</summary>
internal static class Corpus
{
    /// <summary>The path of a corpus file or folder; skips the test where the corpus is absent.</summary>
    public static string Path(params string[] parts)
    {
        string path = System.IO.Path.Combine([OptionalPart.Corpus.Require(), .. parts]);
        if (!System.IO.Path.Exists(path)) Assert.Skip($"This corpus has no {string.Join('/', parts)}.");
        return path;
    }

    /// <summary>A JSON file of the corpus.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path(parts)));
        return document.RootElement.Clone();
    }

    /// <summary>A number of the corpus; JSON has none for NaN (null or a string) and infinities (strings).</summary>
    public static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String => value.GetString() switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            var other => throw new FormatException($"The corpus has '{other}' where a number should be."),
        },
        _ => value.GetDouble(),
    };

    /// <summary>A host array of a dtype from JSON values in row-major order.</summary>
    public static HostArray Array(DType dtype, JsonElement shape, JsonElement values)
    {
        var array = new HostArray(dtype, Shape.Create([.. shape.EnumerateArray().Select(n => n.GetInt32())]));
        int i = 0;
        foreach (var v in values.EnumerateArray())
        {
            switch (dtype)
            {
                case DType.Bool: array.Data[i] = v.GetBoolean() ? (byte)1 : (byte)0; break;
                case DType.UInt8: array.Data[i] = v.GetByte(); break;
                case DType.Int8: array.As<sbyte>()[i] = v.GetSByte(); break;
                case DType.Int16: array.As<short>()[i] = v.GetInt16(); break;
                case DType.Int32: array.As<int>()[i] = v.GetInt32(); break;
                case DType.Int64: array.As<long>()[i] = v.GetInt64(); break;
                case DType.Float16: array.As<Half>()[i] = (Half)Number(v); break;
                case DType.BFloat16: array.As<ushort>()[i] = HalfBits.ToBFloat16((float)Number(v)); break;
                case DType.Float32: array.As<float>()[i] = (float)Number(v); break;
                default: array.As<double>()[i] = Number(v); break;
            }
            i++;
        }
        Assert.Equal(array.Count, i);
        return array;
    }

    public static DType DTypeOf(JsonElement name) =>
        DTypes.TryParse(name.GetString()!.Replace("torch.", ""), out var dtype)
            ? dtype
            : throw new FormatException($"Unknown dtype {name}.");
}
