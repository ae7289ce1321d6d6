using System.Buffers.Binary;

namespace GpuTensor.IO;

/// <summary>IDX files, the format of MNIST and its kin, plain or compressed with gzip: a magic number, big-endian sizes, big-endian
/// data.</summary>
/// <remarks>Definition: http://yann.lecun.com/exdb/mnist/. Dtypes: uint8, int8, int16, int32, float32, float64.</remarks>
public static class Idx
{
    /// <summary>Reads a file onto a device (default: <see cref="Device.Default"/>), with its own shape and dtype.</summary>
    /// <exception cref="TensorFileException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor Load(string path, Device? device = null) => Tensor.FromHost(Read(path), device);

    internal static HostArray Read(string path)
    {
        using var file = FileReader.Open(path);
        Span<byte> head = stackalloc byte[2];
        if (file.Peek(head) < 2 || head[0] != 0x1F || head[1] != 0x8B) return Read(file, null);
        uint length = file.GzipLength();
        long most = (file.Remaining ?? 0) * FileMemory.DeflateRatio;
        using var contents = file.Gunzip(out var sum);
        var array = Read(contents, claimed => claimed <= most && (uint)claimed == length ? null
            : $"its header claims {claimed} bytes of contents, but the gzip file ends with a length of {length} (modulo 2³²) "
                + $"and cannot unpack to more than {most}.");
        file.RequireGzipEnd(sum.Value, contents.Position);
        return array;
    }

    /// <param name="reader">The contents, unpacked.</param>
    /// <param name="fault">What is wrong with the length that the header claims; asked before any data is read.</param>
    private static HostArray Read(FileReader reader, Func<long, string?>? fault)
    {
        Span<byte> magic = stackalloc byte[4];
        const string format = "an IDX file";
        if (reader.Remaining < 4) throw reader.WrongFormat(format, "it ends within the magic number.");
        reader.Read(magic, "the magic number");
        DType? dtype = magic[2] switch
        {
            0x08 => DType.UInt8, 0x09 => DType.Int8, 0x0B => DType.Int16, 0x0C => DType.Int32, 0x0D => DType.Float32, 0x0E => DType.Float64,
            _ => null,
        };
        if (magic[0] != 0 || magic[1] != 0 || dtype is not { } type)
            throw reader.WrongFormat(format, $"expected a magic number (00 00, type, rank), found {Convert.ToHexStringLower(magic)}.");
        Span<long> sizes = stackalloc long[magic[3]];
        Span<byte> size = stackalloc byte[4];
        for (int i = 0; i < sizes.Length; i++)
        {
            reader.Read(size, $"size {i} of {sizes.Length}");
            sizes[i] = BinaryPrimitives.ReadUInt32BigEndian(size);
        }
        var (shape, bytes) = FileShape.Make(sizes, type, what => reader.Error(what, 4));
        if (fault?.Invoke(reader.Position + bytes) is { } wrong) throw reader.Error(wrong, 4);
        var data = reader.ReadBytes(bytes, $"data ({type.Name()} {shape})");
        reader.RequireEnd($"the data ({type.Name()} {shape})");
        ByteOrder.Swap(data, type.Size());
        return new(type, shape, data);
    }
}
