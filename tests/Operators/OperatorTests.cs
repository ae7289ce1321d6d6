using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>What operators promise besides their numbers: dtypes, in-place updates, indexing, errors.</summary>
public class OperatorTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    private static Tensor On(string device, Array values, DType? dtype = null) => Tensor.From(values, dtype, TestDevices.Get(device));

    [Theory]
    [MemberData(nameof(Devices))]
    public void Numbers_promote_by_kind_and_tensors_by_dtype(string device)
    {
        var ints = On(device, new long[] { 1, 2 });
        var bytes = On(device, new byte[] { 1, 2 });
        var halves = On(device, new[] { 1f, 2f }, DType.Float16);
        var bools = On(device, new[] { true, false });
        Assert.Equal(DType.Float32, (ints * 1.5).DType);
        Assert.Equal(DType.Float16, (halves * 2.0).DType);
        Assert.Equal(DType.UInt8, (bytes + 1).DType);
        Assert.Equal(DType.Int64, (bools + 1).DType);
        Assert.Equal(DType.Bool, (bools + bools).DType);
        Assert.Equal(DType.Float32, (ints / ints).DType);
        Assert.Equal(DType.Int64, ints.Div(2, roundingMode: "floor").DType);
        Assert.Equal(DType.Float32, ints.Sin().DType);
        Assert.Equal(DType.Int64, bytes.Sum().DType);
        Assert.Equal(DType.Bool, (ints > 1.5).DType);
        // A 0-d tensor of the same category does not widen, one of a higher category does.
        Assert.Equal(DType.Float16, (halves + Tensor.Full([], 1.0, DType.Float64, TestDevices.Get(device))).DType);
        Assert.Equal(DType.Float64, (ints + Tensor.Full([], 1.0, DType.Float64, TestDevices.Get(device))).DType);
        Assert.Throws<TensorDTypeException>(() => bools - bools);
        Assert.Throws<TensorDTypeException>(() => ints.Mean());
        Assert.Throws<TensorDTypeException>(() => ints & On(device, new[] { 1f, 2f }));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Integers_wrap_and_divide_as_in_PyTorch(string device)
    {
        var x = On(device, new short[] { 30000, -30000 });
        Assert.Equal([-5536, 5536], (x + x).ToArray<short>());
        Assert.Equal([(short)24464, (short)24464], On(device, new short[,] { { 300, 300 } }).MatMul(On(device,
            new short[,] { { 150, 150 }, { 150, 150 } })).ToArray<short>());
        var a = On(device, new[] { 7, -7, 7, -7 });
        var b = On(device, new[] { 3, 3, -3, -3 });
        Assert.Equal([1, 2, -2, -1], (a % b).ToArray<int>());
        Assert.Equal([1, -1, 1, -1], a.Fmod(b).ToArray<int>());
        Assert.Equal([2, -3, -3, 2], a.FloorDivide(b).ToArray<int>());
        Assert.Equal([2, -2, -2, 2], a.Div(b, roundingMode: "trunc").ToArray<int>());
        Assert.Equal([9, 49], On(device, new[] { 3, 7 }).Pow(2).ToArray<int>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void The_indexing_program_of_the_tutorial(string device)
    {
        var m = Tensor.Arange(12, device: TestDevices.Get(device)).Reshape(3, 4);
        Assert.Equal([4, 5, 6, 7], m[1].ToArray<long>());
        Assert.Equal([1, 2, 5, 6, 9, 10], m[.., 1..3].ToArray<long>());
        Assert.Equal(11, m[^1, ^1].Item<long>());
        m[0] = 7;
        m[.., 2].Add_(1);
        Assert.Equal([7, 7, 8, 7, 4, 5, 7, 7, 8, 9, 11, 11], m.ToArray<long>());
        Assert.Equal([7, 7, 8, 7, 7, 7, 8, 9, 11, 11], m[m > 5].ToArray<long>());
        m[m > 8] = 0;
        Assert.Equal([7, 7, 8, 7, 4, 5, 7, 7, 8, 0, 0, 0], m.ToArray<long>());
        m[On(device, new long[] { 2, 0 })] = On(device, new long[,] { { 1, 1, 1, 1 }, { 2, 2, 2, 2 } });
        Assert.Equal([2, 2, 2, 2, 4, 5, 7, 7, 1, 1, 1, 1], m.ToArray<long>());
        Assert.Equal([5, 2], m[On(device, new long[] { 1, 0 }), On(device, new long[] { 1, -1 })].ToArray<long>());
        Assert.Equal("[3, 1, 4]", m[.., TensorIndex.NewAxis].Shape.ToString());
        Assert.Equal("[4]", m[0, TensorIndex.Ellipsis].Shape.ToString());
        Assert.Equal("[3, 2]", m[TensorIndex.Ellipsis, TensorIndex.Slice(0, null, 2)].Shape.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => m[3]);
        Assert.Throws<TensorShapeException>(() => m[0, 0, 0]);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void In_place_forms_change_the_variable_and_refuse_what_does_not_fit(string device)
    {
        var x = On(device, new[] { 1f, 2, 3 });
        var same = x;
        x += 1;
        x *= On(device, new[] { 2f, 2, 2 });
        x -= 1.0;
        x /= 1;
        Assert.Same(same, x);
        Assert.Equal([3, 5, 7], x.ToArray<float>());
        x.Add_(x, alpha: 2).Clamp_(max: 16).Neg_();
        Assert.Equal([-9, -15, -16], same.ToArray<float>());
        Assert.Equal([0, 0, 0], x.Zero_().ToArray<float>());
        Assert.Equal([3, 3, 3], x.Fill_(3).ToArray<float>());
        Assert.Throws<TensorShapeException>(() => x.Add_(On(device, new float[2, 3])));
        Assert.Throws<TensorDTypeException>(() => On(device, new[] { 1, 2 }).Mul_(1.5));
        var leaf = Tensor.Ones([2], device: TestDevices.Get(device), requiresGrad: true);
        Assert.Throws<AutogradException>(() => leaf.Add_(1));
        using (Tensor.NoGrad()) leaf.Add_(1);
        Assert.Equal([2, 2], leaf.ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void NaN_wins_extrema_and_stays_in_clamps(string device)
    {
        var x = On(device, new[] { 1f, float.NaN, 3 });
        Assert.True(float.IsNaN(x.AMax().Item<float>()));
        Assert.Equal(1, x.ArgMax().Item<long>());
        Assert.Equal(1, x.ArgMin().Item<long>());
        Assert.True(float.IsNaN(x.Maximum(On(device, new[] { 2f })).ToArray<float>()[1]));
        Assert.Equal([2, float.NaN, 2.5f], x.Clamp(2, 2.5).ToArray<float>());
        Assert.Equal([1, float.NaN, 3], x.Relu().ToArray<float>());
        Assert.Equal([1, 3, float.NaN], x.Sort().Values.ToArray<float>());
        Assert.True(x.Eq(x).LogicalNot().Any().Item<bool>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Max_over_a_dimension_sends_its_gradient_to_one_place_and_amax_to_all(string device)
    {
        var x = On(device, new float[,] { { 2, 5, 5 } }).RequiresGrad_();
        var (values, indices) = x.Max(1);
        values.Backward();
        Assert.Equal(1, indices.Item<long>());
        Assert.Equal([0, 1, 0], x.Grad!.ToArray<float>());
        x.Grad = null;
        x.AMax(1).Backward();
        Assert.Equal([0, 0.5f, 0.5f], x.Grad!.ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Results_without_gradient_do_not_ask_for_one(string device)
    {
        var x = On(device, new[] { 1f, 2 }).RequiresGrad_();
        Assert.False((x > 1).RequiresGrad);
        Assert.False(x.ArgMax().RequiresGrad);
        Assert.False(x.To(DType.Int64).RequiresGrad);
        Assert.True(x.To(DType.Float64).RequiresGrad);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Ranges_include_what_PyTorch_includes(string device)
    {
        var on = TestDevices.Get(device);
        Assert.Equal([2, 5, 8], Tensor.Arange(2, 10, 3, device: on).ToArray<long>());
        Assert.Equal([5, 3], Tensor.Arange(5, 1, -2, device: on).ToArray<long>());
        Assert.Equal([0, 0.5f, 1], Tensor.Arange(0, 1.5, 0.5, device: on).ToArray<float>());
        Assert.Equal([0, 2.5f, 5, 7.5f, 10], Tensor.Linspace(0, 10, 5, device: on).ToArray<float>());
        Assert.Equal([1, 0, 0, 0, 1, 0], Tensor.Eye(2, 3, device: on).ToArray<float>());
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 5, -1, device: on));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Errors_name_the_operator_and_the_shapes(string device)
    {
        var a = Tensor.Ones([2, 3], device: TestDevices.Get(device));
        var e = Assert.Throws<TensorShapeException>(() => a.MatMul(a));
        Assert.Contains("matmul", e.Message);
        Assert.Contains("[2, 3]", e.Message);
        Assert.Contains("add", Assert.Throws<TensorShapeException>(() => a + Tensor.Ones([2], device: a.Device)).Message);
        Assert.Contains("cat", Assert.Throws<TensorShapeException>(() => Tensor.Cat([a, Tensor.Ones([2, 2], device: a.Device)])).Message);
        Assert.Contains("float64", Assert.Throws<TensorDTypeException>(() => a.MatMul(a.T.To(DType.Float64))).Message);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Random_numbers_depend_on_the_seed_alone(string device)
    {
        var on = TestDevices.Get(device);
        Tensor.ManualSeed(7);
        var first = Tensor.Rand([5], device: on);
        var second = Tensor.Rand([5], device: on);
        byte[] state = Generator.Default.GetState();
        var third = Tensor.RandN([5], device: on).ToArray<float>();
        Assert.NotEqual(first.ToArray<float>(), second.ToArray<float>());
        Generator.Default.SetState(state);
        Assert.Equal(third, Tensor.RandN([5], device: on).ToArray<float>());
        Tensor.ManualSeed(7);
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => (Philox.Word(7, 0, i) >> 8) / 16777216f)],
            Tensor.Rand([5], device: on).ToArray<float>());
        // Five words take two blocks.
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => (Philox.Word(7, 2, i) >> 8) / 16777216f)], second.ToArray<float>());
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (long)i), Tensor.RandPerm(9, device: on).ToArray<long>().Order());
        Assert.All(Tensor.RandInt(-3, 4, [50], device: on).ToArray<long>(), n => Assert.InRange(n, -3, 3));
        // What the dtype cannot hold is refused, as by torch.randint; its own limits are drawn.
        foreach (var (low, high, dtype) in ((long, long, DType)[])
            [(0, 257, DType.UInt8), (-1, 2, DType.UInt8), (-129, 0, DType.Int8), (0, 129, DType.Int8), (0, 3, DType.Bool),
             (0, 1L << 31 | 1, DType.Int32)])
            Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.RandInt(low, high, [2], dtype, on));
        Assert.All(Tensor.RandInt(0, 256, [50], DType.UInt8, on).ToArray<byte>(), n => Assert.InRange(n, 0, 255));
        Assert.Equal([sbyte.MinValue], Tensor.RandInt(-128, -127, [1], DType.Int8, on).ToArray<sbyte>());
        Assert.Equal([true], Tensor.RandInt(1, 2, [1], DType.Bool, on).ToArray<bool>());
        Assert.Equal([long.MaxValue - 1], Tensor.RandInt(long.MaxValue - 1, long.MaxValue, [1], device: on).ToArray<long>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Normal_numbers_have_the_moments_they_should(string device)
    {
        Tensor.ManualSeed(1);
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            var x = Tensor.RandN([4000], dtype, TestDevices.Get(device));
            Assert.InRange(x.Mean().Item<double>(), -0.06, 0.06);
            Assert.InRange(x.Std().Item<double>(), 0.95, 1.05);
            Assert.InRange(x.Pow(3).Mean().Item<double>(), -0.2, 0.2);
            Assert.InRange(x.Pow(4).Mean().Item<double>(), 2.6, 3.4);
        }
    }

    [Fact]
    public void PyTorchs_stream_can_take_the_place_of_ours()
    {
        Tensor.ManualSeed(0, RandomStream.PyTorch);
        var ours = Tensor.Rand([4], device: Device.Cpu).ToArray<float>();
        Tensor.ManualSeed(0);
        Assert.Equal(new TorchRandom(0).Rand([4]).As<float>().ToArray(), ours);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Dropout_keeps_the_expectation_and_masks_the_gradient_alike(string device)
    {
        Tensor.ManualSeed(2);
        var x = Tensor.Ones([1000], device: TestDevices.Get(device), requiresGrad: true);
        var y = x.Dropout(0.25);
        float[] values = y.ToArray<float>();
        Assert.Equal([0, 4 / 3f], values.Distinct().Order());
        Assert.InRange(values.Count(v => v == 0), 190, 310);
        y.Sum().Backward();
        Assert.Equal(values, x.Grad!.ToArray<float>());
        Assert.All(x.Dropout(1).ToArray<float>(), v => Assert.Equal(0, v));
        Assert.Same(x, x.Dropout(0.5, training: false));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Half_types_compute_in_float_and_round_once(string device)
    {
        var x = On(device, new[] { 60000f, 60000f }, DType.Float16);
        Assert.Equal(60000, x.Mean().Item<float>(), 32f);
        Assert.Equal(0.5f, x.Softmax(0).ToArray<Half>().Select(h => (float)h).First());
        Assert.Equal(DType.Float16, x.LogSoftmax(0).DType);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Einsum_is_the_product_it_spells(string device)
    {
        var a = Tensor.Arange(6, dtype: DType.Float32, device: TestDevices.Get(device)).Reshape(2, 3);
        Assert.True(Tensor.Einsum("ij,kj->ik", a, a).Equal(a.MatMul(a.T)));
        Assert.True(Tensor.Einsum("ij->j", a).Equal(a.Sum(0)));
        Assert.True(Tensor.Einsum("...j,j", a, a[0]).Equal(a.MatMul(a[0])));
    }
}
