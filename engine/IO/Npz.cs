using System.IO.Compression;
using System.Text;

namespace GpuTensor.IO;

/// <summary>NumPy's .npz files: zip archives of .npy entries, stored (<c>numpy.savez</c>) or deflated (<c>numpy.savez_compressed</c>).
/// Entries are read into memory only; their names are never used as paths.</summary>
public static class Npz
{
    /// <summary>The format's limit on an entry's name, in bytes.</summary>
    private const int LongestName = ushort.MaxValue;

    /// <summary>Writes tensors under their names; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; the names may contain slashes.</param>
    /// <param name="compress">Deflate the entries.</param>
    /// <exception cref="TensorDTypeException">A tensor is bfloat16.</exception>
    /// <exception cref="ArgumentException">A name appears twice, is empty, has more than 65,531 bytes, a NUL character or half of a
    /// surrogate pair.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        (string, FileContents)[] arrays = [.. tensors.Select(t => (t.Key, (FileContents)FileNames.Present(t, nameof(tensors))))];
        Device.RefuseFaults();
        Write(path, arrays, compress);
    }

    /// <summary>Reads all tensors onto a device (default: <see cref="Device.Default"/>), by their names without <c>.npy</c>.</summary>
    /// <exception cref="TensorFileException">The archive or an entry is damaged, or a dtype has no counterpart here.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, Device? device = null)
    {
        var result = new Dictionary<string, Tensor>();
        Read(path, (name, reader) => result.Add(name, NpyFormat.Read(reader, device, LargeTensor.Piece)));
        return result;
    }

    internal static Dictionary<string, HostArray> Read(string path)
    {
        var result = new Dictionary<string, HostArray>();
        Read(path, (name, reader) => result.Add(name, NpyFormat.Read(reader)));
        return result;
    }

    internal static void Write(string path, IEnumerable<(string Name, HostArray Array)> arrays, bool compress) =>
        Write(path, arrays.Select(a => (a.Name, (FileContents)a.Array)), compress);

    internal static void Write(string path, IEnumerable<(string Name, FileContents Array)> arrays, bool compress) =>
        AtomicFile.Write(path, stream => Write(stream, arrays, compress));

    private static void Write(Stream stream, IEnumerable<(string Name, FileContents Array)> arrays, bool compress)
    {
        var names = new HashSet<string>();
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            FileNames.Check(name, names, nameof(arrays));
            // NumPy reads a name as far as its first NUL.
            if (name.Length == 0 || name.Contains('\0') || Encoding.UTF8.GetByteCount(name) > LongestName - 4)
                throw new ArgumentException(
                    $"An array's name in an .npz file has 1 to {LongestName - 4} bytes, none of them NUL; "
                    + $"'{FileNames.Show(name)}' does not.",
                    nameof(arrays));
            var entry = zip.CreateEntry(name + ".npy", compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
            // The same contents give the same file.
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var data = entry.Open();
            NpyFormat.Write(data, array);
        }
    }

    /// <summary>Opens each entry; <paramref name="found"/> reads it to its end.</summary>
    private static void Read(string path, Action<string, FileReader> found)
    {
        using var file = FileReader.OpenStream(path);
        if (!file.CanSeek) throw new TensorFileException($"{path}: a zip archive is read from its end, so it cannot come through a pipe.");
        using var reader = new FileReader(file, path, file.Length);
        if (!reader.Head.StartsWith("PK"u8)) throw reader.WrongFormat("a .npz file", "expected a zip archive.");
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            // Entries that share bytes would let a small archive unfold without bound.
            if (zip.Entries.Sum(e => (decimal)Math.Max(0, e.CompressedLength)) > file.Length)
                throw new TensorFileException($"{path}: at byte 0: the entries claim more than the file has, so some overlap.");
            if (zip.Entries.FirstOrDefault(e => e.Name == "data.pkl") is { } pickle)
                throw new TensorFileException(
                    $"{path}: this is not a .npz file, but a PyTorch file (.pt): its entry '{pickle.FullName}' is a "
                    + "pickle, which is never loaded, since it may run code. Save it in Python with safetensors.torch.save_file.");
            var names = new HashSet<string>();
            foreach (var entry in zip.Entries)
            {
                if (entry.FullName.EndsWith('/') && entry.Length == 0) continue; // a folder
                string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (!names.Add(name)) throw new TensorFileException($"{path}: at byte 0: two entries are named '{name}'.");
                ReadEntry(path, entry, reader => found(name, reader));
            }
        }
        catch (InvalidDataException e)
        {
            throw new TensorFileException($"{path}: at byte {file.Position}: this is no whole zip archive ({e.Message})", e);
        }
    }

    private static void ReadEntry(string path, ZipArchiveEntry entry, Action<FileReader> read)
    {
        string where = $"{path}, entry '{entry.FullName}'";
        if (entry.IsEncrypted) throw new TensorFileException($"{where}: at byte 0: the entry is encrypted; expected plain data.");
        if (entry.Length < 0 || entry.CompressedLength < 0 || entry.Length / FileMemory.DeflateRatio > entry.CompressedLength)
            throw new TensorFileException(
                $"{where}: at byte 0: {entry.CompressedLength} bytes cannot unpack to the {entry.Length} that the archive claims.");
        var checksum = new Crc32Stream(entry.Open());
        using var reader = new FileReader(checksum, where, entry.Length, believed: Math.Min(entry.Length, 4 * entry.CompressedLength));
        read(reader);
        // NpyFormat has seen the end of the entry, so the sum covers it all.
        if (checksum.Value != entry.Crc32)
            throw reader.Error($"the data's CRC-32 is {checksum.Value:x8}, but the archive says {entry.Crc32:x8}: it is damaged.", 0);
    }
}
