using System.Globalization;
using GpuTensor.Data;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Tools;

/// <summary>The programs of tests/Samples run as they stand and print what they should.</summary>
public class SampleTests
{
    private static Program.Result Run(string sample, string device)
    {
        TestDevices.Get(device);
        using var folder = new TempFolder();
        return Program.Run(Program.Sample(sample), folder.Path, device).Succeeded();
    }

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void FirstSteps_is_the_example_of_the_readme(string device)
    {
        string line = Assert.Single(Run("FirstSteps", device).Lines);
        Assert.InRange(float.Parse(line["tensor(".Length..^1], CultureInfo.InvariantCulture), 0.95f, 1);
        string example = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Samples", "FirstSteps", "Program.cs"));
        Assert.Contains($"```csharp\n{example}```", File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
    }

    [Theory, MemberData(nameof(Devices))]
    public void Tutorial(string device)
    {
        var lines = Run("Tutorial", device).Lines;
        Assert.Equal(
            ["[2, 3]", "tensor([[1., 2., 3.],", "[4., 5., 6.]])", "tensor([[12, 12],", "[30, 30]], dtype=torch.int16)",
                "tensor([[1., 2., 3., 4., 5., 6.]])"],
            lines[..6]);
        Assert.Equal(["tensor([ 4., 10., 18.]) MulBackward", "True"], lines[^12..^10]);
        // PyTorch's own losses at these seeds.
        double[] losses = [18.776877, 6.3677897, 10.720450, 7.6632795, 4.7935996, 4.0564857, 4.0632958, 4.0769844, 4.0513539, 4.0359735];
        for (int i = 0; i < 10; i++)
        {
            string start = $"epoch{10 * (i + 1)},loss";
            Assert.StartsWith(start, lines[^(10 - i)]);
            Assert.Equal(losses[i], double.Parse(lines[^(10 - i)][start.Length..], CultureInfo.InvariantCulture), 1e-5 * losses[i]);
        }
    }

    [Fact]
    public void Training()
    {
        OptionalPart.FashionMnist.Require();
        TestDevices.Get("opencl");
        using var folder = new TempFolder();
        var lines = Program.Run(Program.Sample("Training"), folder.Path, "opencl").Succeeded().Lines;
        Assert.Equal(["mlp.safetensors"], folder.Files);
        // The sum of 2,345 losses: 0.36 on average.
        Assert.InRange(float.Parse(lines[0], CultureInfo.InvariantCulture), 700f, 1000f);
        Assert.InRange(long.Parse(lines[1], CultureInfo.InvariantCulture), 0, 9);
        Assert.Equal(2, lines.Length);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Indexing(string device)
    {
        var lines = Run("Indexing", device).Lines;
        Assert.Equal(["tensor([4, 5, 6, 7])", "tensor([[ 1,  2],", "[ 5,  6],", "[ 9, 10]])", "11",
            "tensor([ 7,  7,  8,  7,  7,  7,  8,  9, 11, 11])"], lines[..6]);
        Assert.StartsWith(device == "cpu" ? "The reference device runs every operator by itself" : "1 kernel (1 launch) on ", lines[6]);
    }

    [Fact]
    public void OwnModel() => Assert.Equal("the quick brown fox jumps over the lazy dog.", Run("OwnModel", "opencl").Lines[^1]);

    [Theory, MemberData(nameof(Devices))]
    public void LogisticRegression(string device) =>
        Assert.Equal(["step 0: loss 0.6931", "step 100: loss 0.2329", "step 200: loss 0.2292", "right: 180 of 200, 90.0 %"],
            Run("LogisticRegression", device).Lines);

    [Theory, MemberData(nameof(Devices))]
    public void SecondDerivatives(string device) =>
        Assert.Equal(["minimum at tensor([1., 1.], dtype=torch.float64)", "60·2² = 240", "penalty fell below a hundredth: True"],
            Run("SecondDerivatives", device).Lines);

    [Theory, MemberData(nameof(Devices))]
    public void Files(string device)
    {
        var lines = Run("Files", device).Lines;
        Assert.Equal(
            ["tensor([[0., 3.],", "[1., 4.],", "[2., 5.]])", "half: Float16 [2, 3]", "labels: Int64 [2]", "x: Float32 [2, 3]",
                "0.bias 0.weight 2.bias 2.weight",
                "same answers: True", "same bits: True"], lines[..9]);
        Assert.StartsWith("broken.npy: at byte 128: expected 24 bytes of data", lines[9]);
        Assert.StartsWith("The state dict does not fit Linear; nothing was changed.", lines[10]);
    }

    [Theory, MemberData(nameof(Devices))]
    public void OwnLayers(string device)
    {
        var lines = Run("OwnLayers", device).Lines;
        Assert.Equal(["heads.value.weight [1, 8]", "heads.value.bias [1]", "heads.policy.0.weight [4, 8]", "heads.policy.0.bias [4]",
            "norm.scale [3]", "body.0.weight [8, 3]"], lines[..6]);
        Assert.Equal(["a captured number that changed is seen", "so is a tensor changed in place: True"], lines[^7..^5]);
        Assert.Equal(
            ["buffers: norm.running_mean norm.running_var norm.calls", "mean seen: about 5: True; calls: 50",
                "unchanged in evaluation: True",
                "loss fell: True; the frozen body is as it was: True", "in half precision: Float16"], lines[^5..]);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Numbers(string device)
    {
        string output = string.Join('\n', Run("Numbers", device).Lines);
        Assert.StartsWith("""
            Int64; × 1.5 Float32; / 2 Float32; + true Int64; > 1 Bool
            Float16 Float32 Float16 Int16 Float64 Int64
            tensor([3.5000]) tensor([-4], dtype=torch.int32) tensor([2], dtype=torch.int32) tensor([ 8, 16], dtype=torch.int32)
            tensor([0], dtype=torch.uint8)
            tensor([1.0000e+10, 1.5000e+00, -0.0000e+00,        nan,        inf])
            tensor([1, 5, 9]) [2, 4] [2, 3] [2, 1, 3, 4] tensor([0, 2])
            """.ReplaceLineEndings("\n"), output);
        Assert.Contains("""
            tensor([  5, 100])
            tensor([-100,   -5,   -9]) False [1, 4]
            tensor([ 200, 1007,    0])
            tensor([ 100, 1007,   11]) tensor([0, 3, 3])
            20 20 20
            TensorShapeException: add: shapes [2, 3] and [2, 4] do not broadcast
            """.ReplaceLineEndings("\n"), output);
        Assert.Equal(7, output.Split('\n').Count(l => l.Contains("Exception: ")));
    }
}
