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

#if DEBUG
    // Unoptimised, the reference's plain loops take two minutes for fifty.
    private const int Steps = 5;
#else
    private const int Steps = 50;
#endif

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void The_first_losses_are_pytorchs(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        string images = Path.Combine(Folder, "train-images-idx3-ubyte.gz"), labels = Path.Combine(Folder, "train-labels-idx1-ubyte.gz");
        if (!File.Exists(images) || !File.Exists(labels))
            Assert.Skip($"Fashion-MNIST is not in {Folder}: install the package dataset-fashion-mnist.");
        var run = new TrainingRun("fashion-mlp", device);
        var x = Idx.Load(images, device).Narrow(0, 0, Steps * Batch).To(DType.Float32) / 255;
        var y = Idx.Load(labels, device).Narrow(0, 0, Steps * Batch).To(DType.Int64);
        var model = new Sequential(new Flatten(), new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10))
            .To(device);
        model.LoadStateDict(run.Initial);
        run.Check(new Adam(model.Parameters(), lr: 1e-3), Loss, Steps);

        Tensor Loss(int step) => F.CrossEntropy(model.Forward(x.Narrow(0, step * Batch, Batch)), y.Narrow(0, step * Batch, Batch));
    }
}
