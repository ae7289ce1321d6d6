using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Writes down what each launch is, once its groups and the places of its values are settled.</summary>
internal static class Identification
{
    public static KernelIdentity[] Run(IReadOnlyList<Launch> launches, Fusion fusion)
    {
        var kernels = new KernelIdentity[launches.Count];
        var seen = new HashSet<Value>();
        for (int i = 0; i < kernels.Length; i++)
            kernels[i] = new(i + 1, [.. launches[i].Groups.Select(group => Of(group, fusion, seen))], launches[i].IsSerial);
        return kernels;
    }

    private static GroupIdentity Of(FusionGroup group, Fusion fusion, HashSet<Value> seen)
    {
        seen.Clear();
        long read = 0, written = 0;
        var operators = new OperatorIdentity[group.Members.Length];
        for (int i = 0; i < operators.Length; i++)
        {
            var member = group.Members[i];
            var value = member.Value;
            VisitCounter.Visit(1 + value.Operands.Length);
            foreach (var source in Reads(member, group, fusion, seen)) read += source.Bytes;
            if (member.IsStored) written += value.Bytes;
            Shape[] factors = value.Op.Iteration is Iteration.Product or Iteration.Kernel
                ? Array.ConvertAll(value.Operands, o => o.Shape) : [];
            operators[i] = new(value.Op.Name, value.DType, value.Shape, factors, StoringOf(member, fusion.Graph), FlopsOf(value));
        }
        return new(group.Kind, group.Space.Sizes, group.Space.ReduceDims, group.Cut, operators, read, written);
    }

    /// <summary>The values that a member reads from memory and no member of the group before it does.</summary>
    /// <param name="member">A member of the group.</param>
    /// <param name="group">The group.</param>
    /// <param name="fusion">All groups.</param>
    /// <param name="seen">What the members before read; these values are added.</param>
    public static IEnumerable<Value> Reads(Member member, FusionGroup group, Fusion fusion, HashSet<Value> seen)
    {
        foreach (var (source, _) in member.Value.Operands)
            if (fusion.GroupOf(source) != group && !source.IsArgument && seen.Add(source)) yield return source;
    }

    private static Storing StoringOf(Member member, ValueGraph graph) => !member.IsStored ? Storing.No
        : member.Value.IsKept ? Storing.Kept
        : member.Value.Home is not null || graph.Into(member.Value) is not null ? Storing.InPlace
        : Storing.ForOthers;

    private static long FlopsOf(Value value) =>
        value.Op.Flops is { } flops ? flops(value.Shape, Array.ConvertAll(value.Operands, o => o.Shape))
        : value.Op.Iteration == Iteration.Reduction ? value.Operands[0].Shape.ElementCount
        : value.Op is { Function: not null, Emit: null } ? value.Shape.ElementCount : 0;
}
