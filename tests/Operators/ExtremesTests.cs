using System.Runtime.CompilerServices;
using GpuTensor.Graph;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>max and min over a dimension: two results of one node.</summary>
public class ExtremesTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    public static TheoryData<string, string> DTypes => TestDevices.Cross(GpuTensor.DTypes.All.Select(d => d.Name()));

    [Theory, MemberData(nameof(Devices))]
    public void NaN_wins_and_of_equals_the_first_is_found(string name)
    {
        var device = TestDevices.Get(name);
        const float inf = float.PositiveInfinity;
        var x = Tensor.From([1f, 3, 3, -inf, -inf, -inf, float.NaN, inf, float.NaN, -0f, 0, -0f], device: device).Reshape(4, 3);
        var (values, indices) = x.Max(1);
        Assert.Equal([1L, 0, 0, 0], indices.ToArray<long>());
        Assert.Equal([3f, -inf, float.NaN, -0f], values.ToArray<float>());
        Assert.True(float.IsNegative(values.ToArray<float>()[3]));
        (values, indices) = x.Min(1);
        Assert.Equal([0L, 0, 0, 0], indices.ToArray<long>());
        Assert.Equal([1f, -inf, float.NaN, -0f], values.ToArray<float>());
        (values, indices) = x.Max(0, keepDim: true);
        Assert.Equal(Shape.Create([1, 3]), values.Shape);
        Assert.Equal([2L, 2, 2], indices.ToArray<long>());
        Assert.Equal([float.NaN, inf, float.NaN], values.ToArray<float>());
    }

    [Theory, MemberData(nameof(DTypes))]
    public void Every_dtype_along_every_dimension(string dtype, string name)
    {
        GpuTensor.DTypes.TryParse(dtype, out var type);
        // Many ties, in no order.
        float[] numbers = [.. Enumerable.Range(0, 7 * 70 * 5).Select(i => (float)((i * 2654435761L >> 9) % 23))];
        Tensor ours = Of(TestDevices.Get(name)), reference = Of(Device.Cpu);
        for (int dim = -1; dim < 2; dim++)
        {
            Same(reference.Max(dim), ours.Max(dim));
            Same(reference.Min(dim, keepDim: true), ours.Min(dim, keepDim: true));
        }

        Tensor Of(Device device) => Tensor.From(numbers, device: device).Reshape(7, 70, 5).To(type);

        void Same((Tensor Values, Tensor Indices) expected, (Tensor Values, Tensor Indices) actual)
        {
            Assert.Equal((type, DType.Int64), (actual.Values.DType, actual.Indices.DType));
            Assert.Equal(expected.Values.To(DType.Float64).ToArray<double>(), actual.Values.To(DType.Float64).ToArray<double>());
            Assert.Equal(expected.Indices.ToArray<long>(), actual.Indices.ToArray<long>());
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void Nothing_to_choose_from_is_an_error_and_nothing_to_choose_is_not(string name)
    {
        var device = TestDevices.Get(name);
        var error = Assert.Throws<TensorShapeException>(() => Tensor.Zeros([2, 0], device: device).Max(1));
        Assert.Contains("max: there is nothing to choose from", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 3], device: device).Min(2));
        var (values, indices) = Tensor.Zeros([0, 3], device: device).Min(1);
        Assert.Equal((0, 0), (values.ToArray<float>().Length, indices.ToArray<long>().Length));
        (values, indices) = Tensor.From([5f], device: device).Reshape().Max(-1);
        Assert.Equal((5f, 0L, 0, 0), (values.Item<float>(), indices.Item<long>(), values.Rank, indices.Rank));
    }

    [Theory, MemberData(nameof(Devices))]
    public void The_gradient_goes_to_the_first_of_equals_and_has_a_gradient(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, 3, 3, 5, 4, 5], device: device, requiresGrad: true).Reshape(2, 3);
        x.RetainGrad();
        var (values, indices) = x.Max(1);
        Assert.Equal("MaxBackward", values.GradFn!.Name);
        Assert.False(indices.RequiresGrad);
        (values * values).Sum().Backward();
        Assert.Equal([0f, 6, 0, 10, 0, 0], x.Grad!.ToArray<float>());

        var y = Tensor.From([2f, 1, 3, 4], device: device, requiresGrad: true).Reshape(2, 2);
        var first = Autograd.Grad([y.Min(0, keepDim: true).Values.Pow(3).Sum()], [y], createGraph: true)[0]!;
        var second = Autograd.Grad([first.Sum()], [y])[0]!;
        Assert.Equal([12f, 3, 0, 0], first.ToArray<float>());
        Assert.Equal([12f, 6, 0, 0], second.ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Indices_saved_for_the_gradient_must_not_change_and_survive_their_handle(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, 3, 2], device: device, requiresGrad: true);
        var (values, indices) = x.Max(0);
        indices.Realize();
        indices.Dispose();
        // Only the indices are read: the operand may change.
        using (Tensor.NoGrad()) x.Detach().Zero_();
        values.Backward();
        Assert.Equal([0f, 1, 0], x.Grad!.ToArray<float>());

        (values, indices) = x.Max(0);
        indices.Add_(1);
        Assert.Contains("result of max (int64 []) is needed", Assert.Throws<AutogradException>(() => values.Backward()).Message);
        (values, indices) = x.Max(0);
        using (Tensor.NoGrad()) values.Detach().Mul_(2);
        values.Backward();
        Assert.Equal([1f, 1, 0], x.Grad!.ToArray<float>());
    }

    private static Tensor Given(Device device) =>
        Tensor.From([.. Enumerable.Range(0, 33 * 90).Select(i => MathF.Round(MathF.Sin(i * i) * 9))], device: device).Reshape(33, 90)
            .RequiresGrad_();

    private static Tensor[] Step(Tensor x)
    {
        var (rows, at) = (x * 0.5).Max(1);
        var (columns, where) = x.Min(0, keepDim: true);
        var gradient = Autograd.Grad([(rows * at).Sum() + (columns * columns).Sum()], [x])[0]!;
        return [rows.Detach(), at, columns.Detach(), where, gradient];
    }

    [Theory, MemberData(nameof(Devices))]
    public void Both_results_and_the_gradient_are_replayed(string name)
    {
        var device = TestDevices.Get(name);
        float[] expected = Joined(Given(Device.Cpu)).ToArray<float>();
        var step = Tensor.Compile(Joined);
        for (int i = 0; i < 4; i++) Assert.Equal(expected, step(Given(device)).ToArray<float>());

        static Tensor Joined(Tensor x) => Tensor.Cat([.. Step(x).Select(t => t.To(DType.Float32).Reshape(-1))]);
    }

    [Fact]
    public void Fused_eager_and_kept_runs_give_the_same_bits_in_one_kernel()
    {
        using var test = TestDevice.OpenCl();
        using var eager = test.Another(eager: true);
        using var kept = test.Another(keep: _ => true);
        var expected = Step(Given(eager.Device));
        Same(expected, Step(Given(test.Device)));
        Same(expected, Step(Given(kept.Device)));

        // Values and indices, of one launch that reads the operand once.
        var x = Given(test.Device).Detach();
        var (values, indices) = x.Max(1);
        string text = Describe(values, indices);
        Assert.Contains("1 kernel (1 launch)", text);
        Assert.Contains("max.values → float32 [33]  (kept)", text);
        Assert.Contains("max.indices → int64 [33]  (kept)", text);
        long launches = test.Device.Planned!.Backend.Counters.Launches;
        values.Realize();
        indices.Realize();
        Assert.Equal(launches + 1, test.Device.Planned.Backend.Counters.Launches);

        static string Describe(Tensor values, Tensor indices)
        {
            values.Keep();
            return indices.Explain();
        }

        static void Same(Tensor[] expected, Tensor[] actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i].To(DType.Float64).ToArray<double>(), actual[i].To(DType.Float64).ToArray<double>());
        }
    }

    [Fact]
    public void A_result_that_nobody_reads_takes_no_memory_and_can_be_computed_later()
    {
        using var test = TestDevice.OpenCl();
        var x = Tensor.From([.. Enumerable.Range(0, 600).Select(i => (float)(i * 7 % 50))], device: test.Device).Reshape(20, 30);
        var indices = IndicesOf(x);
        indices.Realize();
        Assert.Equal(indices.Node.Index, Assert.Single(test.Device.Planned!.LastPlan!.Kept).Node);
        Assert.DoesNotContain("found", test.Device.Planned.LastPlan.Explanation(source: true));

        // The second run finds the plan of the first, where nobody held the values: they are computed again from the operand.
        var y = Tensor.From([1f, 4, 2], device: test.Device);
        Assert.Equal(2, TwiceTheIndex(y).Item<long>());
        var (values, places) = y.Max(0);
        Assert.Equal(2, (places * 2).Item<long>());
        Assert.Equal(NodeState.Dropped, values.Node.State);
        Assert.Equal(4, values.Item<float>());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor TwiceTheIndex(Tensor y) => y.Max(0).Indices * 2;

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Tensor IndicesOf(Tensor x) => x.Max(1).Indices;
    }

    [Theory, MemberData(nameof(Devices))]
    public void Results_take_part_in_changes_in_place_and_joins(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, 4, 2, 9, 3, 3], device: device).Reshape(2, 3);
        var (values, indices) = x.Max(1);
        values.Add_(indices);
        Assert.Equal([5f, 9], values.ToArray<float>());
        x.Select(1, 0).Copy_(x.Max(1).Values);
        Assert.Equal([4f, 4, 2, 9, 3, 3], x.ToArray<float>());
        var (low, at) = x.Min(0);
        Assert.Equal([4f, 3, 2, 0, 1, 0], Tensor.Cat([low, at.To(DType.Float32)]).ToArray<float>());
    }
}
