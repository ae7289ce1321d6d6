using System.CommandLine;

namespace GpuTensor.Cli;

/// <summary><c>gputensor train fashion-mnist</c>: trains a small network on the 60,000 images and says how well it does on the 10,000 others.</summary>
internal static class TrainCommand
{
    public static Command Make()
    {
        var device = CommonOptions.Device();
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training images", DefaultValueFactory = _ => 5, HelpName = "N" };
        var batch = new Option<int>("--batch-size") { Description = "Images in a step", DefaultValueFactory = _ => 128, HelpName = "N" };
        var rate = new Option<double>("--lr") { Description = "Adam's learning rate", DefaultValueFactory = _ => 1e-3, HelpName = "RATE" };
        var seed = new Option<long>("--seed") { Description = "Decides the initial weights and the order of the images", DefaultValueFactory = _ => 0, HelpName = "N" };
        var data = new Option<string?>("--data") { Description = "The folder of the IDX files, plain or .gz; default: Debian's package, else a checked download", HelpName = "DIR" };
        var output = new Option<string>("--out") { Description = "Where the checkpoint and the plots go", DefaultValueFactory = _ => Path.Combine("runs", "fashion-mnist"), HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "Go on from a checkpoint; ends on the bits of an unbroken run", HelpName = "FILE" };
        var json = CommonOptions.Json();
        epochs.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--epochs must be at least 1."); });
        batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--batch-size must be at least 1."); });
        rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0)) r.AddError("--lr must not be negative."); });
        var fashion = new Command("fashion-mnist", "A 784-512-256-10 network on Fashion-MNIST") { device, epochs, batch, rate, seed, data, output, resume, json };
        fashion.SetAction(parsed =>
        {
            var settings = new TrainingSettings(parsed.GetValue(epochs), parsed.GetValue(batch), parsed.GetValue(rate), parsed.GetValue(seed));
            string[] given = [.. new Option[] { epochs, batch, rate, seed }.Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name)];
            return TrainingSession.Run(CommonOptions.Open(parsed.GetValue(device)), settings, given, parsed.GetValue(data), parsed.GetValue(output)!,
                parsed.GetValue(resume), parsed.GetValue(json));
        });
        return new Command("train", "Train a network on real data") { fashion };
    }
}
