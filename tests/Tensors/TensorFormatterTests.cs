using System.Text.Json;
using Xunit;

namespace GpuTensor.Tests.Tensors;

public class TensorFormatterTests
{
    [Fact]
    public void Every_tensor_of_the_corpus_prints_as_PyTorch_prints_it()
    {
        int n = 0;
        foreach (var sample in Corpus.Json("print", "print.json").EnumerateArray())
        {
            string expected = sample.GetProperty("text").GetString()!, label = sample.GetProperty("label").GetString()!;
            var dtype = Corpus.DTypeOf(sample.GetProperty("dtype"));
            var array = Corpus.Array(dtype, sample.GetProperty("shape"), sample.GetProperty("values"));
            string[] suffixes =
                label.Contains("grad_fn") ? ["grad_fn=<MulBackward0>"] : label.Contains("requires_grad") ? ["requires_grad=True"] : [];
            Assert.Equal($"{label}: {expected}", $"{label}: {TensorFormatter.Format(array, suffixes: suffixes)}");
            n++;
        }
        Assert.True(n >= 40, $"only {n} samples");
    }

    private static HostArray Floats(params float[] values)
    {
        var array = new HostArray(DType.Float32, [values.Length]);
        values.CopyTo(array.As<float>());
        return array;
    }

    [Fact]
    public void Ties_round_to_even_as_in_C() =>
        Assert.Equal("tensor([0.0312, 0.0938, 0.5000])", TensorFormatter.Format(Floats(0.03125f, 0.09375f, 0.5f)));

    [Fact]
    public void Empty_integers_name_their_dtype()
    {
        Assert.Equal("tensor([], dtype=torch.int64)", TensorFormatter.Format(new HostArray(DType.Int64, [0])));
        Assert.Equal("tensor([], size=(0, 4), dtype=torch.int64)", TensorFormatter.Format(new HostArray(DType.Int64, [0, 4])));
    }

    [Fact]
    public void A_suffix_without_room_takes_a_line_of_its_own()
    {
        var row = new HostArray(DType.Float32, [9]);
        for (int i = 0; i < 9; i++) row.As<float>()[i] = 0.25f * (i + 1);
        Assert.Equal("tensor([0.2500, 0.5000, 0.7500, 1.0000, 1.2500, 1.5000, 1.7500, 2.0000, 2.2500],\n       grad_fn=<MulBackward0>)",
            TensorFormatter.Format(row, suffixes: "grad_fn=<MulBackward0>"));
    }

    [Fact]
    public void The_device_comes_first() =>
        Assert.Equal(
            "tensor([1.], device='cuda:0', requires_grad=True)",
            TensorFormatter.Format(Floats(1), device: "cuda:0", suffixes: "requires_grad=True"));

    [Theory]
    [InlineData(0.00015, 4, "1.5000e-04")]
    [InlineData(9.99996, 4, "1.0000e+01")]
    [InlineData(9.9995, 3, "9.999e+00")]
    [InlineData(5e-324, 4, "4.9407e-324")]
    [InlineData(double.MaxValue, 4, "1.7977e+308")]
    [InlineData(-0.0, 4, "-0.0000e+00")]
    [InlineData(2.5, 0, "2e+00")]
    [InlineData(1000, 4, "1.0000e+03")]
    public void Scientific_is_Pythons(double value, int digits, string expected) =>
        Assert.Equal(expected, ExactDecimal.Scientific(value, digits));

    [Theory]
    [InlineData(0.5, 0, "0")]
    [InlineData(1.5, 0, "2")]
    [InlineData(-0.00004, 4, "-0.0000")]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(1e22, 1, "10000000000000000000000.0")]
    [InlineData(123456.789, 4, "123456.7890")]
    [InlineData(double.NaN, 4, "nan")]
    public void Fixed_is_Pythons(double value, int digits, string expected) => Assert.Equal(expected, ExactDecimal.Fixed(value, digits));

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)]          // half way between 1 and the next: down to even
    [InlineData(1.01171875f, 0x3F82)]          // half way, the lower one odd: up
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    [InlineData(-0f, 0x8000)]
    [InlineData(float.Epsilon, 0)]
    public void BFloat16_rounds_to_nearest_even(float value, int bits) => Assert.Equal(bits, HalfBits.ToBFloat16(value));

    [Fact]
    public void Every_bfloat16_survives_the_way_through_float()
    {
        for (int bits = 0; bits <= 0xFFFF; bits++)
        {
            float value = HalfBits.FromBFloat16((ushort)bits);
            if (float.IsNaN(value)) Assert.True(float.IsNaN(HalfBits.FromBFloat16(HalfBits.ToBFloat16(value))));
            else Assert.Equal(bits, HalfBits.ToBFloat16(value));
        }
        // A NaN whose payload lies in the lower half stays a NaN.
        Assert.Equal(0x7FC0, HalfBits.ToBFloat16(BitConverter.UInt32BitsToSingle(0x7F800001)));
    }
}
