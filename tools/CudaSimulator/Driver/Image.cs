using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GpuTensor.CudaSimulator.Driver;

/// <summary>The bytes behind the pointer that <c>cuModuleLoadDataEx</c> is given, which says nothing of their number; and whether a driver
/// of this version knows what they hold.</summary>
internal static unsafe class Image
{
    // The PTX version each CUDA version brought (PTX manual, "release history"): 10 × major + minor.
    private static readonly (int Driver, int Ptx)[] PtxVersions =
    [
        (11000, 70), (11010, 71), (11020, 72), (11030, 73), (11040, 74), (11050, 75), (11060, 76), (11070, 77), (11080, 78), (12000, 80),
        (12010, 81), (12020, 82), (12030, 83), (12040, 84), (12050, 85), (12070, 86), (12080, 87), (12090, 88), (13000, 90), (13010, 91),
    ];

    /// <summary>An ELF tells its own size: where its tables and sections end. PTX ends with its NUL.</summary>
    public static ReadOnlySpan<byte> Bytes(byte* image)
    {
        if (!new ReadOnlySpan<byte>(image, 4).SequenceEqual("\u007fELF"u8))
            return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(image);
        var header = new ReadOnlySpan<byte>(image, 64);
        long sections = BinaryPrimitives.ReadInt64LittleEndian(header[40..]),
            programs = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[58..]), count = BinaryPrimitives.ReadUInt16LittleEndian(header[60..]);
        long end = Math.Max(sections + size * count,
            programs + (BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) * BinaryPrimitives.ReadUInt16LittleEndian(header[56..])));
        for (int i = 0; i < count; i++)
        {
            const int NoBits = 8;
            var section = new ReadOnlySpan<byte>(image + sections + (i * size), size);
            if (BinaryPrimitives.ReadInt32LittleEndian(section[4..]) == NoBits) continue;
            end = Math.Max(end, BinaryPrimitives.ReadInt64LittleEndian(section[24..])
                + BinaryPrimitives.ReadInt64LittleEndian(section[32..]));
        }
        return new ReadOnlySpan<byte>(image, checked((int)end));
    }

    /// <summary>A driver runs machine code of its own CUDA major version or an older one, and compiles PTX no newer than itself.</summary>
    public static void RequireKnown(LoadedModule module, SimulatedDevice device)
    {
        int driver = device.Simulator.Configuration.DriverVersion;
        int made = PtxVersions.FirstOrDefault(v => v.Ptx >= module.PtxVersion) is { Driver: > 0 } found ? found.Driver : int.MaxValue;
        bool known = module.IsBinary ? made / 1000 <= driver / 1000 : made <= driver;
        if (known) return;
        module.Unload();
        string version = $"{module.PtxVersion / 10}.{module.PtxVersion % 10}";
        if (!module.IsBinary)
            throw new DeviceFault(FaultKind.UnsupportedPtxVersion,
                $"the PTX is of version {version}, the driver of CUDA {driver / 1000}.{driver % 1000 / 10}");
        throw new DeviceFault(FaultKind.NoBinaryForGpu,
            $"the code was made by a compiler of PTX {version}, newer than the driver of CUDA {driver / 1000}.{driver % 1000 / 10}");
    }
}
