using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>What planning knows of a device: the shape of its kernels, and which products its library computes.</summary>
/// <param name="Profile">What shapes a kernel and the order of a sum.</param>
/// <param name="Dialect">The language of its kernels.</param>
internal sealed record Target(DeviceProfile Profile, Dialect Dialect)
{
    /// <summary>The device's name, for people.</summary>
    public string Name { get; init; } = "a device";

    /// <summary>The texts of kernels that plans of this device have made so far.</summary>
    public KernelTexts Texts { get; init; } = new();

    /// <summary>Bytes that the device gives in one piece at most.</summary>
    public long MaxAllocation { get; init; } = long.MaxValue;

    /// <summary>Whether a library multiplies matrices of a dtype.</summary>
    public Func<DType, bool> HasProducts { get; init; } = _ => false;

    /// <summary>Whether the library computes a call with its epilogue.</summary>
    public Func<LibraryCall, DType, bool> HasEpilogue { get; init; } = (_, _) => false;
}
