using GpuTensor.Backends;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>A captured run: the graph, and the addresses that are in it.</summary>
/// <param name="State">What is known of the plan that was captured.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Own">Memory that the graph alone uses, for inputs that are copied in and results that are copied out.</param>
/// <param name="Slots">Places of the used slots.</param>
/// <param name="IsCopied">Of each used slot, whether its contents are copied to a place of the graph's own.</param>
/// <param name="CopiedIn">The slots that are copied.</param>
/// <param name="Outputs">Where in <paramref name="Own"/> the results lie.</param>
/// <param name="Variables">Places of the homes, then of the flat storages.</param>
/// <param name="Arena">The working memory.</param>
/// <param name="Scalars">The block of numbers.</param>
internal sealed record CapturedRun(ReplayState State, DeviceGraph Graph, DeviceBuffer? Own, MemoryPlace[] Slots, bool[] IsCopied,
    (int Slot, long Bytes)[] CopiedIn, Block[] Outputs, MemoryPlace[] Variables, DeviceBuffer? Arena, DeviceBuffer? Scalars)
{
    /// <summary>Whether its own memory was spoilt since it was last launched.</summary>
    public bool IsSpoilt { get; set; }

    public long BytesIn => CopiedIn.Sum(c => c.Bytes);

    public long BytesOut => Outputs.Sum(o => o.Bytes);
}
