using System.Buffers.Binary;
using System.Text;

namespace GpuTensor.CudaSimulator.Ptx;

/// <summary>What the simulator needs of an image: the text and, from a CUBIN, the registers of each kernel.</summary>
internal sealed record CodeImage(string Text, bool IsBinary, IReadOnlyDictionary<string, int> Registers);

/// <summary>Reads a CUBIN, an ELF file of machine 190 whose section <c>.nv_debug_ptx_txt</c> is the program's PTX when it was compiled with
/// <c>-lineinfo</c>, or takes PTX as it is.</summary>
internal static class CubinReader
{
    private const int Machine = 190;
    private const byte RegisterCount = 0x2F;

    public static CodeImage Read(ReadOnlySpan<byte> image)
    {
        if (image.Length >= 4 && image[..4].SequenceEqual("\u007fELF"u8)) return ReadElf(image);
        int end = image.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? image : image[..end]);
        if (!text.Contains(".version", StringComparison.Ordinal))
            throw new DeviceFault(FaultKind.InvalidImage, $"The image of {image.Length} bytes is neither a CUBIN nor PTX.");
        return new(text, false, new Dictionary<string, int>());
    }

    private static CodeImage ReadElf(ReadOnlySpan<byte> image)
    {
        try
        {
            if (image[4] != 2 || BinaryPrimitives.ReadUInt16LittleEndian(image[18..]) != Machine)
                throw new DeviceFault(FaultKind.InvalidImage, "The image is an ELF file, but no 64-bit one for a GPU (machine 190).");
            var sections = Sections(image);
            string? text = null;
            var registers = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var section in sections)
            {
                if (section.Name == ".nv_debug_ptx_txt") text = Encoding.UTF8.GetString(image.Slice(section.Offset, section.Size));
                if (section.Name == ".nv.info") ReadInfo(image, section, sections, registers);
            }
            if (text is null)
                throw new DeviceFault(FaultKind.NoBinaryForGpu,
                    "The CUBIN holds no PTX (section .nv_debug_ptx_txt): the simulator needs it compiled with -lineinfo.");
            return new(text, true, registers);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new DeviceFault(FaultKind.InvalidImage, $"The CUBIN of {image.Length} bytes is cut short or damaged.");
        }
    }

    private readonly record struct Section(string Name, uint Type, int Offset, int Size, int Link);

    private static List<Section> Sections(ReadOnlySpan<byte> image)
    {
        int table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]));
        int entry = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]), count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        int names = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3E..]);
        int nameOffset = (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(table + names * entry + 24)..]);
        var sections = new List<Section>(count);
        for (int i = 0; i < count; i++)
        {
            var header = image[(table + i * entry)..];
            var name = image[(nameOffset + (int)BinaryPrimitives.ReadUInt32LittleEndian(header))..];
            sections.Add(new(
                Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[24..])),
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])),
                (int)BinaryPrimitives.ReadUInt32LittleEndian(header[40..])));
        }
        return sections;
    }

    /// <summary>Attributes: a format byte, the attribute, a 16-bit value or the size of what follows. Of registers: a symbol and a
    /// number.</summary>
    private static void ReadInfo(ReadOnlySpan<byte> image, Section section, List<Section> sections, Dictionary<string, int> registers)
    {
        var info = image.Slice(section.Offset, section.Size);
        var symbols = sections[section.Link];
        var strings = sections[symbols.Link];
        for (int at = 0; at + 4 <= info.Length;)
        {
            byte format = info[at], attribute = info[at + 1];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(info[(at + 2)..]);
            at += 4;
            // Format 4: the 16-bit value is the size of the data behind.
            if (format != 4) continue;
            if (attribute == RegisterCount && size >= 8)
            {
                int symbol = BinaryPrimitives.ReadInt32LittleEndian(info[at..]),
                    count = BinaryPrimitives.ReadInt32LittleEndian(info[(at + 4)..]);
                int name = BinaryPrimitives.ReadInt32LittleEndian(image[(symbols.Offset + symbol * 24)..]);
                var text = image[(strings.Offset + name)..];
                registers[Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)])] = count;
            }
            at += size;
        }
    }
}
