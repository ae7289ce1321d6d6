using GpuTensor.Graph;

namespace GpuTensor.Compiler;

internal enum GroupKind : byte
{
    Pointwise,
    Row,
    Column,
    /// <summary>A matrix product by the library or our own GEMM, with pointwise work on its result.</summary>
    MatMul,
    /// <summary>An operator with a kernel of its own, with pointwise work on its result.</summary>
    Own,
}

/// <summary>What the loop nest of a group runs over. Immutable. A value's coordinates in it are factors: map[d][k] is the factor of index k
/// of the space in coordinate d of the value.</summary>
/// <param name="Sizes">Kept dimensions, then reduced ones.</param>
/// <param name="ReduceDims">How many are reduced.</param>
internal sealed record IterationSpace(GroupKind Kind, long[] Sizes, int ReduceDims)
{
    /// <summary>Rows: whether reduced dimension k runs on in reduced dimension k + 1 (by index within the reduced ones). The order of a sum
    /// follows the position in the row, so every access of a fused row must run on where the reduction's own operand does.</summary>
    public bool[] RunsOn { get; init; } = [];

    /// <summary>A matrix product's coordinate of rows: the factors of the dimensions that its rows were split into.</summary>
    public long[] ProductRows { get; init; } = [];

    /// <summary>Of the first stage of a reduction in two: the length of what is cut into chunks.</summary>
    public long? SplitTotal { get; init; }

    /// <summary>Whether a generated loop nest computes it.</summary>
    public bool IsLoopNest => Kind is GroupKind.Pointwise or GroupKind.Row or GroupKind.Column;

    /// <summary>Whether a dimension is a part of a product's rows.</summary>
    public bool IsProductRow(int dim) => ProductRows.Length > 0 && ProductRows[dim] != 0;

    public int Rank => Sizes.Length;

    public int OuterDims => Sizes.Length - ReduceDims;

    public long Elements => Sizes.Aggregate(1L, (a, b) => a * b);

    /// <summary>Whether its outer loop never runs.</summary>
    public bool HasNoOuter => Array.IndexOf(Sizes, 0L, 0, OuterDims) >= 0;

    /// <summary>Whether a reduced dimension has more than one element.</summary>
    public bool IsReduced => Sizes.AsSpan(OuterDims).ContainsAnyExceptInRange(0, 1);

    /// <summary>Whether dimensions must run on in each other: those of a row, or a product's rows that were split.</summary>
    public bool HasRuns => Kind == GroupKind.Row ? ReduceDims > 1 : Kind == GroupKind.MatMul
        && ProductRows.AsSpan().Count(0L) < ProductRows.Length - 1;

    /// <summary>Whether a position varies along a reduced dimension: an element-level value.</summary>
    public bool IsElementLevel(long[] position)
    {
        for (int k = OuterDims; k < Sizes.Length; k++)
            if (position[k] != 0 && Sizes[k] > 1) return true;
        return false;
    }

    /// <summary>Whether two accesses move alike.</summary>
    public bool AreSame(long[] a, long[] b)
    {
        for (int k = 0; k < Sizes.Length; k++)
            if (Sizes[k] > 1 && a[k] != b[k]) return false;
        return true;
    }

    /// <summary>Whether an access runs through the reduced dimensions as the reduction's own operand does, or through a product's rows as
    /// through one dimension.</summary>
    public bool FollowsRow(long[] access)
    {
        if (Kind == GroupKind.MatMul)
        {
            for (int k = 0; k + 1 < Sizes.Length; k++)
                if (ProductRows[k] != 0 && ProductRows[k + 1] != 0 && Sizes[k] > 1 && !RunOn(access, k)) return false;
            return true;
        }
        if (Kind != GroupKind.Row) return true;
        for (int i = 0; i + 1 < ReduceDims; i++)
        {
            int k = OuterDims + i;
            if (RunsOn[i] && Sizes[k] > 1 && Sizes[k + 1] > 1 && !RunOn(access, k)) return false;
        }
        return true;
    }

    /// <summary>Whether all reads and the position of a value follow the row.</summary>
    public bool FollowsRow(Value value, long[][] map)
    {
        if (!HasRuns) return true;
        if (!FollowsRow(PositionOf(value.Shape, map))) return false;
        foreach (var (operand, view) in value.Operands)
            if (!operand.IsArgument && value.Op.Iteration != Iteration.Reduction && value.Op.Tables == 0
                && !FollowsRow(Access(view?.Strides ?? operand.Shape.ContiguousStrides(), map))) return false;
        return true;
    }

    private bool RunOn(long[] access, int k) => access[k] == access[k + 1] * Sizes[k + 1];

    /// <summary>With a dimension in two (outer, inner).</summary>
    public IterationSpace Split(int dim, long inner)
    {
        bool isReduced = dim >= OuterDims;
        return this with
        {
            Sizes = Insert(Sizes, dim, Sizes[dim] / inner, inner),
            ReduceDims = isReduced ? ReduceDims + 1 : ReduceDims,
            RunsOn = isReduced ? [.. RunsOn[..(dim - OuterDims)], true, .. RunsOn[(dim - OuterDims)..]] : RunsOn,
            ProductRows = ProductRows.Length > 0 ? SplitFactors(ProductRows, dim, inner) : ProductRows,
        };
    }

    /// <summary>The factors of indices after such a split.</summary>
    public static long[] SplitFactors(long[] factors, int dim, long inner) => Insert(factors, dim, factors[dim] * inner, factors[dim]);

    private static long[] Insert(long[] a, int at, long outer, long inner)
    {
        var result = new long[a.Length + 1];
        a.AsSpan(0, at).CopyTo(result);
        (result[at], result[at + 1]) = (outer, inner);
        a.AsSpan(at + 1).CopyTo(result.AsSpan(at + 2));
        return result;
    }

    /// <summary>The space of a reduction whose reduced dimensions run on in each other where its operand does.</summary>
    /// <param name="strides">How the operand moves.</param>
    /// <param name="map">The coordinates of the operand's elements.</param>
    public IterationSpace WithRow(long[] strides, long[][] map)
    {
        var access = Access(strides, map);
        return this with { RunsOn = [.. Enumerable.Range(OuterDims, Math.Max(0, ReduceDims - 1)).Select(k => RunOn(access, k))] };
    }

    /// <summary>How the row-major position in a value of <paramref name="shape"/> moves, given its coordinates' factors.</summary>
    public long[] PositionOf(Shape shape, long[][] map) => Access(shape.ContiguousStrides(), map);

    /// <summary>How an access by <paramref name="strides"/> moves: Σ strides[d]·map[d].</summary>
    public long[] Access(long[] strides, long[][] map)
    {
        var position = new long[Sizes.Length];
        for (int d = 0; d < map.Length; d++)
            for (int k = 0; k < position.Length; k++) position[k] += strides[d] * map[d][k];
        return position;
    }

    /// <summary>Coordinates that are the space's own indices.</summary>
    public static long[][] IdentityMap(int rank, int dims)
    {
        var map = new long[rank][];
        for (int d = 0; d < rank; d++) (map[d] = new long[dims])[d] = 1;
        return map;
    }
}
