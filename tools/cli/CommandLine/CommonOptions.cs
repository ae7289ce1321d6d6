using System.CommandLine;
using System.CommandLine.Parsing;

namespace GpuTensor.Cli;

/// <summary>An option that takes any text.</summary>
internal sealed class TextOption(string name) : Option<string?>(name);

/// <summary>An option that takes the name of a file or folder.</summary>
internal sealed class PathOption : Option<string?>
{
    /// <param name="name">With its dashes.</param>
    /// <param name="what">"FILE" or "DIR", as the help shows it.</param>
    /// <param name="absent">The path where the option is not given.</param>
    public PathOption(string name, string what, string? absent = null) : base(name)
    {
        HelpName = what;
        if (absent is not null) DefaultValueFactory = _ => absent;
        CustomParser = result => Read(Name, result)[0];
    }

    /// <summary>The paths given to an option; an empty one is an error.</summary>
    internal static string[] Read(string name, ArgumentResult result)
    {
        string[] paths = [.. result.Tokens.Select(t => t.Value)];
        if (paths.Any(string.IsNullOrWhiteSpace)) result.AddError($"{name} must name a file or folder, and is empty.");
        return paths;
    }
}

/// <summary>An option that takes names of files and may be given several times.</summary>
internal sealed class PathsOption : Option<string[]>
{
    public PathsOption(string name) : base(name)
    {
        HelpName = "FILE";
        DefaultValueFactory = _ => [];
        CustomParser = result => PathOption.Read(Name, result);
    }
}

/// <summary>An option that takes the name of a device. Whether the device exists is seen when it is opened.</summary>
internal sealed class DeviceOption : Option<string?>
{
    /// <param name="wrong">What another name is: "names no device".</param>
    /// <param name="kinds">The kinds it takes: cpu, opencl, cuda.</param>
    public DeviceOption(string wrong, params string[] kinds) : base("--device", "-d")
    {
        HelpName = "DEVICE";
        Kinds = kinds;
        string[] forms = [.. kinds.SelectMany(k => k == "cpu" ? [k] : (string[])[k, k + ":N"])];
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (GpuTensor.Device.TryReadName(text, out string kind, out _) && kinds.Contains(kind)) return text.Trim().ToLowerInvariant();
            result.AddError($"{Texts.Quoted(text)} {wrong}: expected {string.Join(", ", forms[..^1])} or {forms[^1]}.");
            return null;
        };
    }

    /// <summary>The kinds it takes.</summary>
    public IReadOnlyList<string> Kinds { get; }
}

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static DeviceOption Device() =>
        new("names no device", "cpu", "opencl",
            "cuda") { Description = "cuda[:n], opencl[:n] or cpu (the reference); default: the best there is" };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object as the last line, and no progress display" };

    public static PathOption Corpus(string otherwise) =>
        new("--corpus", "DIR") { Description =
            $"Recorded PyTorch calls; default: GPUTENSOR_CORPUS, or shared/corpus beside the repository{otherwise}" };

    /// <summary>One sample in N; 0 where all are meant.</summary>
    public static NumberOption<int> OneIn(string how) =>
        new("--one-in", 0, int.MaxValue, absent: 0) { Description = $"Only one sample in N of each file, {how}" };

    public static NumberOption<int> Threads(string what) =>
        new("--threads", 1, 1024, Math.Min(1024, Environment.ProcessorCount)) { Description = $"{what} at a time" };

    /// <summary>The device of that name, or the default.</summary>
    public static GpuTensor.Device Open(string? name) => name is null ? GpuTensor.Device.Default : GpuTensor.Device.Parse(name);
}
