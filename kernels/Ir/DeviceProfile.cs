namespace GpuTensor.Kernels;

/// <summary>What a generated kernel needs to know of the device it will run on. Everything that shapes a kernel or the order of a sum
/// stands here, so equal profiles give equal source and equal bits.</summary>
internal sealed record DeviceProfile
{
    /// <summary>True: one work-item to a group, explicit vectors of 16 lanes, no local memory and no barrier. False: many work-items to a
    /// group (a GPU).</summary>
    public required bool IsCpu { get; init; }

    /// <summary>Lanes of float in a register of the hardware (8: AVX2, 16: AVX-512). Chooses tiles; no order of a sum hangs on
    /// it.</summary>
    public int VectorRegisterLanes { get; init; } = 16;

    /// <summary>Work-items in a group in the GPU shape.</summary>
    public int GroupSize { get; init; } = 256;

    /// <summary>Work-groups that keep the device busy; decides chunking of pointwise work only, never the order of a sum.</summary>
    public int PreferredGroups { get; init; } = 32;

    /// <summary>Elements up to which each work-item of pointwise work in the GPU shape takes one: fewer than large GPUs hold at once (an
    /// H100 270,336), so more to each would leave some idle. Beyond, each takes several, as vectors where they lie so.</summary>
    public long SmallDomain { get; init; } = 1 << 18;

    /// <summary>Work-groups of a launch at most, along each dimension of the grid.</summary>
    public Size3 MaxGroups { get; init; } = new(int.MaxValue, ushort.MaxValue, ushort.MaxValue);

    /// <summary>Bytes of kernel parameters the device takes (PoCL: 1,024; CUDA: 4,096).</summary>
    public int MaxParameterBytes { get; init; } = 1024;

    /// <summary>Bytes of local (shared) memory for a work-group in the GPU shape.</summary>
    public int LocalMemoryBytes { get; init; } = 32 * 1024;

    /// <summary>True where every barrier may stand under a branch that the whole group takes, as both languages promise. False for PoCL,
    /// whose version 3.1 gets those of rows right and those of squares wrong.</summary>
    public bool BranchesHaveBarriers { get; init; } = true;

    /// <summary>True where the device computes in float64.</summary>
    public bool HasFloat64 { get; init; } = true;
}
