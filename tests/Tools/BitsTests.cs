using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>gputensor bits</c> as a developer runs it.</summary>
public class BitsTests
{
    [Fact]
    public void Two_runs_give_the_same_hashes_and_a_change_is_named()
    {
        using var folder = new TempFolder();
        string[] run = ["bits", "--programs", "2", "--filter", "program/"];
        Program.Run(Program.Cli, folder.Path, "cpu", [.. run, "--out", "first"]).Succeeded();
        var same = Program.Run(Program.Cli, folder.Path, "cpu", [.. run, "--compare", "first"]).Succeeded();
        Assert.Contains("2 compared, 0 differ", same.Output);

        string[] lines = File.ReadAllLines(folder["first"]);
        File.WriteAllLines(folder["changed"], [lines[0], lines[1] + "0"]);
        var other = Program.Run(Program.Cli, folder.Path, "cpu", [.. run, "--compare", "changed"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("program/1 differs", other.Output);
    }
}
