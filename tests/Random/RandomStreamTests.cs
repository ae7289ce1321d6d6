using System.Globalization;
using System.Text.Json;
using GpuTensor.IO;
using Xunit;

namespace GpuTensor.Tests.Streams;

public class RandomStreamTests
{
    private static JsonElement Stream(string name) => Corpus.Json("tutorial", "random.json").GetProperty(name);

    private static double[] Doubles(string name) => [.. Stream(name).EnumerateArray().Select(v => v.GetDouble())];

    private static float[] Floats(string name) => [.. Stream(name).EnumerateArray().Select(v => (float)v.GetDouble())];

    private static long[] Longs(string name) => [.. Stream(name).EnumerateArray().Select(v => v.GetInt64())];

    [Fact]
    public void NumPys_legacy_stream_is_reproduced_to_the_bit()
    {
        Assert.Equal(Doubles("numpy_legacy_seed0_randn100"), new NumPyRandom(seed: 0).RandN(100));
        Assert.Equal(Doubles("numpy_legacy_seed0_rand20"), new NumPyRandom(seed: 0).Rand(20));
        Assert.Equal(Longs("numpy_legacy_seed42_randint_0_100"), new NumPyRandom(seed: 42).RandInt(0, 100, 20));
    }

    [Fact]
    public void PyTorchs_stream_is_reproduced_to_the_bit()
    {
        Assert.Equal(Floats("torch_cpu_seed0_rand20"), new TorchRandom(0).Rand([20]).As<float>());
        Assert.Equal(Floats("torch_cpu_seed0_uniform_m1_1"), new TorchRandom(0).Uniform([4], -1, 1).As<float>());
        Assert.Equal(Floats("torch_cpu_seed123_randn40"), new TorchRandom(123).RandN([40]).As<float>());
        Assert.Equal(Floats("torch_cpu_seed123_randn8"), new TorchRandom(123).RandN([8]).As<float>());
        Assert.Equal(Longs("torch_cpu_seed5_randperm20"), new TorchRandom(5).RandPerm(20).As<long>());
    }

    [Theory]
    [InlineData("fashion-mlp", new[] { "1", "3", "5" })]
    [InlineData("optimizer-adam", new[] { "0", "2", "4" })]
    public void Linear_layers_made_after_manual_seed_1_have_PyTorchs_initial_weights(string run, string[] layers)
    {
        var recorded = SafeTensors.Read(Corpus.Path("train", run + ".safetensors")).Arrays;
        var random = new TorchRandom(1);
        foreach (string layer in layers)
        {
            var weight = recorded[$"init.{layer}.weight"];
            double bound = 1 / Math.Sqrt(weight.Shape[1]);
            Assert.Equal(weight.As<float>(), random.Uniform(weight.Shape, -bound, bound).As<float>());
            var bias = recorded[$"init.{layer}.bias"];
            Assert.Equal(bias.As<float>(), random.Uniform(bias.Shape, -bound, bound).As<float>());
        }
    }

    [Fact]
    public void Normal_weights_of_a_recorded_run_are_reproduced_to_the_bit()
    {
        var recorded = SafeTensors.Read(Corpus.Path("train", "gpt-tied.safetensors")).Arrays;
        var random = new TorchRandom(1);
        random.Rand([32320]); // what the model's layers draw when they are made; then normal_(0, 0.05) on the two embeddings
        foreach (string layer in new[] { "tok", "pos" })
        {
            var weight = recorded[$"init.{layer}.weight"];
            Assert.Equal(weight.As<float>().ToArray(), random.RandN(weight.Shape).As<float>().ToArray().Select(z => z * 0.05f).ToArray());
        }
    }

    [Fact]
    public void Philox_gives_the_papers_vectors()
    {
        static uint[] Words(JsonElement e) =>
            [.. e.EnumerateArray().Select(v => uint.Parse(v.ToString(), NumberStyles.HexNumber))];
        foreach (var vector in Stream("philox4x32_10").EnumerateArray())
        {
            uint[] c = Words(vector.GetProperty("counter")), k = Words(vector.GetProperty("key"));
            uint[] expected = Words(vector.GetProperty("out"));
            var (w0, w1, w2, w3) = Philox.Block(k[0], k[1], c[0], c[1], c[2], c[3]);
            Assert.Equal(expected, new[] { w0, w1, w2, w3 });
        }
    }

    [Fact]
    public void Philox_words_are_those_of_their_blocks()
    {
        const long key = 0x1234567_89ABCDEF, first = (1L << 32) - 2;
        var words = new uint[19];
        Philox.Fill(key, first, words);
        for (int i = 0; i < words.Length; i++) Assert.Equal(words[i], Philox.Word(key, first, i));
        // The counter carries into its high word.
        Assert.Equal(Philox.Block(0x89ABCDEF, 0x1234567, 0, 1).W0, words[8]);
    }

    [Fact]
    public void Streams_continue_from_a_saved_state()
    {
        var numpy = new NumPyRandom(7);
        numpy.RandN(3);                        // leaves one number of a pair behind
        var state = numpy.GetState();
        var expected = numpy.RandN(700);
        var other = new NumPyRandom(0);
        other.SetState(state);
        Assert.Equal(expected, other.RandN(700));

        var torch = new TorchRandom(7);
        torch.RandN([3]);
        state = torch.GetState();
        var numbers = torch.RandN([5]).Data;
        var again = new TorchRandom(0);
        again.SetState(state);
        Assert.Equal(numbers, again.RandN([5]).Data);
        Assert.Throws<ArgumentException>(() => again.SetState(state.AsSpan(1)));
        state[MersenneTwister.StateSize - 1] = 0x7F;
        Assert.Throws<ArgumentException>(() => again.SetState(state));
    }

    [Fact]
    public void NumPys_permutation_is_the_documented_one() =>
        Assert.Equal([2L, 8, 4, 9, 1, 6, 7, 3, 0, 5], new NumPyRandom(0).Permutation(10));

    [Fact]
    public void Integers_fill_the_whole_range()
    {
        Assert.All(new NumPyRandom(1).RandInt(long.MinValue, long.MaxValue, 100), v => Assert.NotEqual(long.MaxValue, v));
        Assert.All(new NumPyRandom(1).RandInt(5, 6, 100), v => Assert.Equal(5, v));
        Assert.Equal(7, new NumPyRandom(1).RandInt(-3, 4, 1000).Distinct().Count());
        Assert.Equal(7, new TorchRandom(1).RandInt(-3, 4, [1000]).As<long>().ToArray().Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumPyRandom(1).RandInt(3, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumPyRandom(-1));
    }

    [Theory]
    [InlineData(DType.Float16, 2048)]
    [InlineData(DType.BFloat16, 256)]
    public void Half_uniforms_have_as_many_bits_as_the_dtype(DType dtype, int steps)
    {
        var array = new TorchRandom(3).Rand([1000], dtype);
        foreach (ushort bits in array.As<ushort>())
        {
            float v = HalfBits.ToFloat(dtype, bits);
            Assert.True(v is >= 0 and < 1 && v * steps == MathF.Floor(v * steps));
        }
    }
}
