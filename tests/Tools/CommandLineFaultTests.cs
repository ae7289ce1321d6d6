using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>The command line where the machine does not play along: what cannot be read or written, streams that are closed, signals,
/// numbers that diverge.</summary>
public class CommandLineFaultTests
{
    private static string[] Train(string output, params string[] more) =>
        ["train", "fashion-mnist", "--data", ".", "--out", output, "--device", "opencl", .. more];

    private static void IsOneLine(Program.Result result, string says)
    {
        Assert.True(result.ExitCode == 1, $"exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
        Assert.Contains(says, result.Errors);
        Assert.Single(result.Errors.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", result.Output + result.Errors);
        Assert.DoesNotContain("a defect", result.Errors);
    }

    [Theory]
    [InlineData("--epochs must be a whole number, and is 'x'", "train", "fashion-mnist", "--epochs", "x")]
    [InlineData("--batch-size must be a whole number, and is '1e9'", "train", "fashion-mnist", "--batch-size", "1e9")]
    [InlineData("--batch-size must be at most 60000, and is 2147483647", "train", "fashion-mnist", "--batch-size", "2147483647")]
    [InlineData("--lr must be a finite number, and is 'inf'", "train", "fashion-mnist", "--lr", "inf")]
    [InlineData("--lr must be a finite number, and is '0,001'", "train", "fashion-mnist", "--lr", "0,001")]
    [InlineData("did you mean --epochs?", "train", "fashion-mnist", "--epoch", "1")]
    [InlineData("cannot be written", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--out", "file")]
    [InlineData("cannot be written", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--out", "/proc/1/out")]
    [InlineData("is a folder", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--out", "taken")]
    [InlineData("was not found in", "train", "fashion-mnist", "--device", "cpu", "--data", "file")]
    [InlineData("cannot be written", "tutorial", "--device", "cpu", "--out", "file")]
    [InlineData("is a folder", "qualify", "--device", "opencl", "--out", ".")]
    [InlineData("cannot be written", "kernels", "--out", "none/report.json")]
    [InlineData("cannot be written", "bits", "--out", "none/hashes")]
    [InlineData("missing", "bits", "--compare", "missing")]
    [InlineData("this is a device", "bits", "--compare", "/dev/zero")]
    [InlineData("this is a directory", "bits", "--compare", ".")]
    [InlineData("this is a device", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--resume", "/dev/zero")]
    [InlineData("this is a directory", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--resume", ".")]
    [InlineData("is no corpus", "conformance", "--device", "cpu", "--corpus", "file")]
    [InlineData("There is no", "explain", "mlp", "--device", "opencl:77")]
    public void What_cannot_be_done_is_said_before_the_work(string says, params string[] arguments)
    {
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 10, 10);
        folder.Write("file", 1);
        Directory.CreateDirectory(folder["taken/checkpoint.safetensors"]);
        IsOneLine(Program.Run(Program.Cli, folder.Path, null, arguments), says);
    }

    [Theory]
    [InlineData(28, 20, "test set's images are [20, 20]")]
    [InlineData(20, 28, "training set's images are [20, 20]")]
    public void Images_of_another_size_are_refused_before_training(int train, int test, string says)
    {
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 10, 10, train, test);
        IsOneLine(Program.Run(Program.Cli, folder.Path, null, "train", "fashion-mnist", "--data", ".", "--device", "cpu"), says);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void A_run_that_diverges_says_so_and_its_JSON_is_JSON()
    {
        TestDevices.Get("opencl");
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 300, 20);
        var result = Program.Run(Program.Cli, folder.Path, null,
            Train("out", "--json", "--lr", "1e30", "--epochs", "2", "--batch-size", "10"));
        IsOneLine(result, "the run diverged");
        var report = JsonDocument.Parse(result.Lines[^1]).RootElement;
        Assert.Contains(report.GetProperty("train_loss").GetString(), (string[])["NaN", "Infinity", "-Infinity"]);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("test_accuracy").ValueKind);
        Assert.False(File.Exists(folder["out/model.safetensors"]));
    }

    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_training_with_a_checkpoint(string signal, int code)
    {
        TestDevices.Get("opencl");
        if (OperatingSystem.IsWindows()) Assert.Skip("This test sends signals.");
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 300, 20);
        using var process = Program.Start(Program.Cli, folder.Path, null, Train("out", "--epochs", "1000000", "--batch-size", "10"));
        for (int i = 0; i < 6000 && !File.Exists(folder["out/checkpoint.safetensors"]) && !process.HasExited; i++) Thread.Sleep(20);
        File.Delete(folder["out/checkpoint.safetensors"]);
        // A closing terminal sends it twice.
        for (int i = 0; i < (signal == "HUP" ? 2 : 1); i++)
            Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        var result = Program.Wait(process);
        Assert.True(result.ExitCode == code, $"exit code {result.ExitCode}: {result.Output}{result.Errors}");
        Assert.Contains("go on with --resume", result.Errors);
        Assert.True(File.Exists(folder["out/checkpoint.safetensors"]));
    }

    /// <summary>Output that nobody takes: a closed pipe is no error, a full disk and a closed stream are, and none of them is a
    /// crash.</summary>
    [Theory]
    [InlineData("devices | head -c 1", 0)]
    [InlineData("devices --json | true", 0)]
    [InlineData("devices > /dev/full", 1)]
    [InlineData("devices --json > /dev/full", 1)]
    [InlineData("devices > /dev/full 2> /dev/full", 1)]
    [InlineData("--help > /dev/full", 1)]
    [InlineData("explain nothing 2> /dev/full", 1)]
    [InlineData("explain nothing 2>&-", 1)]
    [InlineData("devices --json >&- 2>&-", null)]
    public void Streams_that_nobody_takes_are_no_crash(string command, int? code)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Linux's /dev/full and shell.");
        using var folder = new TempFolder();
        using var process = Program.Start(new Dictionary<string, string?>(), "/bin/bash", folder.Path, "-c",
            $"set -o pipefail; dotnet '{Program.Cli}' {command}");
        var result = Program.Wait(process);
        if (code is { } expected)
            Assert.True(result.ExitCode == expected, $"exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
        else Assert.InRange(result.ExitCode, 0, 1);
        Assert.DoesNotContain("   at ", result.Output + result.Errors);
        Assert.DoesNotContain("a defect", result.Errors);
    }

    [Fact]
    public void A_setting_that_means_nothing_is_an_error_of_every_command()
    {
        using var folder = new TempFolder();
        using var process = Program.Start(new Dictionary<string, string?> { ["GPUTENSOR_MEMORY_LIMIT"] = "lots" }, Program.Cli, folder.Path,
            "devices");
        IsOneLine(Program.Wait(process), "GPUTENSOR_MEMORY_LIMIT is 'lots': expected at least 1 byte, as 1073741824, 512MB or 10GiB");
    }
}
