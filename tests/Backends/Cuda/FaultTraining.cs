using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>A small network with everything a step on CUDA has: inputs that travel beside the running step, rows picked by indices of the
/// device's own, products, an optimizer's scalars that change each step, a result that is read.</summary>
internal sealed class FaultTraining
{
    // 48 KiB and more travel by the copy stream.
    private const int Batch = 40, Inputs = 512, Width = 16, Classes = 5, Rows = 7;

    private readonly Linear first, second;
    private readonly Embedding rows;
    private readonly Sequential model;
    private readonly Adam optimizer;
    private readonly Device device;

    public FaultTraining(Device device)
    {
        this.device = device;
        Tensor.ManualSeed(1);
        (first, rows, second) = (new(Inputs, Width, device: device), new(Rows, Width, device: device), new(Width, Classes, device: device));
        model = new(first, rows, second);
        optimizer = new(model.Parameters(), lr: 0.01);
    }

    /// <summary>What a step left, on the host.</summary>
    public sealed record Moment(Dictionary<string, Tensor> Weights, OptimizerState Optimizer);

    /// <summary>One step; its loss.</summary>
    public float Step(int number)
    {
        var random = new Random(number);
        float[] numbers = new float[Batch * Inputs];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = random.NextSingle() - 0.5f;
        long[] picks = [.. Enumerable.Range(0, Batch).Select(_ => (long)random.Next(Rows))],
            classes = [.. Enumerable.Range(0, Batch).Select(_ => (long)random.Next(Classes))];
        optimizer.ZeroGrad();
        optimizer.ParameterGroups[0].Lr = 0.01 / (number + 1);
        // Indices that the device has computed are checked there.
        var row = rows.Forward(Tensor.From(picks, device: device) + 0);
        var hidden = (first.Forward(Tensor.From(numbers, device: device).Reshape(Batch, Inputs)) + row).Tanh();
        var loss = F.CrossEntropy(second.Forward(hidden), Tensor.From(classes, device: device));
        loss.Backward();
        optimizer.Step();
        return loss.Item<float>();
    }

    /// <summary>Everything that steps change, as numbers.</summary>
    public float[] State()
    {
        var all = new List<float>();
        foreach (var parameter in model.Parameters()) all.AddRange(parameter.Detach().ToArray<float>());
        foreach (var parameter in optimizer.StateDict().Groups[0].Parameters)
        {
            all.Add(parameter.Step);
            foreach (var (_, tensor) in parameter.Tensors) all.AddRange(tensor.ToArray<float>());
        }
        return [.. all];
    }

    public Moment Save() =>
        new(model.StateDict().ToDictionary(p => p.Key, p => OnHost(p.Value)), new([.. optimizer.StateDict().Groups.Select(g => g with
    {
        Parameters = [.. g.Parameters.Select(p => p with { Tensors = p.Tensors.ToDictionary(t => t.Key, t => OnHost(t.Value)) })],
    })]));

    public void Restore(Moment moment)
    {
        model.LoadStateDict(moment.Weights);
        optimizer.LoadStateDict(moment.Optimizer);
    }

    private static Tensor OnHost(Tensor tensor) => tensor.Clone().To(Device.Cpu).Realize();
}
