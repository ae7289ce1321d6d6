using GpuTensor.Devices;

namespace GpuTensor.Memory;

/// <summary>Memory that holds one materialised value: a range of a device buffer, or host memory on the reference device.</summary>
internal sealed class Block
{
    /// <summary>The buffer it lies in; null on the reference device.</summary>
    public DeviceBuffer? Buffer { get; init; }

    /// <summary>Where in the buffer it starts, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>Its size in bytes, padding included.</summary>
    public long Bytes { get; init; }

    /// <summary>The contents, on the reference device.</summary>
    public HostArray? Host { get; init; }

    /// <summary>The allocation this range belongs to, in its pool; several values may share one (flat parameters).</summary>
    public object? Allocation { get; init; }
}
