using System.Text.Json;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>The numbers of NVIDIA's headers, read by a program: functions, enums, structs. Found through GPUTENSOR_CUDA_ABI or in a
/// shared folder beside the repository; tests that need it are skipped elsewhere.</summary>
internal sealed class AbiTable
{
    private static readonly Lazy<AbiTable?> Shared = new(Open);
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
        Assert.SkipWhen(Shared.Value is null, "No CUDA ABI table: set GPUTENSOR_CUDA_ABI to cuda-abi.json.");
        return Shared.Value!;
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

    private static AbiTable? Open()
    {
        string? path = Environment.GetEnvironmentVariable("GPUTENSOR_CUDA_ABI");
        if (string.IsNullOrEmpty(path)) path = SharedFiles.Find("design", "cuda-abi.json");
        return path is null ? null : new AbiTable(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);
    }
}
