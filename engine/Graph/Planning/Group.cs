using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

internal enum GroupKind : byte
{
    Pointwise,
    Row,
    Column,
    /// <summary>A matrix product by the library or our own GEMM, with pointwise work on its result.</summary>
    MatMul,
}

/// <summary>Values computed together in one loop nest: a fusion group.</summary>
internal sealed class Group(int ordinal, GroupKind kind, long[] sizes, int reduceDims)
{
    /// <summary>Groups depend only on groups of lower ordinal: the order they run in.</summary>
    public int Ordinal = ordinal;

    public GroupKind Kind = kind;

    /// <summary>Sizes of the iteration space: kept dimensions, then reduced ones.</summary>
    public long[] Sizes = sizes;

    public int ReduceDims = reduceDims;

    /// <summary>The values, operands before users.</summary>
    public readonly List<PlanNode> Members = [];

    /// <summary>Groups that read a value of this one.</summary>
    public readonly HashSet<Group> Readers = [];

    /// <summary>Groups it reads from.</summary>
    public readonly HashSet<Group> Sources = [];

    /// <summary>Groups that must run before it because it overwrites what they read.</summary>
    public readonly HashSet<Group> After = [];

    /// <summary>Rows: whether reduced dimension k runs on in reduced dimension k + 1 (by index within the reduced ones). The order of a sum follows the position in the row, so every
    /// access of a fused row must run on where the reduction's own operand does.</summary>
    public List<bool> RunsOn = [];

    /// <summary>What it reads from memory: values of other groups and leaves, each under each view once.</summary>
    private readonly HashSet<(PlanNode Value, View? View)> reads = [];

    // Members whose value memory needs or, as long as their users have no place, may need; the numbers they take from arguments.
    private int writes, numbers;

    /// <summary>Why it was cut from what came before (for Explain).</summary>
    public string? Cut;

    public long? SplitTotal;

    public int OuterDims => Sizes.Length - ReduceDims;

    public long Elements => Sizes.Aggregate(1L, (a, b) => a * b);

    /// <summary>Whether its outer loop never runs.</summary>
    public bool HasNoOuter => Array.IndexOf(Sizes, 0L, 0, OuterDims) >= 0;

    /// <summary>Whether a position varies along a reduced dimension: an element-level value.</summary>
    public bool IsElementLevel(long[] position)
    {
        for (int k = OuterDims; k < Sizes.Length; k++)
            if (position[k] != 0 && Sizes[k] > 1) return true;
        return false;
    }

    /// <summary>The bytes of its kernel's arguments, from above: for each value read or written a pointer, an offset and strides; each number eight bytes; sizes, and what divides by them.</summary>
    /// <param name="next">A value that may become a member.</param>
    public int ParameterBytes(PlanNode? next = null)
    {
        var (accesses, values) = (reads.Count + writes, numbers);
        if (next is not null)
        {
            accesses++;
            foreach (var (operand, view) in next.Operands)
                if (operand.IsArgument) values += operand.Numbers;
                else if (operand.Group != this && !reads.Contains((operand, view))) accesses++;
        }
        return accesses * (12 + 4 * Sizes.Length) + 8 * values + 12 * Sizes.Length + 64;
    }

    /// <summary>Takes a member's arguments into account; its operands' users within the group are known with it.</summary>
    public void CountArguments(PlanNode member)
    {
        writes++;
        foreach (var (operand, view) in member.Operands)
            if (operand.IsArgument) numbers += operand.Numbers;
            else if (operand.Group != this) reads.Add((operand, view));
            else if (++operand.UsersInGroup == operand.Users && !operand.Stored && !operand.IsWanted) writes--;
    }

    /// <summary>Takes all arguments into account anew, after members came from another group.</summary>
    public void CountArguments()
    {
        reads.Clear();
        (writes, numbers) = (0, 0);
        foreach (var member in Members) member.UsersInGroup = 0;
        foreach (var member in Members) CountArguments(member);
    }

    /// <summary>Splits a dimension into (outer, inner) for all members.</summary>
    public void Split(int dim, long inner)
    {
        if (dim >= OuterDims)
        {
            RunsOn.Insert(dim - OuterDims, true);
            ReduceDims++;
        }
        Sizes = Insert(Sizes, dim, Sizes[dim] / inner, inner);
        foreach (var member in Members)
        {
            for (int d = 0; d < member.Map.Length; d++) member.Map[d] = Insert(member.Map[d], dim, member.Map[d][dim] * inner, member.Map[d][dim]);
            for (int d = 0; d < member.ReduceMap.Length; d++) member.ReduceMap[d] = Insert(member.ReduceMap[d], dim, member.ReduceMap[d][dim] * inner, member.ReduceMap[d][dim]);
            member.Position = Insert(member.Position, dim, member.Position[dim] * inner, member.Position[dim]);
        }
    }

    /// <summary>The product of a group of that kind.</summary>
    public PlanNode Product => Members.Find(m => m.Op.Kind == OperatorKind.MatMul)!;

    /// <summary>The product's coordinate of rows in the group's dimensions.</summary>
    public long[] RowsOfProduct => Product.Map[^2];

    /// <summary>Whether dimensions must run on in each other: those of a row, or a product's rows that were split.</summary>
    public bool HasRuns => Kind == GroupKind.Row ? ReduceDims > 1 : Kind == GroupKind.MatMul && Sizes.Length > Product.Shape.Rank;

    /// <summary>Whether an access runs through the reduced dimensions as the reduction's own operand does.</summary>
    public bool FollowsRow(long[] access)
    {
        if (Kind == GroupKind.MatMul)
        {
            // Rows that became two dimensions are one again in the product.
            long[] rows = RowsOfProduct;
            for (int k = 0; k + 1 < Sizes.Length; k++)
                if (rows[k] != 0 && rows[k + 1] != 0 && Sizes[k] > 1 && access[k] != access[k + 1] * Sizes[k + 1]) return false;
            return true;
        }
        if (Kind != GroupKind.Row) return true;
        for (int i = 0; i + 1 < ReduceDims; i++)
        {
            int k = OuterDims + i;
            if (RunsOn[i] && Sizes[k] > 1 && Sizes[k + 1] > 1 && access[k] != access[k + 1] * Sizes[k + 1]) return false;
        }
        return true;
    }

    /// <summary>Whether all reads and writes of a member follow the row.</summary>
    public bool FollowsRow(PlanNode member, long[][] map)
    {
        if (!HasRuns) return true;
        if (!FollowsRow(PositionOf(member.Shape, map, Sizes.Length))) return false;
        foreach (var (operand, view) in member.Operands)
            if (!operand.IsArgument && member.Op.Kind != OperatorKind.Reduce && member.Op.Tables == 0
                && !FollowsRow(Combine(view?.Strides ?? operand.Shape.ContiguousStrides(), map, Sizes.Length))) return false;
        return true;
    }

    private static long[] Insert(long[] a, int at, long outer, long inner)
    {
        var result = new long[a.Length + 1];
        a.AsSpan(0, at).CopyTo(result);
        (result[at], result[at + 1]) = (outer, inner);
        a.AsSpan(at + 1).CopyTo(result.AsSpan(at + 2));
        return result;
    }

    /// <summary>How the row-major position in a value of <paramref name="shape"/> moves, given its coordinates' factors.</summary>
    public static long[] PositionOf(Shape shape, long[][] map, int dims)
    {
        var strides = shape.ContiguousStrides();
        return Combine(strides, map, dims);
    }

    /// <summary>Σ strides[d]·map[d].</summary>
    public static long[] Combine(long[] strides, long[][] map, int dims)
    {
        var position = new long[dims];
        for (int d = 0; d < map.Length; d++)
            for (int k = 0; k < dims; k++) position[k] += strides[d] * map[d][k];
        return position;
    }
}
