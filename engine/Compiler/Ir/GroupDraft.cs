using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A value while groups are formed.</summary>
internal sealed class MemberDraft(Value value)
{
    public Value Value { get; } = value;

    /// <summary>The group it was put into; null before.</summary>
    public GroupDraft? Group;

    public long[][] Map = [];
    public long[] Position = [];
    public long[][] ReduceMap = [];

    /// <summary>How often computed values read it, and how often those of its own group among them.</summary>
    public int Users, UsersInGroup;

    /// <summary>Another group reads it.</summary>
    public bool IsReadElsewhere;
}

/// <summary>A group while values are gathered into it. A value that is refused leaves it as it was.</summary>
internal sealed class GroupDraft(int ordinal, ValueGraph graph, MemberDraft?[] drafts)
{
    /// <summary>What it reads from memory: values of other groups and leaves, each under each view once.</summary>
    private readonly HashSet<Use> reads = [];

    // Members whose value memory needs or, as long as their users have no place, may need; the numbers they take from arguments.
    private int writes, numbers;

    public int Ordinal { get; } = ordinal;

    public required IterationSpace Space { get; set; }

    public string? Cut { get; init; }

    /// <summary>Operands before users. Empty once the group was taken into another one.</summary>
    public List<MemberDraft> Members { get; } = [];

    /// <summary>Groups that read a value of this one.</summary>
    public HashSet<GroupDraft> Readers { get; } = [];

    /// <summary>Groups that it reads from.</summary>
    public HashSet<GroupDraft> Sources { get; } = [];

    public GroupKind Kind => Space.Kind;

    /// <summary>The bytes of its kernel's arguments, from above: for each value read or written a pointer, an offset and strides; each
    /// number eight bytes; sizes, and what divides by them.</summary>
    /// <param name="next">A value that may become a member.</param>
    public int ParameterBytes(Value? next = null)
    {
        var (accesses, values) = (reads.Count + writes, numbers);
        if (next is not null)
        {
            accesses += Math.Max(1, next.Op.Results.Length);
            foreach (var operand in next.Operands)
                if (operand.Value.IsArgument) values += operand.Value.Numbers;
                else if (drafts[operand.Value.Id]?.Group != this && !reads.Contains(operand)) accesses++;
        }
        int rank = Space.Rank;
        return accesses * (12 + 4 * rank) + 8 * values + 12 * rank + 64;
    }

    /// <summary>Takes a value in.</summary>
    public void Add(MemberDraft member, long[][] map)
    {
        (member.Group, member.Map, member.Position) = (this, map, Space.PositionOf(member.Value.Shape, map));
        Members.Add(member);
        VisitCounter.Visit(1 + member.Value.Operands.Length);
        CountArguments(member);
    }

    /// <summary>Takes in a value that is no part of the loop nest: no dimension of that moves through it.</summary>
    public void AddBeside(MemberDraft member)
    {
        (member.Group, member.Position) = (this, new long[Space.Rank]);
        Members.Add(member);
    }

    /// <summary>Goes over to a space of the same elements.</summary>
    /// <param name="space">The space.</param>
    /// <param name="move">From factors of the old indices to factors of the new ones.</param>
    public void MoveTo(IterationSpace space, Func<long[], long[]> move)
    {
        Space = space;
        foreach (var member in Members)
        {
            for (int d = 0; d < member.Map.Length; d++) member.Map[d] = move(member.Map[d]);
            for (int d = 0; d < member.ReduceMap.Length; d++) member.ReduceMap[d] = move(member.ReduceMap[d]);
            member.Position = move(member.Position);
            VisitCounter.Visit();
        }
    }

    /// <summary>Takes in all members of an earlier group that only this one reads.</summary>
    /// <param name="other">That group.</param>
    /// <param name="map">The indices of its space in those of this one.</param>
    public void Absorb(GroupDraft other, long[][] map)
    {
        foreach (var member in other.Members)
        {
            member.Group = this;
            for (int d = 0; d < member.Map.Length; d++) member.Map[d] = Space.Access(member.Map[d], map);
            member.Position = Space.PositionOf(member.Value.Shape, member.Map);
            member.IsReadElsewhere = false;
            VisitCounter.Visit();
        }
        Members.AddRange(other.Members);
        Members.Sort(static (a, b) => a.Value.Id.CompareTo(b.Value.Id));
        foreach (var earlier in other.Sources)
        {
            earlier.Readers.Remove(other);
            earlier.Readers.Add(this);
            Sources.Add(earlier);
        }
        Sources.Remove(other);
        other.Members.Clear();
        reads.Clear();
        (writes, numbers) = (0, 0);
        foreach (var member in Members) member.UsersInGroup = 0;
        foreach (var member in Members) CountArguments(member);
    }

    /// <summary>Takes a member's arguments into account; its operands' users within the group are known with it.</summary>
    private void CountArguments(MemberDraft member)
    {
        writes++;
        foreach (var operand in member.Value.Operands)
            if (operand.Value.IsArgument) numbers += operand.Value.Numbers;
            else if (drafts[operand.Value.Id] is not { } read || read.Group != this) reads.Add(operand);
            else if (++read.UsersInGroup == read.Users && !read.IsReadElsewhere && !graph.IsWanted(read.Value)) writes--;
    }
}
