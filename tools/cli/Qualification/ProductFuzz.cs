using GpuTensor.Cli.Doctor;

namespace GpuTensor.Cli.Qualification;

/// <summary>Matrix products of random dtypes, sizes, batches and layouts, some with bias and ReLU, against the reference device. All
/// numbers are small multiples of 1/8, so that sums are exact in any order and precision and results must be equal to the bit.</summary>
internal static class ProductFuzz
{
    private const int Together = 30;

    private static readonly MatMulPrecision[] Precisions = Enum.GetValues<MatMulPrecision>();

    public static void Run(StageRun run)
    {
        if (run.Open() is not { } device) return;
        bool cuda = device.Kind == "cuda";
        if (cuda) CudaEpilogues.Run(run.Examination, device.Name, Bindings.Cuda.Cuda.Devices[device.Index]);
        DType[] types = cuda ? [DType.Float32, DType.Float32, DType.Float64, DType.Float16, DType.BFloat16]
            : [DType.Float32, DType.Float16, DType.BFloat16];
        int done = 0, products = run.IsSimulated ? 90 : 600;
        for (int first = 1; first <= products && !run.IsOver; first += Together)
        {
            int from = first;
            run.Examination.Check(device.Name, $"products {from} to {from + Together - 1}", () =>
            {
                int number = from;
                for (; number < from + Together && !run.IsOver; number++, done++) Compare(device, types, number);
                return $"{number - from} products equal those of plain loops to the bit";
            });
        }
        if (run.IsOver && done < products)
            run.Cut($"{device.Name} products", $"{done} of {products} random products were compared when the time was over");
    }

    private static void Compare(Device device, DType[] types, int number)
    {
        var random = new Random(number);
        var type = types[random.Next(types.Length)];
        int[] batch = [.. Enumerable.Range(0, random.Next(2) == 0 ? 0 : random.Next(1, 3)).Select(_ => random.Next(1, 5))];
        int m = Size(), n = Size(), k = Size();
        Operand a = new(random, batch, m, k), b = new(random, batch, k, n);
        float[]? bias = random.Next(3) == 0 ? Numbers(random, n) : null;
        var precision = type == DType.Float32 ? Precisions[random.Next(Precisions.Length)] : MatMulPrecision.Float32;
        var before = device.MatMulPrecision;
        byte[] expected = Make(Device.Cpu), actual;
        try
        {
            device.MatMulPrecision = precision;
            actual = Make(device);
        }
        finally
        {
            device.MatMulPrecision = before;
        }
        int same = expected.AsSpan().CommonPrefixLength(actual);
        if (same < expected.Length || actual.Length != expected.Length)
            throw Calculations.Wrong(
                $"product {number}, {type.Name()} by {precision}, batch [{string.Join(", ", batch)}], {m}×{k} {a.Layout} times {k}×{n} "
                + $"{b.Layout}"
                + $"{(bias is null ? "" : ", bias and ReLU")}: differs from plain loops, first at byte {same} of {expected.Length}");

        int Size() => random.Next(6) switch { 0 => 1, 4 => random.Next(17, 70), 5 => random.Next(70, 200), _ => random.Next(1, 17) };

        byte[] Make(Device on)
        {
            var product = a.Make(on, type).MatMul(b.Make(on, type));
            return (bias is null ? product : (product + Tensor.From(bias, type, on)).Relu()).ToHost().Data;
        }
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-8, 9) * 0.125f)];

    private enum Layout
    {
        Rows, Columns, PaddedRows, SlicedColumns, EveryOtherColumn, Backwards, RepeatedRow, OneForTheBatch, BatchInside,
    }

    /// <summary>A matrix or a batch of them, of some layout.</summary>
    private sealed class Operand
    {
        private readonly int[] batch, sizes;
        private readonly int rows, columns;
        private readonly float[] numbers;

        public Operand(Random random, int[] batch, int rows, int columns)
        {
            (this.batch, this.rows, this.columns) = (batch, rows, columns);
            Layout = (Layout)random.Next(Enum.GetValues<Layout>().Length);
            sizes = Layout switch
            {
                Layout.Columns => [.. batch, columns, rows],
                Layout.PaddedRows => [.. batch, rows + 3, columns],
                Layout.SlicedColumns => [.. batch, rows, columns + 5],
                Layout.EveryOtherColumn => [.. batch, rows, columns, 2],
                Layout.RepeatedRow => [.. batch, 1, columns],
                Layout.OneForTheBatch => [rows, columns],
                Layout.BatchInside => [rows, .. batch, columns],
                _ => [.. batch, rows, columns],
            };
            numbers = Numbers(random, sizes.Aggregate(1, (p, q) => p * q));
        }

        public Layout Layout { get; }

        public Tensor Make(Device device, DType type)
        {
            var x = Tensor.From(numbers, type, device).Reshape(Shape.Create(sizes));
            int rank = batch.Length;
            return Layout switch
            {
                Layout.Columns => x.Transpose(-1, -2),
                Layout.PaddedRows => x.Narrow(rank, 2, rows),
                Layout.SlicedColumns => x.Narrow(rank + 1, 1, columns),
                Layout.EveryOtherColumn => x.Narrow(rank + 2, 1, 1).Squeeze(rank + 2),
                Layout.Backwards => x.Flip(rank),
                Layout.RepeatedRow => x.Expand(Shape.Create([.. batch, rows, columns])),
                Layout.BatchInside => x.Permute([.. Enumerable.Range(1, rank), 0, rank + 1]),
                _ => x,
            };
        }
    }
}
