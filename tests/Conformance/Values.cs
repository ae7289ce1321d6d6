using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>A slice of an index, as Python writes it.</summary>
internal sealed record SliceValue(int? Start, int? Stop, int? Step);

/// <summary>The ellipsis of an index.</summary>
internal sealed class EllipsisValue
{
    public static readonly EllipsisValue Instance = new();
}

/// <summary>Turns the VALUEs of a call into tensors on a device, numbers, strings and lists; collects the tensors under their leaf
/// names.</summary>
/// <param name="tensors">The contents.</param>
/// <param name="device">Where the tensors go.</param>
/// <param name="gradients">Whether leaves ask for gradients as recorded.</param>
/// <param name="wide">Whether floating tensors become float64.</param>
internal sealed class ValueDecoder(CorpusTensors tensors, Device device, bool gradients, bool wide = false)
{
    /// <summary>Every tensor of the call by its name: <c>input</c>, <c>args.0.2</c>, <c>kwargs.weight</c>.</summary>
    public Dictionary<string, Tensor> Leaves { get; } = [];

    /// <summary>Leaves of an earlier call that are used again, in place of new ones.</summary>
    public IReadOnlyDictionary<string, Tensor>? Places { get; init; }

    public object? Decode(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.String: return value.GetString();
            case JsonValueKind.Number: return value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? value.GetDouble()
                : (object)value.GetInt64();
            case JsonValueKind.Object: break;
            default: throw new InvalidDataException($"{name}: {value} is no VALUE of the corpus format.");
        }
        if (value.TryGetProperty("tensor", out _)) return Leaves[name] = Places?.GetValueOrDefault(name) ?? Load(value);
        if (value.TryGetProperty("list", out var list))
        {
            var items = new List<object?>();
            foreach (var item in list.EnumerateArray()) items.Add(Decode(item, $"{name}.{items.Count}"));
            return items;
        }
        if (value.TryGetProperty("float", out var special))
            return special.GetString() switch
            {
                "nan" => double.NaN,
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                var other => throw new InvalidDataException($"{name}: '{other}' is no special float."),
            };
        if (value.TryGetProperty("dtype", out var dtype))
            return DTypes.TryParse(dtype.GetString()!, out var parsed) ? parsed
                : throw new InvalidDataException($"{name}: unknown dtype '{dtype}'.");
        if (value.TryGetProperty("slice", out var slice)) return new SliceValue(Bound(slice[0]), Bound(slice[1]), Bound(slice[2]));
        if (value.TryGetProperty("ellipsis", out _)) return EllipsisValue.Instance;
        throw new InvalidDataException($"{name}: {value} is no VALUE of the corpus format.");
    }

    private static int? Bound(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt32();

    private Tensor Load(JsonElement value)
    {
        var contents = tensors[value];
        var tensor = value.TryGetProperty("strides", out var strides)
            ? Strided(contents, [.. strides.EnumerateArray().Select(s => s.GetInt64())])
            : Tensor.FromHost(contents, device);
        tensor = Widened(tensor, wide);
        return gradients && value.TryGetProperty("requires_grad", out var wants) && wants.GetBoolean() ? tensor.RequiresGrad_() : tensor;
    }

    /// <summary>A floating tensor as float64 where that is wanted.</summary>
    public static Tensor Widened(Tensor tensor, bool wide) => wide && tensor.DType.IsFloatingPoint() ? tensor.To(DType.Float64).Detach()
        : tensor;

    // The same view as PyTorch had: a buffer that the strides walk over, seen through them.
    private Tensor Strided(HostArray contents, long[] strides)
    {
        var shape = contents.Shape;
        long last = 0;
        for (int d = 0; d < shape.Rank; d++) last += Math.Max(shape.Span[d] - 1, 0) * strides[d];
        int size = contents.DType.Size();
        var buffer = new HostArray(contents.DType, Shape.Create([checked((int)last + 1)]));
        var index = new int[shape.Rank];
        for (long i = 0; i < contents.Count; i++)
        {
            long at = 0;
            for (int d = 0; d < index.Length; d++) at += index[d] * strides[d];
            contents.Data.AsSpan((int)(i * size), size).CopyTo(buffer.Data.AsSpan((int)(at * size)));
            for (int d = index.Length - 1; d >= 0 && ++index[d] == shape.Span[d]; d--) index[d] = 0;
        }
        return Tensor.FromHost(buffer, device).WithView(new View(shape, strides, 0), ViewOperator.AsStrided).Detach();
    }
}
