using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.IO;

/// <summary>Files of other formats, files that promise more than they hold, and files with random damage.</summary>
public class HostileFileTests
{
    private static readonly (string Name, Action<string> Read)[] Readers =
    [
        ("a .npy file", path => Npy.Read(path)), ("a .npz file", path => Npz.Read(path)),
        ("a safetensors file", path => SafeTensors.Read(path)),
        ("an IDX file", path => Idx.Read(path)), ("a safetensors file", path => SafeTensors.LoadMetadata(path)),
        ("a safetensors file", ReadCheckpoint),
    ];

    private static void ReadCheckpoint(string path)
    {
        var file = CheckpointFile.Read(path);
        _ = (file.Numbers(), file.Integers(), file.Optimizer());
        file.CheckRandom([CheckpointFile.RandomName]);
        file.SetRandom(CheckpointFile.RandomName, Generator.Default);
    }

    private static void WriteCheckpoint(string path)
    {
        var model = new Linear(2, 1, device: Device.Cpu);
        var optimizer = new Adam(model.Parameters());
        model.Forward(Tensor.Ones([1, 2], device: Device.Cpu)).Sum().Backward();
        optimizer.Step();
        Checkpoint.Save(path, model, optimizer, new Dictionary<string, double> { ["best"] = 0.5 }, new Dictionary<string,
            long> { ["seed"] = 7 });
        // Without its checksum, so that damage to the data goes further.
        var (arrays, metadata) = SafeTensors.Read(path);
        arrays.Remove(CheckpointFile.ChecksumName);
        SafeTensors.Write(path, arrays.Select(a => (a.Key, a.Value)), metadata);
    }

    private static byte[] Zip(params (string Name, byte[] Contents)[] entries)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, contents) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(contents);
            }
        return stream.ToArray();
    }

    private static byte[] Gzip(params byte[] contents)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(contents);
        return packed.ToArray();
    }

    private static byte[] Bytes(TempFolder folder, Action<string> write)
    {
        write(folder["made"]);
        byte[] bytes = File.ReadAllBytes(folder["made"]);
        File.Delete(folder["made"]);
        return bytes;
    }

    private static Dictionary<string, byte[]> Valid(TempFolder folder)
    {
        var array = new HostArray(DType.Int16, [3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        (string, HostArray)[] arrays = [("weights", array), ("flags", new(DType.Bool, [2], [0, 1])), ("empty", new(DType.Float64, [0, 4]))];
        byte[] idx = [0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9];
        return new()
        {
            ["npy"] = Bytes(folder, p => Npy.Write(p, array)),
            ["npz"] = Bytes(folder, p => Npz.Write(p, arrays, compress: false)),
            ["deflated.npz"] = Bytes(folder, p => Npz.Write(p, arrays, compress: true)),
            ["safetensors"] = Bytes(folder, p => SafeTensors.Write(p, arrays, new Dictionary<string, string> { ["key"] = "value" })),
            ["checkpoint"] = Bytes(folder, WriteCheckpoint),
            ["idx"] = idx,
            ["idx.gz"] = Gzip(idx),
        };
    }

    [Fact]
    public void Each_reader_says_what_another_formats_file_is()
    {
        using var folder = new TempFolder();
        var files = new Dictionary<string, (byte[] Bytes, string Said)>();
        foreach (var (name, bytes) in Valid(folder))
            files[name] = (bytes, name switch
            {
                "npy" => "Npy.Load", "npz" or "deflated.npz" => "Npz.Load", "safetensors" or "checkpoint" => "SafeTensors.Load",
                    "idx" => "Idx.Load", _ => "gzip",
            });
        files["empty"] = ([], "empty");
        files["page"] = (Encoding.UTF8.GetBytes("\n<!DOCTYPE html><html><body>404</body></html>"), "web page");
        files["text"] = ("epoch,loss\n1,0.5\n"u8.ToArray(), "a text");
        files["json"] = ("{\"a\": [1, 2, 3]}"u8.ToArray(), "JSON");
        files["pt"] = (Zip(("archive/data.pkl", [0x80, 2, 0x2E]), ("archive/data/0", [1, 2, 3, 4])), "PyTorch");
        files["pickle"] = ([0x80, 2, 0x7D, 0x71, 0, 0x2E, 0, 0, 0, 0], "pickle");
        files["h5"] = ([0x89, .. "HDF\r\n\x1a\n"u8, .. new byte[40]], "HDF5");
        files["lfs"] = (Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"), "git lfs pull");
        foreach (var (name, (bytes, said)) in files)
            foreach (var (format, read) in Readers)
            {
                bool own = (format, name) is ("a .npy file", "npy") or ("a .npz file", "npz" or "deflated.npz") or ("a safetensors file",
                    "safetensors" or "checkpoint")
                    or ("an IDX file", "idx" or "idx.gz");
                if (own) continue;
                string message = Assert.Throws<TensorFileException>(() => read(folder.Write(name, bytes))).Message;
                Assert.StartsWith(folder[name], message);
                bool inside = (format, name) == ("an IDX file", "idx.gz");
                Assert.True(inside || (message.Contains($"this is not {format}") && message.Contains(said)),
                    $"{format} of {name}: {message}");
            }
        foreach (var (_, read) in Readers) Assert.Throws<FileNotFoundException>(() => read(folder["missing"]));
    }

    [Fact]
    public void Memory_is_not_taken_on_a_headers_word()
    {
        using var folder = new TempFolder();
        byte[] head = Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1500000000,), }");
        byte[] npy = [0x93, .. "NUMPY"u8, 1, 0, (byte)head.Length, 0, .. head, 1, 2, 3, 4];
        byte[] json = Encoding.ASCII.GetBytes("{\"a\":{\"dtype\":\"F32\",\"shape\":[1500000000],\"data_offsets\":[0,6000000000]}}");
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        byte[] idx = [0, 0, 8, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 3, 1, 2, 3];
        byte[] gzip = Gzip(idx);
        // The archive's directory claims 6 GB for an entry of a few bytes.
        byte[] zip = Zip(("a.npy", npy));
        int directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(directory + 24), 4_000_000_000);
        (string, byte[])[] files = [("npy", npy), ("safetensors", [.. length, .. json, 0, 0, 0, 0]), ("idx", idx), ("idx.gz", gzip),
            ("npz", zip),
            ("npz", Zip(("a.npy", npy)))];
        foreach (var (name, bytes) in files)
        {
            string path = folder.Write(name, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var (_, read) in Readers) Assert.Throws<TensorFileException>(() => read(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483647,2147483647],\"data_offsets\":[0,4611686014132420609]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[-4,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[9223372036854775807,9223372036854775811]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
        + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1e0],\"data_offsets\":[0,1]}}")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[[[[[[[[[[[[1]]]]]]]]]]]],\"data_offsets\":[0,1]}}")]
    [InlineData("{\"__metadata__\":{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}}")]
    public void Safetensors_headers_that_cannot_be_are_refused(string header)
    {
        using var folder = new TempFolder();
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        Assert.Throws<TensorFileException>(() => SafeTensors.Read(folder.Write("a", [.. length, .. text, 0, 0, 0, 0])));
    }

    [Fact]
    public void Random_damage_gives_a_file_error_or_a_value()
    {
        // 100,000s were run with other seeds: GPUTENSOR_FUZZ is their number.
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_FUZZ"), out int given) ? given : 1_000;
        var random = new System.Random(given == 0 ? 5 : given);
        using var folder = new TempFolder();
        var valid = Valid(folder).Values.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Damaged(random, valid);
            string path = folder.Write("damaged", bytes);
            foreach (var (format, read) in Readers)
                try
                {
                    read(path);
                }
                catch (TensorFileException) { }
                catch (Exception e)
                {
                    Assert.Fail($"round {round}, read as {format}: {e}\n{Convert.ToBase64String(bytes)}");
                }
        }
        // Nothing allocates by a damaged size: 1 MiB a file is generous, and a bomb takes a hundred times as much.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (long)rounds * Readers.Length << 20);
    }

    private static byte[] Damaged(System.Random random, byte[][] valid)
    {
        var bytes = valid[random.Next(valid.Length)].ToList();
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 16))); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 64)))); break;
                case 5:
                    var other = valid[random.Next(valid.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 100))]);
                    break;
                default:
                    // Sizes and offsets: extreme numbers in a row of bytes.
                    byte extreme = new byte[] { 0, 0x7F, 0x80, 0xFF }[random.Next(4)];
                    for (int i = at; i < Math.Min(bytes.Count, at + random.Next(1, 9)); i++) bytes[i] = extreme;
                    break;
            }
        }
        return [.. bytes];
    }
}
