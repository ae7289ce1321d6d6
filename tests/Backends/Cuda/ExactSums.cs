using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>Sums of float64 along rows in the shape of a GPU: of every length a team has, in every way its partial results meet.</summary>
internal static class ExactSums
{
    public static void Check(Device device)
    {
        foreach (int length in (int[])[3, 8, 40, 1000, 3000])
        {
            // 1 and many numbers that vanish in it one by one, but not together; twice, with what cancels in the second.
            const double small = 1.0 / (1L << 53);
            double[] row = [.. Enumerable.Repeat(small, length)], cancelling = [.. row];
            (row[length / 2], cancelling[length / 2], cancelling[length - 1]) = (1, 1e18, -1e18);
            Assert.Equal([1 + (length - 1) * small, (length - 2) * small], Sums([row, cancelling]));

            row[0] = double.PositiveInfinity;
            cancelling[0] = double.NaN;
            Assert.Equal([double.PositiveInfinity, double.NaN], Sums([row, cancelling]));
            row[1] = double.NegativeInfinity;
            cancelling[0] = cancelling[1] = double.MaxValue;
            Assert.Equal([double.NaN, double.PositiveInfinity], Sums([row, cancelling]));
        }

        double[] Sums(double[][] rows) =>
            Tensor.From(rows.SelectMany(r => r).ToArray(), device: device).Reshape(rows.Length, -1).Sum(1).ToArray<double>();
    }
}
