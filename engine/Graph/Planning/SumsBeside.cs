using GpuTensor.Devices;
using GpuTensor.Kernels;
using GpuTensor.Operators;

namespace GpuTensor.Graph.Planning;

/// <summary>Leaves column sums to the device's library where it can make them beside a product that sums the same operand over the same dimension: the gradients of a bias and of its weight
/// read the upstream gradient once. Decided before anything is fused, since the sum becomes part of the product's group.</summary>
internal static class SumsBeside
{
    /// <summary>The nodes in an order in which every such sum directly follows its product.</summary>
    public static List<PlanNode> Find(List<PlanNode> nodes, Backend backend)
    {
        var sums = new Dictionary<PlanNode, List<PlanNode>>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
        {
            Work.Visit();
            if (node is not { Role: Role.Computed, Op.Kind: OperatorKind.Reduce, Op.Reduction: ReduceOp.Sum, ChunkLength: 0, Into: null } || !backend.HasProducts(node.DType)) continue;
            var source = Whole(node).Operands[0].Node;
            if (source.DType != node.DType || source.IsArgument) continue;
            if (!sums.TryGetValue(source, out var list)) sums.Add(source, list = []);
            list.Add(node);
        }
        if (sums.Count == 0) return nodes;

        var earlier = new Dictionary<PlanNode, PlanNode>(ReferenceEqualityComparer.Instance);
        var gone = new HashSet<PlanNode>(ReferenceEqualityComparer.Instance);
        foreach (var product in nodes)
        {
            if (!IsTheLibrarys(product, backend)) continue;
            for (int side = 0; side < 2; side++)
                if (sums.TryGetValue(product.Operands[side].Node, out var list) && Partner(product, side == 0, list, backend) is { } sum)
                {
                    // A sum in two stages is one again.
                    var whole = Whole(sum);
                    if (whole != sum) gone.Add(whole);
                    (sum.Operands, sum.Attributes, sum.SummedBeside) = (whole.Operands, whole.Attributes, (product, side == 0));
                    if (product.Order > sum.Order)
                    {
                        earlier.Add(sum, product);
                        gone.Add(product);
                    }
                    break;
                }
        }
        if (earlier.Count + gone.Count == 0) return nodes;
        var result = new List<PlanNode>(nodes.Count);
        foreach (var node in nodes)
        {
            if (earlier.TryGetValue(node, out var product)) result.Add(product);
            if (!gone.Contains(node)) result.Add(node);
        }
        for (int i = 0; i < result.Count; i++) result[i].Order = i;
        return result;
    }

    /// <summary>The sum as it was recorded: the first of two stages, which has its operand.</summary>
    private static PlanNode Whole(PlanNode sum) => sum.Operands[0].Node is { ChunkLength: > 0 } partial ? partial : sum;

    private static bool IsTheLibrarys(PlanNode node, Backend backend) =>
        node is { Role: Role.Computed, Op.Kind: OperatorKind.MatMul, Shape.Rank: 2 } && backend.HasProducts(node.DType) && node.Operands[0].Node.DType == node.DType
        && node.Shape.ElementCount * Seen(node, left: true).Shape[-1] > Fuser.SmallProduct;

    private static View Seen(PlanNode product, bool left)
    {
        var (operand, view) = product.Operands[left ? 0 : 1];
        return view ?? View.Identity(operand.Shape);
    }

    private static PlanNode? Partner(PlanNode product, bool left, List<PlanNode> sums, Backend backend)
    {
        foreach (var sum in sums)
        {
            Work.Visit();
            if (sum.SummedBeside is not null || !Matches(sum, Seen(product, left), left)) continue;
            // A product that was recorded later moves up to the sum, if what it reads is there by then.
            if (product.Order > sum.Order && product.Operands.Any(o => o.Node.Role != Role.Leaf && o.Node.Order >= Whole(sum).Order)) continue;
            if (IsDone(product, left, backend)) return sum;
        }
        return null;
    }

    /// <summary>Whether a sum adds up the operand's elements over the product's inner dimension, each of the others for itself, and as columns: sums of rows are better made where rows are.</summary>
    private static bool Matches(PlanNode sum, View operand, bool left)
    {
        var whole = Whole(sum);
        var (node, view) = whole.Operands[0];
        var full = view ?? View.Identity(node.Shape);
        int dims = ((ReduceAttributes)whole.Attributes!).Dims, kept = full.Shape.Rank - dims, inner = left ? 1 : 0;
        if (full.Offset != operand.Offset || full.Shape.ElementCount != operand.Shape.ElementCount || Rewriter.IsRowReduction(full, dims)) return false;
        return IsOne(full, 0, kept, operand.Shape[1 - inner], operand.Strides[1 - inner]) && IsOne(full, kept, full.Shape.Rank, operand.Shape[inner], operand.Strides[inner]);
    }

    /// <summary>Whether dimensions of a view are together one of that size and stride.</summary>
    private static bool IsOne(View view, int from, int to, int size, long stride)
    {
        long next = stride, count = 1;
        for (int d = to - 1; d >= from; d--)
        {
            if (view.Shape.Span[d] == 1) continue;
            if (view.Strides[d] != next) return false;
            (next, count) = (next * view.Shape.Span[d], count * view.Shape.Span[d]);
        }
        return count == size;
    }

    /// <summary>Whether the library makes product and sum in one call, without copies of the operands and with a result of rows without gaps, which lowering can always give it.</summary>
    private static bool IsDone(PlanNode product, bool left, Backend backend)
    {
        var (a, b) = (Seen(product, left: true), Seen(product, left: false));
        int m = product.Shape[0], n = product.Shape[1];
        var plan = LibraryGemm.Plan([], m, n, a.Shape[-1], new(a.Offset, a.Strides), new(b.Offset, b.Strides), new(0, [n, 1]));
        return !plan.CopyA && !plan.CopyB && backend.HasEpilogue(LibraryLowering.WithSum(plan.Calls[0], left, 0), product.DType);
    }
}
