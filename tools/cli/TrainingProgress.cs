using System.Globalization;

namespace GpuTensor.Cli;

/// <summary>How far a run has come, with its history: what a checkpoint holds besides model and optimizer, as numbers under
/// names.</summary>
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

    /// <summary>Everything as numbers and integers, the settings among them.</summary>
    public (Dictionary<string, double> Numbers, Dictionary<string, long> Integers) ToNumbers(TrainingSettings settings)
    {
        var numbers = new Dictionary<string, double> { ["lr"] = settings.LearningRate, ["pending"] = Pending, ["epoch_loss"] = EpochLoss };
        var integers = new Dictionary<string, long>
        {
            ["epochs"] = settings.Epochs, ["batch_size"] = settings.BatchSize, ["seed"] = settings.Seed, ["epoch"] = Epoch, ["step"] = Step,
        };
        for (int i = 0; i < Curve.Count; i++) (integers[$"curve.{i}.step"], numbers[$"curve.{i}.loss"]) = (Curve[i].Step, Curve[i].Loss);
        for (int i = 0; i < EpochLosses.Count; i++) numbers[$"epoch_losses.{i}"] = EpochLosses[i];
        return (numbers, integers);
    }

    /// <summary>Settings and progress out of a checkpoint's numbers and integers.</summary>
    /// <exception cref="UsageException">They are of another program, or one is out of its range; the message names it.</exception>
    public static (TrainingSettings Settings, TrainingProgress Progress) FromNumbers(
        string path, IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, long> integers)
    {
        UsageException Wrong(string name, string what) => new($"'{path}' is no checkpoint of 'gputensor train': {name} {what}.");
        double Number(string name) => numbers.TryGetValue(name, out double value) ? value : throw Wrong(name, "is missing");
        long Integer(string name, long low, long high)
        {
            // Earlier versions kept integers as doubles: as exact as those count.
            if (!integers.TryGetValue(name, out long value))
            {
                double number = Number(name);
                value = number is >= -Exact and <= Exact && number == Math.Floor(number) ? (long)number
                    : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is {number}; expected an integer"));
            }
            return value >= low && value <= high ? value
                : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is {value}; expected an integer from {low} to {high}"));
        }
        bool Has(string name) => integers.ContainsKey(name) || numbers.ContainsKey(name);

        int epochs = (int)Integer("epochs", 1, int.MaxValue), batchSize = (int)Integer("batch_size", 1, int.MaxValue);
        long seed = Integer("seed", long.MinValue, long.MaxValue);
        double rate = Number("lr");
        if (!(rate >= 0 && double.IsFinite(rate)))
            throw Wrong("lr", string.Create(CultureInfo.InvariantCulture, $"is {rate}; expected a finite number, not negative"));
        var progress = new TrainingProgress
        {
            Epoch = (int)Integer("epoch", 0, int.MaxValue - 1), Step = (int)Integer("step", 0, int.MaxValue),
            Pending = (float)Number("pending"), EpochLoss = Number("epoch_loss"),
        };
        for (int i = 0; Has($"curve.{i}.step"); i++)
            progress.Curve.Add(new(Integer($"curve.{i}.step", 0, long.MaxValue), Number($"curve.{i}.loss")));
        for (int i = 0; i < progress.Epoch; i++)
        {
            if (!numbers.TryGetValue($"epoch_losses.{i}", out double loss))
                throw Wrong($"epoch_losses.{i}", $"is missing: epoch is {progress.Epoch}");
            progress.EpochLosses.Add(loss);
        }
        return (new(epochs, batchSize, rate, seed), progress);
    }

    /// <summary>Doubles hold every integer up to here.</summary>
    private const double Exact = 1L << 53;
}

/// <summary>A point of the loss curve.</summary>
/// <param name="Step">Steps since the start of the run.</param>
/// <param name="Loss">The mean loss of the steps since the point before.</param>
internal readonly record struct LossPoint(long Step, double Loss);
