using GpuTensor.Tests.Tensors;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary><c>x[…]</c> read, written, changed in place and differentiated, against plain loops.</summary>
public class IndexExpressionTests
{
    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Random_expressions_read_write_and_differentiate_as_plain_loops(string name)
    {
        var (device, count) = TestDevice.ForPrograms(name, onReference: 1000, compiled: 6);
        for (int seed = 0; seed < count; seed++) Assert.Null(IndexCase.Run(seed, device));
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void Negative_positions_are_written(string name)
    {
        var device = TestDevices.Get(name);
        Tensor vector(params float[] values) => Tensor.From(values, device: device);
        Tensor at(params long[] places) => Tensor.From(places, device: device);
        void Is(float[] expected, Tensor actual) => Assert.Equal(expected, actual.ToArray<float>());

        var a = Tensor.Zeros([3], device: device);
        a[at(-1)] = vector(5);
        Is([0, 0, 5], a);
        a[new[] { 0, -1 }] = vector(1, 2);
        Is([1, 0, 2], a);
        a[at(-1, -2)] += 1;
        Is([1, 1, 3], a);
        // A place that is named twice takes the last value.
        a[at(2, -1)] = vector(7, 8);
        Is([1, 1, 8], a);
        a.IndexFill_(0, at(-3), 9);
        Is([9, 1, 8], a);

        var matrix = Tensor.Zeros([2, 3], device: device);
        matrix[.., at(-1)] = vector(1, 2).Reshape(2, 1);
        matrix[at(-1), at(-3)] = vector(4);
        Is([0, 0, 1, 4, 0, 2], matrix);

        var values = vector(1, 2).RequiresGrad_();
        var target = Tensor.Zeros([3], device: device);
        target[at(-1, 0)] = values;
        (target * vector(3, 4, 5)).Sum().Backward();
        Is([5, 3], values.Grad!);
    }

    public static TheoryData<string, string> Sizes => TestDevices.Cross("1200 400 2", "16731 20 1");

    /// <summary>Among many, places are found by sorting, not by comparing every place with every index.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void Many_places_are_written_as_by_plain_loops(string sizes, string name)
    {
        var device = TestDevices.Get(name);
        int[] parsed = [.. sizes.Split(' ').Select(int.Parse)];
        int rows = parsed[0], count = parsed[1], width = parsed[2];
        long[] places = [.. Enumerable.Range(0, count).Select(i => (long)(i * i * 7 % (2 * rows)) - rows)];
        float[] values = [.. Enumerable.Range(0, count * width).Select(i => (float)i)];
        float[] upstream = [.. Enumerable.Range(0, rows * width).Select(i => (float)(i % 9))];
        float[] written = new float[rows * width], ofValues = new float[count * width];
        int[] last = new int[rows];
        for (int i = 0; i < count; i++) last[(places[i] + rows) % rows] = i + 1;
        for (int row = 0; row < rows; row++)
            for (int c = 0; c < width; c++)
                if (last[row] > 0)
                {
                    written[row * width + c] = values[(last[row] - 1) * width + c];
                    ofValues[(last[row] - 1) * width + c] = upstream[row * width + c];
                }
        var x = Tensor.Zeros([rows, width], device: device);
        var value = Tensor.From(values, device: device).Reshape(count, width).RequiresGrad_();
        x[Tensor.From(places, device: device)] = value;
        Assert.Equal(written, x.ToArray<float>());
        (x * Tensor.From(upstream, device: device).Reshape(rows, width)).Sum().Backward();
        Assert.Equal(ofValues, value.Grad!.ToArray<float>());
        Assert.Null(device.Planned?.Planner.Fault);
    }

    /// <summary>Which operators count negative positions from the end, and which refuse them, is PyTorch's choice.</summary>
    [Fact]
    public void Operators_that_refuse_negative_positions_in_PyTorch_refuse_them()
    {
        var x = Tensor.Zeros([3], device: Device.Cpu);
        var last = Tensor.From(new[] { -1L }, device: Device.Cpu);
        var one = Tensor.Ones([1], device: Device.Cpu);
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, last).ToArray<float>());
        Assert.Throws<TensorIndexException>(() => x.Gather(0, last).ToArray<float>());
        Assert.Throws<TensorIndexException>(() => x.Scatter(0, last, one).ToArray<float>());
        Assert.Throws<TensorIndexException>(() => x.ScatterAdd(0, last, one).ToArray<float>());
        Assert.Throws<TensorIndexException>(() => x.IndexAdd(0, last, one).ToArray<float>());
        Assert.Equal([0f], x.TakeAlongDim(last, 0).ToArray<float>());
        Assert.Equal([0f, 0, 1], x.IndexFill(0, last, 1).ToArray<float>());
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void A_truth_value_selects_all_or_nothing(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From(new[] { 1f, 2 }, device: device);
        Tensor whether(bool value) => Tensor.Full([], value, DType.Bool, device);
        Assert.Equal([1, 2], x[whether(true)].Shape);
        Assert.Equal([0, 2], x[whether(false)].Shape);
        x[whether(false)] = Tensor.Ones([2], device: device);
        Assert.Equal([1f, 2], x.ToArray<float>());
        x[whether(true)] = Tensor.From(new[] { 3f, 4 }, device: device);
        Assert.Equal([3f, 4], x.ToArray<float>());
        x[whether(true)] = 5;
        Assert.Equal([5f, 5], x.ToArray<float>());
    }

    [Theory, MemberData(nameof(TestDevices.All), MemberType = typeof(TestDevices))]
    public void What_does_not_fit_is_refused_and_changes_nothing(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.Zeros([3, 2], device: device);
        var at = Tensor.From(new[] { 0L, -1 }, device: device);
        Assert.Throws<TensorShapeException>(() => x[at] = Tensor.Ones([3, 2], device: device));
        Assert.Throws<TensorShapeException>(() => x[Array.Empty<int>()] = Tensor.Ones([3, 2], device: device));
        Assert.Throws<TensorShapeException>(() => x[at] = Tensor.Ones([2, 2, 2], device: device));
        // Leading dimensions of size 1 are dropped, as in PyTorch.
        x[at] = Tensor.Ones([1, 1, 2, 2], device: device);
        Assert.Equal([1f, 1, 0, 0, 1, 1], x.ToArray<float>());
    }
}
