using System.Text.Json;
using GpuTensor.Data;
using Spectre.Console;

namespace GpuTensor.Cli;

/// <summary>A run of <c>train fashion-mnist</c> from data to report.</summary>
internal static class TrainingSession
{
    private const int Interrupted = 130;

    public static int Run(Device device, TrainingSettings asked, IReadOnlyList<string> given, string? data, string folder, string? resume, bool json)
    {
        Device.Default = device;
        using var interrupt = new Interrupt();
        var (train, test) = OpenData(data);
        var training = new Training(device, asked, train);
        if (resume is not null) training.Resume(resume, given);
        var (settings, progress) = (training.Settings, training.Progress);
        if (!json) Console.WriteLine($"{device.Name} ({device.Description}); {train.Count:N0} images, {training.StepsPerEpoch} steps an epoch");
        Directory.CreateDirectory(folder);
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        bool display = !json && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        while (progress.Epoch < settings.Epochs)
        {
            bool whole = display ? EpochWithDisplay(training, settings, interrupt) : training.RunEpoch(interrupt, _ => { });
            training.Save(checkpoint);
            if (whole && !json) Console.WriteLine($"epoch {progress.Epoch}/{settings.Epochs}: loss {progress.EpochLosses[^1]:F4}, {training.Images / training.Elapsed.TotalSeconds:N0} images/s");
            if (whole && (!interrupt.Requested || progress.Epoch == settings.Epochs)) continue;
            Console.Error.WriteLine($"gputensor: stopped after epoch {progress.Epoch}, step {progress.Step}; go on with --resume {checkpoint}");
            return Interrupted;
        }
        var result = Evaluation.Of(training.Model, test, device, FashionMnist.ClassNames.Count);
        training.Model.Save(Path.Combine(folder, "model.safetensors"));
        WritePlots(folder, training, test, result);
        Report(device, settings, training, result, folder, json);
        return 0;
    }

    private static (ImageDataset Train, ImageDataset Test) OpenData(string? folder)
    {
        try
        {
            return (FashionMnist.Open(train: true, folder), FashionMnist.Open(train: false, folder));
        }
        catch (FileNotFoundException e)
        {
            if (folder is not null) throw new UsageException(e.Message);
        }
        Console.Error.WriteLine("gputensor: downloading Fashion-MNIST (31 MB)");
        FashionMnist.DownloadAsync().GetAwaiter().GetResult();
        return (FashionMnist.Open(train: true), FashionMnist.Open(train: false));
    }

    private static bool EpochWithDisplay(Training training, TrainingSettings settings, Interrupt interrupt)
    {
        bool whole = false;
        AnsiConsole.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(display =>
            {
                string title = $"epoch {training.Progress.Epoch + 1}/{settings.Epochs}";
                var task = display.AddTask(title, maxValue: training.StepsPerEpoch);
                whole = training.RunEpoch(interrupt, loss =>
                {
                    task.Value = training.Progress.Step;
                    task.Description = $"{title}  loss {loss:F4}";
                });
            });
        return whole;
    }

    private static void WritePlots(string folder, Training training, ImageDataset test, Evaluation result)
    {
        Plots.LossCurve(Path.Combine(folder, "loss.png"), training.Progress.Curve, training.Progress.EpochLosses, training.StepsPerEpoch);
        Plots.ConfusionMatrix(Path.Combine(folder, "confusion.png"), result.Confusion, FashionMnist.ClassNames);
        int[] first = [.. Enumerable.Range(0, Math.Min(24, test.Count))];
        var images = new List<float[]>();
        var answers = new List<(string, bool)>();
        var pixels = new float[784];
        var label = new long[1];
        foreach (int i in first)
        {
            test.Read([i], System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()), System.Runtime.InteropServices.MemoryMarshal.AsBytes(label.AsSpan()));
            images.Add([.. pixels]);
            bool right = label[0] == result.Answers[i];
            string said = FashionMnist.ClassNames[result.Answers[i]];
            answers.Add((right ? said : $"{said}, not {FashionMnist.ClassNames[(int)label[0]]}", right));
        }
        Plots.Samples(Path.Combine(folder, "samples.png"), images, 28, answers);
    }

    private static void Report(Device device, TrainingSettings settings, Training training, Evaluation result, string folder, bool json)
    {
        double loss = training.Progress.EpochLosses[^1];
        var total = DeviceCounters.Of(device);
        if (!json)
        {
            Console.WriteLine($"test accuracy {result.Accuracy:P2}; training loss {loss:F4}");
            Console.WriteLine($"written to {folder}: checkpoint.safetensors, model.safetensors, loss.png, confusion.png, samples.png");
            return;
        }
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            device = device.Name,
            device_description = device.Description,
            epochs = settings.Epochs,
            batch_size = settings.BatchSize,
            lr = settings.LearningRate,
            seed = settings.Seed,
            train_loss = loss,
            train_losses = training.Progress.EpochLosses,
            test_accuracy = result.Accuracy,
            samples_per_second = training.Images == 0 ? (double?)null : Math.Round(training.Images / training.Elapsed.TotalSeconds, 1),
            kernels_compiled = total.Compiled,
            kernels_per_step = PerStep(c => c.Kernels),
            launches_per_step = PerStep(c => c.Launches),
            device_bytes_peak = total.BytesPeak,
            out_folder = Path.GetFullPath(folder),
        }));

        // Over a whole epoch: uploads of batches and the looks at the loss are counted too.
        double? PerStep(Func<DeviceCounters, long> count) => training.LastEpoch is { } epoch ? Math.Round(count(epoch.Counters) / (double)epoch.Steps, 3) : null;
    }
}
