using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>A loaded module: its kernels decoded, its global variables placed in a device's memory and initialised.</summary>
public sealed class PtxModule : IDisposable
{
    private readonly DeviceMemory _memory;
    private readonly List<ulong> _owned = [];

    private PtxModule(DeviceMemory memory) => _memory = memory;

    /// <summary>The architecture the code was compiled for: 75, 90, ….</summary>
    public int Target { get; private init; }

    /// <summary>The PTX language version, 10 × major + minor: 87 for 8.7.</summary>
    public int PtxVersion { get; private init; }

    /// <summary>True for a CUBIN, false for PTX that a driver would compile.</summary>
    public bool IsBinary { get; private init; }

    /// <summary>The entry points by name.</summary>
    public IReadOnlyDictionary<string, PtxKernel> Kernels { get; private init; } = new Dictionary<string, PtxKernel>();

    /// <summary>Module variables (<c>__device__</c>, <c>__constant__</c>) by name.</summary>
    public IReadOnlyDictionary<string, PtxGlobal> Globals { get; private init; } = new Dictionary<string, PtxGlobal>();

    /// <summary>Reads a CUBIN (its embedded PTX) or NUL-terminated PTX text, decodes every kernel, allocates and initialises its variables.</summary>
    /// <param name="image">The bytes given to <c>cuModuleLoadDataEx</c>.</param>
    /// <param name="computeCapability">The device's, 10 × major + minor.</param>
    /// <param name="memory">Where the module's variables go.</param>
    /// <exception cref="DeviceFault">No code for this device, or PTX that the interpreter does not know; the message names the line.</exception>
    public static PtxModule Load(ReadOnlySpan<byte> image, int computeCapability, DeviceMemory memory) =>
        throw new NotImplementedException("The decoder has not landed.");

    /// <summary>Frees the module's variables.</summary>
    public void Dispose()
    {
        foreach (ulong address in _owned) _memory.Free(address);
        _owned.Clear();
    }
}
