namespace GpuTensor.CudaSimulator.Memory;

/// <summary>What is known of each four bytes of an allocation, as planes so that the 32 neighbouring words of a warp's access are
/// vectors.</summary>
internal sealed unsafe class ShadowPlanes : IDisposable
{
    /// <summary>Bits of <see cref="State"/>: which of the four bytes were ever written, which the last writer wrote, which the last reader
    /// read.</summary>
    public const int WrittenBits = 0xF, WriterShift = 4, ReaderShift = 8;

    /// <summary>Flags of <see cref="Reader"/> beside the serial: several blocks of one operation read it; it was read as
    /// <c>ld.global.nc</c>.</summary>
    public const uint SharedReaders = 1u << 31, ReadOnlyReader = 1u << 30;

    /// <summary>Flag of <see cref="Writer"/>: written by an atomic.</summary>
    public const uint AtomicWriter = 1u << 31;

    /// <summary>The bits of a serial.</summary>
    public const uint SerialMask = (1u << 30) - 1;

    private readonly HostPages _state, _writer, _thread, _reader;

    public ShadowPlanes(ulong words)
    {
        _state = new HostPages(words * 2 + 1024);
        _writer = new HostPages(words * 4 + 1024);
        _thread = new HostPages(words * 4 + 1024);
        _reader = new HostPages(words * 4 + 1024);
    }

    /// <summary>Byte masks, see <see cref="WrittenBits"/>.</summary>
    public ushort* State => (ushort*)_state.Pointer;

    /// <summary>Serial of the operation's block that wrote last, 0 for none.</summary>
    public uint* Writer => (uint*)_writer.Pointer;

    /// <summary>The writer's thread in its block and its barrier epoch.</summary>
    public uint* WriterThread => (uint*)_thread.Pointer;

    /// <summary>Serial of the operation's block that read last, 0 for none, with flags.</summary>
    public uint* Reader => (uint*)_reader.Pointer;

    public void Dispose()
    {
        _state.Dispose();
        _writer.Dispose();
        _thread.Dispose();
        _reader.Dispose();
    }
}
