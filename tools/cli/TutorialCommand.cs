using System.CommandLine;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli;

/// <summary><c>gputensor tutorial</c>: PyTorch's four-minute tutorial in our API: tensors, NumPy files, devices, gradients, and a line
/// fitted to 100 points.</summary>
internal static class TutorialCommand
{
    public static Command Make()
    {
        var device = CommonOptions.Device();
        var output = new PathOption("--out", "DIR", Path.Combine("runs", "tutorial")) { Description = "Where the plot goes" };
        var command = new Command("tutorial", "PyTorch's four-minute tutorial in our API, step by step") { device, output };
        command.SetAction(parsed =>
        {
            Device.Default = CommonOptions.Open(parsed.GetValue(device));
            Run(parsed.GetValue(output)!);
        });
        return command;
    }

    private static void Run(string folder)
    {
        Outputs.CheckFolder(folder, "z.npy", "regression.png");
        Tensors();
        NumPyFiles(Path.Combine(folder, "z.npy"));
        Devices();
        Gradients();
        LinearRegression(Path.Combine(folder, "regression.png"));
    }

    private static void Title(string text) => Console.WriteLine($"\n== {text}");

    private static void Tensors()
    {
        Title("Tensors");
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Console.WriteLine(x.Shape);
        Console.WriteLine(x);
        x.Add_(Tensor.Ones(2, 3) + Tensor.Ones(2, 3));
        Console.WriteLine(x);
        x.Sub_(Tensor.Ones(2, 3) * 2);
        Console.WriteLine(x);
        Console.WriteLine(x.View(1, 6));
    }

    private static void NumPyFiles(string path)
    {
        Title("To NumPy and back");
        Npy.Save(path, Tensor.Full([3, 2], 2, DType.Int16));
        Tensor z = Npy.Load(path);
        Console.WriteLine(z);
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Console.WriteLine(x.To(DType.Int16).MatMul(z));
    }

    private static void Devices()
    {
        Title("Devices");
        Console.WriteLine($"here: {Device.Default.Name} ({Device.Default.Description})");
        var x = Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        if (Device.IsCudaAvailable) Console.WriteLine((x.Cuda() + Tensor.Full([2, 3], 2f, device: Device.Cuda(0))).Cpu());
        else Console.WriteLine("no CUDA device: on one, x.Cuda() + … would run there");
    }

    private static void Gradients()
    {
        Title("Gradients");
        var v1 = Tensor.From([1f, 2, 3]);
        var v2 = Tensor.From([4f, 5, 6], requiresGrad: true);
        var v3 = v1 * v2;
        Console.WriteLine($"{v3.Detach()} {v3.GradFn}");
        var t = Tensor.From([0, MathF.PI, 1.5f * MathF.PI, 2 * MathF.PI], requiresGrad: true);
        t.Sin().Backward(Tensor.Ones(4));
        Console.WriteLine(t.Grad!);
        Console.WriteLine(t.Grad!.AllClose(t.Detach().Cos()));
    }

    private static void LinearRegression(string plot)
    {
        Title("A line through 100 points");
        var noise = new NumPyRandom(seed: 0).RandN(100);
        var xs = Tensor.Linspace(0, 10, 100).Reshape(-1, 1);
        var ys = 2 * xs + 3 + Tensor.From(noise, DType.Float32).Reshape(-1, 1) * 2;
        Tensor.ManualSeed(0, RandomStream.PyTorch);
        var model = new Linear(1, 1);
        var cost = new MSELoss();
        var optimizer = new SGD(model.Parameters(), lr: 0.01, momentum: 0.9);
        for (int epoch = 0; epoch < 100; epoch++)
        {
            var loss = cost.Forward(model.Forward(xs), ys);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            if ((epoch + 1) % 10 == 0) Console.WriteLine($"epoch{epoch + 1},loss{loss.Item<float>()}");
        }
        double weight = model.Weight.Item<double>(), bias = model.Bias!.Item<double>();
        Console.WriteLine($"y = {weight:F4} x + {bias:F4}");
        double[] x = Array.ConvertAll(xs.ToArray<float>(), v => (double)v);
        Plots.Fit(plot, x, Array.ConvertAll(ys.ToArray<float>(), v => (double)v), Array.ConvertAll(x, v => weight * v + bias),
            "y = 2x + 3 + noise, and the line learned");
        Console.WriteLine($"plot: {plot}");
    }
}
