using System.Globalization;
using GpuTensor.Data;
using Spectre.Console;

namespace GpuTensor.Cli;

/// <summary>A run of <c>train fashion-mnist</c> from data to report.</summary>
internal static class TrainingSession
{
    private const int Side = 28;

    /// <summary>The files a run writes into its folder.</summary>
    private const string CheckpointFile = "checkpoint.safetensors", ModelFile = "model.safetensors", LossFile = "loss.png",
        ConfusionFile = "confusion.png", SamplesFile = "samples.png";

    public static int Run(Device device, TrainingSettings asked, IReadOnlyList<string> given, string? data, string folder, string? resume,
        bool json,
        Interrupt interrupt)
    {
        Device.Default = device;
        var (train, test) = OpenData(data, interrupt.Token);
        var training = new Training(device, asked, train);
        if (resume is not null) training.Resume(resume, given);
        var (settings, progress) = (training.Settings, training.Progress);
        if (!json) Console.WriteLine($"{device.Name} ({device.Description}); {train.Count:N0} images, {training.StepsPerEpoch} steps an "
            + "epoch");
        // All that the run needs is looked at before its first step.
        Outputs.CheckFolder(folder, CheckpointFile, ModelFile, LossFile, ConfusionFile, SamplesFile);
        string checkpoint = Path.Combine(folder, CheckpointFile);
        bool display = !json && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        while (progress.Epoch < settings.Epochs)
        {
            var end = display ? EpochWithDisplay(training, settings, interrupt) : training.RunEpoch(interrupt, _ => { });
            if (end == EpochEnd.Diverged)
                return Diverged($"the loss is {Number(progress.EpochLosses[^1])}, seen after epoch {progress.Epoch + 1}, step "
                    + $"{progress.Step}");
            training.Save(checkpoint);
            bool whole = end == EpochEnd.Whole;
            if (whole && !json) Console.WriteLine($"epoch {progress.Epoch}/{settings.Epochs}: loss {progress.EpochLosses[^1]:F4}, "
                + $"{training.Images / training.Elapsed.TotalSeconds:N0} images/s");
            if (whole && (!interrupt.Requested || progress.Epoch == settings.Epochs)) continue;
            Errors.Say($"stopped after epoch {progress.Epoch}, step {progress.Step}; go on with --resume {checkpoint}");
            return interrupt.ExitCode;
        }
        var result = Evaluation.Of(training.Model, test, device, FashionMnist.ClassNames.Count);
        if (!result.IsFinite) return Diverged("the trained network's answers are not finite");
        training.Model.Save(Path.Combine(folder, ModelFile));
        WritePlots(folder, training, test, result);
        Report(device, settings, training, result, folder, json);
        return 0;

        // No model is written, and the checkpoint of the last epoch that was finite stands.
        int Diverged(string what)
        {
            if (json) Report(device, settings, training, null, folder, json);
            Errors.Say($"the run diverged: {what}. A smaller learning rate than --lr {Number(settings.LearningRate)} may help.");
            return 1;
        }
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static (ImageDataset Train, ImageDataset Test) OpenData(string? folder, CancellationToken cancellation)
    {
        try
        {
            return (Open(train: true, folder), Open(train: false, folder));
        }
        catch (FileNotFoundException e)
        {
            if (folder is not null || EnvironmentVariables.Data.Value is not null) throw new UsageException(e.Message);
        }
        Errors.Say("downloading Fashion-MNIST (31 MB)");
        FashionMnist.DownloadAsync(cancellation: cancellation).GetAwaiter().GetResult();
        return (Open(train: true, null), Open(train: false, null));
    }

    /// <summary>Both sets are looked at before the first step: nobody wants to hear of the test set after an hour of training.</summary>
    private static ImageDataset Open(bool train, string? folder)
    {
        var images = FashionMnist.Open(train, folder);
        string name = train ? "training" : "test";
        if (images.Count == 0) throw new UsageException($"The {name} set has no images.");
        if (images.InputShape != [Side, Side])
            throw new UsageException($"The {name} set's images are {images.InputShape}: expected [{Side}, {Side}].");
        return images;
    }

    private static EpochEnd EpochWithDisplay(Training training, TrainingSettings settings, Interrupt interrupt)
    {
        var end = EpochEnd.Whole;
        AnsiConsole.Create(new() { Out = new LossyOutput(AnsiConsole.Profile.Out) }).Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(display =>
            {
                string title = $"epoch {training.Progress.Epoch + 1}/{settings.Epochs}";
                var task = display.AddTask(title, maxValue: training.StepsPerEpoch);
                end = training.RunEpoch(interrupt, loss =>
                {
                    task.Value = training.Progress.Step;
                    task.Description = $"{title}  loss {loss:F4}";
                });
            });
        return end;
    }

    private static void WritePlots(string folder, Training training, ImageDataset test, Evaluation result)
    {
        Plots.LossCurve(Path.Combine(folder, LossFile), training.Progress.Curve, training.Progress.EpochLosses, training.StepsPerEpoch);
        Plots.ConfusionMatrix(Path.Combine(folder, ConfusionFile), result.Confusion, FashionMnist.ClassNames);
        int[] first = [.. Enumerable.Range(0, Math.Min(24, test.Count))];
        var images = new List<float[]>();
        var answers = new List<(string, bool)>();
        var pixels = new float[Side * Side];
        var label = new long[1];
        foreach (int i in first)
        {
            test.Read([i], System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()),
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(label.AsSpan()));
            images.Add([.. pixels]);
            bool right = label[0] == result.Answers[i];
            string said = FashionMnist.ClassNames[result.Answers[i]];
            answers.Add((right ? said : $"{said}, not {FashionMnist.ClassNames[(int)label[0]]}", right));
        }
        Plots.Samples(Path.Combine(folder, SamplesFile), images, Side, answers);
    }

    /// <param name="result">Null where the run diverged and nothing was evaluated.</param>
    private static void Report(Device device, TrainingSettings settings, Training training, Evaluation? result, string folder, bool json)
    {
        double loss = training.Progress.EpochLosses[^1];
        var total = DeviceCounters.Of(device);
        if (!json)
        {
            Console.WriteLine($"test accuracy {result?.Accuracy:P2}; training loss {loss:F4}");
            Console.WriteLine($"written to {folder}: {CheckpointFile}, {ModelFile}, {LossFile}, {ConfusionFile}, {SamplesFile}");
            return;
        }
        Console.WriteLine(JsonLine.Of(new
        {
            device = device.Name,
            device_description = device.Description,
            epochs = settings.Epochs,
            batch_size = settings.BatchSize,
            lr = settings.LearningRate,
            seed = settings.Seed,
            train_loss = loss,
            train_losses = training.Progress.EpochLosses,
            test_accuracy = result?.Accuracy,
            samples_per_second = training.Images == 0 ? (double?)null : Math.Round(training.Images / training.Elapsed.TotalSeconds, 1),
            kernels_compiled = total.Compiled,
            kernels_per_step = PerStep(c => c.Kernels),
            launches_per_step = PerStep(c => c.Launches),
            device_bytes_peak = total.BytesPeak,
            out_folder = Path.GetFullPath(folder),
        }));

        // Over a whole epoch: uploads of batches and the looks at the loss are counted too.
        double? PerStep(Func<DeviceCounters, long> count) => training.LastEpoch is { } epoch
            ? Math.Round(count(epoch.Counters) / (double)epoch.Steps, 3) : null;
    }
}
