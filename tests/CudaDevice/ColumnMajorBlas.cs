using GpuTensor.Kernels;

namespace GpuTensor.Tests.CudaDevices;

/// <summary>What a column-major library does with a call, in plain loops, k in order; and what it refuses.</summary>
internal static class ColumnMajorBlas
{
    /// <param name="a">Reads the left operand's memory by element.</param>
    /// <param name="c">Writes the result's.</param>
    public static void Multiply(LibraryCall call, Func<long, double> a, Func<long, double> b, Action<long, double> c, Func<double, double>? round = null)
    {
        Check(call);
        var (first, second) = call.Swapped ? (b, a) : (a, b);
        for (long batch = 0; batch < call.BatchCount; batch++)
            for (long j = 0; j < call.N; j++)
                for (long i = 0; i < call.M; i++)
                {
                    double sum = 0;
                    for (long k = 0; k < call.K; k++)
                    {
                        double x = first(At(call.First, batch, i, k)), y = second(At(call.Second, batch, k, j));
                        sum = round is null ? sum + x * y : round(Math.FusedMultiplyAdd(x, y, sum));
                    }
                    c(At(call.Result, batch, i, j), sum);
                }
    }

    private static long At(LibraryMatrix m, long batch, long row, long column)
    {
        if (m.Transposed) (row, column) = (column, row);
        return m.Offset + batch * m.BatchStride + row + column * m.LeadingDimension;
    }

    /// <summary>What the library would answer with "invalid value".</summary>
    private static void Check(LibraryCall call)
    {
        if (call.M < 1 || call.N < 1 || call.K < 1 || call.BatchCount < 1) throw new ArgumentException($"A size is not positive: {call}");
        Leading(call.First, call.M, call.K);
        Leading(call.Second, call.K, call.N);
        Leading(call.Result, call.M, call.N);
        if (call.Result.Transposed || (call.BatchCount > 1 && call.Result.BatchStride == 0)) throw new ArgumentException($"Not a result: {call}");

        void Leading(LibraryMatrix m, long rows, long columns)
        {
            if (m.LeadingDimension < Math.Max(1, m.Transposed ? columns : rows)) throw new ArgumentException($"The leading dimension is too small: {call}");
        }
    }
}
