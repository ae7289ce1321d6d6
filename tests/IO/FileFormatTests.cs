using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using GpuTensor.IO;
using Xunit;

namespace GpuTensor.Tests.IO;

public class FileFormatTests
{
    private static HostArray Sample(DType dtype, params Shape shape)
    {
        var array = new HostArray(dtype, shape);
        for (int i = 0; i < array.Data.Length; i++) array.Data[i] = (byte)(dtype == DType.Bool ? i % 3 % 2 : i * 37 + 11);
        return array;
    }

    private static byte[] NpyFile(string header, params byte[] data)
    {
        byte[] text = Encoding.Latin1.GetBytes(header);
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data];
    }

    private static byte[] SafeTensorsFile(string header, params byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    [Fact]
    public void Npy_keeps_every_dtype_and_shape_but_bfloat16()
    {
        using var folder = new TempFolder();
        foreach (var dtype in DTypes.All)
            foreach (Shape shape in new Shape[] { [], [0], [5], [2, 3], [2, 0, 3], [2, 3, 4, 5] })
            {
                var array = Sample(dtype, shape);
                if (dtype == DType.BFloat16)
                {
                    var error = Assert.Throws<TensorDTypeException>(() => Npy.Write(folder["a.npy"], array));
                    Assert.Contains("SafeTensors", error.Message);
                    continue;
                }
                Npy.Write(folder["a.npy"], array);
                var back = Npy.Read(folder["a.npy"]);
                Assert.Equal((dtype, shape), (back.DType, back.Shape));
                Assert.Equal(array.Data, back.Data);
                Assert.Equal(0, (new FileInfo(folder["a.npy"]).Length - array.Data.Length) % 64);
            }
        Assert.Equal(["a.npy"], folder.Files);
    }

    [Theory]
    [InlineData(new[] { 5, 7 })]
    [InlineData(new[] { 40, 33, 3, 70 })]
    [InlineData(new[] { 1, 6, 1, 4 })]
    [InlineData(new[] { 3, 1, 2, 5, 2 })]
    public void Column_major_data_comes_out_row_major(int[] sizes)
    {
        var shape = Shape.Create(sizes);
        var strides = shape.ContiguousStrides();
        byte[] data = new byte[2 * shape.ElementCount];
        var elements = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(data.AsSpan());
        for (int f = 0; f < elements.Length; f++)
        {
            // Element f of column-major order: its row-major number is what we store in it.
            long rest = f, place = 0;
            for (int d = 0; d < sizes.Length; rest /= sizes[d++]) place += rest % sizes[d] * strides[d];
            elements[f] = (ushort)place;
        }
        using var folder = new TempFolder();
        string header = $"{{'descr': '<i2', 'fortran_order': True, 'shape': ({string.Join(", ", sizes)})}}";
        var array = Npy.Read(folder.Write("f.npy", NpyFile(header, data)));
        for (int i = 0; i < array.Count; i++) Assert.Equal((ushort)i, array.As<ushort>()[i]);
    }

    [Theory]
    [InlineData("{\"descr\":\"<i2\",\"fortran_order\":False,\"shape\":(1,)}")]
    [InlineData("{'shape': (1L,), 'fortran_order': False, 'descr': 'i2',}   \n")]
    public void Npy_headers_may_be_written_in_other_ways(string header)
    {
        using var folder = new TempFolder();
        Assert.Equal(0x0201, Npy.Read(folder.Write("a.npy", NpyFile(header, 1, 2))).As<short>()[0]);
    }

    [Theory]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (1)}", "no tuple")]
    [InlineData("{'descr': '<i2', 'fortran_order': 0, 'shape': (1,)}", "True or False")]
    [InlineData("{'descr': '<i2', 'descr': '<i2', 'fortran_order': False, 'shape': (1,)}", "once")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (1,), 'x': 1}", "'x'")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (1,)} + f()", "end of the header")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (0, 9999999999)}", "9999999999")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999999999999999,)}", "64 bits")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': ((((((((1,)", "expected a size")]
    [InlineData("{'descr': '|V2', 'fortran_order': False, 'shape': (1,)}", "bfloat16")]
    [InlineData("{'descr': '<i2", "in quotes")]
    [InlineData("{'descr': '<i2', 'fortran_order': Fals", "True or False")]
    [InlineData("", "a dictionary")]
    public void Damaged_npy_headers_name_what_was_expected(string header, string expected)
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<TensorFileException>(() => Npy.Read(folder.Write("a.npy", NpyFile(header, 1, 2))));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Every_truncation_of_good_files_is_refused()
    {
        using var folder = new TempFolder();
        Npy.Write(folder["a.npy"], Sample(DType.Int32, 3));
        Npz.Write(folder["a.npz"], [("x", Sample(DType.Int32, 3)), ("y", Sample(DType.Float64))], compress: true);
        SafeTensors.Write(folder["a.safetensors"], [("x", Sample(DType.Int32, 3)), ("y", Sample(DType.Bool, 2))]);
        foreach (string name in new[] { "a.npy", "a.npz", "a.safetensors" })
        {
            byte[] whole = File.ReadAllBytes(folder[name]);
            for (int n = 0; n < whole.Length; n++)
            {
                string path = folder.Write("cut", whole.AsSpan(0, n));
                Assert.Throws<TensorFileException>(() =>
                {
                    if (name.EndsWith("npy")) Npy.Read(path);
                    else if (name.EndsWith("npz")) Npz.Read(path);
                    else SafeTensors.Read(path);
                });
            }
        }
    }

    [Fact]
    public void Flipped_bits_raise_file_errors_and_nothing_else()
    {
        using var folder = new TempFolder();
        Npy.Write(folder["a.npy"], Sample(DType.Int32, 3));
        Npz.Write(folder["a.npz"], [("x", Sample(DType.Int32, 3)), ("y", Sample(DType.Float64))], compress: true);
        var metadata = new Dictionary<string, string> { ["k"] = "v" };
        SafeTensors.Write(folder["a.safetensors"], [("x", Sample(DType.Int32, 3)), ("y", Sample(DType.Bool, 2))], metadata);
        foreach (string name in new[] { "a.npy", "a.npz", "a.safetensors" })
        {
            byte[] bytes = File.ReadAllBytes(folder[name]);
            for (int bit = 0; bit < 8 * bytes.Length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << bit % 8);
                string path = folder.Write("flipped", bytes);
                try
                {
                    if (name.EndsWith("npy")) Npy.Read(path);
                    else if (name.EndsWith("npz")) Npz.Read(path);
                    else SafeTensors.Read(path);
                }
                catch (TensorFileException e) { Assert.Contains("flipped", e.Message); }
                bytes[bit / 8] ^= (byte)(1 << bit % 8);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Npz_keeps_names_and_values_and_is_the_same_file_each_time(bool compress)
    {
        using var folder = new TempFolder();
        (string, HostArray)[] arrays =
            [("a", Sample(DType.Float32, 300, 20)), ("weights/b", Sample(DType.Int64, 3)), ("empty", Sample(DType.Bool, 0, 4))];
        Npz.Write(folder["1.npz"], arrays, compress);
        Npz.Write(folder["2.npz"], arrays, compress);
        Assert.Equal(File.ReadAllBytes(folder["1.npz"]), File.ReadAllBytes(folder["2.npz"]));
        var back = Npz.Read(folder["1.npz"]);
        Assert.Equal(3, back.Count);
        foreach (var (name, array) in arrays)
        {
            Assert.Equal(array.Data, back[name].Data);
            Assert.Equal(array.Shape, back[name].Shape);
        }
        Assert.Throws<ArgumentException>(() => Npz.Write(folder["3.npz"], [("a", arrays[0].Item2), ("a", arrays[0].Item2)], compress));
        Assert.Equal(["1.npz", "2.npz"], folder.Files);
    }

    [Fact]
    public void Npz_checks_the_sum_of_stored_entries()
    {
        using var folder = new TempFolder();
        Npz.Write(folder["a.npz"], [("x", Sample(DType.Int32, 100))], compress: false);
        byte[] bytes = File.ReadAllBytes(folder["a.npz"]);
        bytes[300] ^= 1;
        var error = Assert.Throws<TensorFileException>(() => Npz.Read(folder.Write("a.npz", bytes)));
        Assert.Contains("CRC-32", error.Message);
    }

    [Fact]
    public void Safetensors_keep_every_dtype_and_the_metadata()
    {
        using var folder = new TempFolder();
        (string, HostArray)[] arrays =
            [.. DTypes.All.Select(d => (d.Name() + ".é\"\\", Sample(d, 3, 2))),
            ("scalar", Sample(DType.Float32)), ("none", Sample(DType.Int8, 0))];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["Ünï"] = "\n\"🎈" };
        SafeTensors.Write(folder["a.safetensors"], arrays, metadata);
        var (back, strings) = SafeTensors.Read(folder["a.safetensors"]);
        Assert.Equal(metadata, strings);
        Assert.Equal(metadata, SafeTensors.LoadMetadata(folder["a.safetensors"]));
        Assert.Equal(arrays.Length, back.Count);
        foreach (var (name, array) in arrays)
        {
            Assert.Equal((array.DType, array.Shape), (back[name].DType, back[name].Shape));
            Assert.Equal(array.Data, back[name].Data);
        }
        Assert.Throws<ArgumentException>(() => SafeTensors.Write(folder["b"], [("__metadata__", Sample(DType.Int8))]));
    }

    [Theory]
    [InlineData("{}", 0, null)]
    [InlineData("{\"__metadata__\":{}}      ", 0, null)]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[],\"data_offsets\":[0,1]}}", 1, null)]
    [InlineData(" {}", 0, "start with '{'")]
    [InlineData("{}x", 0, "JSON")]
    [InlineData("{\"a\":1}", 0, "an object")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "a string")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},}", 1, "JSON")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}", 1, "integers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[-1],\"data_offsets\":[0,1]}}", 1, "integers")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1,2]}}", 1, "at most 2")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"shape\":[1]}}", 1, "data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"I8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "once")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "F8_E4M3")]
    [InlineData("{\"a\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "bool must be 0 or 1")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "JSON")]
    public void Safetensors_headers_are_strict(string header, int bytes, string? expected)
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.safetensors", SafeTensorsFile(header, Enumerable.Repeat((byte)7, bytes).ToArray()));
        if (expected is null) Assert.Equal(bytes, SafeTensors.Read(path).Arrays.Count);
        else Assert.Contains(expected, Assert.Throws<TensorFileException>(() => SafeTensors.Read(path)).Message);
    }

    [Fact]
    public void Idx_reads_every_dtype_plain_and_compressed()
    {
        using var folder = new TempFolder();
        byte[] file = [0, 0, 0x0B, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0x01, 0x02, 0xFF, 0xFE];
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(file);
        foreach (string path in new[] { folder.Write("a.idx", file), folder.Write("a.idx.gz", packed.ToArray()) })
        {
            var array = Idx.Read(path);
            Assert.Equal((DType.Int16, "[2, 1]"), (array.DType, array.Shape.ToString()));
            Assert.Equal([0x0102, -2], array.As<short>().ToArray());
        }
        byte[] bytes = packed.ToArray();
        for (int n = 0; n < bytes.Length; n++)
            Assert.Throws<TensorFileException>(() => Idx.Read(folder.Write("cut.gz", bytes.AsSpan(0, n))));
    }

    [Fact]
    public void A_compressed_file_that_promises_too_much_takes_no_memory_for_it()
    {
        using var folder = new TempFolder();
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write([0, 0, 8, 1, 0x7F, 0xFF, 0, 0, 1, 2, 3]);
        string path = folder.Write("a.gz", packed.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<TensorFileException>(() => Idx.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Tensors_of_more_than_one_piece_are_written_whole(string deviceName)
    {
        using var folder = new TempFolder();
        var contents = new long[(80 << 20) / sizeof(long) + 1];
        for (int i = 0; i < contents.Length; i++) contents[i] = i;
        // A part that begins within its memory.
        var tensor = Tensor.From(contents, device: TestDevices.Get(deviceName)).Narrow(0, 3, contents.Length - 3);
        Npy.Save(folder["a.npy"], tensor);
        SafeTensors.Save(folder["a.safetensors"], new Dictionary<string, Tensor> { ["x"] = tensor });
        Assert.True(contents.AsSpan(3).SequenceEqual(Npy.Read(folder["a.npy"]).As<long>()));
        Assert.True(contents.AsSpan(3).SequenceEqual(SafeTensors.Read(folder["a.safetensors"]).Arrays["x"].As<long>()));
        Assert.True(contents.AsSpan(3).SequenceEqual(tensor.ToArray<long>()));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TempFolder();
        string path = folder.Write("a.safetensors", 1, 2, 3);
        SafeTensors.Item[] items = [new("x", new(DType.Int8, [4], _ => throw new InvalidOperationException("no contents")))];
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream => items[0].Contents.WriteTo(stream, "x")));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(["a.safetensors"], folder.Files);
        Assert.Throws<DirectoryNotFoundException>(() => Npy.Write(folder["no/such/folder/a.npy"], Sample(DType.Int8)));
        Assert.Throws<FileNotFoundException>(() => Npy.Read(folder["none.npy"]));
    }

    [Fact]
    public void A_write_through_a_link_replaces_what_it_points_to()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Making links takes rights on Windows.");
        using var folder = new TempFolder();
        folder.Write("real.npy", 1);
        File.CreateSymbolicLink(folder["link.npy"], "real.npy");
        Npy.Write(folder["link.npy"], Sample(DType.Int8, 3));
        Assert.Equal("[3]", Npy.Read(folder["real.npy"]).Shape.ToString());
        Assert.NotNull(new FileInfo(folder["link.npy"]).LinkTarget);
    }

    [Fact]
    public void Tensors_go_to_files_and_back()
    {
        using var folder = new TempFolder();
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, device: Device.Cpu);
        Npy.Save(folder["x.npy"], x.T);
        Assert.Equal([1, 4, 2, 5, 3, 6], Npy.Load(folder["x.npy"], Device.Cpu).ToArray<float>());
        var named = new Dictionary<string, Tensor> { ["x"] = x, ["half"] = x.To(DType.BFloat16) };
        SafeTensors.Save(folder["x.safetensors"], named, new Dictionary<string, string> { ["a"] = "b" });
        var back = SafeTensors.Load(folder["x.safetensors"], out var metadata, Device.Cpu);
        Assert.Equal("b", metadata["a"]);
        Assert.Equal(DType.BFloat16, back["half"].DType);
        Assert.Equal([1, 2, 3, 4, 5, 6], back["half"].To(DType.Float32).ToArray<float>());
        Npz.Save(folder["x.npz"], new Dictionary<string, Tensor> { ["x"] = x });
        Assert.Equal([1, 2, 3, 4, 5, 6], Npz.Load(folder["x.npz"], Device.Cpu)["x"].ToArray<float>());
        Assert.Throws<TensorDTypeException>(() => Npy.Save(folder["h.npy"], named["half"]));
        Assert.Equal(["x.npy", "x.npz", "x.safetensors"], folder.Files);
    }
}
