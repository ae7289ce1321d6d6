using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using GpuTensor.IO;
using Xunit;

namespace GpuTensor.Tests.IO;

/// <summary>Whatever stands at a path: after a write the file there is whole, of the same kind, and nothing lies beside it.</summary>
public class AtomicFileTests
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void Make(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Kinds of files are told apart on Linux.");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        if (process.ExitCode != 0) Assert.Skip($"{program} {string.Join(' ', arguments)}: {process.StandardError.ReadToEnd().Trim()}");
    }

    private static string Temporary(TempFolder folder) =>
        Assert.Single(folder.Files, name => name.StartsWith(".gputensor-", StringComparison.Ordinal));

    [Fact]
    public void A_device_node_stays_one()
    {
        using var folder = new TempFolder();
        Make("mknod", folder["null"], "c", "1", "3");
        Make("mknod", folder["full"], "c", "1", "7");
        Write(folder["null"], "text");
        Assert.Contains("full", Assert.Throws<IOException>(() => Write(folder["full"], "text")).Message);
        // A zip writer goes back in a stream that can seek.
        Npz.Write(folder["null"], [("x", new HostArray(DType.Float32, [100]))], compress: true);
        Assert.Equal(FileKind.CharacterDevice, UnixFile.StatusOf(folder["null"]).Kind);
        Assert.Equal(FileKind.CharacterDevice, UnixFile.StatusOf(folder["full"]).Kind);
        Assert.Equal(["full", "null"], folder.Files);
    }

    [Fact]
    public async Task A_pipe_is_written_into_and_one_that_nobody_reads_is_refused()
    {
        using var folder = new TempFolder();
        string pipe = folder["pipe"];
        Make("mkfifo", pipe);
        Assert.Contains("nobody reads", Assert.Throws<IOException>(() => Write(pipe, "text")).Message);
        var array = new HostArray(DType.Int32, [100_000]);
        array.As<int>()[99_999] = 5;
        using var reader = Process.Start(new ProcessStartInfo("cat", [pipe]) { RedirectStandardOutput = true })!;
        var copy = new MemoryStream();
        var read = reader.StandardOutput.BaseStream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        while (true)
            try
            {
                Npz.Write(pipe, [("x", array)], compress: true);
                break;
            }
            // The reader has not opened it yet.
            catch (IOException e) when (e.Message.Contains("nobody reads")) { await Task.Delay(5, TestContext.Current.CancellationToken); }
        await read;
        Assert.Equal(array.Data, Npz.Read(folder.Write("copy.npz", copy.ToArray()))["x"].Data);
        Assert.Equal(FileKind.Pipe, UnixFile.StatusOf(pipe).Kind);
        Assert.Equal(["copy.npz", "pipe"], folder.Files);
    }

    [Fact]
    public void A_directory_a_socket_and_a_path_without_a_name_are_refused()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["sub"]);
        foreach (string path in new[] { folder.Path, folder["sub"], folder["sub/"], folder["none/"] })
            Assert.Contains(path, Assert.ThrowsAny<IOException>(() => Write(path, "text")).Message);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        if (OperatingSystem.IsLinux()) Assert.Contains("socket", Assert.Throws<IOException>(() => Write(folder["socket"], "text")).Message);
        Assert.Throws<DirectoryNotFoundException>(() => Write(folder["none/a"], "text"));
        Assert.Throws<ArgumentException>(() => Write(folder["a\0b"], "text"));
        Assert.Equal(["socket", "sub"], folder.Files);
    }

    [Fact]
    public void Symbolic_links_are_followed_to_the_end()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Making links takes rights on Windows.");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["sub"]);
        File.CreateSymbolicLink(folder["first"], "second");
        File.CreateSymbolicLink(folder["second"], "sub/third");
        File.CreateSymbolicLink(folder["sub/third"], "../there");
        Write(folder["first"], "one");
        Write(folder["first"], "two");
        Assert.Equal("two", File.ReadAllText(folder["there"]));
        Assert.Equal("sub/third", new FileInfo(folder["second"]).LinkTarget);
        File.CreateSymbolicLink(folder["loop"], "loop");
        Assert.ThrowsAny<IOException>(() => Write(folder["loop"], "text"));
        Assert.Equal(["first", "loop", "second", "sub", "there"], folder.Files);
    }

    [Fact]
    public void Another_name_of_the_old_file_keeps_its_contents()
    {
        using var folder = new TempFolder();
        Write(folder["a"], "old");
        Make("ln", folder["a"], folder["b"]);
        Write(folder["a"], "new");
        Assert.Equal(("new", "old"), (File.ReadAllText(folder["a"]), File.ReadAllText(folder["b"])));
    }

    [Fact]
    public void A_read_only_file_is_not_replaced()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Unix permissions.");
        using var folder = new TempFolder();
        Write(folder["a"], "old");
        Make("chmod", "400", folder["a"]);
        Assert.Contains(folder["a"], Assert.Throws<UnauthorizedAccessException>(() => Write(folder["a"], "new")).Message);
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Theory]
    [InlineData("600")]
    [InlineData("640")]
    [InlineData("755")]
    public void Mode_and_owner_stay_and_nobody_else_reads_the_temporary_file(string octal)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Unix permissions.");
        using var folder = new TempFolder();
        var mode = (UnixFileMode)Convert.ToInt32(octal, 8);
        Write(folder["a"], "old");
        Make("chmod", octal, folder["a"]);
        if (Environment.IsPrivilegedProcess) Make("chown", "12345:12346", folder["a"]);
        var before = UnixFile.StatusOf(folder["a"]);
        AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write("new"u8);
            Assert.Equal(Mine, UnixFile.StatusOf(folder[Temporary(folder)]).Mode);
        });
        Assert.Equal(mode, before.Mode);
        Assert.Equal(before, UnixFile.StatusOf(folder["a"]));
        Assert.Equal("new", File.ReadAllText(folder["a"]));
    }

    [Fact]
    public void A_name_may_have_as_many_bytes_as_the_file_system_lets_it()
    {
        using var folder = new TempFolder();
        foreach (string name in new[] { new string('n', 255), new string('ü', 127), "space \n\t\"'*?.", ".hidden" })
        {
            Write(folder[name], name);
            Write(folder[name], name);
            Assert.Equal(name, File.ReadAllText(folder[name]));
            File.Delete(folder[name]);
        }
        Assert.ThrowsAny<IOException>(() => Write(folder[new string('n', 256)], "text"));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void What_a_dead_writer_left_is_removed_and_a_live_writers_file_is_not()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The locks are Linux's.");
        using var folder = new TempFolder();
        folder.Write(".gputensor-0123456789abcdef0123456789abcdef.tmp", 1, 2, 3);
        Directory.CreateDirectory(folder[".gputensor-folder.tmp"]);
        Make("mkfifo", folder[".gputensor-pipe.tmp"]);
        AtomicFile.Write(folder["slow"], stream =>
        {
            Write(folder["quick"], "text");
            Assert.Equal([".gputensor-folder.tmp", ".gputensor-pipe.tmp"], folder.Files.Where(n => n.Length is > 10 and < 40));
            Temporary(folder, exactly: 32);
            stream.Write("whole"u8);
        });
        Assert.Equal([".gputensor-folder.tmp", ".gputensor-pipe.tmp", "quick", "slow"], folder.Files);
        Assert.Equal("whole", File.ReadAllText(folder["slow"]));
    }

    private static void Temporary(TempFolder folder, int exactly) =>
        Assert.Single(folder.Files, name => name.Length == exactly + ".gputensor-.tmp".Length);

    [Fact]
    public void Of_two_writers_at_once_one_leaves_its_file_whole()
    {
        using var folder = new TempFolder();
        Parallel.For(0, 64, i => Write(folder["a"], new string((char)('a' + i % 16), 10_000)));
        Assert.Single(File.ReadAllText(folder["a"]).Distinct());
        Assert.Equal(10_000, new FileInfo(folder["a"]).Length);
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void What_stands_for_an_open_file_is_written_into()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("/proc is Linux's.");
        using var folder = new TempFolder();
        using var open = new FileStream(folder["a"], FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(folder["a"]);
        File.CreateSymbolicLink(folder["link"], $"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}");
        Write(folder["link"], "text");
        Assert.Equal("text", new StreamReader(open).ReadToEnd());
        Assert.Equal(["link"], folder.Files);
    }

    [Fact]
    public void Only_files_are_opened_to_read()
    {
        using var folder = new TempFolder();
        Make("mkfifo", folder["pipe"]);
        foreach (string path in new[] { folder["pipe"], folder.Path, "/dev/zero", "/dev/urandom" })
            foreach (var read in new Action<string>[] { p => Npy.Read(p), p => Npz.Read(p), p => SafeTensors.Read(p), p => Idx.Read(p) })
                Assert.Contains(path, Assert.Throws<TensorFileException>(() => read(path)).Message);
    }
}
