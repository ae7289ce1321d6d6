namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>A small network trained with inputs and a learning rate that are new at each step.</summary>
internal static class Training
{
    /// <summary>Losses of each step, then the weights.</summary>
    public static List<byte[]> Run(Device device, int steps)
    {
        var random = new Random(5);
        float[] Numbers(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        var w1 = Tensor.From(Numbers(48 * 64), device: device).Reshape(48, 64).Clone().RequiresGrad_();
        var b1 = Tensor.From(Numbers(64), device: device).Clone().RequiresGrad_();
        var w2 = Tensor.From(Numbers(64 * 32), device: device).Reshape(64, 32).Clone().RequiresGrad_();
        Tensor[] parameters = [w1, b1, w2];
        var results = new List<byte[]>();
        for (int step = 0; step < steps; step++)
        {
            var x = Tensor.From(Numbers(40 * 48), device: device).Reshape(40, 48);
            foreach (var p in parameters) p.Grad = null;
            var h = x.Linear(w1.T, b1).Relu();
            var y = h.MatMul(w2);
            var loss = (y * y).Mean();
            loss.Backward();
            using (Tensor.NoGrad())
                foreach (var p in parameters) p.Sub_(p.Grad! * (0.1 / (step + 1)));
            results.Add(loss.Detach().ToHost().Data);
        }
        foreach (var p in parameters) results.Add(p.Detach().ToHost().Data);
        return results;
    }
}
