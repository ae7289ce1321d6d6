using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>The command line, from outside.</summary>
public class CommandLineTests
{
    private static Program.Result Run(TempFolder folder, params IEnumerable<string> arguments) =>
        Program.Run(Program.Cli, folder.Path, null, arguments);

    private static string[] Train(string output, params string[] more) =>
        ["train", "fashion-mnist", "--data", ".", "--out", output, "--device", "opencl", "--json", .. more];

    [Fact]
    public void Training_reports_itself_and_leaves_plots()
    {
        TestDevices.Get("opencl");
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 1100, 200);
        var lines = Run(folder, Train("out", "--epochs", "3", "--seed", "2")).Succeeded().Lines;
        var report = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.StartsWith("opencl:", report.GetProperty("device").GetString());
        Assert.Equal(3, report.GetProperty("epochs").GetInt32());
        Assert.InRange(report.GetProperty("test_accuracy").GetDouble(), 0.5, 1);
        Assert.InRange(report.GetProperty("train_loss").GetDouble(), 0, 2.4);
        Assert.True(report.GetProperty("samples_per_second").GetDouble() > 0);
        Assert.InRange(report.GetProperty("kernels_per_step").GetDouble(), 1, 12);
        // Kernels, packing, and two uploads a step.
        Assert.InRange(report.GetProperty("launches_per_step").GetDouble(), report.GetProperty("kernels_per_step").GetDouble() + 2, 40);
        Assert.True(report.GetProperty("kernels_compiled").GetInt64() > 0);
        Assert.True(report.GetProperty("device_bytes_peak").GetInt64() > 4 * 535_818);
        foreach (string plot in (string[])["loss.png", "confusion.png", "samples.png"])
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder[$"out/{plot}"])[..4]);
    }

    [Fact]
    public void A_run_that_was_interrupted_ends_on_the_bits_of_one_that_was_not()
    {
        TestDevices.Get("opencl");
        if (OperatingSystem.IsWindows()) Assert.Skip("This test sends signals.");
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 2050, 100);
        string[] settings = ["--epochs", "4", "--seed", "1", "--batch-size", "16"];
        Run(folder, Train("whole", settings)).Succeeded();

        // Ctrl+C in the middle of an epoch: a checkpoint of that very step. On a busy machine the signal may come too late, and then
        // another run is interrupted.
        for (int attempt = 1; ; attempt++)
        {
            using var process = Program.Start(Program.Cli, folder.Path, null, Train("broken", settings));
            WaitFor(folder["broken/checkpoint.safetensors"], process);
            Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            var result = Program.Wait(process);
            if (result.ExitCode == 0 && attempt < 20)
            {
                Directory.Delete(folder["broken"], recursive: true);
                continue;
            }
            Assert.True(result.ExitCode == 130, $"exit code {result.ExitCode}: {result.Output}{result.Errors}");
            Assert.Contains("--resume broken/checkpoint.safetensors", result.Errors);
            break;
        }
        // Killed outright: the last epoch's checkpoint stands.
        File.Copy(folder["broken/checkpoint.safetensors"], folder["first"]);
        for (int attempt = 1; ; attempt++)
        {
            using var process = Program.Start(Program.Cli, folder.Path, null, Train("killed", "--resume", "first"));
            WaitFor(folder["killed/checkpoint.safetensors"], process);
            process.Kill();
            process.WaitForExit();
            if (process.ExitCode != 0 || attempt == 20) break;
            Directory.Delete(folder["killed"], recursive: true);
        }
        Run(folder, Train("end", "--resume", "killed/checkpoint.safetensors")).Succeeded();
        Assert.Equal(File.ReadAllBytes(folder["whole/model.safetensors"]), File.ReadAllBytes(folder["end/model.safetensors"]));
        Assert.Equal(File.ReadAllBytes(folder["whole/checkpoint.safetensors"]), File.ReadAllBytes(folder["end/checkpoint.safetensors"]));

        var refused = Run(folder, Train("end", "--resume", "first", "--seed", "9"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--seed 1, not 9", refused.Errors);
    }

    private static void WaitFor(string path, Process process)
    {
        for (int i = 0; i < 60_000 && !File.Exists(path) && !process.HasExited; i++) Thread.Sleep(20);
        Assert.True(File.Exists(path), $"The program wrote no {path}.");
    }

    [Fact]
    public void The_tutorial_prints_its_steps_and_draws_the_line()
    {
        using var folder = new TempFolder();
        var lines = Run(folder, "tutorial", "--out", "t").Succeeded().Lines;
        foreach (string line in (string[])["[30, 30]], dtype=torch.int16)", "tensor([ 4., 10., 18.]) MulBackward", "True"])
            Assert.Contains(line, lines);
        Assert.StartsWith("epoch10,loss18.77", lines.Single(l => l.StartsWith("epoch10,", StringComparison.Ordinal)));
        Assert.StartsWith("epoch100,loss4.03597", lines.Single(l => l.StartsWith("epoch100,", StringComparison.Ordinal)));
        Assert.True(new FileInfo(folder["t/regression.png"]).Length > 5000);
    }

    [Fact]
    public void Explain_shows_fused_kernels()
    {
        TestDevices.Get("opencl");
        using var folder = new TempFolder();
        string step = Run(folder, "explain", "mlp", "--device", "opencl").Succeeded().Output;
        string kernels = step.Split('\n').Single(l => l.Contains(" kernels (", StringComparison.Ordinal));
        Assert.InRange(int.Parse(kernels[..kernels.IndexOf(' ')], CultureInfo.InvariantCulture), 9, 12);
        Assert.Contains("why a kernel starts here: a matrix product reads its operands from memory", step);
        Assert.DoesNotContain("__kernel", step);
        string gelu = Run(folder, "explain", "gelu", "--source", "--device", "opencl").Succeeded().Output;
        Assert.Equal(2, gelu.Split("1 kernel (1 launch)").Length - 1);
        Assert.Contains("__kernel", gelu);
        Assert.Contains("1 kernel (1 launch)", Run(folder, "explain", "softmax", "--device", "opencl").Succeeded().Output);
    }

    [Fact]
    public void Devices_are_listed_with_what_is_missing()
    {
        using var folder = new TempFolder();
        var report = JsonDocument.Parse(Run(folder, "devices", "--json").Succeeded().Lines[^1]).RootElement;
        Assert.Contains("cpu", report.GetProperty("devices").EnumerateArray().Where(d => d.GetProperty("usable").GetBoolean())
            .Select(d => d.GetProperty("name").GetString()));
        Assert.Contains(report.GetProperty("default").GetString(), report.GetProperty("devices").EnumerateArray()
            .Select(d => d.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("'gpu9' names no device", "train", "fashion-mnist", "--device", "gpu9")]
    [InlineData("was not found in", "train", "fashion-mnist", "--device", "cpu", "--data", "nowhere")]
    [InlineData("missing.safetensors", "train", "fashion-mnist", "--device", "cpu", "--data", ".", "--resume", "missing.safetensors")]
    [InlineData("no kernels to explain", "explain", "gelu", "--device", "cpu")]
    [InlineData("--epochs must be at least 1", "train", "fashion-mnist", "--epochs", "0")]
    public void An_error_is_one_line_and_an_exit_code(string message, params string[] arguments)
    {
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, 10, 10);
        var result = Run(folder, arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors);
        Assert.Single(result.Errors.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", result.Output + result.Errors);
    }
}
