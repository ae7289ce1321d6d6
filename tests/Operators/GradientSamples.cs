using GpuTensor.Nn;

namespace GpuTensor.Tests.Operators;

/// <summary>A call to check the gradient of: its inputs are drawn from (Low, High), away from the jumps of functions that have
/// some.</summary>
internal sealed record GradientSample(string Name, Func<Tensor[], Tensor> Call, double Low, double High, bool TwiceDifferentiable,
    Shape[] Shapes)
{
    public double[][] Values()
    {
        var random = new Random(Name.Aggregate(17, (h, c) => unchecked(h * 31 + c)));
        return [.. Shapes.Select(s => Enumerable.Range(0, (int)s.ElementCount).Select(_ => Low
            + (High - Low) * random.NextDouble()).ToArray())];
    }

    public override string ToString() => Name;
}

internal static class GradientSamples
{
    private static readonly Shape Cube = [2, 3, 2];

    public static IReadOnlyDictionary<string, GradientSample> All { get; } = Table().ToDictionary(s => s.Name);

    private static GradientSample One(string name, Func<Tensor, Tensor> f, double low = -2, double high = 2, bool twice = true,
        Shape? shape = null) =>
        new(name, x => f(x[0]), low, high, twice, [shape ?? [2, 3]]);

    private static GradientSample Two(string name, Func<Tensor, Tensor, Tensor> f, double low = -2, double high = 2, bool twice = true,
        Shape? a = null, Shape? b = null) =>
        new(name, x => f(x[0], x[1]), low, high, twice, [a ?? [2, 3], b ?? [3]]);

    private static IEnumerable<GradientSample> Table()
    {
        // Arithmetic, broadcast
        yield return Two("add", (a, b) => a + b);
        yield return Two("add alpha", (a, b) => a.Add(b, alpha: 2.5));
        yield return Two("sub", (a, b) => a - b);
        yield return Two("mul", (a, b) => a * b);
        yield return Two("div", (a, b) => a / b, 0.5, 2);
        yield return One("scalar div", a => 2 / a, 0.5, 2);
        yield return One("scalar sub", a => 1.5 - a);
        yield return Two("fmod", (a, b) => (a * 4).Fmod(b), 1.1, 1.9, twice: false);
        yield return Two("remainder", (a, b) => (a * -4).Remainder(b), 1.1, 1.9, twice: false);
        yield return Two("floor div", (a, b) => a.Div(b, roundingMode: "floor") + a, 1.1, 1.9);
        yield return Two("trunc div", (a, b) => a.Div(b, roundingMode: "trunc") + a, 1.1, 1.9);
        yield return Two("pow", (a, b) => a.Pow(b), 0.3, 2);
        foreach (double p in new[] { 2, 3, 0.5, -1, 2.5, -2 }) yield return One($"pow {p}", a => a.Pow(p), 0.3, 2);
        yield return One("scalar pow", a => Tensor.Pow(1.7, a));
        yield return Two("atan2", (a, b) => a.Atan2(b), 0.3, 2);
        yield return Two("hypot", (a, b) => a.Hypot(b), 0.3, 2);
        yield return Two("maximum", (a, b) => a.Maximum(b));
        yield return Two("minimum", (a, b) => a.Minimum(b));
        yield return One("neg", a => -a);
        yield return One("abs", a => a.Abs());
        yield return One("sign", a => a.Sign() * a);
        yield return new("fma", x => Tensor.Fma(x[0], x[1], x[2]), -2, 2, true, [[2, 3], [3], [2, 1]]);
        yield return new("addcmul", x => x[0].Addcmul(x[1], x[2], value: 0.7), -2, 2, true, [[2, 3], [3], [2, 1]]);
        yield return new("addcdiv", x => x[0].Addcdiv(x[1], x[2], value: 0.7), 0.5, 2, true, [[2, 3], [3], [2, 1]]);
        yield return new("conv2d", x => F.Conv2d(x[0], x[1], x[2], stride: (2, 1), padding: 1, dilation: (1, 2), groups: 2), -2, 2, true,
            [[2, 4, 3, 5], [2, 2, 2, 2], [2]]);
        yield return new("conv_transpose2d", x => F.ConvTranspose2d(x[0], x[1], x[2], stride: 2, padding: 1, outputPadding: (0, 1)), -2, 2,
            true, [[1, 2, 3, 2], [2, 1, 2, 3], [1]]);
        yield return new("lerp", x => x[0].Lerp(x[1], x[2]), -2, 2, true, [[2, 3], [3], [2, 1]]);

        // Rounding
        yield return One("floor", a => a.Floor() * a, 0.1, 0.9);
        yield return One("ceil", a => a.Ceil() * a, 0.1, 0.9);
        yield return One("trunc", a => a.Trunc() * a, 1.1, 1.9);
        yield return One("round", a => a.Round() * a, 0.6, 1.4);
        yield return One("round 1", a => a.Round(1) * a, 0.11, 0.14);
        yield return One("frac", a => a.Frac(), 1.1, 1.9);

        // Functions
        yield return One("exp", a => a.Exp());
        yield return One("exp2", a => a.Exp2());
        yield return One("expm1", a => a.Expm1());
        yield return One("log", a => a.Log(), 0.3, 2);
        yield return One("log2", a => a.Log2(), 0.3, 2);
        yield return One("log10", a => a.Log10(), 0.3, 2);
        yield return One("log1p", a => a.Log1p(), -0.6, 2);
        yield return One("sqrt", a => a.Sqrt(), 0.3, 2);
        yield return One("rsqrt", a => a.Rsqrt(), 0.3, 2);
        yield return One("reciprocal", a => a.Reciprocal(), 0.3, 2);
        yield return One("square", a => a.Square());
        yield return One("sin", a => a.Sin());
        yield return One("cos", a => a.Cos());
        yield return One("sinc", a => a.Sinc());
        yield return One("tan", a => a.Tan(), -1, 1);
        yield return One("asin", a => a.Asin(), -0.8, 0.8);
        yield return One("acos", a => a.Acos(), -0.8, 0.8);
        yield return One("atan", a => a.Atan());
        yield return One("sinh", a => a.Sinh());
        yield return One("cosh", a => a.Cosh());
        yield return One("tanh", a => a.Tanh());
        yield return One("asinh", a => a.Asinh());
        yield return One("acosh", a => a.Acosh(), 1.3, 3);
        yield return One("atanh", a => a.Atanh(), -0.8, 0.8);
        yield return One("erf", a => a.Erf());
        yield return One("erfc", a => a.Erfc());
        yield return One("sigmoid", a => a.Sigmoid());
        yield return One("relu", a => a.Relu());
        yield return One("gelu", a => a.Gelu());
        yield return One("gelu tanh", a => a.Gelu("tanh"));
        yield return One("clamp", a => a.Clamp(-0.5, 0.7) * a);
        yield return One("clamp min", a => a.Clamp(min: 0.1) * a);
        yield return new("clamp tensors", x => x[0].Clamp(x[1], x[2]) * x[0], -2, 2, true, [[2, 3], [3], [2, 1]]);
        yield return Two("where", (a, b) => Tensor.Where(a > 0, a * a, b));
        yield return One("masked fill", a => a.MaskedFill(a > 0.5, 3) * a);

        // Reductions
        yield return One("sum", a => a.Sum());
        yield return One("sum 1", a => a.Sum(1) * 2, shape: Cube);
        yield return One("sum 0 2", a => a.Sum([0, 2], keepDim: true), shape: Cube);
        yield return One("mean", a => a.Mean(0), shape: Cube);
        yield return One("prod", a => a.Prod());
        yield return One("prod 1", a => a.Prod(1), shape: Cube);
        yield return One("prod with zeros", a => (a * Tensor.From(new double[,] { { 0, 1, 1 }, { 0, 1, 0 } }, device: a.Device)
            + a.Detach() * 0).Prod(1));
        yield return One("amax", a => a.AMax(1), shape: Cube);
        yield return One("amin", a => a.AMin([0, 2]), shape: Cube);
        yield return One("max", a => a.Max(1).Values, shape: Cube);
        yield return One("min", a => a.Min(0, keepDim: true).Values, shape: Cube);
        yield return One("min keep", a => a.Min(0, keepDim: true).Values, shape: Cube);
        yield return One("var", a => a.Var(1), shape: Cube);
        yield return One("var all", a => a.Var(correction: 0));
        yield return One("std", a => a.Std([0, 2]), shape: Cube);
        yield return One("norm", a => a.Norm(dim: 1));
        yield return One("norm 1", a => a.Norm(1));
        yield return One("norm 3", a => a.Norm(3, dim: 0));
        yield return One("norm inf", a => a.Norm(double.PositiveInfinity, dim: 1));
        yield return One("logsumexp", a => a.LogSumExp(1), shape: Cube);
        yield return One("softmax", a => a.Softmax(1), shape: Cube);
        yield return One("log softmax", a => a.LogSoftmax(-1), shape: Cube);
        yield return One("cumsum", a => a.CumSum(1), shape: [2, 5]);
        yield return One("cumprod", a => a.CumProd(0), shape: [5, 2]);

        // Products
        yield return Two("matmul", (a, b) => a.MatMul(b), a: [2, 3], b: [3, 4]);
        yield return Two("matmul transposed", (a, b) => a.T.MatMul(b.T), a: [3, 2], b: [4, 3]);
        yield return Two("matmul vectors", (a, b) => a.MatMul(b), a: [3], b: [3]);
        yield return Two("matmul row", (a, b) => a.MatMul(b), a: [3], b: [2, 3, 2]);
        yield return Two("matmul column", (a, b) => a.MatMul(b), a: [2, 2, 3], b: [3]);
        yield return Two("matmul many rows", (a, b) => a.MatMul(b), a: [2, 2, 3], b: [3, 2]);
        yield return Two("matmul batches", (a, b) => a.MatMul(b), a: [2, 1, 2, 3], b: [2, 3, 2]);
        yield return Two("bmm", (a, b) => a.Bmm(b), a: [2, 2, 3], b: [2, 3, 2]);
        yield return Two("mv", (a, b) => a.Mv(b), a: [2, 3], b: [3]);
        yield return Two("dot", (a, b) => a.Dot(b), a: [3], b: [3]);
        yield return Two("outer", (a, b) => a.Outer(b), a: [2], b: [3]);
        yield return new("addmm", x => x[0].Addmm(x[1], x[2], beta: 0.5, alpha: 2), -2, 2, true, [[2], [3, 2], [2, 2]]);
        yield return new("baddbmm", x => x[0].Baddbmm(x[1], x[2]), -2, 2, true, [[2, 2], [2, 2, 3], [2, 3, 2]]);
        yield return new("linear", x => x[0].Linear(x[1], x[2]), -2, 2, true, [[2, 2, 3], [2, 3], [2]]);

        // Movement
        yield return One("view", a => a.View(3, 2) * a.Reshape(3, 2));
        yield return One("transpose", a => a.Transpose(0, 1).Exp());
        yield return One("permute", a => a.Permute(2, 0, 1).Sin(), shape: Cube);
        yield return One("expand", a => a.Unsqueeze(1).Expand(2, 4, 3).Sin());
        yield return One("select slice", a => a[1, 1..] * a[0, ..2]);
        yield return One("slice with step", a => a[TensorIndex.Slice(0, null, 2)].Sin(), shape: [5]);
        yield return One("flip", a => a.Flip(0, 2).Sin() * a, shape: Cube);
        yield return One("diagonal", a => a.Diagonal().Sin(), shape: [3, 3]);
        yield return One("unfold", a => a.Unfold(0, 3, 1).Sin(), shape: [5]);
        yield return One("repeat", a => a.Repeat(2, 1, 2).Sin());
        yield return One("repeat interleave", a => a.RepeatInterleave(2, 1).Sin());
        yield return One("roll", a => a.Roll(1, 1) * a);
        yield return One("tril", a => a.Tril(-1).Sin(), shape: [3, 3]);
        yield return One("triu", a => a.Triu().Sin(), shape: [2, 3, 3]);
        yield return One("pad", a => a.Pad([1, -1, 0, 2], 3).Sin());
        yield return Two("cat 0", (a, b) => Tensor.Cat([a, b]).Sin(), a: [2, 3], b: [1, 3]);
        yield return Two("cat 1", (a, b) => Tensor.Cat([a, b, a], dim: 1).Sin(), a: [2, 3, 2], b: [2, 1, 2]);
        yield return Two("stack", (a, b) => Tensor.Stack([a, b], dim: -1).Sin(), a: [2, 3], b: [2, 3]);
        yield return One("split", a => a.Split(2, dim: 1)[1].Sin() * a.Chunk(2)[0][.., ..1]);

        // Selection
        yield return One("index select", a => a.IndexSelect(1, At(a, 2, 0, 2, 1)).Sin(), shape: Cube);
        yield return One("index select rows", a => a.IndexSelect(0, At(a, 1, 0, 1)).Sin(), shape: Cube);
        yield return One("lookup", a => a.Lookup(At(a, 1, 0, 1, 1).Reshape(2, 2)).Sin());
        yield return One("gather", a => a.Gather(1, At(a, 2, 0, 2, 1, 1, 0).Reshape(2, 3)).Sin());
        yield return One("gather rows", a => a.Gather(0, At(a, 1, 0, 1).Reshape(1, 3)).Sin());
        yield return One("take along dim", a => a.TakeAlongDim(At(a, 1, 0).Reshape(2, 1), 1).Sin());
        yield return One("masked select", a => a.MaskedSelect(Tensor.From(new[,] { { true, false, true }, { false, true, true } },
            device: a.Device)).Sin());
        yield return One("index tensors", a => a[At(a, 0, 1, 1), .., At(a, 1, 1, 0)].Sin(), shape: Cube);
        yield return Two("scatter add", (a, b) => a.ScatterAdd(1, At(a, 2, 0, 2, 1).Reshape(2, 2), b).Sin(), a: [2, 3], b: [2, 2]);
        yield return Two("scatter", (a, b) => a.Scatter(1, At(a, 2, 0, 2, 1).Reshape(2, 2), b).Sin(), a: [2, 3], b: [2, 2]);
        yield return Two("index add", (a, b) => a.IndexAdd(1, At(a, 2, 0, 2), b, alpha: 2).Sin(), a: [2, 3], b: [2, 3]);
        yield return One("sort", a => a.Sort(1).Values.Sin(), shape: [2, 5]);
        yield return One("top k", a => a.TopK(2).Values.Sin(), shape: [2, 5]);
        yield return One("cummax", a => a.CumMax(1).Values.Sin(), shape: [2, 5]);

        // In place
        yield return Two("in place", InPlace, a: [2, 3], b: [3]);
        yield return One("dropout", a => { Tensor.ManualSeed(3); return a.Dropout(0.5).Sin(); });
    }

    private static Tensor InPlace(Tensor a, Tensor b)
    {
        var x = a * 2;
        x[0] = b;
        x[.., 1].Mul_(2.5);
        x.Add_(a, alpha: 0.5);
        return x.Sin();
    }

    private static Tensor At(Tensor like, params long[] places) => Tensor.From(places, device: like.Device);
}
