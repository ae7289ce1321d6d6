using System.Buffers.Binary;
using System.IO.Compression;

namespace GpuTensor.IO;

/// <summary>Reads a file's bytes in order and refuses what it does not hold: the position and, where the stream tells it, the length are
/// known, so that nothing is allocated on a header's word alone.</summary>
internal sealed class FileReader : IDisposable
{
    private const int Piece = 1 << 20;

    private readonly Stream stream;
    private readonly string name;
    private readonly byte[] head;
    private readonly long? length;
    private readonly long believed;

    /// <param name="stream">Read from its current position, which counts as offset 0; disposed with the reader.</param>
    /// <param name="name">The file, for errors.</param>
    /// <param name="length">The bytes there are at the most; null: not known.</param>
    /// <param name="believed">What may be allocated at once; beyond it memory grows only as bytes really arrive.</param>
    public FileReader(Stream stream, string name, long? length, long believed = Piece)
    {
        (this.stream, this.name, this.length, this.believed) = (stream, name, length, Math.Max(believed, Piece));
        head = stream.CanSeek ? new byte[FileFormats.HeadLength] : [];
        if (head.Length > 0) Array.Resize(ref head, Peek(head));
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It is not there or cannot be read; .NET's own exceptions, which name the path.</exception>
    /// <exception cref="TensorFileException">The path leads to a directory, pipe, device or socket.</exception>
    public static FileReader Open(string path)
    {
        var stream = OpenStream(path);
        return stream.CanSeek ? new(stream, path, stream.Length, believed: stream.Length) : new(stream, path, null);
    }

    /// <summary>Opens a regular file, or what stands for a process's open file (<c>/dev/stdin</c>). Opening anything else may wait for
    /// ever, and reading it never end.</summary>
    public static FileStream OpenStream(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        bool isOpen = full.StartsWith("/dev/fd/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)
            || full == "/dev/stdin";
        string? other = UnixFile.StatusOf(full).Kind switch
        {
            FileKind.Directory => "directory",
            FileKind.Pipe when !isOpen => "named pipe",
            FileKind.CharacterDevice or FileKind.BlockDevice when !isOpen => "device",
            FileKind.Socket => "socket",
            _ => null,
        };
        if (other is not null) throw new TensorFileException($"{path}: expected a file, this is a {other}.");
        return new(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
    }

    /// <summary>An error that says that the file is of another format, and of which, where the first bytes tell; else what was
    /// wrong.</summary>
    /// <param name="expected">The format expected, with its article: "a safetensors file".</param>
    /// <param name="what">What was wrong.</param>
    /// <param name="offset">Where.</param>
    public TensorFileException WrongFormat(string expected, string what, long offset = 0) =>
        stream.CanSeek && FileFormats.Describe(head) is { } description && !description.StartsWith(expected, StringComparison.Ordinal)
            ? Error($"this is not {expected}: the file is {description}.", 0)
            : Error($"{what} This is not {expected}, or it is damaged.", offset);

    /// <summary>A gzip file's contents. Four times the real bytes are believed at once: more than most data shrinks. When all is read,
    /// <see cref="RequireGzipEnd"/> has to agree.</summary>
    public FileReader Gunzip(out Crc32Stream sum) =>
        new(sum = new(new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true)), name, null, 4 * (length ?? 0));

    /// <summary>What a gzip file says at its end of its contents' length, modulo 2³²; does not move on.</summary>
    public uint GzipLength()
    {
        long position = stream.Position;
        Span<byte> end = stackalloc byte[4];
        stream.Position = Math.Max(0, stream.Length - 4);
        stream.ReadAtLeast(end, 4, throwOnEndOfStream: false);
        stream.Position = position;
        return BinaryPrimitives.ReadUInt32LittleEndian(end);
    }

    /// <summary>Refuses unless the file ends with the checksum and length of its contents; .NET's reader says nothing when they are cut
    /// off.</summary>
    public void RequireGzipEnd(uint sum, long contents)
    {
        long at = stream.Length - 8;
        Span<byte> end = stackalloc byte[8];
        stream.Position = Math.Max(0, at);
        if (stream.ReadAtLeast(end, 8, throwOnEndOfStream: false) < 8 || BinaryPrimitives.ReadUInt32LittleEndian(end) != sum
            || BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) != (uint)contents)
            throw Error($"expected the CRC-32 ({sum:x8}) and length ({contents}) of the contents at the end: the gzip file is cut off, "
                + "or more follows.", Math.Max(0, at));
    }

    /// <summary>The first bytes, without moving on; fewer where the file ends. Needs a stream that can seek.</summary>
    public int Peek(Span<byte> head)
    {
        if (!stream.CanSeek) return 0;
        long position = stream.Position;
        int n = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = position;
        return n;
    }

    /// <summary>The first bytes of a stream that can seek; else none.</summary>
    public ReadOnlySpan<byte> Head => head;

    /// <summary>The offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>The bytes left, where that is known.</summary>
    public long? Remaining => length - Position;

    /// <summary>An error about what stands at an offset (default: here).</summary>
    public TensorFileException Error(string what, long? offset = null, Exception? inner = null) =>
        new($"{name}: at byte {offset ?? Position}: {what}", inner);

    /// <summary>Refuses unless that many bytes follow, as far as that is known.</summary>
    public void Require(long count, string what)
    {
        if (Remaining is { } left && count > left)
            throw Error($"expected {count} bytes of {what}, but the file ends after {left} more (it has {length} bytes).");
    }

    public void Read(Span<byte> target, string what)
    {
        Require(target.Length, what);
        int done = 0;
        while (done < target.Length)
        {
            int n = ReadSome(target[done..]);
            if (n == 0) throw Error($"expected {target.Length - done} more bytes of {what}, but the file ends here.");
            done += n;
            Position += n;
        }
    }

    /// <summary>That many bytes in an array of their own.</summary>
    /// <exception cref="DeviceOutOfMemoryException">They pass the memory limit.</exception>
    public byte[] ReadBytes(long count, string what)
    {
        Require(count, what);
        FileMemory.Require(count, $"{name}: {what}");
        if (count > Array.MaxLength) throw Error($"{what} takes {count} bytes; at most {Array.MaxLength} fit in one array.");
        var bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(count, believed));
        int done = 0;
        while (true)
        {
            Read(bytes.AsSpan(done), what);
            done = bytes.Length;
            if (done == count) return bytes;
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * done));
        }
    }

    public byte ReadByte(string what)
    {
        Span<byte> b = stackalloc byte[1];
        Read(b, what);
        return b[0];
    }

    public ushort ReadUInt16(string what)
    {
        Span<byte> b = stackalloc byte[2];
        Read(b, what);
        return BinaryPrimitives.ReadUInt16LittleEndian(b);
    }

    public uint ReadUInt32(string what)
    {
        Span<byte> b = stackalloc byte[4];
        Read(b, what);
        return BinaryPrimitives.ReadUInt32LittleEndian(b);
    }

    public ulong ReadUInt64(string what)
    {
        Span<byte> b = stackalloc byte[8];
        Read(b, what);
        return BinaryPrimitives.ReadUInt64LittleEndian(b);
    }

    /// <summary>Refuses what follows the end of the contents.</summary>
    public void RequireEnd(string after)
    {
        Span<byte> one = stackalloc byte[1];
        if (ReadSome(one) == 0) return;
        throw Error($"expected the end of the file after {after}, but {(Remaining is { } left ? left : "more")} bytes follow.");
    }

    public void Dispose() => stream.Dispose();

    /// <summary>What a decompressor finds wrong is an error of this file, too.</summary>
    private int ReadSome(Span<byte> target)
    {
        try
        {
            return stream.Read(target);
        }
        catch (InvalidDataException e)
        {
            throw Error($"the compressed data is damaged ({e.Message})", null, e);
        }
    }
}
