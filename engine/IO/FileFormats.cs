using System.Buffers.Binary;
using System.Text;

namespace GpuTensor.IO;

/// <summary>Recognises files by their first bytes, so that a reader given another format's file can say which one it is and who reads
/// it.</summary>
internal static class FileFormats
{
    /// <summary>How many first bytes <see cref="Describe"/> looks at.</summary>
    public const int HeadLength = 512;

    /// <summary>First bytes, and what starts with them. The first row that fits counts.</summary>
    private static readonly (byte[] Magic, string Description)[] Known =
    [
        ([0x93, .. "NUMPY"u8], "a NumPy array (.npy), which Npy.Load reads"),
        ([0x1F, 0x8B, 8], "compressed with gzip; unpack it first (only Idx.Load reads .gz)"),
        ([0x89, .. "HDF\r\n"u8], "an HDF5 file (Keras writes them), which nothing here reads"),
        ([0x80, 2], "a Python pickle (as older PyTorch saves), which is never loaded, since it may run code; "
            + "save it in Python with safetensors.torch.save_file"),
        ([0x80, 3], "a Python pickle, which is never loaded, since it may run code"),
        ([0x80, 4], "a Python pickle, which is never loaded, since it may run code"),
        ([0x80, 5], "a Python pickle, which is never loaded, since it may run code"),
        ([.. "GGUF"u8], "a GGUF file, which nothing here reads"),
        ([.. "PAR1"u8], "a Parquet file, which nothing here reads"),
        ([.. "MATLAB"u8], "a MATLAB file, which nothing here reads"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard; unpack it first"),
        ([.. "BZh"u8], "compressed with bzip2; unpack it first"),
        ([0xFD, .. "7zXZ"u8, 0], "compressed with xz; unpack it first"),
        ([0x89, .. "PNG"u8], "a PNG image, which nothing here reads"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image, which nothing here reads"),
        ([0x7F, .. "ELF"u8], "a program or library"),
        ([.. "version https://git-lfs"u8], "a Git LFS pointer in place of the file; 'git lfs pull' fetches it"),
    ];

    /// <summary>What a file is by its first bytes, as the end of a sentence: "a NumPy array (.npy), which Npy.Load reads". Null: not
    /// known.</summary>
    public static string? Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return "empty";
        foreach (var (magic, description) in Known)
            if (head.StartsWith(magic)) return description;
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8))
            return head.IndexOf("data.pkl"u8) >= 0
                ? "a PyTorch file (.pt), a zip archive with a pickle in it, which is never loaded, since it may run code; "
                    + "save it in Python with safetensors.torch.save_file"
                : "a zip archive; Npz.Load reads NumPy's (.npz)";
        if (head.Length > 8 && head[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(head) <= SafeTensorsHeader.MaxLength)
            return "a safetensors file, which SafeTensors.Load reads";
        if (head.Length > 4 && head[0] == 0 && head[1] == 0 && head[2] is >= 8 and <= 14 && head[3] is > 0 and < 8)
            return "an IDX file, which Idx.Load reads";
        return Text(head);
    }

    private static string? Text(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        foreach (byte b in head)
            if (b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r') || b == 0x7F) return null;
        string text = Encoding.Latin1.GetString(head).TrimStart();
        bool isPage = text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
        if (isPage) return "a web page: what answered the download was not the file";
        return text.StartsWith('<') ? "an XML text" : text.StartsWith('{') || text.StartsWith('[') ? "a JSON text" : "a text";
    }
}
