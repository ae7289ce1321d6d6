using GpuTensor.Data;
using GpuTensor.Nn;

namespace GpuTensor.Cli;

/// <summary>How a model does on a test set.</summary>
/// <param name="Accuracy">The share of right answers.</param>
/// <param name="Confusion">Counts by true class (rows) and answer (columns).</param>
/// <param name="Answers">The answer to each image, in order.</param>
/// <param name="IsFinite">Whether all the model said were numbers: no NaN, no infinity.</param>
internal sealed record Evaluation(double Accuracy, int[,] Confusion, int[] Answers, bool IsFinite)
{
    /// <summary>Runs a model over a data set, without history, in evaluation mode.</summary>
    public static Evaluation Of(Module model, Dataset test, Device device, int classes)
    {
        model.Eval();
        var confusion = new int[classes, classes];
        var answers = new List<int>();
        int right = 0;
        bool finite = true;
        using (Tensor.NoGrad())
        using (var loader = new DataLoader(test, batchSize: 1000, device: device))
            foreach (var (images, labels) in loader)
            {
                var scores = model.Forward(images);
                var said = scores.ArgMax(dim: 1).ToArray<long>();
                finite &= !scores.ToArray<float>().AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
                var are = labels.ToArray<long>();
                for (int i = 0; i < said.Length; i++)
                {
                    confusion[are[i], said[i]]++;
                    answers.Add((int)said[i]);
                    if (said[i] == are[i]) right++;
                }
            }
        model.Train();
        return new(right / (double)answers.Count, confusion, [.. answers], finite);
    }
}
