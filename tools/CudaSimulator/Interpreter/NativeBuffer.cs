using System.Runtime.InteropServices;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Host memory aligned for vectors that only grows.</summary>
internal unsafe struct NativeBuffer : IDisposable
{
    private nuint _bytes;

    public byte* Pointer { get; private set; }

    /// <summary>At least this many bytes; what was there is lost, and what is there is zero, whenever it grows.</summary>
    public void Reserve(nuint bytes)
    {
        bytes += 512;
        if (bytes <= _bytes) return;
        Dispose();
        Pointer = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(Pointer, bytes);
        _bytes = bytes;
    }

    public void Dispose()
    {
        if (Pointer is not null) NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        _bytes = 0;
    }
}
