using System.Diagnostics;
using GpuTensor.IO;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Writers that are killed, and their files.</summary>
public class FileAttacks
{
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
