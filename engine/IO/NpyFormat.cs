using System.Buffers.Binary;
using System.Text;

namespace GpuTensor.IO;

/// <summary>NumPy's .npy format, versions 1 to 3 (NEP 1, <c>numpy/lib/format.py</c>), between streams and host arrays.</summary>
internal static class NpyFormat
{
    /// <summary>The longest header that can still be one of ours; theirs have about 120 bytes.</summary>
    private const int MaxHeader = 1 << 16;

    /// <summary>Whether bytes start as an .npy file does.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> head) => head.Length >= 6 && head[0] == 0x93 && head[1..].StartsWith("NUMPY"u8);

    /// <summary>Reads an array; the data must end where the reader does.</summary>
    public static HostArray Read(FileReader reader)
    {
        var (header, start) = Header(reader);
        var array = Read(reader, header, header.Shape, start);
        reader.RequireEnd($"the data ({header.DType.Name()} {header.Shape})");
        return array;
    }

    /// <summary>Reads a tensor; at most <paramref name="most"/> bytes are in host memory at once, where the order of the data lets
    /// them.</summary>
    public static Tensor Read(FileReader reader, Device? device, long most)
    {
        var (header, start) = Header(reader);
        HostArray Next(Shape shape) => Read(reader, header, shape, start);
        var tensor = LargeTensor.Read(header.DType, header.Shape, Next, device, header.Fortran ? long.MaxValue : most);
        reader.RequireEnd($"the data ({header.DType.Name()} {header.Shape})");
        return tensor;
    }

    private static (NpyHeader.Contents Header, long DataStart) Header(FileReader reader)
    {
        Span<byte> magic = stackalloc byte[6];
        if (reader.Remaining < magic.Length) throw reader.WrongFormat("a .npy file", "it ends within the magic string \\x93NUMPY.");
        reader.Read(magic, "the magic string \\x93NUMPY");
        if (!HasMagic(magic)) throw reader.WrongFormat("a .npy file", "expected the magic string \\x93NUMPY.");
        byte major = reader.ReadByte("the version"), minor = reader.ReadByte("the version");
        if (major is < 1 or > 3 || minor != 0)
            throw reader.Error($"expected version 1.0, 2.0 or 3.0 of the format, not {major}.{minor}.", 6);
        long length = major == 1 ? reader.ReadUInt16("the header's length") : reader.ReadUInt32("the header's length");
        reader.Require(length, "the header");
        if (length > MaxHeader) throw reader.Error($"the header's length is {length}; at most {MaxHeader} bytes are read.", 8);
        long start = reader.Position;
        var header = NpyHeader.Parse(reader.ReadBytes(length, "the header"), reader, start);
        reader.Require(header.Bytes, $"data ({header.DType.Name()} {header.Shape})");
        return (header, reader.Position);
    }

    /// <summary>Reads the next part of the data, of a shape of its own.</summary>
    private static HostArray Read(FileReader reader, NpyHeader.Contents header, Shape shape, long dataStart)
    {
        long before = reader.Position - dataStart;
        var data = reader.ReadBytes(shape.ElementCount * header.DType.Size(), $"data ({header.DType.Name()} {header.Shape})");
        if (header.BigEndian) ByteOrder.Swap(data, header.DType.Size());
        if (header.Fortran) data = ByteOrder.FromFortran(data, shape, header.DType.Size());
        var array = new HostArray(header.DType, shape, data);
        FileShape.CheckBool(array, dataStart + before, (what, at) => reader.Error(what, at));
        return array;
    }

    /// <summary>Writes an array as version 1.0, row-major and little-endian, the data at a multiple of 64 bytes as NumPy does.</summary>
    /// <exception cref="TensorDTypeException">bfloat16.</exception>
    public static void Write(Stream stream, FileContents array)
    {
        string header = NpyHeader.Write(array.DType, array.Shape);
        int total = (10 + header.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[total];
        bytes[0] = 0x93;
        "NUMPY"u8.CopyTo(bytes.AsSpan(1));
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(total - 10));
        bytes.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        stream.Write(bytes);
        array.WriteTo(stream, "the array");
    }
}
