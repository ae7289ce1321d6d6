using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>Leaves column sums to the device's library where it can make them beside a product that sums the same operand over the same
/// dimension (cuBLASLt's bias-gradient epilogue): the gradients of a bias and of its weight read the upstream gradient once. Decided before
/// long sums become two stages and before anything is fused, since such a sum is part of the product's group.</summary>
internal sealed class BiasGradients
{
    private readonly Value[] values;
    private readonly Target target;
    private readonly SizeConditions conditions;
    private readonly Dictionary<Value, List<Value>> sums = [];
    private readonly Dictionary<Value, (Value Product, bool Left)> beside = [];

    private BiasGradients(Value[] values, Target target, SizeConditions conditions) =>
        (this.values, this.target, this.conditions) = (values, target, conditions);

    /// <summary>The values in an order in which every such sum stands after its product and names it.</summary>
    public static Value[] Run(Value[] values, Target target, SizeConditions? conditions = null) =>
        new BiasGradients(values, target, conditions ?? new()).Run();

    private Value[] Run()
    {
        foreach (var value in values)
        {
            VisitCounter.Visit();
            if (value is not { Role: Role.Computed, Op.Iteration: Iteration.Reduction, Op.Reduction: ReduceOp.Sum }
                || !target.HasProducts(value.DType)) continue;
            var source = value.Operands[0].Value;
            if (source.DType != value.DType || source.IsArgument) continue;
            if (!sums.TryGetValue(source, out var list)) sums.Add(source, list = []);
            list.Add(value);
        }
        if (sums.Count == 0) return values;
        foreach (var product in values)
        {
            if (!IsTheLibrarys(product)) continue;
            foreach (bool left in (bool[])[true, false])
                if (sums.TryGetValue(product.Operands[left ? 0 : 1].Value, out var list) && Partner(product, left, list) is { } sum)
                {
                    beside.Add(sum, (product, left));
                    break;
                }
        }
        return beside.Count == 0 ? values : Ordered();
    }

    /// <summary>A product that was recorded after its sum moves up to that, with leaves that only it reads so far.</summary>
    private Value[] Ordered()
    {
        var result = new ValueList(values);
        foreach (var value in values)
            if (beside.TryGetValue(value, out var of))
            {
                foreach (var (operand, _) in of.Product.Operands)
                    if (!result.Has(operand)) result.AddMapped(operand);
                if (!result.Has(of.Product)) result.AddMapped(of.Product);
                result.Add(value, result.Mapped(value with { BiasGradientOf = of }));
            }
            else if (!result.Has(value)) result.AddMapped(value);
        return result.ToArray();
    }

    private bool IsTheLibrarys(Value value) =>
        value is { Role: Role.Computed, Op.Iteration: Iteration.Product, Shape.Rank: 2 } && target.HasProducts(value.DType)
            && value.Operands[0].Value.DType == value.DType
        && !conditions.IsWithin(SizeLimit.SmallProduct, value, value.Shape.ElementCount * value.Operands[0].Shape[-1]);

    private Value? Partner(Value product, bool left, List<Value> candidates)
    {
        var operand = product.Operands[left ? 0 : 1].FullView;
        foreach (var sum in candidates)
        {
            VisitCounter.Visit();
            if (beside.ContainsKey(sum) || !Matches(sum, operand, left)) continue;
            // What a product reads that moves up to its sum must be there by then.
            if (product.Id > sum.Id && product.Operands.Any(o => o.Value.Role != Role.Leaf && o.Value.Id >= sum.Id)) continue;
            if (IsDone(product, left)) return sum;
        }
        return null;
    }

    /// <summary>Whether a sum adds up the operand's elements over the product's inner dimension, each of the others for itself, and as
    /// columns: sums of rows are better made where rows are.</summary>
    private static bool Matches(Value sum, View operand, bool left)
    {
        var full = sum.Operands[0].FullView;
        int dims = ((ReduceAttributes)sum.Attributes!).Dims, kept = full.Shape.Rank - dims, inner = left ? 1 : 0;
        if (full.Offset != operand.Offset || full.Shape.ElementCount != operand.Shape.ElementCount || LongReductions.IsOverRows(full, dims))
            return false;
        return IsOne(full, 0, kept, operand.Shape[1 - inner], operand.Strides[1 - inner])
            && IsOne(full, kept, full.Shape.Rank, operand.Shape[inner], operand.Strides[inner]);
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

    /// <summary>Whether the library makes product and sum in one call, without copies of the operands and with a result of rows without
    /// gaps, which lowering can always give it.</summary>
    private bool IsDone(Value product, bool left)
    {
        var (a, b) = (At(product.Operands[0]), At(product.Operands[1]));
        int m = product.Shape[0], n = product.Shape[1];
        var plan = LibraryGemm.Plan([], m, n, product.Operands[0].Shape[-1], a, b, new(0, [n, 1]));
        return !plan.CopyA && !plan.CopyB && target.HasEpilogue(LibraryForm.WithSum(plan.Calls[0], left, 0), product.DType);
    }

    /// <summary>How the library finds an operand: what comes with the arguments is written to memory for it, without gaps.</summary>
    private static Access At(Use operand) => operand.Value.IsArgument ? new(0, operand.Shape.ContiguousStrides())
        : new(operand.FullView.Offset, operand.FullView.Strides);
}
