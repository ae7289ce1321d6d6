using System.Diagnostics;
using GpuTensor.Cli.Doctor;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli.Qualification;

/// <summary>Small timings, whose results must be finite numbers. Nothing is demanded of the times.</summary>
internal static class Timings
{
    private const int Most = 20;

    public static void Run(StageRun run)
    {
        if (run.Open() is not { } device) return;
        bool small = run.IsSimulated;
        if (small) run.Examination.Note(device.Name, "times", "a simulator's: they mean nothing, and sizes are small");
        (string Name, Func<string> Time)[] timings =
        [
            ("fused chain", () => Chain(device, small ? 64 : 4096)),
            ("softmax of rows", () => Softmax(device, small ? 64 : 4096)),
            ("matmul", () => Products(device, small ? 64 : device.Kind == "cuda" ? 4096 : 1024)),
            ("training step", () => Step(device, small ? 1 : 16)),
        ];
        foreach (var (name, time) in timings)
            if (run.IsOver) run.Cut($"{device.Name} {name}", "not run: the time was over");
            else run.Examination.Check(device.Name, name, time);
    }

    private static string Chain(Device device, int side)
    {
        Tensor x = Tensor.RandN(side, side).Realize(), b = Tensor.RandN(side).Realize();
        var (median, text) = Median(device, () => (x * 1.5 + b).Gelu() * 0.5 + x);
        return $"gelu(x·1.5 + b)·0.5 + x of {side}×{side} float32: {text}, {2.0 * side * side * sizeof(float) / median / 1e9:F1} GB/s";
    }

    private static string Softmax(Device device, int side)
    {
        var x = Tensor.RandN(side, side).Realize();
        var (median, text) = Median(device, () => x.Softmax(1));
        return $"{side}×{side} float32: {text}, {2.0 * side * side * sizeof(float) / median / 1e9:F1} GB/s";
    }

    private static string Products(Device device, int side)
    {
        var lines = new List<string>();
        var before = device.MatMulPrecision;
        try
        {
            foreach (var (type, precision) in device.Kind == "cuda" ? (ReadOnlySpan<(DType, MatMulPrecision)>)
                [(DType.Float32, MatMulPrecision.Float32), (DType.Float32, MatMulPrecision.TensorFloat32),
                    (DType.Float16, MatMulPrecision.Float32), (DType.BFloat16, MatMulPrecision.Float32)]
                : [(DType.Float32, MatMulPrecision.Float32)])
            {
                device.MatMulPrecision = precision;
                Tensor a = Tensor.Rand(side, side).To(type).Realize(), b = Tensor.Rand(side, side).To(type).Realize();
                var (median, text) = Median(device, () => a.MatMul(b));
                lines.Add($"{type.Name()} by {(type == DType.Float32 ? precision : "its own")}: {text}, "
                    + $"{2.0 * side * side * side / median / 1e12:F2} Tflop/s");
            }
        }
        finally
        {
            device.MatMulPrecision = before;
        }
        return $"{side}×{side}\n{string.Join("\n", lines)}";
    }

    /// <summary>The network for Fashion-MNIST, compiled, so that each step is one replay.</summary>
    private static string Step(Device device, int scale)
    {
        int width = 32 * scale, batch = 8 * scale;
        Tensor.ManualSeed(0);
        var model = new Sequential(new Linear(784, width), new ReLU(), new Linear(width, width / 2), new ReLU(), new Linear(width / 2, 10));
        var optimizer = new Adam(model.Parameters(), lr: 1e-3);
        var step = Tensor.Compile((Tensor x, Tensor y) =>
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        });
        Tensor images = Tensor.Rand(batch, 784).Realize(), labels = Tensor.RandInt(10, [batch]).Realize();
        const int together = 10;
        var (_, text) = Median(device, () =>
        {
            Tensor loss = null!;
            for (int i = 0; i < together; i++) loss = step(images, labels);
            return loss;
        });
        return $"784-{width}-{width / 2}-10, batch {batch}, Adam, {together} compiled steps: {text}";
    }

    /// <summary>Runs often enough for plans to be made, then times; the result is waited for within its time.</summary>
    private static (double Seconds, string Text) Median(Device device, Func<Tensor> run)
    {
        Tensor result = null!;
        for (int i = 0; i < 3; i++) result = run().Realize();
        device.Synchronize();
        var times = new List<double>();
        var all = Stopwatch.StartNew();
        while (times.Count < Most && (times.Count < 3 || all.Elapsed.TotalSeconds < 2))
        {
            long began = Stopwatch.GetTimestamp();
            result = run().Realize();
            device.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        float sum = result.Detach().To(DType.Float32).Sum().Item<float>();
        if (!float.IsFinite(sum)) throw Calculations.Wrong($"the sum of the results is {sum}");
        times.Sort();
        double median = times[times.Count / 2];
        return (median, $"{median * 1e3:G4} ms, the median of {times.Count} (from {times[0] * 1e3:G4} to {times[^1] * 1e3:G4})");
    }
}
