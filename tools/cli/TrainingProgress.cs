namespace GpuTensor.Cli;

/// <summary>How far a run has come, with its history: what a checkpoint holds besides model and optimizer, as numbers under names.</summary>
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

    /// <summary>The mean loss between looks.</summary>
    public List<LossPoint> Curve { get; } = [];

    /// <summary>The mean loss of each whole epoch.</summary>
    public List<double> EpochLosses { get; } = [];

    /// <summary>Everything as numbers, the settings among them.</summary>
    public Dictionary<string, double> ToNumbers(TrainingSettings settings)
    {
        var numbers = new Dictionary<string, double>
        {
            ["epochs"] = settings.Epochs, ["batch_size"] = settings.BatchSize, ["lr"] = settings.LearningRate, ["seed"] = settings.Seed,
            ["epoch"] = Epoch, ["step"] = Step, ["pending"] = Pending, ["epoch_loss"] = EpochLoss,
        };
        for (int i = 0; i < Curve.Count; i++) (numbers[$"curve.{i}.step"], numbers[$"curve.{i}.loss"]) = (Curve[i].Step, Curve[i].Loss);
        for (int i = 0; i < EpochLosses.Count; i++) numbers[$"epoch_losses.{i}"] = EpochLosses[i];
        return numbers;
    }

    /// <summary>Settings and progress out of a checkpoint's numbers.</summary>
    /// <exception cref="UsageException">They are of another program.</exception>
    public static (TrainingSettings Settings, TrainingProgress Progress) FromNumbers(string path, IReadOnlyDictionary<string, double> numbers)
    {
        double Number(string name) => numbers.TryGetValue(name, out double value) ? value : throw new UsageException($"'{path}' is no checkpoint of 'gputensor train': it has no {name}.");
        var progress = new TrainingProgress
        {
            Epoch = (int)Number("epoch"), Step = (int)Number("step"), Pending = (float)Number("pending"), EpochLoss = Number("epoch_loss"),
        };
        for (int i = 0; numbers.TryGetValue($"curve.{i}.step", out double step); i++) progress.Curve.Add(new((long)step, Number($"curve.{i}.loss")));
        for (int i = 0; numbers.TryGetValue($"epoch_losses.{i}", out double loss); i++) progress.EpochLosses.Add(loss);
        return (new((int)Number("epochs"), (int)Number("batch_size"), Number("lr"), (long)Number("seed")), progress);
    }
}

/// <summary>A point of the loss curve.</summary>
/// <param name="Step">Steps since the start of the run.</param>
/// <param name="Loss">The mean loss of the steps since the point before.</param>
internal readonly record struct LossPoint(long Step, double Loss);
