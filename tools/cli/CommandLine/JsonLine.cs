using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuTensor.Cli;

/// <summary>JSON as every command writes it: NaN and infinities, which JSON's numbers do not have, are the strings <c>"NaN"</c>,
/// <c>"Infinity"</c> and <c>"-Infinity"</c>.</summary>
internal static class JsonLine
{
    public static JsonSerializerOptions Format { get; } = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>An object in one line.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Format);
}
