namespace GpuTensor.Cli;

/// <summary>What decides the bits of a run, besides the device.</summary>
/// <param name="Epochs">Passes over the training set.</param>
/// <param name="BatchSize">Images in a step.</param>
/// <param name="LearningRate">Adam's.</param>
/// <param name="Seed">Initial weights and order of the images.</param>
internal sealed record TrainingSettings(int Epochs, int BatchSize, double LearningRate, long Seed);

/// <summary>How far a run has come, with its history: what a checkpoint holds besides tensors.</summary>
internal sealed class TrainingProgress
{
    /// <summary>Whole epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps done in the epoch under way.</summary>
    public int Step { get; set; }

    /// <summary>The sum of the losses since the last look at them, as the device has it.</summary>
    public float Pending { get; set; }

    /// <summary>The sum of the losses of the epoch under way, up to the last look.</summary>
    public double EpochLoss { get; set; }

    /// <summary>The mean loss between looks, with the step it ends at.</summary>
    public List<LossPoint> Curve { get; init; } = [];

    /// <summary>The mean loss of each whole epoch.</summary>
    public List<double> EpochLosses { get; init; } = [];
}

/// <summary>A point of the loss curve.</summary>
/// <param name="Step">Steps since the start of the run.</param>
/// <param name="Loss">The mean loss of the steps since the point before.</param>
internal readonly record struct LossPoint(long Step, double Loss);
