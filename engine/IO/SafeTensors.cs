using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GpuTensor.IO;

/// <summary>The .safetensors format: named tensors of every dtype and a dictionary of strings, with nothing in it that could run.</summary>
/// <remarks>Definition: https://github.com/huggingface/safetensors#format.</remarks>
public static class SafeTensors
{
    /// <summary>Writes tensors under their names; flushes and waits for them, one at a time. The file is replaced as a whole or not at
    /// all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors, of any dtype and shape.</param>
    /// <param name="metadata">Strings kept beside them.</param>
    /// <exception cref="ArgumentException">A name appears twice or is the reserved <c>__metadata__</c>; a name or string has half of a
    /// surrogate pair; names and strings take more than 100 MB.</exception>
    /// <exception cref="TensorShapeException">A tensor has more than 64 dimensions.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        Write(path, [.. tensors.Select(t => new Item(t.Key, FileNames.Present(t, nameof(tensors))))], metadata);
    }

    /// <summary>Reads all tensors onto a device (default: <see cref="Device.Default"/>), in the order of their data.</summary>
    /// <exception cref="TensorFileException">The file is damaged, or a dtype has no counterpart here.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, Device? device = null) => Load(path, out _, device);

    /// <summary>Reads all tensors and the strings beside them.</summary>
    /// <exception cref="TensorFileException">The file is damaged, or a dtype has no counterpart here.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(
        string path, out IReadOnlyDictionary<string, string> metadata, Device? device = null)
    {
        (var result, metadata) = Load(path, device, LargeTensor.Piece);
        return result;
    }

    /// <summary>As the public one; at most <paramref name="most"/> bytes are in host memory at once.</summary>
    internal static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Load(string path, Device? device, long most)
    {
        var result = new Dictionary<string, Tensor>();
        return (result, Read(path, (entry, next) =>
            result.Add(entry.Name, LargeTensor.Read(entry.DType, entry.Shape, next, device, most))));
    }

    /// <summary>Reads only the strings beside the tensors; the header is checked, the data not read.</summary>
    /// <exception cref="TensorFileException">The header is damaged.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using var reader = FileReader.Open(path);
        return SafeTensorsHeader.Read(reader).Metadata;
    }

    /// <summary>A tensor to write: its contents are asked for when their turn comes, so that only a piece is in host memory.</summary>
    internal sealed record Item(string Name, FileContents Contents)
    {
        public DType DType => Contents.DType;

        public Shape Shape => Contents.Shape;
    }

    internal static (Dictionary<string, HostArray> Arrays, Dictionary<string, string> Metadata) Read(string path)
    {
        var result = new Dictionary<string, HostArray>();
        return (result, Read(path, (entry, next) => result.Add(entry.Name, next(entry.Shape))));
    }

    internal static void Write(
        string path, IEnumerable<(string Name, HostArray Array)> arrays, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, [.. arrays.Select(a => new Item(a.Name, a.Array))], metadata);

    /// <summary>Reads the tensors in the order of their data. For each, <paramref name="found"/> asks for all its contents, as one array or
    /// several, by shape.</summary>
    private static Dictionary<string, string> Read(string path, Action<SafeTensorsHeader.Entry, Func<Shape, HostArray>> found)
    {
        using var reader = FileReader.Open(path);
        var header = SafeTensorsHeader.Read(reader);
        foreach (var entry in header.Entries)
        {
            found(entry, shape =>
            {
                long at = reader.Position;
                long bytes = shape.ElementCount * entry.DType.Size();
                var array = new HostArray(entry.DType, shape, reader.ReadBytes(bytes, $"tensor '{entry.Name}'"));
                FileShape.CheckBool(array, at, (what, offset) => reader.Error($"tensor '{entry.Name}': {what}", offset));
                return array;
            });
        }
        reader.RequireEnd("the last tensor");
        return header.Metadata;
    }

    /// <summary>Writes items, wider dtypes first, then by name; each is asked for its contents when its turn comes.</summary>
    internal static void Write(string path, Item[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>();
        foreach (var item in items)
        {
            FileNames.Check(item.Name, names, "tensors");
            if (item.Name == "__metadata__") throw new ArgumentException("The name '__metadata__' is the format's own.", "tensors");
            if (item.Shape.Rank > FileShape.MaxRank)
                throw new TensorShapeException(
                    $"'{FileNames.Show(item.Name)}' has {item.Shape.Rank} dimensions; files hold {FileShape.MaxRank}.");
        }
        // Wider types first, as the official writer does it, so that every tensor lies at a multiple of its element size.
        Array.Sort(items, (a, b) =>
            a.DType.Size() != b.DType.Size() ? b.DType.Size() - a.DType.Size() : string.CompareOrdinal(a.Name, b.Name));
        byte[] header = Header(items, metadata);
        Device.RefuseFaults();
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var item in items) item.Contents.WriteTo(stream, item.Name);
        });
    }

    /// <summary>The JSON text, padded with spaces so that the data begins at a multiple of 8.</summary>
    private static byte[] Header(Item[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var keys = new HashSet<string>();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata)
                {
                    FileNames.Check(key, keys, nameof(metadata));
                    if (value is null) throw new ArgumentException($"The metadata '{FileNames.Show(key)}' is null.", nameof(metadata));
                    FileNames.CheckText(value, nameof(metadata));
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var item in items)
            {
                json.WriteStartObject(item.Name);
                json.WriteString("dtype", SafeTensorsHeader.DTypeName(item.DType));
                json.WriteStartArray("shape");
                foreach (int n in item.Shape) json.WriteNumberValue(n);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += item.Shape.ElementCount * item.DType.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        buffer.GetSpan(8)[..8].Fill((byte)' ');
        buffer.Advance(-buffer.WrittenCount & 7);
        if (buffer.WrittenCount > SafeTensorsHeader.MaxLength)
            throw new ArgumentException(
                $"Names, shapes and metadata take {buffer.WrittenCount} bytes; a safetensors file holds {SafeTensorsHeader.MaxLength}.",
                nameof(items));
        return buffer.WrittenSpan.ToArray();
    }
}
