using GpuTensor.Devices;
using GpuTensor.Devices.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Devices;

public sealed class DiskCacheTests : IDisposable
{
    private const string Source = "__kernel void f(__global int* x) { x[0] = 42; }";
    private readonly string folder = Path.Combine(Path.GetTempPath(), "gputensor-test-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void An_entry_comes_back_and_leaves_no_temporary_file()
    {
        var cache = new DiskCache(folder);
        Assert.Null(cache.Read("k"));
        cache.Write("k", [1, 2, 3]);
        Assert.Equal([1, 2, 3], cache.Read("k")!);
        cache.Write("k", []);
        Assert.Empty(cache.Read("k")!);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void Every_damage_is_a_miss()
    {
        var cache = new DiskCache(folder);
        cache.Write("k", [1, 2, 3]);
        byte[] good = File.ReadAllBytes(cache.PathOf("k"));
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x10;
            File.WriteAllBytes(cache.PathOf("k"), bad);
            Assert.Null(cache.Read("k"));
            File.WriteAllBytes(cache.PathOf("k"), good[..i]);
            Assert.Null(cache.Read("k"));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_error()
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var cache = new DiskCache(Path.Combine(file, "below"));
        cache.Write("k", [1]);
        Assert.Null(cache.Read("k"));
    }

    [Fact]
    public void Keys_tell_parts_apart() => Assert.NotEqual(DiskCache.Key("ab", "c"), DiskCache.Key("a", "bc"));

    [Fact]
    public void A_program_is_kept_and_a_damaged_one_rebuilt()
    {
        using var backend = OpenClTest.Open();
        backend.ProgramCache = new DiskCache(folder);
        int builds = 0;
        backend.Fault = call =>
        {
            if (call == "clCreateProgramWithSource") builds++;
            return 0;
        };
        int Run()
        {
            using var program = backend.Compile(Source);
            using var kernel = backend.CreateKernel(program, "f", "x = 42");
            var x = backend.Allocate(4);
            kernel.SetBuffer(0, x);
            backend.Launch(kernel, 1, 1);
            byte[] result = new byte[4];
            backend.Read(x, 0, result);
            backend.Free(x);
            return BitConverter.ToInt32(result);
        }
        Assert.Equal(42, Run());
        Assert.Equal(1, builds);
        Assert.Equal(42, Run());
        Assert.Equal(1, builds);

        string entry = Assert.Single(Directory.GetFiles(folder));
        File.WriteAllBytes(entry, File.ReadAllBytes(entry)[..^7]);
        Assert.Equal(42, Run());
        Assert.Equal(2, builds);

        // Whole, but nothing the driver knows: it refuses, and the source is built.
        backend.ProgramCache.Write(Path.GetFileNameWithoutExtension(entry), "not a program"u8);
        Assert.Equal(42, Run());
        Assert.Equal(3, builds);
    }
}
