namespace GpuTensor.Kernels;

/// <summary>A matrix as a column-major library takes it.</summary>
/// <param name="Offset">Its first element, from the operand's memory.</param>
/// <param name="LeadingDimension">Elements from one column to the next.</param>
/// <param name="Transposed">The library reads it transposed.</param>
/// <param name="BatchStride">Elements from one matrix of a batch to the next; 0 repeats an operand.</param>
internal readonly record struct LibraryMatrix(long Offset, long LeadingDimension, bool Transposed, long BatchStride);

/// <summary>One call of a column-major library, C[M,N] = op(First)[M,K]·op(Second)[K,N], or a batch of them.</summary>
/// <param name="Swapped">First is the product's right operand and Second its left one: the library's result is the product's transpose,
/// which is the product in row-major order.</param>
internal sealed record LibraryCall(bool Swapped, long M, long N, long K, LibraryMatrix First, LibraryMatrix Second,
    LibraryMatrix Result, long BatchCount)
{
    /// <summary>What the library does beside the product.</summary>
    public LibraryEpilogue Epilogue { get; init; }

    /// <summary>The first element, from its memory, of the vector that the epilogue reads or writes, which lies without gaps.</summary>
    public long Vector { get; init; }
}

/// <summary>A product as calls of a library, and what must be copied to rows without gaps first (or, for the result, last).</summary>
internal sealed record LibraryGemmPlan(bool CopyA, bool CopyB, bool CopyC, LibraryCall[] Calls);

/// <summary>Row-major products by column-major libraries: views that are rows or columns with a leading dimension go as they are, others
/// are copied.</summary>
internal static class LibraryGemm
{
    /// <summary>More calls than this and the operands that keep the batch from being one stride are copied instead.</summary>
    private const long MostCalls = 64;

    /// <summary>How a view lies: rows or columns one after the other, or neither.</summary>
    internal enum Order { None, Row, Column }

    /// <summary>Classifies a view of R × C elements by its strides; the stride of a dimension of size 1 is free.</summary>
    /// <returns>The order, and the elements from one row (or column) to the next.</returns>
    public static (Order Order, long LeadingDimension) Classify(long rows, long columns, long rowStride, long columnStride)
    {
        if ((columnStride == 1 || columns == 1) && (rowStride >= Math.Max(1, columns) || rows == 1))
            return (Order.Row, rows > 1 ? rowStride : Math.Max(1, columns));
        if ((rowStride == 1 || rows == 1) && (columnStride >= Math.Max(1, rows) || columns == 1))
            return (Order.Column, columns > 1 ? columnStride : Math.Max(1, rows));
        return (Order.None, 0);
    }

    /// <summary>The calls of a product C[b…,m,n] = A[b…,m,k]·B[b…,k,n]. Accesses are over (batch…, row, column), in elements.</summary>
    /// <param name="n">All sizes at least 1: a product without elements needs no call, one over nothing (k = 0) is zeros.</param>
    public static LibraryGemmPlan Plan(long[] batch, long m, long n, long k, Access a, Access b, Access c)
    {
        int rank = batch.Length;
        bool copyA = Matrix(a, m, k).Order == Order.None, copyB = Matrix(b, k, n).Order == Order.None;
        bool copyC = Matrix(c, m, n).Order == Order.None || Repeats(batch, c);
        for (int attempt = 0; ; attempt++)
        {
            var left = copyA ? Dense(a, batch, m, k) : a;
            var right = copyB ? Dense(b, batch, k, n) : b;
            var result = copyC ? Dense(c, batch, m, n, all: true) : c;
            SymInt[][] all = [left.Strides, right.Strides, result.Strides];
            var dimensions = Coalescing.Run(SymInt.Of(batch), 0, rank, all);
            long[] sizes = [.. dimensions.Select(d => (long)d.Size)];
            long[][] strides = [.. all.Select(s => dimensions.Select(d => (long)s[d.Dimension]).ToArray())];
            // The longest batch dimension goes into the call, the others are calls.
            int inner = sizes.Length == 0 ? -1 : Array.IndexOf(sizes, sizes.Max());
            int[] outer = [.. Enumerable.Range(0, sizes.Length).Where(d => d != inner)];
            long[] outerSizes = [.. outer.Select(d => sizes[d])];
            if (outerSizes.Aggregate(1L, (p, q) => p * q) > MostCalls && attempt == 0)
            {
                (copyA, copyB, copyC) = (true, true, true);
                continue;
            }
            long count = inner < 0 ? 1 : sizes[inner];
            var calls = Places(0, left).Zip(Places(1, right), Places(2, result)).Select(at =>
                Call(m, n, k, count, (left, at.First, Stride(0)), (right, at.Second, Stride(1)), (result, at.Third, Stride(2))));
            return new(copyA, copyB, copyC, [.. calls]);

            long Stride(int operand) => inner < 0 ? 0 : strides[operand][inner];

            IEnumerable<long> Places(int operand, Access at) =>
                new Layout(outerSizes, [.. outer.Select(d => strides[operand][d])], (long)at.Offset).Places();
        }
    }

    private static LibraryCall Call(long m, long n, long k, long count,
        (Access At, long Offset, long Stride) a, (Access At, long Offset, long Stride) b, (Access At, long Offset, long Stride) c)
    {
        var (orderA, ldA) = Matrix(a.At, m, k);
        var (orderB, ldB) = Matrix(b.At, k, n);
        var (orderC, ldC) = Matrix(c.At, m, n);
        var result = new LibraryMatrix(c.Offset, ldC, false, c.Stride);
        // Rows: the library computes the transpose, whose operands are the transposed ones the other way round.
        return orderC == Order.Row
            ? new(true, n, m, k, new(b.Offset, ldB, orderB == Order.Column, b.Stride), new(a.Offset, ldA, orderA == Order.Column, a.Stride),
                result, count)
            : new(false, m, n, k, new(a.Offset, ldA, orderA == Order.Row, a.Stride), new(b.Offset, ldB, orderB == Order.Row, b.Stride),
                result, count);
    }

    private static (Order Order, long LeadingDimension) Matrix(Access at, long rows, long columns) =>
        Classify(rows, columns, (long)at.Strides[^2], (long)at.Strides[^1]);

    /// <summary>A batch dimension along which the result does not move would be written several times.</summary>
    private static bool Repeats(long[] batch, Access c)
    {
        for (int d = 0; d < batch.Length; d++)
            if (batch[d] > 1 && c.Strides[d] == 0) return true;
        return false;
    }

    /// <summary>Where a copy without gaps lies: rows one after the other, and only the batch dimensions along which the original
    /// moves.</summary>
    public static Access Dense(Access at, long[] batch, long rows, long columns, bool all = false)
    {
        var strides = new long[batch.Length + 2];
        (strides[^1], strides[^2]) = (1, columns);
        long step = rows * columns;
        for (int d = batch.Length - 1; d >= 0; d--)
        {
            if (!all && at.Strides[d] == 0) continue;
            strides[d] = step;
            step *= batch[d];
        }
        return new(0, strides);
    }
}
