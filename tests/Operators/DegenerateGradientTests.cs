using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>The gradient of every operator, and the gradient of that, over shapes without elements, of size 1 and without dimensions:
/// whatever has a value has gradients, of the shape of what they belong to.</summary>
public class DegenerateGradientTests
{
    private static readonly Dictionary<string, Func<Shape, Shape>> Shrunk = new()
    {
        ["2 as 0"] = s => Replaced(s, 2, 0),
        ["3 as 0"] = s => Replaced(s, 3, 0),
        ["all 0"] = s => [.. s.Select(_ => 0)],
        ["2 as 1"] = s => Replaced(s, 2, 1),
        ["3 as 1"] = s => Replaced(s, 3, 1),
        ["all 1"] = s => [.. s.Select(_ => 1)],
        ["0-d"] = _ => [],
    };

    public static TheoryData<string, string> Cases => TestDevices.Cross(Shrunk.Keys);

    private static Shape Replaced(Shape shape, int size, int by) => [.. shape.Select(n => n == size ? by : n)];

    [Theory, MemberData(nameof(Cases))]
    public void What_has_a_value_has_gradients(string how, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        bool all = device == Device.Cpu || Environment.GetEnvironmentVariable("GPUTENSOR_CONFORMANCE") == "all";
        var failures = new List<string>();
        int tried = 0;
        foreach (var (number, sample) in GradientSamples.All.Values.Index())
        {
            // Each compiles kernels on a device.
            if (!all && number % 24 != Shrunk.Keys.Order().ToList().IndexOf(how)) continue;
            Shape[] shapes = [.. sample.Shapes.Select(Shrunk[how])];
            var shrunk = sample with { Shapes = shapes };
            double[][] values = shrunk.Values();
            var leaves = Leaves();
            Tensor result;
            double[] expected, actual;
            try
            {
                result = sample.Call(leaves);
                expected = sample.Call([.. leaves.Select(x => x.Detach().To(Device.Cpu))]).To(DType.Float64).Flatten().ToArray<double>();
                actual = result.To(DType.Float64).Flatten().ToArray<double>();
            }
            catch (Exception e) when (e is TensorException or ArgumentException or IndexOutOfRangeException)
            {
                // Sizes are written out in the sample, or the operator has no value there.
                continue;
            }
            tried++;
            try
            {
                Assert.Equal(expected, actual, (a, b) => a.Equals(b) || Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a)));
                if (!result.RequiresGrad) continue;
                result.Sum().Backward(createGraph: sample.TwiceDifferentiable);
                foreach (var x in leaves)
                    if (x.Grad is { } gradient)
                    {
                        Assert.Equal(x.Shape, gradient.Shape);
                        _ = gradient.ToArray<double>();
                    }
                if (!sample.TwiceDifferentiable) continue;
                leaves = Leaves();
                sample.Call(leaves).Sum().Backward(createGraph: true);
                Tensor[] gradients = [.. leaves.Select(x => x.Grad).OfType<Tensor>().Where(g => g.RequiresGrad)];
                foreach (var x in leaves) x.Grad = null;
                foreach (var gradient in gradients) (gradient * gradient).Sum().Backward(retainGraph: true);
                foreach (var x in leaves)
                    if (x.Grad is { } second)
                    {
                        Assert.Equal(x.Shape, second.Shape);
                        _ = second.ToArray<double>();
                    }
                // Size 1 has numbers to compare.
                if (device == Device.Cpu && shapes.All(s => s.ElementCount > 0) && expected.All(double.IsFinite))
                    GradientCheck.First(sample.Call, values, shapes, device);
            }
            // An index written out in the sample names no place of a smaller dimension: heard of late where there was nothing to read.
            catch (TensorIndexException)
            {
            }
            catch (Exception e)
            {
                failures.Add($"{sample.Name} {string.Join(" ", shapes.Select(s => s.ToString()))}: {e.GetType().Name}: "
                    + $"{e.Message.Split('\n')[0]} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("GpuTensor.Operators"))}");
            }

            Tensor[] Leaves() => [.. values.Select((v, i) => Tensor.From(v, device: device).Reshape(shapes[i]).Clone().Detach()
                .RequiresGrad_())];
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {tried}:\n{string.Join("\n", failures)}");
        Assert.True(tried > (all ? 20 : 0));
    }

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void A_product_over_nothing_has_an_empty_gradient(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        foreach (int dim in (int[])[0, 1, 2])
        {
            var x = Tensor.Ones([3, 0, 4], device: device, requiresGrad: true);
            x.Prod(dim).Sum().Backward();
            Assert.Equal((x.Shape, 0), (x.Grad!.Shape, x.Grad.ToArray<float>().Length));
        }
        var all = Tensor.Ones([3, 0, 4], device: device, requiresGrad: true);
        all.Prod().Backward();
        Assert.Equal(all.Shape, all.Grad!.Shape);
        Assert.Equal([0, 3], Tensor.Zeros([0, 6], device: device).Reshape(-1, 3).Shape);
        Assert.Equal([0], Tensor.Zeros([3, 0], device: device).View(-1).Shape);
        // As in PyTorch: any number would do.
        Assert.Contains("any number", Assert.Throws<TensorShapeException>(() => Tensor.Zeros([3, 0, 4], device: device).Reshape(0, 4, -1))
            .Message);
    }
}
