using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using GpuTensor.Data;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Writers that are killed, files that unfold to more than the memory limit, loaders that hang.</summary>
public class FileAttacks
{
    private const int Limit = 16 << 20;

    private static void Unfold(string folder)
    {
        foreach (var (name, read) in new (string, Action<string>)[]
            { ("bomb.npz", p => Npz.Load(p)), ("bomb.gz", p => Idx.Load(p)), ("bomb.npy", p => Npy.Load(p)),
                ("bomb.safetensors", p => SafeTensors.Load(p)) })
        {
            long before = GC.GetTotalAllocatedBytes();
            string message = Assert.Throws<DeviceOutOfMemoryException>(() => read(Path.Combine(folder, name))).Message;
            Assert.Contains(name, message);
            Assert.Contains("GPUTENSOR_MEMORY_LIMIT", message);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Limit / 2);
        }
        // Each entry is below the limit, all together are not.
        Assert.Throws<DeviceOutOfMemoryException>(() => Npz.Load(Path.Combine(folder, "many.npz")));
    }

    [Fact]
    public async Task Files_that_unfold_to_more_than_the_memory_limit_are_refused_before_they_do()
    {
        using var folder = new TempFolder();
        var zeros = new HostArray(DType.UInt8, [4 * Limit]);
        Npz.Write(folder["bomb.npz"], [("x", zeros)], compress: true);
        Assert.InRange(new FileInfo(folder["bomb.npz"]).Length, 0, Limit / 64);
        Npz.Write(folder["many.npz"], Enumerable.Range(0, 8).Select(i => ($"x{i}", new HostArray(DType.UInt8, [Limit / 4]))),
            compress: true);
        Npy.Write(folder["bomb.npy"], zeros);
        SafeTensors.Write(folder["bomb.safetensors"], [("x", zeros)]);
        using (var gzip = new GZipStream(File.Create(folder["bomb.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write([0, 0, 8, 1, 4 * Limit >> 24, 0, 0, 0]);
            gzip.Write(zeros.Data);
        }
        var limit = new Dictionary<string, string?> { ["GPUTENSOR_MEMORY_LIMIT"] = Limit.ToString(CultureInfo.InvariantCulture) };
        (await ChildProcess.Run(Unfold, "cpu", environment: limit, arguments: folder.Path)).Succeeded();
    }

    private static void WriteOften(string path, string letter)
    {
        for (int i = 0; i < 50; i++)
        {
            AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(new string(letter[0], 5000))));
            Assert.Single(File.ReadAllText(path).Distinct());
        }
    }

    [Fact]
    public async Task Processes_that_write_one_file_at_once_leave_each_others_temporary_files_alone()
    {
        using var folder = new TempFolder();
        var writers = new[] { "a", "b", "c" }.Select(letter => ChildProcess.Run(WriteOften, "cpu", arguments: [folder["file"], letter]))
            .ToList();
        foreach (var writer in writers) (await writer).Succeeded();
        Assert.Equal(5000, new FileInfo(folder["file"]).Length);
        Assert.Equal(["file"], folder.Files);
    }

    /// <summary>Saves in every format onto nodes that the test made; a writer that replaced one would make a file of it.</summary>
    private static void SaveOntoNodes(string folder)
    {
        var model = new Linear(2, 3);
        var named = new Dictionary<string, Tensor> { ["x"] = Tensor.Ones(2, 3) };
        var saves = new Action<string>[]
        {
            p => Npy.Save(p, named["x"]), p => Npz.Save(p, named), p => Npz.Save(p, named, compress: true), p => SafeTensors.Save(p, named),
            p => model.Save(p), p => Checkpoint.Save(p, model, new SGD(model.Parameters())),
        };
        foreach (var save in saves)
        {
            // Nobody reads the pipe, so it is refused; a link leads to the node.
            foreach (string refused in new[] { "pipe", "link", "full", "" })
                Assert.ThrowsAny<IOException>(() => save(Path.Combine(folder, refused)));
            if (File.Exists(Path.Combine(folder, "null"))) save(Path.Combine(folder, "null"));
        }
    }

    [Fact]
    public async Task A_save_onto_a_pipe_or_device_leaves_it_one()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Kinds of files are told apart on Linux.");
        using var folder = new TempFolder();
        await Process.Start("mkfifo", folder["pipe"]).WaitForExitAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder["link"], "pipe");
        // Only root may make devices.
        foreach (var (name, minor) in new[] { ("null", "3"), ("full", "7") })
        {
            using var made = Process.Start(new ProcessStartInfo("mknod",
                [folder[name], "c", "1", minor]) { RedirectStandardError = true })!;
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        if (!folder.Files.Contains("full")) File.CreateSymbolicLink(folder["full"], "/dev/full");
        string[] before = folder.Files;
        (await ChildProcess.Run(SaveOntoNodes, "cpu", arguments: folder.Path)).Succeeded();
        Assert.Equal(before, folder.Files);
        Assert.Equal(FileKind.Pipe, UnixFile.StatusOf(folder["pipe"]).Kind);
        Assert.Equal(FileKind.CharacterDevice, UnixFile.StatusOf(folder["full"]).Kind);
        if (before.Contains("null")) Assert.Equal(FileKind.CharacterDevice, UnixFile.StatusOf(folder["null"]).Kind);
    }

    private sealed class Endless : Dataset
    {
        public override int Count => int.MaxValue / 8;

        public override Shape InputShape => [1];

        public override DType InputDType => DType.Float32;

        public override Shape TargetShape => [];

        public override DType TargetDType => DType.Int64;

        public override void Read(ReadOnlySpan<int> indices, Span<byte> inputs, Span<byte> targets) => Thread.Sleep(Timeout.Infinite);
    }

    private static void LeaveALoaderThatWaits()
    {
        var loader = new DataLoader(new TensorDataset(Tensor.Zeros(9, 1), Tensor.Zeros(9)), 2);
        Assert.True(loader.GetEnumerator().MoveNext());
        var waiting = new Thread(() => new DataLoader(new Endless(), 2).First()) { IsBackground = true };
        waiting.Start();
        Thread.Sleep(100);
    }

    [Fact]
    public async Task A_process_ends_though_its_loaders_wait() => (await ChildProcess.Run(LeaveALoaderThatWaits, "cpu")).Succeeded();

    private static void DieInMidWrite(string path) => AtomicFile.Write(path, stream =>
    {
        stream.Write(new byte[1 << 20]);
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    });

    [Fact]
    public async Task A_writer_that_is_killed_leaves_the_old_file_and_the_next_write_removes_its_remains()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The locks are Linux's.");
        using var folder = new TempFolder();
        string path = folder.Write("a", 1, 2, 3);
        Assert.NotEqual(0, (await ChildProcess.Run(DieInMidWrite, "cpu", arguments: path)).ExitCode);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(2, folder.Files.Length);
        AtomicFile.Write(path, stream => stream.WriteByte(4));
        Assert.Equal(["a"], folder.Files);
    }
}
