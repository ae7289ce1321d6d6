using System.Diagnostics;
using GpuTensor.Data;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli;

/// <summary>How <see cref="Training.RunEpoch"/> ended.</summary>
internal enum EpochEnd
{
    /// <summary>All steps are done.</summary>
    Whole,

    /// <summary>Somebody asked to stop.</summary>
    Interrupted,

    /// <summary>The loss is NaN or infinite: no further step makes it better.</summary>
    Diverged,
}

/// <summary>The model, the optimizer and the loop. The loss is added up on the device and read every <see cref="Window"/> steps, so that
/// the host runs ahead of the device.</summary>
internal sealed class Training
{
    /// <summary>Steps between looks at the loss.</summary>
    public const int Window = 50;

    private readonly Device device;
    private readonly Dataset images;
    private readonly Stopwatch watch = new();

    public Training(Device device, TrainingSettings settings, Dataset images)
    {
        (this.device, this.images, Settings) = (device, images, settings);
        Tensor.ManualSeed(settings.Seed);
        Model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
        Optimizer = new Adam(Model.Parameters(), lr: settings.LearningRate);
    }

    public Sequential Model { get; }

    public Adam Optimizer { get; }

    public TrainingSettings Settings { get; private set; }

    public TrainingProgress Progress { get; private set; } = new();

    /// <summary>Steps in an epoch; a last one may be smaller.</summary>
    public int StepsPerEpoch => (int)(((long)images.Count + Settings.BatchSize - 1) / Settings.BatchSize);

    /// <summary>Images trained on by this process.</summary>
    public long Images { get; private set; }

    /// <summary>Time spent in steps, compiling included.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>What the device did in the last epoch that this process ran from its start, and its steps; null where there is
    /// none.</summary>
    public (DeviceCounters Counters, int Steps)? LastEpoch { get; private set; }

    /// <summary>Goes on from a file.</summary>
    public void Resume(string path, IReadOnlyList<string> given)
    {
        var numbers = Checkpoint.Load(path, Model, Optimizer, out var integers);
        var (settings, progress) = TrainingProgress.FromNumbers(path, numbers, integers);
        (Settings, Progress) = (settings.Resumed(path, Settings, given), progress);
        if (progress.Step > 0 && progress.Step >= StepsPerEpoch)
            throw new UsageException($"'{path}' does not fit the images: step is {progress.Step}, but an epoch has {StepsPerEpoch} steps.");
    }

    /// <summary>Writes a file that <see cref="Resume"/> takes, whole or not at all.</summary>
    public void Save(string path)
    {
        var (numbers, integers) = Progress.ToNumbers(Settings);
        Checkpoint.Save(path, Model, Optimizer, numbers, integers);
    }

    /// <summary>Runs to the end of the epoch under way.</summary>
    /// <param name="interrupt">Looked at after every step.</param>
    /// <param name="look">Called with the mean loss of the steps since the last call.</param>
    public EpochEnd RunEpoch(Interrupt interrupt, Action<double> look)
    {
        int step = 0, skip = Progress.Step;
        var pending = Tensor.Full([], Progress.Pending, device: device);
        var start = DeviceCounters.Of(device);
        using var loader = new DataLoader(images, Settings.BatchSize, shuffle: true, seed: Settings.Seed,
            device: device) { Epoch = Progress.Epoch };
        watch.Start();
        foreach (var (inputs, labels) in loader)
        {
            if (step++ < skip) continue; // done before the interruption: the order is the epoch's, whatever was run of it
            Step(inputs, labels, pending);
            Images += labels.ElementCount;
            Progress.Step = step;
            if (step % Window == 0 || step == StepsPerEpoch)
            {
                double sum = pending.Item<float>();
                int steps = step % Window == 0 ? Window : step % Window;
                // Not at the end: nothing would add to it, and making it would be a kernel.
                if (step < StepsPerEpoch) pending = Tensor.Zeros([], device: device);
                Progress.EpochLoss += sum;
                Progress.Curve.Add(new((long)Progress.Epoch * StepsPerEpoch + step, sum / steps));
                look(sum / steps);
                if (!double.IsFinite(sum))
                {
                    watch.Stop();
                    Progress.EpochLosses.Add(Progress.EpochLoss / step);
                    return EpochEnd.Diverged;
                }
            }
            if (!interrupt.Requested || step == StepsPerEpoch) continue;
            Progress.Pending = pending.Item<float>();
            watch.Stop();
            return EpochEnd.Interrupted;
        }
        device.Synchronize();
        watch.Stop();
        if (skip == 0) LastEpoch = (DeviceCounters.Of(device) - start, step);
        Progress.EpochLosses.Add(Progress.EpochLoss / StepsPerEpoch);
        (Progress.Epoch, Progress.Step, Progress.EpochLoss, Progress.Pending) = (Progress.Epoch + 1, 0, 0, 0);
        return EpochEnd.Whole;
    }

    private void Step(Tensor inputs, Tensor labels, Tensor total)
    {
        Optimizer.ZeroGrad();
        var loss = F.CrossEntropy(Model.Forward(inputs), labels);
        loss.Backward();
        // Before the step, which runs all that is recorded: the sum costs no kernel of its own.
        total.Add_(loss.Detach());
        Optimizer.Step();
    }
}
