using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Nn;
using GpuTensor.Operators;
using Xunit;

namespace GpuTensor.Tests.Compiler;

/// <summary>What a forward pass that runs alone keeps for its gradients.</summary>
public class SavedValuesTests
{
    private const int N = 4096, Bytes = 4 * N;

    private static readonly Operator Product = new("matmul", Iteration.Product), Random = RandomNumbers.Words;

    /// <summary>A graph written down by hand; leaves are −1, −2, …</summary>
    private sealed class Given
    {
        private readonly List<RecordedNode> nodes = [];

        public RecordedLeaf[] Leaves { get; init; } = [new(DType.Float32, Shape.Create([N]), null)];

        public int Add(Operator op, bool saved, params int[] sources) => Add(op, saved, N, sources);

        public int Add(Operator op, bool saved, int size, int[] sources)
        {
            nodes.Add(new(op, DType.Float32, Shape.Create([size]), [.. sources.Select(s => new RecordedOperand(s, null))], null)
            {
                IsSaved = saved,
            });
            return nodes.Count - 1;
        }

        public void Keep(int node) => nodes[node] = nodes[node] with { IsKept = true };

        public void MustGive(int[] kept, int[] recomputed)
        {
            var found = Run();
            Assert.Equal(kept, found.Kept);
            Assert.Equal(recomputed, found.Recomputed);
        }

        public (int[] Kept, int[] Recomputed) Run()
        {
            var given = new GraphSnapshot { Nodes = [.. nodes], Leaves = Leaves };
            var made = SavedValues.Run(given);
            Assert.Equal(nodes, given.Nodes);
            int[] kept = [.. Enumerable.Range(0, nodes.Count).Where(i => made.IsKept[i])];
            Assert.Empty(kept.Intersect(made.Recomputed));
            // Whatever gradients read is kept, or made of what is kept.
            var known = new HashSet<int>(kept);
            foreach (int i in made.Recomputed)
                Assert.True(known.Add(i) && nodes[i].Op.Iteration is Iteration.Pointwise or Iteration.Number
                    && nodes[i].Operands.All(o => o.Source < 0 || known.Contains(o.Source)));
            Assert.All(Enumerable.Range(0, nodes.Count).Where(i => nodes[i].IsSaved), i => Assert.Contains(i, known));
            return (kept, made.Recomputed);
        }
    }

    [Fact]
    public void One_value_is_kept_for_all_that_is_computed_from_it_alone()
    {
        var given = new Given();
        int product = given.Add(Product, saved: false, -1, -1);
        int z = given.Add(Values.Add, saved: false, product, product);
        int half = given.Add(Values.Add, saved: true, z, z);
        int square = given.Add(Values.Add, saved: true, z, z);
        int deep = given.Add(Values.Add, saved: true, square, half);
        // The product would do as well, and one more value be computed again.
        given.MustGive([z], [half, square, deep]);
    }

    [Fact]
    public void A_value_of_two_that_are_as_large_is_kept()
    {
        var given = new Given();
        int a = given.Add(Product, saved: false, -1, -1), b = given.Add(Product, saved: false, -1, -1);
        int sum = given.Add(Values.Add, saved: true, a, b);
        given.MustGive([sum], []);
        given.Keep(a);
        given.MustGive([a, sum], []);
        given.Keep(b);
        // Two values are read in place of one that is written and read: as many bytes.
        given.MustGive([a, b, sum], []);
    }

    [Fact]
    public void A_small_reduction_is_kept_in_the_place_of_a_large_value()
    {
        var given = new Given();
        int mean = given.Add(Values.Sum, saved: false, N / 64, [-1]);
        int centred = given.Add(Values.Add, saved: true, -1, mean);
        given.MustGive([mean], [centred]);
        int product = given.Add(Product, saved: true, centred, centred);
        given.MustGive([mean, product], [centred]);
    }

    [Fact]
    public void Nothing_is_computed_from_a_leaf_whose_place_may_be_written_to()
    {
        foreach (bool isWritten in (bool[])[false, true])
        {
            var given = new Given
            {
                Leaves = [new(DType.Float32, Shape.Create([N]), isWritten ? new(0, -1, 0, Bytes, [0]) : null)],
            };
            int twice = given.Add(Values.Add, saved: true, -1, -1);
            given.MustGive(isWritten ? [twice] : [], isWritten ? [] : [twice]);
        }
    }

    [Fact]
    public void Values_of_numbers_alone_are_computed_again_but_not_random_ones_and_small_ones_are_kept()
    {
        var given = new Given();
        int number = given.Add(Basic.Scalar, saved: false, 1, []);
        int filled = given.Add(Values.Add, saved: true, number, number);
        int words = given.Add(Random, saved: false, number);
        int mask = given.Add(Values.Add, saved: true, words, number);
        int small = given.Add(Values.Add, saved: true, (int)SizeLimit.Saved.Most / 4, [number, number]);
        given.MustGive([mask, small], [number, filled]);
    }

    [Fact]
    public void A_long_chain_keeps_a_value_now_and_then_and_costs_work_in_proportion()
    {
        long Visits(int length)
        {
            var given = new Given();
            int last = -1;
            for (int i = 0; i < length; i++) last = given.Add(Values.Add, saved: true, last, last);
            long before = VisitCounter.Visits;
            var (kept, _) = given.Run();
            Assert.InRange(kept.Length, length / SavedValues.MaxValues - 1, length / SavedValues.MaxValues + 1);
            return VisitCounter.Visits - before;
        }
        long once = Visits(1024);
        Assert.InRange(Visits(4096), once, 5 * once);
    }

    [Fact]
    public void Where_no_gradients_are_wanted_nothing_is_kept_but_what_must_be()
    {
        var given = new Given();
        int first = given.Add(Values.Add, saved: false, -1, -1), second = given.Add(Product, saved: false, first, first);
        given.Keep(second);
        given.MustGive([second], []);
    }

    /// <summary>What is in memory after the forward pass of a value of <see cref="N"/> elements that is not read before, in values of that
    /// size.</summary>
    [Theory]
    [InlineData("gelu", 2)]
    [InlineData("gelu tanh", 2)]
    [InlineData("silu", 2)]
    [InlineData("softplus", 2)]
    [InlineData("mish", 2)]
    [InlineData("sigmoid", 1)]
    [InlineData("dropout", 1.25)]
    public void An_activation_keeps_its_input_and_its_result(string name, double arrays)
    {
        var x = Tensor.From(new float[N], device: Device.Cpu, requiresGrad: true);
        var z = x + Tensor.From(new float[N], device: Device.Cpu);
        var y = name switch
        {
            "gelu" => F.Gelu(z),
            "gelu tanh" => F.Gelu(z, "tanh"),
            "silu" => F.Silu(z),
            "softplus" => F.Softplus(z),
            "mish" => F.Mish(z),
            "sigmoid" => z.Sigmoid(),
            _ => F.Dropout(z, 0.1),
        };
        Assert.InRange(Kept(y).Sum(n => n.Bytes), arrays * Bytes, arrays * Bytes);
    }

    /// <summary>Of rows of 64 logits: one or two values of all their elements, and a few of one element a row.</summary>
    [Theory]
    [InlineData("layer norm", "sub rsqrt add")]
    [InlineData("softmax", "exp sum div")]
    [InlineData("cross entropy", "exp sum ne logical_and sum div")]
    [InlineData("entropy", "add amax sum amax sum sum")]
    public void Rows_keep_one_value_and_their_reductions(string name, string kept)
    {
        var x = Tensor.From(new float[N], device: Device.Cpu, requiresGrad: true);
        var z = (x + Tensor.From(new float[N], device: Device.Cpu)).Reshape(64, 64);
        var weights = Tensor.From(new float[64], device: Device.Cpu, requiresGrad: true);
        var y = name switch
        {
            "layer norm" => F.LayerNorm(z, [64], weights, weights),
            "softmax" => z.Softmax(1),
            "cross entropy" => F.CrossEntropy(z, Tensor.From(new long[64], device: Device.Cpu)),
            _ => (z.Softmax(1) * z.LogSoftmax(1)).Sum(),
        };
        var values = Kept(y);
        Assert.Equal(kept, string.Join(' ', values.Select(n => n.Op.Name)));
        Assert.Equal(y.ElementCount == N ? 2 : 1, values.Count(n => n.Shape.ElementCount == N));
        Assert.All(values, n => Assert.True(n.Shape.ElementCount is N or <= 64));
    }

    /// <summary>Products read their operands in memory; ReLU's gradient reads its result, which the next product reads as well.</summary>
    [Fact]
    public void A_perceptron_keeps_what_its_products_read()
    {
        var model = new Sequential(new Linear(64, 128, device: Device.Cpu), new ReLU(), new Linear(128, 64, device: Device.Cpu), new GELU(),
            new Linear(64, 64, device: Device.Cpu));
        foreach (var parameter in model.Parameters()) parameter.Realize();
        var kept = Kept(model.Forward(Tensor.From(new float[64 * 64], device: Device.Cpu).Reshape(64, 64)));
        // The result of ReLU, input and result of GELU, the model's result.
        Assert.Equal(["relu", "add", "mul", "add"], kept.Select(n => n.Op.Name));
    }

    private static List<RecordedNode> Kept(Tensor asked)
    {
        var recorder = Recorder.For(Device.Cpu);
        var kept = KeepSet.ForExplanation(recorder, asked.Node, missed: null, policy: null);
        var graph = GraphSnapshot.Take(recorder, new(), kept);
        var isKept = SavedValues.Run(graph).IsKept;
        asked.Realize();
        return [.. graph.Nodes.Where((_, i) => isKept[i])];
    }
}
