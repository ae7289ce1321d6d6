using System.CommandLine;

namespace GpuTensor.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Device() => new("--device", "-d") { Description = "cuda[:n], opencl[:n] or cpu (the reference); default: the best there is", HelpName = "DEVICE" };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object as the last line, and no progress display" };

    /// <summary>The device of that name, or the default.</summary>
    public static GpuTensor.Device Open(string? name) => name is null ? GpuTensor.Device.Default : GpuTensor.Device.Parse(name);
}
