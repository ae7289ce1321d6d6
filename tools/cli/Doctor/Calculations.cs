using GpuTensor.Backends;

namespace GpuTensor.Cli.Doctor;

/// <summary>Small calculations that any device must get right; the same for CUDA and OpenCL.</summary>
internal static class Calculations
{
    /// <summary>Runs all of them on an opened device.</summary>
    public static void Run(Examination examination, Device device)
    {
        examination.Check(device.Name, "copies", () => Copies(device));
        examination.Check(device.Name, "kernel", () => Kernel(device));
        examination.Check(device.Name, "matmul", () => Products(device));
        examination.Check(device.Name, device.Planned!.Backend.CanCapture ? "graph" : "replay", () => Replay(device));
    }

    private static string Copies(Device device)
    {
        byte[] bytes = new byte[(4 << 20) + 13];
        new Random(1).NextBytes(bytes);
        var back = Tensor.From(bytes, device: device).Clone().ToArray<byte>();
        if (!bytes.AsSpan().SequenceEqual(back))
            throw Wrong($"{bytes.Length:N0} bytes came back changed, first at {bytes.AsSpan().CommonPrefixLength(back):N0}");
        return $"{bytes.Length:N0} bytes there and back";
    }

    /// <summary>Pointwise code with a tail, and sums over rows, which need barriers and shared memory on a GPU.</summary>
    private static string Kernel(Device device)
    {
        const int rows = 37, columns = 211;
        var random = new Random(2);
        float[] x = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() * 4 - 2)];
        int[] n = [.. x.Select(v => (int)(v * 1e8f))];
        var on = Tensor.From(x, device: device).Reshape(rows, columns);
        float[] values = (on.Exp() * 1.5 + on.Abs().Sqrt()).ToArray<float>(), sums = on.Exp().Sum(1).ToArray<float>();
        int[] integers = (Tensor.From(n, device: device) * 3 + 7).ToArray<int>();
        for (int i = 0; i < x.Length; i++)
        {
            Near("exp(x)·1.5 + sqrt(|x|)", i, Math.Exp(x[i]) * 1.5 + Math.Sqrt(Math.Abs(x[i])), values[i], 1e-5);
            if (integers[i] != unchecked(n[i] * 3 + 7))
                throw Wrong($"3·n + 7 for n = {n[i]} is {integers[i]} instead of {unchecked(n[i] * 3 + 7)}");
        }
        for (int r = 0; r < rows; r++)
            Near("the sum of a row", r, x.AsSpan(r * columns, columns).ToArray().Sum(v => Math.Exp(v)), sums[r], 1e-5);
        return $"{x.Length:N0} numbers and {rows} sums equal those of plain loops";
    }

    /// <summary>Products whose sums are exact in every order, so that results must be equal to the bit.</summary>
    private static string Products(Device device)
    {
        var random = new Random(3);
        DType[] types = device.Kind == "cuda" ? [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16]
            : [DType.Float32, DType.Float16];
        (string Name, Func<Func<int[], Tensor>, Tensor> Make)[] cases =
        [
            ("plain", m => m([33, 47]).MatMul(m([47, 29]))),
            ("left transposed", m => m([47, 33]).T.MatMul(m([47, 29]))),
            ("right transposed", m => m([33, 47]).MatMul(m([29, 47]).T)),
            ("both transposed", m => m([47, 33]).T.MatMul(m([29, 47]).T)),
            ("a matrix and a vector", m => m([33, 47]).MatMul(m([47]))),
            ("batched", m => m([3, 33, 47]).MatMul(m([3, 47, 29]))),
            ("batched with one right side", m => m([3, 33, 47]).MatMul(m([47, 29]))),
            ("transposed heads", m => m([2, 17, 3, 8]).Transpose(1, 2).MatMul(m([2, 19, 3, 8]).Transpose(1, 2).Transpose(2, 3))),
            ("sliced columns", m => m([33, 60])[.., 3..50].MatMul(m([47, 29]))),
            ("with bias and ReLU", m => (m([33, 47]).MatMul(m([47, 29])) + m([29])).Relu()),
        ];
        int seed = 0;
        foreach (var type in types)
            foreach (var (name, make) in cases)
            {
                int now = ++seed;
                byte[] actual = make(Operands(device, type, now)).ToHost().Data, expected = make(Operands(Device.Cpu, type, now)).ToHost()
                    .Data;
                if (!expected.AsSpan().SequenceEqual(actual))
                    throw Wrong($"the {type.Name()} product '{name}' is not that of plain loops; first difference at byte "
                        + $"{expected.AsSpan().CommonPrefixLength(actual)} of {expected.Length}");
            }
        // A float32 product that went through TensorFloat32 loses the last bits.
        float whole = Tensor.From([1 + 1f / 4096], device: device).Reshape(1, 1).MatMul(Tensor.From([1f], device: device).Reshape(1, 1))
            .Item<float>();
        if (whole != 1 + 1f / 4096) throw Wrong($"a float32 product is not one: (1 + 2⁻¹²)·1 = {whole}");
        return $"{types.Length * cases.Length} products of {types.Length} dtypes equal plain loops to the bit";
    }

    /// <summary>Small multiples of 1/8: their products are multiples of 1/64, and 47 of them sum exactly.</summary>
    private static Func<int[], Tensor> Operands(Device device, DType type, int seed)
    {
        var random = new Random(seed);
        return shape =>
        {
            float[] data = new float[shape.Aggregate(1, (p, q) => p * q)];
            for (int i = 0; i < data.Length; i++) data[i] = random.Next(-8, 9) * 0.125f;
            return Tensor.From(data, device: device).To(type).Reshape(Shape.Create(shape));
        };
    }

    /// <summary>A training step replayed, where the device can as captured graphs, against every operator run by itself.</summary>
    public static string Replay(Device device)
    {
        var planned = device.Planned!;
        bool eager = device.Eager;
        try
        {
            device.Eager = true;
            var expected = Train(device);
            device.Eager = false;
            long before = planned.GraphLaunches;
            var actual = Train(device);
            for (int i = 0; i < expected.Count; i++)
                if (!expected[i].AsSpan().SequenceEqual(actual[i]))
                    throw Wrong(i < Steps ? $"the loss of step {i + 1} replayed differs from the one run operator by operator"
                        : "parameters differ after training by replay");
            long graphs = planned.GraphLaunches - before;
            if (!planned.Backend.CanCapture) return $"{Steps} training steps replayed equal those run operator by operator, to the bit";
            if (graphs == 0) throw Wrong("no step was captured as a graph");
            return $"{Steps} training steps, {graphs} launches of captured graphs, equal those run operator by operator, to the bit";
        }
        finally
        {
            device.Eager = eager;
        }
    }

    private const int Steps = 8;

    private static List<byte[]> Train(Device device)
    {
        var random = new Random(5);
        Tensor Numbers(params int[] shape) =>
            Tensor.From(Enumerable.Range(0, shape.Aggregate(1, (p, q) => p * q)).Select(_ => random.NextSingle() - 0.5f).ToArray(),
                device: device).Reshape(Shape.Create(shape));
        Tensor[] parameters = [Numbers(24, 32).Clone().RequiresGrad_(), Numbers(32).Clone().RequiresGrad_(),
            Numbers(32, 16).Clone().RequiresGrad_()];
        var results = new List<byte[]>();
        for (int step = 0; step < Steps; step++)
        {
            foreach (var p in parameters) p.Grad = null;
            var y = (Numbers(20, 24).MatMul(parameters[0]) + parameters[1]).Relu().MatMul(parameters[2]);
            var loss = (y * y).Mean();
            loss.Backward();
            using (Tensor.NoGrad())
                foreach (var p in parameters) p.Sub_(p.Grad! * (0.1 / (step + 1)));
            results.Add(loss.Detach().ToHost().Data);
        }
        foreach (var p in parameters) results.Add(p.Detach().ToHost().Data);
        return results;
    }

    /// <summary>A result that is not what it must be.</summary>
    public static DoctorException Wrong(string what) => new(what,
        "The device computes wrongly. Update its driver; where it stays, it is a defect of GpuTensor or of the hardware: please report it "
        + "with the output of 'gputensor doctor --json'.");

    /// <summary>Throws where a number is not within a relative tolerance.</summary>
    public static void Near(string what, int index, double expected, double actual, double tolerance)
    {
        // Written so that NaN fails.
        if (!(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected))))
            throw Wrong($"{what} at {index} is {actual:R} instead of {expected:R}");
    }
}
