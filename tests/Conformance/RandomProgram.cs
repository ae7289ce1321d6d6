using GpuTensor.Optim;

namespace GpuTensor.Conformance;

/// <summary>A random training program: its structure follows from the seed alone, so it can be run under any setting of the engine and must
/// give the same bits.</summary>
internal sealed class RandomProgram
{
    private delegate Tensor Step(List<Tensor> values);

    private readonly List<Step> steps = [];
    private readonly int seed, rows, columns, depth;

    /// <param name="seed">What the program follows from.</param>
    /// <param name="sizes">Rows, columns and depth of its matrices; null: the seed's own.</param>
    public RandomProgram(int seed, (int Rows, int Columns, int Depth)? sizes = null)
    {
        var random = new Random(this.seed = seed);
        (rows, columns, depth) = (Size(1, 3, 16, 37), Size(1, 8, 33, 64), Size(1, 5, 29));
        if (sizes is { } given) (rows, columns, depth) = given;
        int count = random.Next(1, 4);
        for (int i = 0; i < count; i++) steps.Add(Pick(random));

        // Few sizes: kernels depend on a shape's structure, and compiling them is what this costs.
        int Size(params int[] sizes) => sizes[random.Next(sizes.Length)];
    }

    /// <summary>Ten steps of training, by hand or by an optimizer whose learning rate changes; returns every loss and the final parameters,
    /// and what gradients there are.</summary>
    /// <param name="device">Where.</param>
    /// <param name="compiled">By <see cref="Tensor.Compile(Func{Tensor})"/>.</param>
    /// <param name="held">Gets every handle that the program makes: what a debug build keeps alive, and more.</param>
    /// <param name="iterations">How many steps.</param>
    /// <param name="atOnce">Nothing runs before the end.</param>
    /// <param name="alone">The forward pass runs before the backward pass is recorded, as where a program looks at the loss.</param>
    public List<byte[]> Run(Device device, bool compiled = false, List<Tensor>? held = null, int iterations = 10, bool atOnce = false,
        bool alone = false)
    {
        Tensor Make(int seed, params int[] shape)
        {
            var random = new Random(seed);
            var data = new float[shape.Aggregate(1, (a, b) => a * b)];
            for (int i = 0; i < data.Length; i++) data[i] = random.NextSingle() * 2 - 1;
            return Tensor.From(data, device: device).Reshape(Shape.Create(shape)).Clone();
        }
        Tensor.ManualSeed(seed);
        var x = Make(1, rows, depth);
        var w = Make(2, depth, columns).RequiresGrad_();
        var b = Make(3, columns).RequiresGrad_();
        var s = Make(4, rows, 1).RequiresGrad_();
        Tensor[] parameters = [w, b, s];
        Optimizer? optimizer = (seed % 3) switch { 0 => null, 1 => new SGD(parameters, lr: 0.05, momentum: 0.9), _ =>
            new Adam(parameters, lr: 0.01) };
        Tensor Loss()
        {
            List<Tensor> values = [x.MatMul(w), b.Expand(rows, columns), s.Expand(rows, columns)];
            foreach (var step in steps) values.Add(step(values));
            held?.AddRange(values);
            var total = values[0] * 0.01;
            foreach (var value in values)
            {
                total = total + value.Clamp(-3, 3) * 0.1;
                held?.Add(total);
            }
            return (total * total).Mean();
        }
        Tensor Train()
        {
            foreach (var p in parameters) p.Grad = null;
            var loss = Loss();
            if (alone) loss.Realize();
            loss.Backward();
            if (seed % 4 == 2)
            {
                var norm = Optimizer.ClipGradNorm_(parameters, 0.1);
                held?.Add(norm);
            }
            if (optimizer is not null) optimizer.Step();
            else
                using (Tensor.NoGrad())
                    foreach (var p in parameters)
                        if (p.Leaf!.Grad is { } g) p.Sub_(g * 0.05);
            held?.Add(loss);
            return loss.Detach();
        }
        var train = compiled ? Tensor.Compile(Train) : Train;
        var results = new List<byte[]>();
        var losses = new List<Tensor>();
        for (int i = 0; i < iterations; i++)
        {
            if (optimizer is not null) optimizer.Lr *= 0.9;
            var loss = train();
            losses.Add(atOnce ? loss.Keep() : loss.Realize());
        }
        foreach (var loss in losses) results.Add(loss.ToHost().Data);
        foreach (var p in parameters) results.Add(p.Detach().ToHost().Data);
        foreach (var p in parameters) results.Add(p.Grad is { } g ? g.ToHost().Data : []);
        return results;
    }

    private Step Pick(Random random)
    {
        int a = random.Next(1000), c = random.Next(1000);
        Tensor A(List<Tensor> v) => v[a % v.Count];
        Tensor B(List<Tensor> v) => v[c % v.Count];
        int split = random.Next(0, columns + 1), dim = random.Next(2);
        double number = random.NextDouble() * 4 - 2;
        return random.Next(38) switch
        {
            0 => v => A(v) + B(v),
            1 => v => A(v) * B(v),
            2 => v => A(v) - B(v) * number,
            3 => v => A(v) / (B(v) * B(v) + 1.0),
            4 => v => A(v).Tanh(),
            5 => v => A(v).Sigmoid() * number,
            6 => v => A(v).Clamp(-4, 4).Exp(),
            7 => v => (A(v).Abs() + 0.5).Log(),
            8 => v => A(v).Relu(),
            9 => v => A(v).Gelu(),
            10 => v => A(v).Softmax(dim),
            11 => v => A(v).LogSoftmax(1) * 0.1,
            12 => v => A(v) - A(v).Mean([dim], keepDim: true),
            13 => v => A(v).Sum([dim], keepDim: true).Expand(rows, columns) * 0.05,
            14 => v => A(v) - A(v).AMax([1 - dim], keepDim: true),
            15 => v => Tensor.Cat([A(v).Narrow(1, 0, split), B(v).Narrow(1, split, columns - split)], 1),
            16 => v => Tensor.Where(A(v) > B(v), A(v), B(v) * number),
            17 => v => A(v).T.Clone().Tanh().T,
            18 => v => A(v).Reshape(-1).Reshape(rows, columns).Sin(),
            19 => v => A(v).To(DType.BFloat16).Mul(1.25).To(DType.Float32),
            20 => v => A(v).To(DType.Float16).Add(B(v).To(DType.Float16)).To(DType.Float32),
            21 => v => InPlace(A(v).Clone(), number),
            23 => v => A(v).Flip(dim).Sin() * A(v),
            24 => v => A(v) + B(v).Flip(0, 1) * A(v),
            25 => v => A(v).Roll([c % 5], [dim]) - A(v),
            26 => v => A(v).IndexSelect(0, Tensor.Arange(rows, device: v[0].Device).Flip(0)) * B(v),
            27 => v => A(v).CumSum(dim) * 0.05 + B(v),
            28 => v => Tensor.Stack([A(v), B(v)], 2).Mean([2]) + A(v),
            29 => v => A(v).Pad([1, 2, 0, 1]).Narrow(0, 0, rows).Narrow(1, 1, columns) * B(v),
            30 => v => A(v).Transpose(0, 1).Softmax(dim).T * B(v) + A(v),
            31 => v => A(v).Sum() * 0.001 + A(v) * B(v).Sum([0]),
            32 => v => A(v).Var([dim], keepDim: true).Add(1e-3).Rsqrt() * (A(v) - A(v).Mean([dim], keepDim: true)),
            33 => v => A(v).Unsqueeze(0).Expand(3, rows, columns).Sum([0]) * 0.2 + B(v).Tril(),
            34 => v => Halves(A(v), B(v), split),
            35 => v => A(v) * Tensor.Rand([rows, columns], device: v[0].Device) + B(v),
            36 => v => A(v).Dropout(0.3) + B(v),
            22 => v => A(v).MatMul(B(v).T).MatMul(A(v)) * (0.1 / columns),
            _ => v => (A(v) * A(v)).Mean() + B(v) * number,
        };
    }

    /// <summary>One value read through two windows that overlap, one of them backwards.</summary>
    private Tensor Halves(Tensor a, Tensor b, int split)
    {
        var left = a.Narrow(1, 0, split).Tanh();
        var joined = Tensor.Cat([left.Flip(1), b.Narrow(1, 0, columns - split)], 1);
        return joined * a - joined.Flip(0);
    }

    private static Tensor InPlace(Tensor copy, double number)
    {
        copy.Mul_(number);
        copy.Select(0, 0).Add_(1.0);
        copy.Narrow(1, 0, (copy.Shape[1] + 1) / 2).Tanh_();
        return copy;
    }
}
