using System.CommandLine;

namespace GpuTensor.Cli;

/// <summary><c>gputensor train fashion-mnist</c>: trains a small network on the 60,000 images and says how well it does on the 10,000
/// others.</summary>
internal static class TrainCommand
{
    public static Command Make()
    {
        var device = CommonOptions.Device();
        var epochs = new NumberOption<int>("--epochs", 1, 1_000_000, absent: 5) { Description = "Passes over the training images" };
        // More would be no step of the 60,000 images.
        var batch = new NumberOption<int>("--batch-size", 1, 60_000, absent: 128) { Description = "Images in a step" };
        var rate = new NumberOption<double>("--lr", 0, double.MaxValue, absent: 1e-3) { Description = "Adam's learning rate",
            HelpName = "RATE" };
        var seed = new NumberOption<long>("--seed", long.MinValue, long.MaxValue,
            absent: 0) { Description = "Decides the initial weights and the order of the images" };
        var data = new PathOption("--data",
            "DIR") { Description = "The folder of the IDX files, plain or .gz; default: Debian's package, else a checked download" };
        var output = new PathOption("--out", "DIR", Path.Combine("runs", "fashion-mnist")) { Description =
            "Where the checkpoint and the plots go" };
        var resume = new PathOption("--resume", "FILE") { Description = "Go on from a checkpoint; ends on the bits of an unbroken run" };
        var json = CommonOptions.Json();
        var fashion = new Command("fashion-mnist", "A 784-512-256-10 network on Fashion-MNIST") { device, epochs, batch, rate, seed, data,
            output, resume, json };
        fashion.SetAction(parsed =>
        {
            var settings = new TrainingSettings(parsed.GetValue(epochs), parsed.GetValue(batch), parsed.GetValue(rate),
                parsed.GetValue(seed));
            string[] given = [.. new Option[] { epochs, batch, rate, seed }.Where(o => parsed.GetResult(o) is { Implicit: false })
                .Select(o => o.Name)];
            using var interrupt = new Interrupt();
            return TrainingSession.Run(CommonOptions.Open(parsed.GetValue(device)), settings, given, parsed.GetValue(data),
                parsed.GetValue(output)!,
                parsed.GetValue(resume), parsed.GetValue(json), interrupt);
        });
        return new Command("train", "Train a network on real data") { fashion };
    }
}
