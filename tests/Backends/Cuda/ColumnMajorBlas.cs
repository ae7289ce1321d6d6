using GpuTensor.Kernels;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>What a column-major library does with a call, in plain loops, k in order; and what it refuses.</summary>
internal static class ColumnMajorBlas
{
    /// <param name="a">Reads the left operand's memory by element.</param>
    /// <param name="c">Writes the result's.</param>
    /// <param name="round">Rounds to the type that is summed in.</param>
    /// <param name="bias">Reads the vector of an epilogue.</param>
    /// <param name="sum">Writes it.</param>
    public static void Multiply(LibraryCall call, Func<long, double> a, Func<long, double> b, Action<long, double> c, Func<double,
        double>? round = null,
        Func<long, double>? bias = null, Action<long, double>? sum = null)
    {
        Check(call);
        var (first, second) = call.Swapped ? (b, a) : (a, b);
        for (long batch = 0; batch < call.BatchCount; batch++)
            for (long j = 0; j < call.N; j++)
                for (long i = 0; i < call.M; i++)
                {
                    double product = 0;
                    for (long k = 0; k < call.K; k++)
                    {
                        double x = first(At(call.First, batch, i, k)), y = second(At(call.Second, batch, k, j));
                        product = round is null ? product + x * y : round(Math.FusedMultiplyAdd(x, y, product));
                    }
                    c(At(call.Result, batch, i, j), call.Epilogue switch
                    {
                        LibraryEpilogue.Bias => product + bias!(call.Vector + i),
                        LibraryEpilogue.BiasRelu => Math.Max(0, product + bias!(call.Vector + i)),
                        LibraryEpilogue.BiasGelu => Gelu(product + bias!(call.Vector + i)),
                        _ => product,
                    });
                }
        if (call.Epilogue == LibraryEpilogue.SumFirst) Sum(call.M, (i, k) => first(At(call.First, 0, i, k)));
        if (call.Epilogue == LibraryEpilogue.SumSecond) Sum(call.N, (j, k) => second(At(call.Second, 0, k, j)));

        void Sum(long length, Func<long, long, double> element)
        {
            for (long i = 0; i < length; i++)
            {
                double total = 0;
                for (long k = 0; k < call.K; k++) total = round is null ? total + element(i, k) : round(total + element(i, k));
                sum!(call.Vector + i, total);
            }
        }
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

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
        if (call.Epilogue != LibraryEpilogue.None && call.BatchCount > 1) throw new ArgumentException($"An epilogue of a batch: {call}");
        if (call.Result.Transposed || (call.BatchCount > 1 && call.Result.BatchStride == 0))
            throw new ArgumentException($"Not a result: {call}");

        void Leading(LibraryMatrix m, long rows, long columns)
        {
            if (m.LeadingDimension < Math.Max(1, m.Transposed ? columns : rows))
                throw new ArgumentException($"The leading dimension is too small: {call}");
        }
    }
}
