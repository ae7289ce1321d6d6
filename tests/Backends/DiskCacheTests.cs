using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using Xunit;

namespace GpuTensor.Tests.Backends;

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

    /// <summary>Whatever lies at an entry's place: a miss, at once, and the next entry written there is read.</summary>
    [Theory]
    [InlineData("fifo")]
    [InlineData("endless")]
    [InlineData("folder")]
    [InlineData("huge")]
    [InlineData("foreign")]
    [InlineData("dangling")]
    public void An_entry_that_is_no_file_of_ours_is_a_miss(string kind)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("FIFOs, devices and owners as Linux has them.");
        var cache = new DiskCache(folder);
        cache.Write("k", [1, 2, 3]);
        string path = cache.PathOf("k");
        if (kind is not "foreign") File.Delete(path);
        switch (kind)
        {
            case "fifo": Run("mkfifo", path); break;
            case "endless": File.CreateSymbolicLink(path, "/dev/zero"); break;
            case "dangling": File.CreateSymbolicLink(path, "/nowhere/at/all"); break;
            case "folder": Directory.CreateDirectory(path); break;
            case "huge":
                using (var file = File.Create(path))
                {
                    file.Write("GPUTENS1"u8);
                    file.SetLength(1L << 40);
                }
                break;
            default:
                if (Environment.UserName != "root") Assert.Skip("Only root can give a file away.");
                Run("chown", "65534", path);
                break;
        }
        Assert.Null(cache.Read("k"));
        cache.Write("k", [4]);
        // A folder cannot be renamed over.
        if (kind != "folder") Assert.Equal([4], cache.Read("k")!);
        else Assert.Null(cache.Read("k"));
        Assert.DoesNotContain(Directory.GetFiles(folder), f => f.EndsWith(".tmp", StringComparison.Ordinal));

        static void Run(string program, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(program, arguments);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }

    [Fact]
    public void What_killed_writers_left_is_removed_and_what_others_write_is_not()
    {
        Directory.CreateDirectory(folder);
        string old = Path.Combine(folder, "k.1.a.tmp"), fresh = Path.Combine(folder, "k.1.b.tmp");
        foreach (string file in (string[])[old, fresh]) File.WriteAllBytes(file, [1]);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        new DiskCache(folder).Write("k", [1]);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(fresh));
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
            backend.Launch(kernel, new(1, 1));
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
