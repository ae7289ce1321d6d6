using GpuTensor.IO;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary><c>gputensor train --resume</c>: what the checkpoint says of the run is exact, and refused by name where it cannot
/// be.</summary>
public class ResumeTests
{
    private const string File = "one/checkpoint.safetensors";

    private static Program.Result Train(TempFolder folder, string output, params string[] more) =>
        Program.Run(Program.Cli, folder.Path, null,
            ["train", "fashion-mnist", "--data", ".", "--out", output, "--device", "cpu", "--json", .. more]);

    [Fact]
    public void A_seed_above_two_to_the_53_resumes_to_the_same_bits_and_numbers_that_cannot_be_are_named()
    {
        using var folder = new TempFolder();
        FashionFiles.Write(folder.Path, train: 40, test: 10);
        string[] settings = ["--seed", "9007199254740993", "--batch-size", "20"];
        Assert.Contains("\"seed\":9007199254740993", Train(folder, "whole", ["--epochs", "2", .. settings]).Succeeded().Output);
        Train(folder, "one", ["--epochs", "1", .. settings]).Succeeded();
        Train(folder, "two", ["--resume", File, "--epochs", "2", .. settings]).Succeeded();
        foreach (string name in new[] { "model.safetensors", "checkpoint.safetensors" })
            Assert.Equal(System.IO.File.ReadAllBytes(folder[$"whole/{name}"]), System.IO.File.ReadAllBytes(folder[$"two/{name}"]));
        Assert.Contains("--seed 9007199254740993, not 9007199254740992",
            Train(folder, "two", "--resume", File, "--seed", "9007199254740992").Errors);

        var (arrays, metadata) = SafeTensors.Read(folder[File]);
        foreach (var (field, old, @new, named) in new[]
        {
            ("integers", "\"batch_size\":\"20\"", "\"batch_size\":\"0\"", "batch_size is 0"),
            ("integers", "\"epochs\":\"1\"", "\"epochs\":\"4294967296\"", "epochs is 4294967296"),
            ("integers", "\"epoch\":\"1\"", "\"epoch\":\"-1\"", "epoch is -1"),
            ("integers", "\"step\":\"0\"", "\"step\":\"7\"", "step is 7"),
            ("numbers", "\"lr\":\"0.001\"", "\"lr\":\"NaN\"", "lr is NaN"),
            ("optimizer", "\"beta1\":\"0.9\"", "\"beta1\":\"5\"", "beta1"),
        })
        {
            Assert.Contains(old, metadata[field]);
            var changed = new Dictionary<string, string>(metadata) { [field] = metadata[field].Replace(old, @new) };
            SafeTensors.Write(folder["bad"], arrays.Select(a => (a.Key, a.Value)), changed);
            var refused = Train(folder, "bad-run", "--resume", "bad");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(named, refused.Errors);
            Assert.DoesNotContain("   at ", refused.Errors);
        }
    }
}
