namespace GpuTensor.Bindings.Cuda;

/// <summary>The name NVIDIA's headers give to an enum, an enum constant or a struct. The ABI test compares everything that carries one
/// with the headers' numbers, and fails for what carries none.</summary>
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Struct | AttributeTargets.Field)]
internal sealed class NativeAttribute(string name) : Attribute
{
    /// <summary>The value of an enum whose constants are macros in C.</summary>
    public const string Macros = "macros";

    /// <summary>The C name.</summary>
    public string Name => name;
}

/// <summary>The first CUDA version whose driver exports this entry point, where that is newer than the oldest driver these bindings run on.
/// Callers ask <see cref="OptionalExport"/> before calling.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SinceAttribute(int major, int minor) : Attribute
{
    /// <summary>The version, as major.minor.</summary>
    public Version Version => new(major, minor);
}
