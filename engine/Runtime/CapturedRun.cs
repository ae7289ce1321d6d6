using GpuTensor.Devices;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>A captured run: the graph, and the addresses that are in it.</summary>
/// <param name="Slots">Places of the used slots.</param>
/// <param name="IsCopied">Of each used slot, whether its contents are copied to a place of the graph's own.</param>
internal sealed record CapturedRun(ReplayState State, DeviceGraph Graph, DeviceBuffer? Own, MemoryPlace[] Slots, bool[] IsCopied, (int Slot, long Bytes)[] CopiedIn, Block[] Outputs, MemoryPlace[] Variables,
    DeviceBuffer? Arena, DeviceBuffer? Scalars)
{
    /// <summary>Whether its own memory was spoilt since it was last launched.</summary>
    public bool IsSpoilt { get; set; }

    public long BytesIn => CopiedIn.Sum(c => c.Bytes);

    public long BytesOut => Outputs.Sum(o => o.Bytes);
}
