using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using Xunit;

namespace GpuTensor.Tests.Train;

/// <summary>The real Fashion-MNIST, from the Debian package dataset-fashion-mnist.</summary>
public class FashionMnistTests
{
    private const string Folder = "/usr/share/datasets/fashion-mnist";

    private const int Batch = 128;

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void The_first_losses_are_pytorchs(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        string images = Path.Combine(Folder, "train-images-idx3-ubyte.gz"), labels = Path.Combine(Folder, "train-labels-idx1-ubyte.gz");
        if (!File.Exists(images) || !File.Exists(labels))
            Assert.Skip($"Fashion-MNIST is not in {Folder}: install the package dataset-fashion-mnist.");
        var run = new TrainingRun("fashion-mlp", device);
        // All 50 pass on the reference too, but its plain loops take two minutes for them.
        int steps = device == Device.Cpu ? 5 : 50;
        var x = Idx.Load(images, device).Narrow(0, 0, steps * Batch).To(DType.Float32) / 255;
        var y = Idx.Load(labels, device).Narrow(0, 0, steps * Batch).To(DType.Int64);
        var model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10))
            .To(device);
        model.LoadStateDict(run.Initial);
        run.Check(new Adam(model.Parameters(), lr: 1e-3), Loss, steps);

        Tensor Loss(int step) => F.CrossEntropy(model.Forward(x.Narrow(0, step * Batch, Batch)), y.Narrow(0, step * Batch, Batch));
    }
}
