using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>Memory may be released only once everything that uses it has ended: each last use must precede the release.</summary>
internal static unsafe class ReleaseCheck
{
    // Larger blocks exist only in tests of sizes; reading their untouched shadow would take seconds.
    private const ulong MostBytes = 1UL << 30;

    public static void Run(DeviceMemory memory, ulong address, DeviceOperation release)
    {
        if (memory.Find(address) is not { Bytes: <= MostBytes } allocation) return;
        uint known = 0;
        ulong words = (allocation.Bytes + 3) / 4;
        for (ulong word = 0; word < words; word++)
        {
            Check(allocation.Shadow.Writer[word], "wrote");
            Check(allocation.Shadow.Reader[word], "read");

            void Check(uint entry, string did)
            {
                uint serial = entry & ShadowPlanes.SerialMask;
                if (serial == known || serial == 0) return;
                known = serial;
                if (memory.Timeline.Of(serial) is not { } earlier || release.Follows(earlier)) return;
                throw new DeviceFault(FaultKind.IllegalAddress,
                    $"{release.Name} releases 0x{address + word * 4:x} that {earlier.Name} {did}, and nothing "
                    + "orders the two: no stream or event between them.");
            }
        }
    }
}
