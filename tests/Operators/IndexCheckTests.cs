using GpuTensor.Nn;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>An index that names no place is an error at the next wait: never a wrong number, never a crash, and the engine goes
/// on.</summary>
[Collection(nameof(Alone))]
public class IndexCheckTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Calls = new()
    {
        ["index_select"] = (x, at) => x.IndexSelect(1, at),
        ["gather"] = (x, at) => x.Gather(1, at.Expand(3, 2)),
        ["take_along_dim"] = (x, at) => x.TakeAlongDim(at.Expand(3, 2), 1),
        ["embedding"] = (x, at) => F.Embedding(at, x.T),
        ["scatter"] = (x, at) => x.Scatter(1, at.Expand(3, 2), 7),
        ["scatter_add"] = (x, at) => x.ScatterAdd(1, at.Expand(3, 2), Tensor.Ones([3, 2], device: x.Device)),
        ["index_add"] = (x, at) => x.IndexAdd(1, at, Tensor.Ones([3, 2], device: x.Device)),
        ["index_fill"] = (x, at) => x.IndexFill(1, at, 7),
        ["index"] = (x, at) => x[.., at],
        ["index, the second of two"] = (x, at) => x[Tensor.Zeros([2], DType.Int64, x.Device), at],
        ["index, assigned"] = (x, at) =>
        {
            var copy = x.Clone();
            copy[.., at] = 7;
            return copy;
        },
    };

    public static TheoryData<string, string> Cases => TestDevices.Cross(Calls.Keys);

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Cases))]
    public void An_index_out_of_range_is_refused_and_the_engine_goes_on(string name, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.Arange(12, dtype: DType.Float32, device: device).Reshape(3, 4);
        var call = Calls[name];
        Assert.Contains(call(x, At(1, 3)).ToArray<float>(), v => v is 7 or 3 or 4);
        foreach (long wrong in (long[])[4, -5, long.MaxValue, long.MinValue / 2 + 1])
        {
            Assert.Throws<TensorIndexException>(() => call(x, At(1, wrong)).ToArray<float>());
            var error = Assert.Throws<TensorIndexException>(() => call(x, At(1, wrong) + 0).ToArray<float>());
            Assert.Contains($"index {wrong} is out of range for a dimension of size 4", error.Message);
        }
        Assert.Contains(call(x, At(1, 3)).ToArray<float>(), v => v is 7 or 3 or 4);
        Assert.Equal(66, x.Sum().Item<float>());

        Tensor At(params long[] places) => Tensor.From(places, device: device);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Negative_places_count_from_the_end_where_PyTorch_lets_them(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.Arange(4, device: device);
        var last = Tensor.From([-1L], device: device);
        Assert.Equal(3, x[last].Item<long>());
        Assert.Equal(3, x.TakeAlongDim(last, 0).Item<long>());
        Assert.Throws<TensorIndexException>(() => x.IndexSelect(0, last).Item<long>());
        Assert.Throws<TensorIndexException>(() => x.Gather(0, last).Item<long>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_call_refused_for_its_shapes_blames_nobody_later(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        Tensor x = Tensor.Zeros([1, 1], device: device), row = Tensor.Zeros([1, 4], device: device),
            wrong = Tensor.From([7L], device: device);
        Assert.Throws<TensorShapeException>(() => x.Gather(1, wrong.Expand(2, 2)));
        Assert.Throws<TensorShapeException>(() => x.Scatter(1, wrong.Expand(1, 1), Tensor.Zeros([1, 0], device: device)));
        Assert.Throws<TensorShapeException>(() => x.IndexAdd(1, wrong, row));
        Assert.ThrowsAny<Exception>(() => x[wrong.Expand(2), wrong.Expand(3)]);
        Assert.ThrowsAny<Exception>(() => x[.., wrong] = row);
        Assert.Equal(0, row.Sum().Item<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_replayed_step_is_checked_too(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var table = Tensor.Arange(10, dtype: DType.Float32, device: device).Reshape(5, 2);
        var step = Tensor.Compile((Tensor at) => F.Embedding(at, table).Sum());
        for (int i = 0; i < 4; i++) Assert.Equal(4 * i + 1, step(Tensor.From([(long)i], device: device)).Item<float>());
        Assert.Throws<TensorIndexException>(() => step(Tensor.From([5L], device: device)).Item<float>());
        Assert.Equal(17, step(Tensor.From([4L], device: device)).Item<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void A_loop_that_never_reads_hears_of_it_at_last(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var table = Tensor.Arange(10, dtype: DType.Float32, device: device);
        Assert.Throws<TensorIndexException>(() =>
        {
            for (int i = 0; i < 1000; i++) table.IndexSelect(0, Tensor.From([i < 5 ? 1L : 10], device: device)).Realize();
        });
        Assert.Equal(45, table.Sum().Item<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Another_thread_is_not_blamed_but_cannot_read_the_result(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        if (device == Device.Cpu || device.Eager) Assert.Skip("An operator that runs by itself is refused in the thread that runs it.");
        var table = Tensor.Arange(10, dtype: DType.Float32, device: device);
        Tensor? spoilt = null;
        var thread = new Thread(() => spoilt = table.IndexSelect(0, Tensor.From([10L], device: device) + 0).Realize());
        thread.Start();
        thread.Join();
        Assert.Equal(45, table.Sum().Item<float>());
        Assert.Throws<TensorIndexException>(() => spoilt!.Item<float>());
        Assert.Throws<TensorIndexException>(() => spoilt!.Item<float>());
        Assert.Equal(45, table.Sum().Item<float>());
    }
}
