using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>A folder of recorded operator samples: <c>ops/NAME.json</c> beside <c>ops/NAME.safetensors</c>, second derivatives under
/// <c>ops2/</c>.</summary>
public sealed class Corpus
{
    private Corpus(string root) => Root = root;

    /// <summary>The folder that holds <c>ops</c>.</summary>
    public string Root { get; }

    /// <summary>Opens a corpus folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is not there or holds no <c>ops</c>.</exception>
    public static Corpus Open(string folder)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(Path.Combine(root, "ops")))
            throw new DirectoryNotFoundException(
                $"'{root}' is no corpus: it has no folder 'ops' with NAME.json and NAME.safetensors files.");
        return new(root);
    }

    /// <summary>The corpus named by <c>GPUTENSOR_CORPUS</c>, or <c>shared/corpus</c> beside the repository that holds this program; null
    /// where there is none, or the variable is <c>none</c>.</summary>
    public static Corpus? Find()
    {
        if (Environment.GetEnvironmentVariable("GPUTENSOR_CORPUS") is { Length: > 0 } named) return named == "none" ? null : Open(named);
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            var candidate = Path.Combine(dir.FullName, "shared", "corpus");
            if (Directory.Exists(Path.Combine(candidate, "ops"))) return Open(candidate);
        }
        return null;
    }

    /// <summary>The operator files, by name; with <paramref name="secondOrder"/> those of <c>ops2</c>.</summary>
    public IReadOnlyList<string> Files(bool secondOrder = false)
    {
        var folder = Path.Combine(Root, secondOrder ? "ops2" : "ops");
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "*.json").Where(f => Path.GetFileName(f) != "index.json")
            .Order(StringComparer.Ordinal)];
    }
}

/// <summary>One file of a corpus: an operator (or a variant of it), its samples and the tensors they name.</summary>
internal sealed class CorpusFile : IDisposable
{
    private readonly JsonDocument document;

    public CorpusFile(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        try
        {
            document = JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no JSON: {e.Message}", e);
        }
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("op", out var name) || name.ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"{path}: an object with the operator's name as \"op\" was expected.");
        Operator = name.GetString()!;
        Tensors = new(Path.ChangeExtension(path, ".safetensors"));
        Variant = root.TryGetProperty("variant", out var variant) ? variant.GetString() ?? "" : "";
        Aliases = root.TryGetProperty("aliases", out var aliases) ? [.. aliases.EnumerateArray().Select(a => a.GetString()!)] : [];
        Samples = root.TryGetProperty("samples", out var samples) ? [.. samples.EnumerateArray()] : [];
        Errors = root.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateArray()] : [];
    }

    public string Name { get; }

    public string Operator { get; }

    public string Variant { get; }

    public IReadOnlyList<string> Aliases { get; }

    public IReadOnlyList<JsonElement> Samples { get; }

    public IReadOnlyList<JsonElement> Errors { get; }

    public CorpusTensors Tensors { get; }

    public void Dispose() => document.Dispose();
}
