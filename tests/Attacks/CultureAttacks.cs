using System.Globalization;
using GpuTensor.Data;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>A program whose culture writes numbers otherwise: decimal commas, another minus sign, other words for NaN and infinity.
/// Kernels, files, messages and printed tensors are as in any other.</summary>
public class CultureAttacks
{
    private const string Minus = "~", Comma = "¸", NotANumber = "nope", Infinite = "lots";

    private static CultureInfo Strange()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var numbers = culture.NumberFormat;
        (numbers.NegativeSign, numbers.PositiveSign, numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator) =
            (Minus, "¬", Comma, "¦");
        (numbers.PercentDecimalSeparator, numbers.PercentGroupSeparator, numbers.NaNSymbol, numbers.PositiveInfinitySymbol,
            numbers.NegativeInfinitySymbol) = (Comma, "¦", NotANumber, Infinite, Minus + Infinite);
        return culture;
    }

    private static void Program(string folder)
    {
        var plain = Texts(Path.Combine(folder, "plain"));
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture =
            CultureInfo.DefaultThreadCurrentUICulture = Strange();
        Assert.Equal($"{Minus}0{Comma}5", (-0.5).ToString(CultureInfo.CurrentCulture));
        var strange = Texts(Path.Combine(folder, "strange"));
        Assert.Equal(plain.Keys, strange.Keys);
        foreach (string name in plain.Keys)
        {
            Assert.True(plain[name] == strange[name], $"{name}:\n{plain[name]}\nin the other culture:\n{strange[name]}");
            foreach (string sign in (string[])[Minus, Comma, "¦", "¬", NotANumber, Infinite]) Assert.DoesNotContain(sign, strange[name]);
        }
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "plain")))
            Assert.True(File.ReadAllBytes(file).AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "strange", Path.GetFileName(file)))), $"{file} differs");
    }

    /// <summary>What a program prints and is told, by name; its files go to a folder.</summary>
    private static Dictionary<string, string> Texts(string folder)
    {
        Directory.CreateDirectory(folder);
        Tensor.ManualSeed(1);
        var texts = new Dictionary<string, string>();
        var x = Tensor.From(new[,] { { -1.5f, 2.25f, float.NaN }, { 1e-9f, float.PositiveInfinity, float.NegativeInfinity } });
        texts["tensor"] = x.ToString();
        texts["integers"] = Tensor.From([-1L, long.MinValue, 7]).ToString();
        texts["shape"] = $"{x.Shape} {(Scalar)(-0.5)} {(Scalar)(-3)} {x.DType} {x.Device}";
        // Negative strides and constants in the source of kernels.
        texts["kernel"] = ((Tensor.Arange(-6.0, 6).Reshape(3, 4).Flip(0, 1) * -0.75 - 1e-3).Clamp(-2.5, 2.5).Sum(1)
            + Tensor.From([-1f, 0, 1]).Pow(-2)).ToString();
        texts["explain"] = Device.Default.Planned is null ? "" : (Tensor.Ones(3, 4).Flip(0) * -0.5).Sum(0).Explain(source: true);
        var model = new Sequential(new Linear(3, 4), new GELU(), new LayerNorm(4), new Dropout(0.25), new Linear(4, 2));
        var optimizer = new AdamW(model.Parameters(), lr: 1e-3, weightDecay: 0.01);
        F.CrossEntropy(model.Forward(Tensor.RandN(5, 3)), Tensor.From([0L, 1, 0, 1, 0])).Backward();
        optimizer.Step();
        texts["model"] = $"{model}\n{optimizer}";
        texts["parameter"] = model.Parameters().First().ToString();
        model.Save(Path.Combine(folder, "model.safetensors"));
        Checkpoint.Save(Path.Combine(folder, "checkpoint.safetensors"), model, optimizer, new Dictionary<string,
            double> { ["lr"] = -1.5e-3, ["nan"] = double.NaN, ["far"] = double.NegativeInfinity });
        Npy.Save(Path.Combine(folder, "x.npy"), x);
        texts["read"] = Npy.Load(Path.Combine(folder, "x.npy")).ToString() + SafeTensors.Load(Path.Combine(folder, "model.safetensors"))
            .Count + Checkpoint.Load(Path.Combine(folder, "checkpoint.safetensors"), model, optimizer)["lr"]
            .ToString(CultureInfo.InvariantCulture);
        Action[] wrong =
        [
            () => Tensor.Zeros(-2, 3), () => x.Reshape(-1, 4), () => x.Sum(-7), () => _ = x[-9], () => x.Expand(-7, 3), () =>
                Tensor.Linspace(0, 1, -5), () => new Dropout(-0.5), () => new Adam(model.Parameters(), lr: -1e-3),
            () => new SGD(model.Parameters(), lr: 0.1, momentum: -2.5), () => new DataLoader(new TensorDataset(x, x), -3), () =>
                Device.Parse("opencl:-1"), () => x.Transpose(0, -8), () => x.Narrow(0, -5, 2), () => F.Dropout(x, 1.5),
            () => F.OneHot(Tensor.From([-3L]), 2), () => x.MatMul(x), () => Tensor.RandInt(-5, [2]), () => Tensor.Arange(0, 5, -1),
        ];
        for (int i = 0; i < wrong.Length; i++)
        {
            string said;
            try
            {
                wrong[i]();
                said = "nothing";
            }
            catch (Exception e)
            {
                said = e.Message;
            }
            texts[$"error {i}"] = said;
        }
        return texts;
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("opencl")]
    public async Task The_culture_of_a_program_changes_no_number(string device)
    {
        TestDevices.Get(device);
        using var folder = new TempFolder();
        (await ChildProcess.Run(Program, device, arguments: folder.Path)).Succeeded();
    }
}
