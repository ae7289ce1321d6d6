namespace GpuTensor.Cli;

/// <summary>What decides the bits of a run, besides the device.</summary>
/// <param name="Epochs">Passes over the training set.</param>
/// <param name="BatchSize">Images in a step.</param>
/// <param name="LearningRate">Adam's.</param>
/// <param name="Seed">Initial weights and order of the images.</param>
internal sealed record TrainingSettings(int Epochs, int BatchSize, double LearningRate, long Seed)
{
    /// <summary>The settings of a run that is gone on with: the file's, but for the number of epochs where it was given.</summary>
    /// <exception cref="UsageException">Another setting was given that contradicts the file's.</exception>
    public TrainingSettings Resumed(string path, TrainingSettings asked, IReadOnlyList<string> given)
    {
        foreach (var (option, before, now) in new (string, object, object)[]
            { ("--batch-size", BatchSize, asked.BatchSize), ("--lr", LearningRate, asked.LearningRate), ("--seed", Seed, asked.Seed) })
            if (given.Contains(option) && !before.Equals(now))
                throw new UsageException($"--resume: '{path}' was written by a run with {option} {before}, not {now}.");
        return given.Contains("--epochs") ? this with { Epochs = asked.Epochs } : this;
    }
}
