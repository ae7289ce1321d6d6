using GpuTensor.Backends;
using GpuTensor.Runtime;
using GpuTensor.Tests.Kernels;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>Products with what a library does beside them: which epilogue a plan takes, that it runs, and that results and gradients are
/// the reference's, with it and without.</summary>
internal static class EpilogueCases
{
    private const int Rows = 40, Inputs = 60, Outputs = 56;

    /// <summary>What goes into a case, on one device and in one dtype.</summary>
    /// <param name="known">The shapes it will ask for: what is in memory before the run is made at once, since making it runs what is
    /// recorded.</param>
    private sealed class Operands(Device device, DType dtype, IReadOnlyList<int[]>? known = null)
    {
        private readonly Tensor[] ready = [.. (known ?? []).Select((shape, i) => Random(device, dtype, shape, i))];

        /// <summary>The shapes it was asked for.</summary>
        public List<int[]> Shapes { get; } = [];

        public Tensor Make(params int[] shape)
        {
            Shapes.Add(shape);
            return ready.Length > 0 ? ready[Shapes.Count - 1] : Random(device, dtype, shape, Shapes.Count - 1);
        }

        private static Tensor Random(Device device, DType dtype, int[] shape, int seed)
        {
            var random = new Random(seed);
            float[] numbers = [.. Enumerable.Range(0, shape.Aggregate(1, (p, q) => p * q)).Select(_ => random.NextSingle() - 0.5f)];
            var made = Tensor.From(numbers, device: device).Reshape(Shape.Create(shape)).To(dtype).Clone();
            made.ToHost();
            return made;
        }
    }

    /// <param name="Make">The results.</param>
    /// <param name="Epilogues">What plans say of each product that takes one.</param>
    private sealed record Case(string Name, Func<Operands, Tensor[]> Make, params string[] Epilogues);

    private static readonly Case[] Cases =
    [
        new("bias", o => [o.Make(Rows, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs))], "bias"),
        new("bias and relu", o => [o.Make(Rows, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs)).Relu()], "bias and relu"),
        new("bias and gelu, tanh", o => [o.Make(Rows, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs)).Gelu("tanh")],
            "bias and gelu"),
        new("bias, erf in a kernel", o => [o.Make(Rows, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs)).Gelu()], "bias"),
        new("weights the other way", o => [(o.Make(Rows, Inputs).MatMul(o.Make(Inputs, Outputs)) + o.Make(Outputs)).Relu()],
            "bias and relu"),
        new("inputs transposed", o => [(o.Make(Outputs) + o.Make(Inputs, Rows).T.MatMul(o.Make(Inputs, Outputs))).Relu()], "bias and relu"),
        new("a column along the rows of a transposed result", o =>
            [(o.Make(Outputs, Inputs).MatMul(o.Make(Inputs, Rows)).T + o.Make(Outputs)).Relu()], "bias and relu"),
        new("three dimensions", o => [o.Make(4, Rows / 4, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs)).Gelu("tanh")],
            "bias and gelu"),
        new("four dimensions, and what runs through them otherwise", o =>
            [o.Make(2, 5, Rows / 10, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs)) + o.Make(5, 1, Outputs)], "bias"),
        new("three dimensions, training", o =>
        {
            var (x, weight, bias) = (o.Make(4, Rows / 4, Inputs), o.Make(Outputs, Inputs).RequiresGrad_(), o.Make(Outputs).RequiresGrad_());
            var y = x.Linear(weight, bias);
            (y * o.Make(4, Rows / 4, Outputs)).Sum().Backward();
            return [y.Detach(), weight.Grad!, bias.Grad!];
        }, "bias", "the sum of the left operand"),
        new("square products added to what they multiply", o =>
        {
            var (large, small) = (o.Make(Outputs, Outputs).Exp(), o.Make(9, 9).Exp());
            return [large.MatMul(o.Make(Outputs, Outputs)) + large, small.MatMul(o.Make(9, 9)) + small];
        }),
        new("padded rows, a bias at no multiple of 16 bytes", o =>
            [o.Make(Rows, Inputs + 5)[.., ..Inputs].Linear(o.Make(Outputs, Inputs), o.Make(Outputs + 3)[1..(Outputs + 1)])], "bias"),
        new("somebody else reads the sum", o =>
        {
            var sum = o.Make(Rows, Inputs).Linear(o.Make(Outputs, Inputs), o.Make(Outputs));
            return [sum, sum.Relu()];
        }, "bias"),
        new("somebody else reads the product", o =>
        {
            var product = o.Make(Rows, Inputs).MatMul(o.Make(Inputs, Outputs));
            return [product, product + o.Make(Outputs)];
        }),
        new("no row but a matrix", o => [o.Make(Rows, Inputs).MatMul(o.Make(Inputs, Outputs)) + o.Make(Rows, Outputs)]),
        new("no row but every other element", o => [o.Make(Rows, Inputs).MatMul(o.Make(Inputs, Outputs)) + o.Make(Outputs, 2)[.., 0]]),
        new("a bias that is not in memory", o => [o.Make(Rows, Inputs).MatMul(o.Make(Inputs, Outputs)) + o.Make(1) * 2]),
        new("a batch", o => [(o.Make(3, Rows, Inputs).MatMul(o.Make(3, Inputs, Outputs)) + o.Make(Outputs)).Relu()]),
        new("training, relu", o => Train(o, y => y.Relu()), "bias and relu", "bias", "the sum of the right operand",
            "the sum of the left operand"),
        new("training, gelu tanh", o => Train(o, y => y.Gelu("tanh")), "bias", "bias", "the sum of the right operand",
            "the sum of the left operand"),
        new("training, gelu erf", o => Train(o, y => y.Gelu()), "bias", "bias", "the sum of the right operand",
            "the sum of the left operand"),
        new("a sum over many rows, in two stages elsewhere", o =>
        {
            var (x, upstream) = (o.Make(3000, 20), o.Make(3000, 24));
            return [upstream.Sum(0), x.T.MatMul(upstream)];
        }, "the sum of the right operand"),
        new("sums of other rows than the product's", o =>
        {
            var (x, upstream) = (o.Make(Rows, Inputs), o.Make(Rows + 1, Outputs));
            return [upstream[1..].Sum(0), upstream.Sum(0), x.T.MatMul(upstream[..Rows])];
        }),
    ];

    /// <summary>Two layers, the second with its weights the other way: results and all gradients.</summary>
    private static Tensor[] Train(Operands o, Func<Tensor, Tensor> activation)
    {
        Tensor[] leaves = [.. new[] { o.Make(Rows, Inputs), o.Make(Outputs, Inputs), o.Make(Outputs), o.Make(Outputs, Inputs),
            o.Make(Inputs) }.Select(t => t.RequiresGrad_())];
        var hidden = activation(leaves[0].Linear(leaves[1], leaves[2]));
        var y = hidden.MatMul(leaves[3]) + leaves[4];
        // An upstream gradient that is a value in memory.
        (y * o.Make(Rows, Inputs)).Sum().Backward();
        return [y.Detach(), .. leaves.Select(l => l.Grad!)];
    }

    /// <summary>Runs all cases.</summary>
    /// <param name="executor">The device.</param>
    /// <param name="has">Whether its library finds algorithms.</param>
    /// <param name="dtypes">In which to run them; all that have products unless given.</param>
    public static void Run(PlannedExecutor executor, bool has, params DType[] dtypes)
    {
        var device = Device.ForTests(executor);
        foreach (var (dtype, tolerance) in ((DType, double)[])[(DType.Float32, 2e-5), (DType.Float16, 4e-3), (DType.BFloat16, 3e-2),
            (DType.Float64, 1e-12)])
            foreach (var one in Cases)
            {
                if (dtypes.Length > 0 && !dtypes.Contains(dtype)) continue;
                string what = $"{one.Name}, {dtype}";
                long before = executor.Backend.Counters.Epilogues;
                var reference = new Operands(Device.Cpu, dtype);
                double[][] expected = Numbers(one.Make(reference), out _, null);
                double[][] actual = Numbers(one.Make(new(device, dtype, reference.Shapes)), out string plans, executor);
                for (int i = 0; i < expected.Length; i++)
                {
                    double scale = Math.Max(1, expected[i].Max(Math.Abs));
                    for (int k = 0; k < expected[i].Length; k++)
                        Assert.True(Math.Abs(expected[i][k] - actual[i][k]) <= tolerance * scale,
                            $"{what}: result {i}[{k}] is {actual[i][k]} instead of {expected[i][k]}\n{plans}");
                }
                string[] epilogues = dtype == DType.Float64 ? [] : one.Epilogues;
                Assert.True(executor.Backend.Counters.Epilogues - before == (has ? epilogues.Length : 0),
                    $"{what}: {executor.Backend.Counters.Epilogues - before} epilogues\n{plans}");
                foreach (string epilogue in epilogues)
                {
                    bool isSum = epilogue.StartsWith("the sum", StringComparison.Ordinal);
                    string named = has ? $"float{dtype.Size() * 8}" : "no algorithm with " + epilogue;
                    if (has || !isSum) Assert.True(plans.Contains(named, StringComparison.Ordinal), $"{what}\n{plans}");
                    Assert.True(plans.Contains(" with " + epilogue, StringComparison.Ordinal) == (has || !isSum),
                        $"{what}: no {epilogue}\n{plans}");
                }
            }
    }

    /// <summary>With TensorFloat32 allowed the operands are rounded, and the epilogue stays.</summary>
    public static void Precision(PlannedExecutor executor)
    {
        var o = new Operands(Device.ForTests(executor), DType.Float32, [[Rows, Inputs], [Outputs, Inputs], [Outputs]]);
        var (x, weight, bias) = (o.Make(), o.Make(), o.Make());
        float[] exact = x.Linear(weight, bias).Relu().ToArray<float>();
        long before = executor.Backend.Counters.Epilogues;
        executor.Precision = MatMulPrecision.TensorFloat32;
        float[] rounded = x.Linear(weight, bias).Relu().ToArray<float>();
        executor.Precision = MatMulPrecision.Float32;
        Assert.Equal(before + 1, executor.Backend.Counters.Epilogues);
        Assert.False(exact.AsSpan().SequenceEqual(rounded));
        for (int i = 0; i < exact.Length; i++) Assert.Equal(exact[i], rounded[i], 5e-3f);
        Assert.Equal(exact, x.Linear(weight, bias).Relu().ToArray<float>());
    }

    private static double[][] Numbers(Tensor[] results, out string plan, PlannedExecutor? executor)
    {
        // The first read runs all of them.
        results[0].ToHost();
        plan = executor?.LastPlan?.Explanation(false) ?? "";
        return [.. results.Select(r => Enumerable.Range(0, (int)r.ElementCount).Select(i => Elements.Read(r.ToHost().Data, r.DType, i).Real)
            .ToArray())];
    }
}
