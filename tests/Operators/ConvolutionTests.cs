using GpuTensor.Nn;
using GpuTensor.Optim;
using GpuTensor.Runtime;
using GpuTensor.Tests.Backends.Cuda;
using Xunit;

namespace GpuTensor.Tests.Operators;

/// <summary>Convolutions and their gradients, against the reference. Inputs are small whole numbers, so that every sum is exact and all
/// devices must agree to the bit.</summary>
public class ConvolutionTests
{
    public static TheoryData<string> Devices => TestDevices.All;

    /// <summary>One convolution: sizes, and how the kernel moves.</summary>
    private sealed record Case(bool IsTransposed, int Dimensions, int[] Input, int[] Weights, int[] Stride, int[] Padding, int[] Dilation,
        int Groups, int[] OutputPadding)
    {
        public static Case Draw(Random random, bool isTransposed)
        {
            while (true)
            {
                int dimensions = random.Next(1, 4), groups = random.Next(1, 3), each = random.Next(1, 4),
                    features = groups * random.Next(1, 4);
                int[] Some(int from, int to) => [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(from, to))];
                // The last dimension is at times longer than the vectors of a CPU.
                int[] input = Some(1, 8), kernel = Some(1, 4), stride = Some(1, 4), padding = Some(0, 4), dilation = Some(1, 3);
                if (random.Next(3) == 0) input[^1] += 37;
                int[] more = [.. stride.Select(s => random.Next(0, s))];
                bool fits = Enumerable.Range(0, dimensions).All(d => isTransposed
                    ? (input[d] - 1) * stride[d] - 2 * padding[d] + dilation[d] * (kernel[d] - 1) + more[d] >= 0
                    : input[d] + 2 * padding[d] > dilation[d] * (kernel[d] - 1));
                if (!fits) continue;
                int[] weights = isTransposed ? [groups * each, features / groups, .. kernel] : [features, each, .. kernel];
                return new(isTransposed, dimensions, [random.Next(1, 4), groups * each, .. input], weights, stride, padding, dilation,
                    groups,
                    more);
            }
        }

        public Tensor Apply(Tensor x, Tensor w, Tensor? bias) => (IsTransposed, Dimensions) switch
        {
            (false, 1) => F.Conv1d(x, w, bias, Stride, Padding, Dilation, Groups),
            (false, 2) => F.Conv2d(x, w, bias, Stride, Padding, Dilation, Groups),
            (false, _) => F.Conv3d(x, w, bias, Stride, Padding, Dilation, Groups),
            (_, 1) => F.ConvTranspose1d(x, w, bias, Stride, Padding, OutputPadding, Groups, Dilation),
            (_, 2) => F.ConvTranspose2d(x, w, bias, Stride, Padding, OutputPadding, Groups, Dilation),
            _ => F.ConvTranspose3d(x, w, bias, Stride, Padding, OutputPadding, Groups, Dilation),
        };

        public int Features => IsTransposed ? Weights[1] * Groups : Weights[0];
    }

    private static Tensor Whole(int[] sizes, int seed, Device device, bool reversed)
    {
        var random = new Random(seed);
        // Reversed: the same tensor, whose last dimension moves slowest in memory.
        int[] stored = reversed ? [.. sizes.Reverse()] : sizes;
        float[] numbers = [.. Enumerable.Range(0, stored.Aggregate(1, (n, size) => n * size)).Select(_ => (float)random.Next(-3, 4))];
        return Tensor.From(numbers, device: device).Reshape(Shape.Create(stored)).Clone();
    }

    private static float[][] Run(Case c, Device device, int seed)
    {
        bool reversed = seed % 2 == 1;
        Tensor x = Whole(c.Input, seed, device, reversed).RequiresGrad_(), w = Whole(c.Weights, seed + 1, device, reversed).RequiresGrad_();
        var bias = seed % 3 == 0 ? null : Whole([c.Features], seed + 2, device, false).RequiresGrad_();
        int[] Turn(Tensor t) => [.. Enumerable.Range(0, t.Rank).Reverse()];
        var y = c.Apply(reversed ? x.Permute(Turn(x)) : x, reversed ? w.Permute(Turn(w)) : w, bias);
        // The gradient is no constant, and whole.
        (y.Relu() * 2 + y).Sum().Backward();
        return [.. ((Tensor?[])[y, x.Grad, w.Grad, bias?.Grad]).Where(t => t is not null).Select(t => t!.Clone().ToArray<float>())];
    }

    [Theory, MemberData(nameof(Devices))]
    public void Values_and_gradients_of_random_convolutions(string name) => Compare(TestDevices.Get(name), false, 24);

    [Theory, MemberData(nameof(Devices))]
    public void Values_and_gradients_of_random_transposed_convolutions(string name) => Compare(TestDevices.Get(name), true, 16);

    private static void Compare(Device device, bool isTransposed, int count)
    {
        var random = new Random(11);
        for (int i = 0; i < count; i++)
        {
            var c = Case.Draw(random, isTransposed);
            float[][] expected = Run(c, Device.Cpu, i), actual = Run(c, device, i);
            Assert.Equal(expected.Length, actual.Length);
            for (int k = 0; k < expected.Length; k++)
                Assert.True(expected[k].AsSpan().SequenceEqual(actual[k]), $"case {i}, value {k}: {c}");
        }
    }

    /// <summary>By the definition, written out.</summary>
    [Theory, MemberData(nameof(Devices))]
    public void A_convolution_by_hand(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8, 9], device: device).Reshape(1, 3, 3);
        var w = Tensor.From([1f, 0, 0, -1], device: device).Reshape(1, 1, 2, 2);
        Assert.Equal([-4f, -4, -4, -4], F.Conv2d(x, w).ToArray<float>());
        Assert.Equal([1, 2, 2], F.Conv2d(x, w).Shape);
        Assert.Equal([-8f], F.Conv2d(x, w, dilation: 2).ToArray<float>());
        Assert.Equal([-1f, -3, -7, -4], F.Conv2d(x, w, stride: 2, padding: 1).ToArray<float>());
        Assert.Equal([3, 3], F.Conv2d(x, w, padding: "same").Shape.Skip(1));
        Assert.Equal([-4f, -4, 3, -4, -4, 6, 7, 8, 9], F.Conv2d(x, w, padding: "same").ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void Without_images_there_is_no_result_and_the_gradient_of_the_weights_is_zero(string name)
    {
        var device = TestDevices.Get(name);
        var w = Tensor.Ones([4, 3, 2, 2], device: device, requiresGrad: true);
        var y = F.Conv2d(Tensor.Zeros([0, 3, 5, 5], device: device), w);
        Assert.Equal([0, 4, 4, 4], y.Shape);
        Assert.Empty(y.ToArray<float>());
        y.Sum().Backward();
        Assert.Equal(new float[48], w.Grad!.ToArray<float>());
    }

    [Theory, MemberData(nameof(Devices))]
    public void One_tensor_may_be_both_operands(string name)
    {
        var device = TestDevices.Get(name);
        float[] Step(Device on)
        {
            var x = Whole([2, 2, 3, 3], 5, on, false).RequiresGrad_();
            F.Conv2d(x, x, padding: 1).Sum().Backward();
            return x.Grad!.ToArray<float>();
        }
        Assert.Equal(Step(Device.Cpu), Step(device));
        // The gradient of the result is the input itself.
        float[] Gradient(Device on)
        {
            Tensor x = Whole([2, 2, 3, 3], 6, on, false), w = Whole([2, 2, 1, 1], 7, on, false).RequiresGrad_();
            F.Conv2d(x, w).Backward(x);
            return w.Grad!.ToArray<float>();
        }
        Assert.Equal(Gradient(Device.Cpu), Gradient(device));
    }

    [Theory, MemberData(nameof(Devices))]
    public void In_place_changes_of_what_a_gradient_reads_are_refused(string name)
    {
        var device = TestDevices.Get(name);
        var x = Tensor.Ones([1, 1, 4, 4], device: device);
        var w = Tensor.Ones([1, 1, 2, 2], device: device, requiresGrad: true);
        var y = F.Conv2d(x, w);
        x.Mul_(2);
        Assert.Contains("operand 0 of convolution", Assert.Throws<AutogradException>(() => y.Sum().Backward()).Message);
        // Only the weights want a gradient: what else is read may change.
        y = F.Conv2d(x, w);
        using (Tensor.NoGrad()) w.Mul_(3);
        y.Sum().Backward();
        Assert.Equal([18f, 18, 18, 18], w.Grad!.ToArray<float>());
    }

    [Fact]
    public void Bias_and_activation_are_the_epilogue_of_one_kernel()
    {
        using var test = TestDevice.OpenCl();
        Tensor x = Tensor.Ones([2, 3, 9, 9], device: test.Device).Realize(), w = Tensor.Ones([4, 3, 3, 3], device: test.Device).Realize();
        var b = Tensor.Ones([4], device: test.Device).Realize();
        string text = F.Relu(F.Conv2d(x, w, b)).Explain();
        Assert.StartsWith("1 kernel", text);
        Assert.Contains("own kernel over [2, 4, 7, 7]", text);
        // Two operations for each of 27 products of 392 elements, and one each for sum and relu.
        Assert.Contains($"computes {2 * 27 * 392 + 2 * 392:N0} FLOPs", text);
    }

    [Fact]
    public void The_shapes_of_a_cpu_and_of_a_gpu_and_fused_and_single_operators_give_equal_bits()
    {
        using var test = TestDevice.OpenCl();
        using var eager = TestDevice.OpenCl(eager: true);
        using var gpu = new PlannedExecutor(new CudaLikeBackend { Replays = false }, CudaLikeBackend.Dialect);
        var expected = Step(test.Device);
        foreach (var device in (Device[])[eager.Device, Device.ForTests(gpu)])
        {
            var actual = Step(device);
            for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], actual[k]);
        }

        static float[][] Step(Device device)
        {
            var random = new Random(3);
            Tensor Some(params int[] sizes) => Tensor.From([.. Enumerable.Range(0, sizes.Aggregate(1, (n, s) => n * s))
                .Select(_ => random.NextSingle() - 0.5f)], device: device).Reshape(Shape.Create(sizes)).Clone();
            Tensor x = Some(3, 4, 11, 37).RequiresGrad_(), w = Some(6, 2, 3, 3).RequiresGrad_(), b = Some(6);
            var y = F.Gelu(F.Conv2d(x, w, b, stride: (1, 2), padding: 1, groups: 2));
            var z = F.ConvTranspose2d(y, w, stride: (1, 2), padding: 1, outputPadding: 0, groups: 2);
            (z * z).Mean().Backward();
            return [y.ToArray<float>(), z.ToArray<float>(), x.Grad!.ToArray<float>(), w.Grad!.ToArray<float>()];
        }
    }

    [Fact]
    public void A_replayed_step_trains_as_a_plain_one()
    {
        using var test = TestDevice.OpenCl();
        Assert.Equal(Train(test.Device, compiled: false), Train(test.Device, compiled: true));

        static float[] Train(Device device, bool compiled)
        {
            Tensor.ManualSeed(1);
            var net = new Sequential(new Conv2d(1, 4, 3, padding: 1, device: device), new ReLU(), new Flatten(),
                new Linear(4 * 36, 3, device: device));
            var optimizer = new SGD(net.Parameters(), lr: 0.1);
            Func<Tensor, Tensor> body = x =>
            {
                optimizer.ZeroGrad();
                var loss = net.Forward(x).Pow(2).Mean();
                loss.Backward();
                optimizer.Step();
                return loss.Detach();
            };
            var step = compiled ? Tensor.Compile(body) : body;
            var random = new Random(2);
            return [.. Enumerable.Range(0, 6)
                .Select(_ => step(Tensor.From([.. Enumerable.Range(0, 5 * 36).Select(_ => random.NextSingle())],
                device: device).Reshape(5, 1, 6, 6)).Item<float>())];
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void Steps_as_long_as_integers_go_are_right_or_refused(string name)
    {
        var device = TestDevices.Get(name);
        Tensor x = Whole([1, 2, 5, 6], 1, device, false), w = Whole([3, 2, 2, 1], 2, device, false);
        const int Most = int.MaxValue;
        var first = F.Conv2d(x, w).Narrow(2, 0, 1).Narrow(3, 0, 1);
        Assert.Equal(first.ToArray<float>(), F.Conv2d(x, w, stride: Most).ToArray<float>());
        Assert.Equal(F.Conv2d(x, w).ToArray<float>(), F.Conv2d(x, w, dilation: (1, Most)).ToArray<float>());
        // Position 0 reads the padding, and row 0 by the kernel's second row.
        Assert.Equal(F.Conv2d(x, w.Narrow(2, 1, 1)).Narrow(2, 0, 1).ToArray<float>(),
            F.Conv2d(x, w, stride: (Most, 1), padding: (Most, 0), dilation: (Most, 1)).Narrow(2, 0, 1).ToArray<float>());
        Assert.Throws<TensorShapeException>(() => F.Conv2d(x, w, padding: Most));
        Assert.Throws<TensorShapeException>(() => F.Conv2d(x, w, dilation: Most));
        Assert.Throws<TensorShapeException>(() => F.ConvTranspose2d(x, w.Narrow(0, 0, 2), stride: Most));
        Assert.Throws<TensorShapeException>(() => F.ConvTranspose2d(x, w.Narrow(0, 0, 2), dilation: (Most, 1), padding: Most));
        Assert.Throws<TensorShapeException>(() => F.Conv2d(x, w, groups: Most));
    }

    public static TheoryData<string, Type, string> Wrong => new()
    {
        { "groups", typeof(TensorShapeException), "with 2 groups, weights [4, 3, 2, 2] take 6 channels" },
        { "kernel", typeof(TensorShapeException), "does not fit into the input" },
        { "rank", typeof(TensorShapeException), "an input of 3 or 4 dimensions and weights of 4 were expected" },
        { "dtype", typeof(TensorDTypeException), "the dtypes differ, input float32, weights float64" },
        { "bool", typeof(TensorDTypeException), "is not defined for bool" },
        { "bias", typeof(TensorShapeException), "a bias of shape [4] was expected" },
        { "stride", typeof(ArgumentOutOfRangeException), "conv2d: stride must be 1 or more" },
        { "strides", typeof(ArgumentException), "stride takes one number, or 2, not (1, 1, 1)" },
        { "padding", typeof(ArgumentOutOfRangeException), "conv2d: padding must be 0 or more" },
        { "same", typeof(ArgumentException), "padding \"same\" takes stride 1" },
        { "mode", typeof(ArgumentException), "\"valid\", \"same\" or numbers, not \"full\"" },
        { "output padding", typeof(ArgumentException), "an output padding of 2 must be less than the stride" },
        { "transposed", typeof(TensorShapeException), "weights [4, 3, 2, 2] take 4 channels" },
        { "nothing left", typeof(TensorShapeException), "give a result of size -2" },
        { "null", typeof(ArgumentNullException), "weight" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_does_not_fit_is_named(string what, Type error, string text)
    {
        Tensor x = Tensor.Zeros([2, 3, 5, 5], device: Device.Cpu), w = Tensor.Zeros([4, 3, 2, 2], device: Device.Cpu);
        Tensor Zeros(params int[] sizes) => Tensor.Zeros(Shape.Create(sizes), device: Device.Cpu);
        Action call = what switch
        {
            "groups" => () => F.Conv2d(x, w, groups: 2),
            "kernel" => () => F.Conv2d(x, w, dilation: 5),
            "rank" => () => F.Conv2d(Zeros(3, 5), w),
            "dtype" => () => F.Conv2d(x, w.To(DType.Float64)),
            "bool" => () => F.Conv2d(x.To(DType.Bool), w.To(DType.Bool)),
            "bias" => () => F.Conv2d(x, w, Zeros(3)),
            "stride" => () => F.Conv2d(x, w, stride: (1, 0)),
            "strides" => () => F.Conv2d(x, w, stride: (1, 1, 1)),
            "padding" => () => F.Conv2d(x, w, padding: -1),
            "same" => () => F.Conv2d(x, w, stride: 2, padding: "same"),
            "mode" => () => F.Conv2d(x, w, padding: "full"),
            "output padding" => () => F.ConvTranspose2d(Zeros(2, 4, 5, 5), w, stride: 2, outputPadding: 2),
            "transposed" => () => F.ConvTranspose2d(x, w),
            "nothing left" => () => F.ConvTranspose2d(Zeros(2, 4, 1, 1), w, padding: 2),
            _ => () => F.Conv2d(x, null!),
        };
        var thrown = Assert.ThrowsAny<Exception>(call);
        Assert.IsType(error, thrown);
        Assert.Contains(text, thrown.Message);
    }
}
