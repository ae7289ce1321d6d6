using System.Runtime.InteropServices;
using GpuTensor.Data;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>A training program that reads nothing before its end: batches that a worker prefetches, a learning rate by a schedule, an
/// optimizer that counts its steps, dropout, clipped gradients. All of that is new at each step.</summary>
internal static class LongTraining
{
    private const int Samples = 320, Batch = 16, Inputs = 12, Classes = 5;

    /// <summary>Numbers to an input, so that a batch is long enough to travel by a stream of its own.</summary>
    private const int Each = 96;

    /// <summary>Losses and gradient norms of each step, then the weights.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="steps">How long.</param>
    /// <param name="seed">Of data, weights, order and dropout.</param>
    /// <param name="recorded">Called after each step was handed to the device.</param>
    public static List<byte[]> Run(Device device, int steps, int seed, Action<int>? recorded = null)
    {
        Tensor.ManualSeed(seed);
        var model = new Sequential(new Linear(Inputs, 24, device: device), new ReLU(), new Dropout(0.1),
            new Linear(24, Classes, device: device));
        var optimizer = new AdamW(model.Parameters(), lr: 0.01);
        using var loader = new DataLoader(Data(seed), Batch, shuffle: true, seed: seed, prefetch: 2, device: device);
        List<Tensor> kept = [];
        int step = 0;
        while (step < steps)
            foreach (var (x, y) in loader)
            {
                if (step == steps) break;
                optimizer.Lr = 0.005 * (1 + Math.Cos(Math.PI * step / steps));
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(x.Mean(-1)), y);
                loss.Backward();
                var norm = Optimizer.ClipGradNorm_(model.Parameters(), 0.5);
                optimizer.Step();
                kept.Add(loss.Detach());
                kept.Add(norm);
                recorded?.Invoke(step);
                step++;
            }
        return [.. kept.Concat(model.Parameters()).Select(t => t.Detach().ToHost().Data)];
    }

    /// <summary>Several such programs on one device, each in a thread of its own, and their loaders' workers beside them.</summary>
    public static List<byte[]>[] RunTogether(Device device, int steps, int[] seeds)
    {
        var results = new List<byte[]>[seeds.Length];
        Exception? failure = null;
        using var start = new Barrier(seeds.Length);
        Thread[] threads = [.. seeds.Select((seed, i) => new Thread(() =>
        {
            // Each draws what it would alone.
            Generator.UseOnThisThread(new());
            try
            {
                // All begin together.
                results[i] = Run(device, steps, seed, step =>
                {
                    if (step == 0) start.SignalAndWait(TimeSpan.FromMinutes(1));
                });
            }
            catch (Exception e)
            {
                failure = e;
            }
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return failure is null ? results : throw new InvalidOperationException("A thread failed.", failure);
    }

    private static TensorDataset Data(int seed)
    {
        var random = new Random(seed);
        var inputs = new HostArray(DType.Float32, [Samples, Inputs, Each]);
        var targets = new HostArray(DType.Int64, [Samples]);
        foreach (ref float value in MemoryMarshal.Cast<byte, float>(inputs.Data.AsSpan())) value = random.NextSingle() * 2 - 1;
        foreach (ref long value in MemoryMarshal.Cast<byte, long>(targets.Data.AsSpan())) value = random.Next(Classes);
        return new(inputs, targets);
    }
}
