namespace GpuTensor.Bindings.Cuda;

/// <summary>What to compile for: machine code for one GPU generation, or PTX that the driver finishes.</summary>
/// <param name="Capability">The architecture.</param>
/// <param name="IsPtx">True for PTX.</param>
/// <param name="Suffix">"a" or "f" for architecture-specific features that later GPUs lack, else empty.</param>
public readonly record struct CompilerTarget(ComputeCapability Capability, bool IsPtx = false, string Suffix = "")
{
    /// <summary>The value of <c>--gpu-architecture</c>: "sm_86", "compute_90".</summary>
    public string Name => $"{(IsPtx ? "compute" : "sm")}_{Capability.Number}{Suffix}";

    /// <summary>The best target an NVRTC has for a GPU: the highest architecture of the GPU's major version and no higher minor, as
    /// CUBIN; for a GPU newer than the compiler PTX of the highest it has; none for one older than all.</summary>
    /// <param name="device">The GPU.</param>
    /// <param name="architectures">What the compiler supports, as numbers: 75, 80, …</param>
    public static CompilerTarget? Choose(ComputeCapability device, IEnumerable<int> architectures)
    {
        ArgumentNullException.ThrowIfNull(architectures);
        ComputeCapability? cubin = null, ptx = null;
        foreach (int number in architectures)
        {
            var code = ComputeCapability.FromNumber(number);
            if (device.Runs(code) && !(cubin >= code)) cubin = code;
            if (code <= device && !(ptx >= code)) ptx = code;
        }
        return cubin is { } exact ? new(exact) : ptx is { } older ? new(older, IsPtx: true) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
