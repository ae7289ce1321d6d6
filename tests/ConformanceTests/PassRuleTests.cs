using System.Runtime.InteropServices;
using GpuTensor.Conformance;
using Xunit;

namespace GpuTensor.Tests.ConformanceTests;

/// <summary>The judge is judged: what the corpus' README lets pass, and what it does not.</summary>
public class PassRuleTests
{
    private static HostArray F32(params float[] values) =>
        new(DType.Float32, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static HostArray F64(params double[] values) =>
        new(DType.Float64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static HostArray I64(params long[] values) =>
        new(DType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static HostArray F16(params float[] values)
    {
        var bits = Array.ConvertAll(values, v => HalfBits.FromFloat(DType.Float16, v));
        return new(DType.Float16, [values.Length], MemoryMarshal.AsBytes(bits.AsSpan()).ToArray());
    }

    [Theory]
    [InlineData((int)OperatorClass.Movement, 0, false)]
    [InlineData((int)OperatorClass.Exact, 1, true)]
    [InlineData((int)OperatorClass.Exact, 2, false)]
    [InlineData((int)OperatorClass.Function, 8, true)]
    [InlineData((int)OperatorClass.Function, 9, false)]
    [InlineData((int)OperatorClass.Accumulating, 32, true)]
    [InlineData((int)OperatorClass.Accumulating, 33, false)]
    [InlineData((int)OperatorClass.SecondOrder, 64, true)]
    [InlineData((int)OperatorClass.SecondOrder, 65, false)]
    public void Each_class_allows_its_own_error(int kind, int ulps, bool passes)
    {
        float ours = 1 + Math.Max(ulps, 1) * (float)DType.Float32.Epsilon();
        Assert.Equal(passes, PassRule.Check(F32(ours), F32(1), F64(1), (OperatorClass)kind) is null);
    }

    [Fact]
    public void Pointwise_elements_are_measured_by_themselves_and_the_others_by_the_largest()
    {
        var (ours, theirs, truth) = (F32(1000, 1.00001f), F32(1000, 1), F64(1000, 1));
        Assert.NotNull(PassRule.Check(ours, theirs, truth, OperatorClass.Function));
        Assert.Null(PassRule.Check(ours, theirs, truth, OperatorClass.Accumulating));
    }

    [Fact]
    public void Four_times_the_error_of_PyTorch_itself_is_allowed()
    {
        var (theirs, truth) = (F32(1.001f), F64(1));
        Assert.Null(PassRule.Check(F32(1.0039f), theirs, truth, OperatorClass.Exact));
        Assert.NotNull(PassRule.Check(F32(1.0041f), theirs, truth, OperatorClass.Exact));
    }

    [Fact]
    public void Half_types_get_two_roundings_on_top_of_a_float32_evaluation()
    {
        Assert.Null(PassRule.Check(F16(1 + 2f / 1024), F16(1), F64(1), OperatorClass.Exact));
        Assert.NotNull(PassRule.Check(F16(1 + 3f / 1024), F16(1), F64(1), OperatorClass.Accumulating));
        Assert.NotNull(PassRule.Check(F16(1 + 1f / 1024), F16(1), F64(1), OperatorClass.Movement));
    }

    [Theory]
    [InlineData(float.NaN, float.NaN, double.NaN, true)]
    [InlineData(float.NaN, 1f, 1.0, false)]
    [InlineData(1f, float.NaN, double.NaN, false)]
    [InlineData(float.PositiveInfinity, float.NegativeInfinity, double.NegativeInfinity, false)]
    [InlineData(float.PositiveInfinity, float.NaN, 1e300, true)]
    [InlineData(float.MaxValue, float.PositiveInfinity, double.PositiveInfinity, false)]
    public void Values_that_are_not_finite_must_be_of_the_same_kind(float ours, float theirs, double truth, bool passes) =>
        Assert.Equal(passes, PassRule.Check(F32(ours), F32(theirs), F64(truth), OperatorClass.Function) is null);

    [Fact]
    public void The_sign_of_zero_matters_in_pointwise_operators_only()
    {
        Assert.NotNull(PassRule.Check(F32(-0f), F32(0f), F64(0), OperatorClass.Exact));
        Assert.Null(PassRule.Check(F32(-0f), F32(-0f), F64(0), OperatorClass.Exact));
        Assert.Null(PassRule.Check(F32(-0f), F32(0f), F64(0), OperatorClass.Accumulating));
    }

    [Fact]
    public void Integers_dtypes_and_shapes_must_be_equal()
    {
        Assert.Null(PassRule.Check(I64(1, 2), I64(1, 2), null, OperatorClass.Accumulating));
        Assert.Contains("element 1", PassRule.Check(I64(1, 3), I64(1, 2), null, OperatorClass.Accumulating));
        Assert.Contains("dtype", PassRule.Check(F32(1), I64(1), null, OperatorClass.Exact));
        Assert.Contains("shape", PassRule.Check(F32(1, 2), F32(1), null, OperatorClass.Exact));
    }

    [Fact]
    public void A_gradient_that_cancels_in_float32_passes_where_float64_proves_the_formula()
    {
        // PyTorch was lucky: 3e-8 off a truth of 3e-7 that is left of terms of size 1.
        var (ours, theirs, truth) = (F32(8e-7f), F32(3.3e-7f), F64(3e-7));
        Assert.Null(PassRule.CheckGradient(ours, theirs, truth, upstream: 1, () => F64(3e-7 + 1e-16)));
        Assert.NotNull(PassRule.CheckGradient(ours, theirs, truth, upstream: 1, () => F64(3e-7 + 1e-12)));
        Assert.NotNull(PassRule.CheckGradient(ours, theirs, truth, upstream: 1, () => null));
        Assert.NotNull(PassRule.CheckGradient(F32(1e-5f), theirs, truth, upstream: 1, () => F64(3e-7)));
        Assert.NotNull(PassRule.CheckGradient(ours, theirs, truth, upstream: 1e-3, () => F64(3e-7)));
    }

    [Fact]
    public void A_float64_truth_is_itself_rounded()
    {
        Assert.Null(PassRule.CheckGradient(F64(0), F64(-3e-16), F64(-3e-16), upstream: 1, () => null));
        Assert.NotNull(PassRule.CheckGradient(F64(0), F64(-3e-14), F64(-3e-14), upstream: 1, () => null));
    }

    [Fact]
    public void Second_derivatives_are_held_to_the_samples_dtype_and_to_the_noise_of_what_cancels()
    {
        Assert.Null(PassRule.CheckSecondDerivative(F64(1 + 60 * 1.2e-7), F64(1), DType.Float32, terms: 1));
        Assert.NotNull(PassRule.CheckSecondDerivative(F64(1 + 70 * 1.2e-7), F64(1), DType.Float32, terms: 1));
        Assert.Null(PassRule.CheckSecondDerivative(F64(0), F64(2.8e-17), DType.Float32, terms: 1));
        Assert.NotNull(PassRule.CheckSecondDerivative(F64(0), F64(2.8e-13), DType.Float32, terms: 1));
    }
}
