using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Classes that do not exist and numbers that are no probabilities: refused at once where the host made them, else reported at the
/// next wait, before anything is saved.</summary>
[Collection(nameof(Alone))]
public class ValueCheckTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Calls = new()
    {
        ["cross_entropy"] = (x, t) => F.CrossEntropy(x, t),
        ["cross_entropy weighted"] = (x, t) => F.CrossEntropy(x, t, weight: Tensor.Ones([4], device: x.Device), reduction: "sum"),
        ["cross_entropy smoothed"] = (x, t) => F.CrossEntropy(x, t, reduction: "none", labelSmoothing: 0.1),
        ["cross_entropy ignoring 9"] = (x, t) => F.CrossEntropy(x, t, ignoreIndex: 9),
        ["nll_loss"] = (x, t) => F.NllLoss(x.LogSoftmax(1), t),
        ["nll_loss weighted"] = (x, t) => F.NllLoss(x.LogSoftmax(1), t, weight: Tensor.Ones([4], device: x.Device)),
        ["one_hot"] = (_, t) => t.OneHot(4),
    };

    public static TheoryData<string, string> Cases => TestDevices.Cross(Calls.Keys);

    private static Tensor Scores(Device device) => Tensor.Arange(12, dtype: DType.Float32, device: device).Reshape(3, 4);

    [Theory, MemberData(nameof(Cases))]
    public void Classes_that_do_not_exist_are_reported(string name, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var (call, x) = (Calls[name], Scores(device));
        string op = name.Split(' ')[0];
        double right = call(x, Classes(0, 3, 1)).Sum().Item();
        Assert.Equal(right, call(x, Classes(0, 3, 1) + 0).Sum().Item());
        foreach (long wrong in (long[])[4, -1, 1000, long.MaxValue, long.MinValue])
        {
            // The host made it.
            var error = Assert.Throws<TensorIndexException>(() => call(x, Classes(0, wrong, 1)));
            Assert.StartsWith($"{op}: index {wrong} is out of range for a dimension of size 4: 0 to 3 were expected.", error.Message);
            // It is on the device.
            error = Assert.Throws<TensorIndexException>(() => call(x, Classes(0, wrong, 1) + 0).Realize().Sum().Item());
            Assert.StartsWith($"{op}: index {Math.Max(wrong, long.MinValue + 2)} is out of range for a dimension of size 4: 0 to 3 were "
                + "expected.", error.Message);
            if (!device.Eager) Assert.Contains("not valid", error.Message);
            Assert.Throws<TensorIndexException>(() =>
            {
                call(x, Classes(0, wrong, 1) + 0).Realize();
                device.Synchronize();
            });
        }
        Assert.Equal(right, call(x, Classes(0, 3, 1)).Sum().Item());

        Tensor Classes(params long[] classes) => Tensor.From(classes, device: device);
    }

    [Theory, MemberData(nameof(Devices))]
    public void What_is_ignored_is_no_class(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Scores(device);
        foreach (long ignored in (long[])[-100, 4, 255, -1, 2])
            foreach (bool computed in (bool[])[false, true])
            {
                var some = Tensor.From([0, ignored, 1], device: device);
                Assert.Equal(F.CrossEntropy(x[Tensor.From([0L, 2], device: device)], Tensor.From([0L, 1], device: device)).Item(),
                    F.CrossEntropy(x, computed ? some + 0 : some, ignoreIndex: ignored).Item(), 1e-6);
                var none = Tensor.From([ignored, ignored, ignored], device: device);
                Assert.Equal(0, F.CrossEntropy(x, computed ? none + 0 : none, ignoreIndex: ignored, reduction: "sum").Item());
            }
        var narrow = Tensor.From(new byte[] { 0, 255, 1 }, device: device);
        Assert.True(double.IsFinite(F.CrossEntropy(x, narrow, ignoreIndex: 255).Item()));
        Assert.Throws<TensorIndexException>(() => F.CrossEntropy(x, narrow).Item());
        Assert.Throws<TensorDTypeException>(() => F.CrossEntropy(x, narrow.To(DType.Bool)));
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_replayed_step_reports_a_class_that_does_not_exist(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Scores(device);
        var step = Tensor.Compile((Tensor t) => F.CrossEntropy(x, t) + t.OneHot(4).Sum().To(DType.Float32));
        var right = Tensor.From([0L, 3, 1], device: device);
        double expected = step(right).Item();
        for (int i = 0; i < 4; i++) Assert.Equal(expected, step(Tensor.From([0L, 3, 1], device: device)).Item());
        Assert.Contains("index 4", Assert.Throws<TensorIndexException>(() => step(Tensor.From([0L, 4, 1], device: device)).Item()).Message);
        Assert.Equal(expected, step(right).Item());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Nothing_is_saved_between_a_wrong_class_and_its_report(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        if (device == Device.Cpu || device.Eager) Assert.Skip("An operator that runs by itself reports at once.");
        using var folder = new TempFolder();
        string path = folder["model.safetensors"];
        var layer = new Linear(4, 4, device: device);
        layer.Save(path);
        byte[] before = File.ReadAllBytes(path);
        var optimizer = new SGD(layer.Parameters(), lr: 0.1);
        foreach (bool elsewhere in (bool[])[false, true])
        {
            F.CrossEntropy(layer.Forward(Scores(device)), Tensor.From([0L, 4, 1], device: device) + 0).Backward();
            optimizer.Step();
            Exception? refused = null;
            void Save() => refused = Record.Exception(() => layer.Save(path));
            if (elsewhere)
            {
                var thread = new Thread(Save);
                thread.Start();
                thread.Join();
            }
            else Save();
            Assert.Contains("not valid", Assert.IsType<TensorIndexException>(refused).Message);
            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        }
        // The thread that gave the class is told, too, each once; what the program does then is its own affair.
        Assert.Throws<TensorIndexException>(() => layer.Save(path));
        layer.Save(path);
        Assert.NotEmpty(SafeTensors.Load(path, device: Device.Cpu));
    }

    [Theory, MemberData(nameof(Devices))]
    public void Variables_stay_readable_after_a_wrong_index(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Scores(device);
        // All of it is recorded with the wrong index: parameters, momentum, a counter, a value that has nothing to do with it.
        var layer = new Linear(4, 4, device: device);
        var optimizer = new Adam(layer.Parameters(), lr: 0.1);
        var counter = Tensor.Zeros([1], device: device);
        var aside = Tensor.Ones([3], device: device) * 2;
        Tensor? loss = null, picked = null;
        var error = Record.Exception(() =>
        {
            picked = x.IndexSelect(0, Tensor.From([7L], device: device) + 0);
            loss = F.CrossEntropy(layer.Forward(x), Tensor.From([0L, 4, 1], device: device) + 0);
            loss.Backward();
            counter.Add_(loss.Detach());
            optimizer.Step();
            device.Synchronize();
        });
        Assert.IsType<TensorIndexException>(error);
        if (!device.Eager)
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(16, layer.Weight.ToArray<float>().Length);
                Assert.Equal(4, layer.Bias!.ToArray<float>().Length);
                _ = counter.ToArray<float>();
                Assert.Throws<TensorIndexException>(() => loss!.Item());
                Assert.Throws<TensorIndexException>(() => picked!.ToArray<float>());
            }
        Assert.Equal([2f, 2, 2], aside.ToArray<float>());
        Assert.Equal(66, x.Sum().Item());
        // The next step works.
        layer = new Linear(4, 4, device: device);
        optimizer = new Adam(layer.Parameters(), lr: 0.1);
        F.CrossEntropy(layer.Forward(x), Tensor.From([0L, 3, 1], device: device)).Backward();
        optimizer.Step();
        Assert.True(layer.Weight.IsFinite().All().Item<bool>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Probabilities_lie_between_0_and_1(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        foreach (double wrong in (double[])[2, -0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1.25])
        {
            Assert.Throws<TensorValueException>(() => Tensor.Zeros([3], device: device).Bernoulli_(wrong));
            Assert.Throws<TensorValueException>(() => Tensor.Full([3], wrong, device: device).Bernoulli());
            foreach (var dtype in (DType[])[DType.Float32, DType.BFloat16])
            {
                var p = (Tensor.From([0.5, wrong, 1], DType.Float32, device) * 1).To(dtype);
                var error = Assert.Throws<TensorValueException>(() => p.Bernoulli().To(DType.Float32).ToArray<float>());
                Assert.StartsWith("bernoulli: ", error.Message);
                if (double.IsFinite(wrong))
                    Assert.Contains(wrong.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message);
            }
        }
        Assert.Equal([0f, 1, 1], (Tensor.From([0f, 1, 1], device: device) * 1).Bernoulli().ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void An_array_of_the_host_is_looked_at_when_it_is_used_as_an_index(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.Arange(4, device: device);
        var wrong = Tensor.From([1L, 4], device: device);
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, wrong));
        Assert.Throws<TensorIndexException>(() => x.Gather(0, wrong));
        Assert.Throws<TensorIndexException>(() => x[wrong]);
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, Tensor.Full([2], 4, device: device)));
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, Tensor.From([1, 4], device: device)));
        // A part of an array may do without the wrong one.
        Assert.Equal(1, x.IndexSelect(0, wrong[..1]).Item<long>());
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, wrong[1..]).Item<long>());
        // What it is changed to counts.
        wrong.Sub_(1);
        Assert.Equal([0, 3], x.IndexSelect(0, wrong).ToArray<long>());
        wrong.Add_(3);
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, wrong).ToArray<long>());
        var place = Tensor.From([0L], device: device);
        var next = Tensor.Compile((Tensor t) => place.Add_(t).Sum());
        for (int i = 0; i < 4; i++) next(Tensor.From([1L], device: device)).Item<long>();
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, place).Item<long>());
    }
}
