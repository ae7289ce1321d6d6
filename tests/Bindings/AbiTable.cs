using System.Text.Json;

namespace GpuTensor.Tests.Bindings;

/// <summary>The numbers of NVIDIA's headers, read by a program: functions, enums, structs. Tests that need them are skipped where they are
/// absent (<see cref="OptionalPart.CudaAbi"/>).</summary>
internal sealed class AbiTable
{
    private static readonly Lazy<AbiTable> Shared =
        new(() => new(JsonDocument.Parse(File.ReadAllBytes(OptionalPart.CudaAbi.Require())).RootElement));
    private readonly JsonElement _root;
    private readonly Dictionary<string, (string Library, JsonElement Function)> _functions = [];

    private AbiTable(JsonElement root)
    {
        _root = root;
        foreach (var library in root.GetProperty("functions").EnumerateObject())
            foreach (var function in library.Value.EnumerateArray())
                _functions.TryAdd(function.GetProperty("name").GetString()!, (library.Name, function));
    }

    /// <summary>The table, or the test ends here as skipped.</summary>
    public static AbiTable Require()
    {
        OptionalPart.CudaAbi.Require();
        return Shared.Value;
    }

    /// <summary>A function by its exported name, and the library that has it.</summary>
    public bool TryFunction(string name, out string library, out JsonElement function)
    {
        bool found = _functions.TryGetValue(name, out var entry);
        (library, function) = entry;
        return found;
    }

    /// <summary>An enum's constants, or the macros.</summary>
    public bool TryEnum(string name, out JsonElement constants) =>
        name == "macros" ? _root.TryGetProperty("macros", out constants) : _root.GetProperty("enums").TryGetProperty(name, out constants);

    /// <summary>A struct's layout.</summary>
    public bool TryStruct(string name, out JsonElement layout) => _root.GetProperty("structs").TryGetProperty(name, out layout);
}
