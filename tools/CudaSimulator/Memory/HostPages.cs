using System.Runtime.InteropServices;

namespace GpuTensor.CudaSimulator.Memory;

/// <summary>Zeroed host memory that costs nothing until it is touched, so that a test may allocate far more than the machine has.</summary>
internal sealed unsafe partial class HostPages : IDisposable
{
    private const ulong MapFrom = 1 << 20;
    private readonly ulong _bytes;
    private readonly bool _mapped;

    public HostPages(ulong bytes)
    {
        _bytes = Math.Max(bytes, 64);
        _mapped = OperatingSystem.IsLinux() && bytes >= MapFrom;
        if (_mapped)
        {
            // PROT_READ | PROT_WRITE; MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE: the kernel's overcommit check would refuse what is never
            // touched.
            nint pages = Map(0, (nuint)_bytes, 3, 0x02 | 0x20 | 0x4000, -1, 0);
            if (pages == -1) throw new DeviceFault(FaultKind.OutOfMemory, $"The host could not map {_bytes} bytes for the simulated "
                + "device.");
            Pointer = (byte*)pages;
        }
        else
        {
            Pointer = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
        }
    }

    public byte* Pointer { get; private set; }

    public void Dispose()
    {
        if (Pointer is null) return;
        if (_mapped) _ = Unmap((nint)Pointer, (nuint)_bytes);
        else NativeMemory.Free(Pointer);
        Pointer = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = false)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = false)]
    private static partial int Unmap(nint address, nuint length);
}
