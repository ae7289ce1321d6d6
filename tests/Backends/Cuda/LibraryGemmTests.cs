using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Backends.Cuda;

/// <summary>The recipe that turns row-major products of any view into calls of a column-major library, against plain loops.</summary>
public sealed class LibraryGemmTests
{
    private enum Layout { Rows, Columns, PaddedRows, PaddedColumns, Permuted, EveryOther, Broadcast, Backwards }

    [Fact]
    public void Random_layouts_equal_plain_loops()
    {
        var random = new Random(20260);
        var seen = new HashSet<(bool, bool, bool, bool)>();
        int batched = 0, several = 0;
        for (int i = 0; i < 6000; i++)
        {
            long[] batch = [.. Enumerable.Range(0, random.Next(3) == 0 ? 0 : random.Next(4)).Select(_ => (long)random.Next(1, 4))];
            long m = Size(), n = Size(), k = Size();
            var a = Operand(m, k, result: false);
            var b = Operand(k, n, result: false);
            var c = Operand(m, n, result: true);
            var plan = LibraryGemm.Plan(batch, m, n, k, a, b, c);
            seen.Add((plan.CopyA, plan.CopyB, plan.CopyC, plan.Calls[0].Swapped));
            if (plan.Calls[0].BatchCount > 1) batched++;
            if (plan.Calls.Length > 1) several++;
            var expected = Direct(batch, m, n, k, a, b);
            var actual = ByLibrary(plan, batch, m, n, k, a, b, c);
            Assert.True(expected.AsSpan().SequenceEqual(actual),
                $"case {i}: batch [{string.Join(", ", batch)}], {m}×{n}×{k}, A {Text(a)}, B {Text(b)}, C {Text(c)}");

            long Size() => random.Next(4) == 0 ? 1 : random.Next(1, 7);

            Access Operand(long rows, long columns, bool result)
            {
                var layout = (Layout)random.Next(result ? 6 : 8);
                int rank = batch.Length + 2;
                long[] sizes = [.. batch, rows, columns], strides = new long[rank];
                int[] order = [.. Enumerable.Range(0, rank)];
                if (layout is Layout.Columns or Layout.PaddedColumns) (order[^1], order[^2]) = (order[^2], order[^1]);
                if (layout == Layout.Permuted) random.Shuffle(order);
                long step = layout == Layout.EveryOther ? 2 : 1;
                for (int d = rank - 1; d >= 0; d--)
                {
                    strides[order[d]] = step;
                    step *= sizes[order[d]] + (layout is Layout.PaddedRows or Layout.PaddedColumns ? random.Next(3) : 0);
                }
                long offset = random.Next(20);
                if (layout == Layout.Broadcast)
                    for (int d = 0; d < rank; d++)
                        if (random.Next(2) == 0) strides[d] = 0;
                if (layout == Layout.Backwards)
                {
                    int d = random.Next(rank);
                    offset += strides[d] * (sizes[d] - 1);
                    strides[d] = -strides[d];
                }
                // The stride of a dimension of size 1 may be anything.
                for (int d = 0; d < rank; d++)
                    if (sizes[d] == 1 && random.Next(2) == 0) strides[d] = random.Next(100);
                return new(offset, strides);
            }
        }
        // The recipe was exercised: every way of copying and both orders of the result.
        Assert.True(seen.Count >= 12, $"{seen.Count} kinds of plan");
        Assert.True(batched > 1000 && several > 200, $"{batched} batched, {several} of several calls");
    }

    [Fact]
    public void Transposed_and_padded_views_are_not_copied()
    {
        // Heads of an attention: [B, H, T, D] in memory [B, T, H, D], times its transpose.
        var q = new Access(0, [4 * 8 * 16, 16, 8 * 16, 1]);
        var kT = new Access(0, [4 * 8 * 16, 16, 1, 8 * 16]);
        var plan = LibraryGemm.Plan([3, 8], 4, 4, 16, q, kT, new(0, [8 * 16, 16, 4, 1]));
        Assert.False(plan.CopyA || plan.CopyB || plan.CopyC);
        // The longer batch dimension is in the call, the other one is a call each.
        Assert.Equal((3, 8L), (plan.Calls.Length, plan.Calls[0].BatchCount));
        var padded = LibraryGemm.Plan([], 5, 6, 7, new(3, [100, 1]), new(0, [1, 50]), new(0, [6, 1]));
        Assert.False(padded.CopyA || padded.CopyB || padded.CopyC);
        Assert.Equal((100, 50), (padded.Calls[0].Second.LeadingDimension, padded.Calls[0].First.LeadingDimension));
    }

    [Fact]
    public void Broadcast_backward_and_strided_views_are_copied()
    {
        var rows = new Access(0, [7, 1]);
        Assert.True(LibraryGemm.Plan([], 5, 6, 7, new(0, [0, 1]), new(0, [6, 1]), new(0, [6, 1])).CopyA);
        Assert.True(LibraryGemm.Plan([], 5, 6, 7, rows, new(0, [12, 2]), new(0, [6, 1])).CopyB);
        Assert.True(LibraryGemm.Plan([], 5, 6, 7, rows, new(36, [-6, 1]), new(0, [6, 1])).CopyB);
        Assert.True(LibraryGemm.Plan([], 5, 6, 7, rows, new(0, [6, 1]), new(0, [3, 1])).CopyC);
    }

    private static string Text(Access at) => $"{at.Offset}+[{string.Join(", ", at.Strides)}]";

    /// <summary>Memory that holds at each place a small number of its own.</summary>
    private static double Value(long at) => (at * 7919 % 211) - 105;

    private static double[] Direct(long[] batch, long m, long n, long k, Access a, Access b)
    {
        var result = new List<double>();
        foreach (long[] at in Indices(batch))
            for (long i = 0; i < m; i++)
                for (long j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (long l = 0; l < k; l++) sum += Value(Address(a, [.. at, i, l])) * (Value(Address(b, [.. at, l, j])) + 0.5);
                    result.Add(sum);
                }
        return [.. result];
    }

    private static double[] ByLibrary(LibraryGemmPlan plan, long[] batch, long m, long n, long k, Access a, Access b, Access c)
    {
        Func<long, double> left = Value, right = at => Value(at) + 0.5;
        if (plan.CopyA) left = Copied(a, m, k, left);
        if (plan.CopyB) right = Copied(b, k, n, right);
        if (plan.CopyC) c = LibraryGemm.Dense(c, batch, m, n, all: true);
        var memory = new Dictionary<long, double>();
        foreach (var call in plan.Calls)
            ColumnMajorBlas.Multiply(call, left, right, (at, value) =>
                Assert.True(memory.TryAdd(at, value), "An element was written twice."));
        var result = new List<double>();
        foreach (long[] at in Indices(batch))
            for (long i = 0; i < m; i++)
                for (long j = 0; j < n; j++) result.Add(memory[Address(c, [.. at, i, j])]);
        return [.. result];

        Func<long, double> Copied(Access from, long rows, long columns, Func<long, double> read)
        {
            var to = LibraryGemm.Dense(from, batch, rows, columns);
            var copy = new Dictionary<long, double>();
            foreach (long[] at in Indices(batch))
                for (long i = 0; i < rows; i++)
                    for (long j = 0; j < columns; j++) copy[Address(to, [.. at, i, j])] = read(Address(from, [.. at, i, j]));
            return at => copy[at];
        }
    }

    private static long Address(Access at, long[] index) => (long)at.Offset + at.Strides.Zip(index, (s, i) => (long)s * i).Sum();

    private static IEnumerable<long[]> Indices(long[] sizes)
    {
        long total = sizes.Aggregate(1L, (p, q) => p * q);
        for (long i = 0; i < total; i++)
        {
            var index = new long[sizes.Length];
            long rest = i;
            for (int d = sizes.Length - 1; d >= 0; d--) (index[d], rest) = (rest % sizes[d], rest / sizes[d]);
            yield return index;
        }
    }
}
