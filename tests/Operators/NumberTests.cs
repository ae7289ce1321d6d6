using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Numbers keep their value on the way into a tensor and out of one: int64 beyond 2⁵³, and casts as C# makes them, on every
/// device.</summary>
public class NumberTests
{
    private const long Odd = (1L << 53) + 1;

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public void Item_is_exact_and_cuts(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        foreach (long value in (long[])[Odd, -Odd, long.MaxValue, long.MinValue])
        {
            Assert.Equal(value, One(value).Item<long>());
            Assert.Equal(value, (long)One(value));
            Assert.Equal((double)value, One(value).Item());
            Assert.Equal((float)value, One(value).Item<float>());
            Assert.Equal(unchecked((int)value), One(value).Item<int>());
            Assert.Equal(unchecked((ulong)value), One(value).Item<ulong>());
            Assert.Equal((decimal)value, One(value).Item<decimal>());
            Assert.Contains($"{value}", One(value).ToString());
        }
        foreach (float value in (float[])[1.7f, -1.7f, 3.5f, 2.5f, -0.5f, 0.99f])
        {
            var x = Tensor.From([value], device: device);
            Assert.Equal((int)value, x.Item<int>());
            Assert.Equal((int)value, (int)x);
            Assert.Equal((long)value, x.Item<long>());
            Assert.Equal((sbyte)value, x.Item<sbyte>());
            Assert.Equal(value, (float)x);
            Assert.Equal((double)value, x.Item());
            Assert.Equal((Half)value, x.Item<Half>());
        }
        Assert.Equal((true, false, true), ((bool)One(2), One(0).Item<bool>(), Tensor.From([0.1f], device: device).Item<bool>()));
        Assert.Equal(255, Tensor.From([-1], device: device).Item<byte>());
        Assert.Throws<TensorDTypeException>(() => One(1).Item<Guid>());
        Assert.Throws<TensorDTypeException>(() => Tensor.From([double.NaN], device: device).Item<decimal>());

        Tensor One(long value) => Tensor.From([value], device: device);
    }

    public static TheoryData<string, string> DTypesAndDevices => TestDevices.Cross("Float16", "BFloat16", "Float32", "Float64");

    [Theory, MemberData(nameof(DTypesAndDevices))]
    public void Floats_become_integers_by_the_same_rule_everywhere(string name, string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var dtype = Enum.Parse<DType>(name);
        double[] values = [1.7, -1.7, 300.75, -300.75, 65504, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.5, 3e9,
            -3e9, 1e19, -1e19, 128, 255, -129];
        // 17 elements: vector lanes and single ones.
        var x = Tensor.From(values, device: Device.Cpu).To(dtype);
        double[] held = x.To(DType.Float64).ToArray<double>();
        // A device compiles kernels for each.
        foreach (var target in device == Device.Cpu ? (DType[])[DType.Int64, DType.Int32, DType.Int16, DType.Int8, DType.UInt8]
            : [DType.Int64, DType.Int32, DType.UInt8])
        {
            long[] expected = [.. held.Select(v => target switch
            {
                DType.Int64 => (long)v,
                DType.Int32 => (int)v,
                DType.Int16 => unchecked((short)(int)v),
                DType.Int8 => unchecked((sbyte)(int)v),
                _ => unchecked((byte)(int)v),
            })];
            Assert.Equal(expected, (x.To(device) * 1).To(target).To(DType.Int64).ToArray<long>());
            for (int i = 0; i < held.Length; i++) Assert.Equal(expected[i], Tensor.Full([1], held[i], target, device).Item<long>());
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void Int64_becomes_a_float_with_one_rounding(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        long[] values = [(1L << 53) + (1L << 29) + 1, long.MaxValue, Odd, (1L << 24) + 1, -(1L << 53) - (1L << 29) - 1];
        Assert.Equal(Array.ConvertAll(values, v => (float)v), Tensor.From(values, device: device).To(DType.Float32).ToArray<float>());
        foreach (long v in values) Assert.Equal((float)v, (Tensor.Zeros([1], device: device) + v).Item<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Whole_numbers_reach_operators_exactly(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        foreach (long n in (long[])[Odd, -Odd, long.MaxValue, long.MinValue + 1])
        {
            var x = Tensor.From([n, n - 1], device: device);
            Assert.Equal([true, false], x.Eq(n).ToArray<bool>());
            Assert.Equal([false, true], (x < n).ToArray<bool>());
            Assert.Equal([true, false], (x >= n).ToArray<bool>());
            Assert.Equal([0L, -1], (x - n).ToArray<long>());
            Assert.Equal([n, n], Tensor.Full([2], n, device: device).ToArray<long>());
            Assert.Equal([n, n - 1], x.Clamp(min: n - 1, max: n).ToArray<long>());
            Assert.Equal([n, n], x.ClampMin(n).ToArray<long>());
            Assert.Equal([n - 1, n - 1], x.ClampMax(n - 1).ToArray<long>());
            Assert.Equal([n, 0], Tensor.Where(x.Eq(n), n, 0 * x).ToArray<long>());
            Assert.Equal([n, n - 1], (x + (Tensor)n - (Tensor)n).ToArray<long>());
            Assert.Equal([n, 7], x.MaskedFill(x.Ne(n), 7).ToArray<long>());
            Assert.Equal([7, n - 1], x.MaskedFill(x.Eq(n), 7).ToArray<long>());
            Assert.Equal([unchecked(n + 3 * n), unchecked(n - 1 + 3 * n)], x.Add(n, alpha: 3).ToArray<long>());
            Assert.Equal([unchecked(3 * n), unchecked(3 * (n - 1))], (x * 3).ToArray<long>());
            Assert.Equal([n, unchecked(n - 1)], x.Pow(1).ToArray<long>());
            Assert.Equal([0, n - 1 - n], x.Sub(n).ToArray<long>());
            Assert.Equal([n, n, n], Tensor.Linspace(n, n, 3, DType.Int64, device).ToArray<long>());
            var filled = x.Clone();
            filled.Fill_(n);
            Assert.Equal([n, n], filled.ToArray<long>());
        }
        Assert.Equal([long.MaxValue - 3, long.MaxValue - 2, long.MaxValue - 1],
            Tensor.Arange(long.MaxValue - 3, long.MaxValue, device: device).ToArray<long>());
        Assert.Equal([Odd, Odd + 2], Tensor.Arange(Odd, Odd + 3, 2, device: device).ToArray<long>());
        Assert.Equal([0, Odd, 2 * Odd], Tensor.Linspace(0, 2 * Odd, 3, DType.Int64, device).ToArray<long>());
        Assert.Equal([0, 2, 5, 7, 10], Tensor.Linspace(0, 10, 5, DType.Int64, device).ToArray<long>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Unsigned_numbers_stay_whole(string deviceName)
    {
        var device = TestDevices.Get(deviceName);
        var x = Tensor.From([1L], device: device);
        Assert.Equal(Odd + 1, (x + (ulong)Odd).Item<long>());
        Assert.Equal((DType.Int64, DType.Int64, DType.Int64, DType.Int64),
            ((x + 1u).DType, (x + (ushort)1).DType, (x + (byte)1).DType, (x + 1ul).DType));
        Assert.Throws<TensorDTypeException>(() => x + ulong.MaxValue);
        Assert.Equal(255, Tensor.Full([1], -1, DType.UInt8, device).Item<long>());
        Assert.Throws<TensorDTypeException>(() => Tensor.From(new ulong[] { 1 }));
        Assert.Throws<TensorDTypeException>(() => Tensor.From(new decimal[] { 1 }));
    }
}
