using GpuTensor.IO;
using Xunit;

namespace GpuTensor.Tests.IO;

/// <summary>Whatever a writer takes its reader gives back, to the bit; what it does not take it refuses, and leaves nothing
/// behind.</summary>
public class RoundTripTests
{
    private static readonly string[] Names =
    [
        "", "a", "a.npy", "a/b", "/", "..", "../../etc/passwd", "a\0b", "\0", " ", "\n\t\"'\\", "ünï", "🎈", "\uD83C", "x\uDC00y", "\uFEFF",
        "__metadata__",
        "NaN", "{}", "con", new('n', 65_531), new('n', 65_532), new('ü', 40_000), "\u0001\u007F\u0085\u2028", "e\u0301", "\u00E9",
    ];

    private static readonly Shape[] Shapes =
        [[], [0], [1], [3, 0, 2], [2, 3], Shape.Create([.. Enumerable.Repeat(1, 64)]), Shape.Create([.. Enumerable.Repeat(1, 65)])];

    private static HostArray Random(System.Random random, DType dtype, Shape shape)
    {
        var array = new HostArray(dtype, shape);
        random.NextBytes(array.Data);
        // Booleans are 0 or 1; every other pattern of bits is a value, NaNs with their payloads too.
        if (dtype == DType.Bool)
            for (int i = 0; i < array.Data.Length; i++) array.Data[i] &= 1;
        return array;
    }

    private static void Check(string format, Action<string, (string, HostArray)[]> write, Func<string, Dictionary<string, HostArray>> read)
    {
        using var folder = new TempFolder();
        string path = folder[$"a.{format}"];
        var random = new System.Random(1);
        int taken = 0;
        foreach (string name in Names)
            foreach (var shape in Shapes)
            {
                var dtype = DTypes.All[random.Next(DTypes.All.Count)];
                (string Name, HostArray Array)[] arrays =
                    [(name, Random(random, dtype, shape)), ("other", Random(random, DType.Float32, [2]))];
                try
                {
                    write(path, arrays);
                }
                catch (Exception e) when (e is ArgumentException or TensorException)
                {
                    Assert.Empty(folder.Files);
                    continue;
                }
                taken++;
                var back = read(path);
                Assert.Equal(arrays.Length, back.Count);
                foreach (var (key, array) in arrays)
                {
                    Assert.Equal((array.DType, array.Shape), (back[key].DType, back[key].Shape));
                    Assert.Equal(array.Data, back[key].Data);
                }
                File.Delete(path);
            }
        Assert.InRange(taken, 60, Names.Length * Shapes.Length - 1);
    }

    [Fact]
    public void Safetensors() =>
        Check("safetensors", (path, arrays) => SafeTensors.Write(path, arrays), path => SafeTensors.Read(path).Arrays);

    [Fact]
    public void Npz_stored() => Check("npz", (path, arrays) => Npz.Write(path, arrays, compress: false), Npz.Read);

    [Fact]
    public void Npz_deflated() => Check("npz", (path, arrays) => Npz.Write(path, arrays, compress: true), Npz.Read);

    [Fact]
    public void Npy()
    {
        using var folder = new TempFolder();
        string path = folder["a.npy"];
        var random = new System.Random(2);
        foreach (var dtype in DTypes.All)
            foreach (var shape in Shapes)
            {
                var array = Random(random, dtype, shape);
                try
                {
                    GpuTensor.IO.Npy.Write(path, array);
                }
                catch (TensorException)
                {
                    Assert.True(dtype == DType.BFloat16 || shape.Rank > 64);
                    Assert.Empty(folder.Files);
                    continue;
                }
                var back = GpuTensor.IO.Npy.Read(path);
                Assert.Equal((dtype, shape), (back.DType, back.Shape));
                Assert.Equal(array.Data, back.Data);
                File.Delete(path);
            }
    }

    [Fact]
    public void Metadata_comes_back_or_is_refused()
    {
        using var folder = new TempFolder();
        string path = folder["a"];
        foreach (string key in Names)
            foreach (string? value in (string?[])["", "v", "\0", null, "\uD83C", "🎈", "{\"a\": 1}"])
            {
                var metadata = new Dictionary<string, string> { [key] = value! };
                try
                {
                    SafeTensors.Write(path, [("x", new HostArray(DType.Int8, [1]))], metadata);
                }
                catch (ArgumentException)
                {
                    Assert.Empty(folder.Files);
                    continue;
                }
                Assert.Equal(metadata, SafeTensors.LoadMetadata(path));
                File.Delete(path);
            }
    }

    [Fact]
    public void Views_are_written_as_they_look()
    {
        using var folder = new TempFolder();
        var x = Tensor.Arange(12, device: Device.Cpu).Reshape(3, 4);
        var views = new Dictionary<string, Tensor>
        {
            ["transposed"] = x.T, ["narrowed"] = x.Narrow(1, 1, 2), ["expanded"] = x.Narrow(0, 1, 1).Expand(5, 4),
                ["empty"] = x.Narrow(0, 3, 0),
            ["bool"] = (x > 5).T, ["half"] = x.To(DType.BFloat16).T,
        };
        SafeTensors.Save(folder["a"], views);
        var back = SafeTensors.Load(folder["a"], Device.Cpu);
        foreach (var (name, view) in views)
        {
            Assert.Equal((view.DType, view.Shape), (back[name].DType, back[name].Shape));
            Assert.Equal(view.ToHost().Data, back[name].ToHost().Data);
        }
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Tensors_larger_than_may_be_read_at_once_come_in_pieces(string name)
    {
        var device = TestDevices.Get(name);
        using var folder = new TempFolder();
        foreach (Shape shape in new Shape[] { [7, 5, 3], [1, 1, 40], [3, 1, 20], [0, 4], [100], [] })
        {
            var x = Tensor.Rand(shape, device: device);
            GpuTensor.IO.Npy.Save(folder["a.npy"], x);
            SafeTensors.Save(folder["a.safetensors"], new Dictionary<string, Tensor> { ["x"] = x, ["y"] = x.To(DType.Int8) });
            foreach (long most in new[] { 1L, 17, 64, 1000 })
            {
                Assert.Equal(x.ToHost().Data, GpuTensor.IO.Npy.Load(folder["a.npy"], device, most).ToHost().Data);
                var back = SafeTensors.Load(folder["a.safetensors"], device, most).Tensors;
                Assert.Equal((shape, DType.Float32), (back["x"].Shape, back["x"].DType));
                Assert.Equal(x.ToHost().Data, back["x"].ToHost().Data);
                Assert.Equal(x.To(DType.Int8).ToHost().Data, back["y"].ToHost().Data);
            }
        }
    }

    [Fact]
    public void A_name_that_appears_twice_or_a_boolean_that_is_none_is_refused()
    {
        using var folder = new TempFolder();
        (string, HostArray)[] twice = [("a", new(DType.Int8, [1])), ("a", new(DType.Int8, [1]))];
        (string, HostArray)[] odd = [("a", new(DType.Bool, [1], [2]))];
        foreach (var write in new Action<string,
            (string, HostArray)[]>[] { (p, a) => SafeTensors.Write(p, a), (p, a) => Npz.Write(p, a, true) })
        {
            Assert.Throws<ArgumentException>(() => write(folder["a"], twice));
            Assert.Throws<TensorFileException>(() => write(folder["a"], odd));
        }
        Assert.Throws<TensorFileException>(() => GpuTensor.IO.Npy.Write(folder["a"], odd[0].Item2));
        Assert.Empty(folder.Files);
    }
}
