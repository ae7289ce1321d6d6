using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A value in its group.</summary>
/// <param name="Map">Its coordinates in the group's dimensions.</param>
/// <param name="Position">Per dimension of the group, how far its row-major position moves.</param>
/// <param name="ReduceMap">A reduction's: the coordinates of its operand's elements.</param>
/// <param name="IsStored">It is written to memory: it is wanted there, or another group reads it.</param>
internal sealed record Member(Value Value, long[][] Map, long[] Position, long[][] ReduceMap, bool IsStored);

/// <summary>Values computed together in one loop nest. Other groups are named by their ordinals.</summary>
internal sealed class FusionGroup
{
    /// <summary>Its place among all groups. Groups depend only on groups of lower ordinal.</summary>
    public required int Ordinal { get; init; }

    public required IterationSpace Space { get; init; }

    /// <summary>The values, operands before users.</summary>
    public required Member[] Members { get; init; }

    /// <summary>Groups that it reads values of.</summary>
    public required int[] Sources { get; init; }

    /// <summary>Groups that read a value of this one.</summary>
    public required int[] Readers { get; init; }

    /// <summary>The bytes of its kernel's arguments, from above.</summary>
    public required int ParameterBytes { get; init; }

    /// <summary>Why it was cut from what came before (for people).</summary>
    public string? Cut { get; init; }

    public GroupKind Kind => Space.Kind;

    public bool IsLoopNest => Space.IsLoopNest;

    /// <summary>The product of a group of that kind.</summary>
    public Member Product => Array.Find(Members, m => m.Value.Op.Iteration == Iteration.Product)!;
}

/// <summary>All groups, in an order in which they can run, and which group computes each value.</summary>
internal sealed class Fusion
{
    private readonly int[] groupOf;
    private readonly Member?[] members;

    public Fusion(ValueGraph graph, FusionGroup[] groups)
    {
        (Graph, Groups) = (graph, groups);
        (groupOf, members) = (new int[graph.Values.Length], new Member?[graph.Values.Length]);
        Array.Fill(groupOf, -1);
        foreach (var group in groups)
            foreach (var member in group.Members) (groupOf[member.Value.Id], members[member.Value.Id]) = (group.Ordinal, member);
    }

    public ValueGraph Graph { get; }

    public FusionGroup[] Groups { get; }

    /// <summary>The group that computes a value; null where none does.</summary>
    public FusionGroup? GroupOf(Value value) => groupOf[value.Id] is >= 0 and var ordinal ? Groups[ordinal] : null;

    /// <summary>A value in its group; null where none computes it.</summary>
    public Member? Of(Value value) => members[value.Id];
}
