using System.Diagnostics;
using GpuTensor.Data;
using GpuTensor.Nn;
using GpuTensor.Optim;

namespace GpuTensor.Cli;

/// <summary>The model, the optimizer and the loop. The loss is added up on the device and read every <see cref="Window"/> steps, so that the host runs ahead of the device.</summary>
internal sealed class Training
{
    /// <summary>Steps between looks at the loss.</summary>
    public const int Window = 50;

    private readonly Device device;
    private readonly TrainingSettings settings;
    private readonly DataLoader loader;
    private readonly Stopwatch watch = new();
    private DeviceCounters epochStart;

    public Training(Device device, TrainingSettings settings, TrainingProgress progress, Dataset images)
    {
        (this.device, this.settings, Progress) = (device, settings, progress);
        Tensor.ManualSeed(settings.Seed);
        loader = new(images, settings.BatchSize, shuffle: true, seed: settings.Seed, device: device) { Epoch = progress.Epoch };
        Model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
        Optimizer = new Adam(Model.Parameters(), lr: settings.LearningRate);
    }

    public Sequential Model { get; }

    public Adam Optimizer { get; }

    public TrainingProgress Progress { get; }

    /// <summary>Steps in an epoch.</summary>
    public int StepsPerEpoch => loader.Count;

    /// <summary>Images trained on by this process.</summary>
    public long Images { get; private set; }

    /// <summary>Time spent in steps, compiling included.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>What the device did in the last epoch that this process ran from its start, and its steps; null where there is none.</summary>
    public (DeviceCounters Counters, int Steps)? LastEpoch { get; private set; }

    /// <summary>Runs to the end of the epoch under way.</summary>
    /// <param name="interrupt">Looked at after every step.</param>
    /// <param name="look">Called with the mean loss of the steps since the last call.</param>
    /// <returns>False where it was interrupted.</returns>
    public bool RunEpoch(Interrupt interrupt, Action<double> look)
    {
        int step = 0, skip = Progress.Step;
        var pending = Tensor.Full([], Progress.Pending, device: device);
        epochStart = DeviceCounters.Of(device);
        watch.Start();
        foreach (var (images, labels) in loader)
        {
            if (step++ < skip) continue; // done before the interruption: the order is the epoch's, whatever was run of it
            pending += Step(images, labels).Detach();
            Images += labels.ElementCount;
            Progress.Step = step;
            if (step % Window == 0 || step == StepsPerEpoch)
            {
                double sum = pending.Item<float>();
                int steps = step % Window == 0 ? Window : step % Window;
                pending = Tensor.Zeros([], device: device);
                Progress.EpochLoss += sum;
                Progress.Curve.Add(new((long)Progress.Epoch * StepsPerEpoch + step, sum / steps));
                look(sum / steps);
            }
            if (!interrupt.Requested || step == StepsPerEpoch) continue;
            Progress.Pending = pending.Item<float>();
            watch.Stop();
            return false;
        }
        device.Synchronize();
        watch.Stop();
        if (skip == 0) LastEpoch = (DeviceCounters.Of(device) - epochStart, step);
        Progress.EpochLosses.Add(Progress.EpochLoss / StepsPerEpoch);
        (Progress.Epoch, Progress.Step, Progress.EpochLoss, Progress.Pending) = (Progress.Epoch + 1, 0, 0, 0);
        return true;
    }

    private Tensor Step(Tensor images, Tensor labels)
    {
        Optimizer.ZeroGrad();
        var loss = F.CrossEntropy(Model.Forward(images), labels);
        loss.Backward();
        Optimizer.Step();
        return loss;
    }
}
