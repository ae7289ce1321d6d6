namespace GpuTensor.Graph.Planning;

/// <summary>Writes down what each launch is, once its groups and the places of its values are settled.</summary>
internal static class Identification
{
    public static KernelIdentity[] Run(IReadOnlyList<Launch> launches)
    {
        var kernels = new KernelIdentity[launches.Count];
        var seen = new HashSet<PlanNode>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < kernels.Length; i++)
            kernels[i] = new(i + 1, [.. launches[i].Groups.Select(group => Of(group, seen))], launches[i].Serial);
        return kernels;
    }

    private static GroupIdentity Of(Group group, HashSet<PlanNode> seen)
    {
        seen.Clear();
        long read = 0, written = 0;
        var operators = new OperatorIdentity[group.Members.Count];
        for (int i = 0; i < operators.Length; i++)
        {
            var member = group.Members[i];
            Work.Visit(1 + member.Operands.Length);
            foreach (var (source, _) in member.Operands)
                if (source.Group != group && !source.IsArgument && seen.Add(source)) read += source.Bytes;
            if (member.Stored) written += member.Bytes;
            operators[i] = new(member.Op.Name, member.DType, member.Shape,
                member.Op.Kind == OperatorKind.MatMul ? [ShapeOf(member, 0), ShapeOf(member, 1)] : [], StoringOf(member), FlopsOf(member));
        }
        return new(group.Kind, group.Sizes, group.ReduceDims, group.Cut, operators, read, written);
    }

    private static Shape ShapeOf(PlanNode member, int operand)
    {
        var (node, view) = member.Operands[operand];
        return view?.Shape ?? node.Shape;
    }

    private static Storing StoringOf(PlanNode member) => !member.Stored ? Storing.No
        : member.Kept ? Storing.Kept
        : member.Home is not null || member.Into is not null ? Storing.InPlace
        : Storing.ForOthers;

    private static long FlopsOf(PlanNode member) => member.Op.Kind switch
    {
        OperatorKind.MatMul => 2 * member.Shape.ElementCount * ShapeOf(member, 0)[-1],
        OperatorKind.Reduce => ShapeOf(member, 0).ElementCount,
        OperatorKind.Pointwise => member.Shape.ElementCount,
        _ => 0,
    };
}
