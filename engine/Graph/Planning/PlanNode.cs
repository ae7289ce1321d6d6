namespace GpuTensor.Graph.Planning;

/// <summary>How a planned value comes to be.</summary>
internal enum Role : byte
{
    /// <summary>Memory from before the graph: <see cref="PlanNode.Slot"/> is its leaf slot.</summary>
    Leaf,
    /// <summary>An argument: <see cref="PlanNode.Slot"/> is its scalar slot.</summary>
    Scalar,
    /// <summary>Computed by a group.</summary>
    Computed,
    /// <summary>Made of arguments and positions alone: written again wherever it is read.</summary>
    Inline,
    /// <summary>Memory that others fill: their <see cref="PlanNode.Into"/> names it.</summary>
    Container,
    /// <summary>Already lies where it is wanted: part of the memory of <see cref="PlanNode.Operands"/>[0], or of a region of homes.</summary>
    Alias,
}

/// <summary>A recorded value while a plan is made: the planner's own copy, free to be rewritten.</summary>
internal sealed class PlanNode(Operator op, DType dtype, Shape shape)
{
    public readonly Operator Op = op;
    public readonly DType DType = dtype;
    public readonly Shape Shape = shape;
    public Role Role = Role.Computed;

    /// <summary>The recorded node's position in the graph; −1 for leaves and for nodes the planner made.</summary>
    public int Index = -1;

    /// <summary>Leaf slot, scalar slot, or the slot of a random node's counter.</summary>
    public int Slot = -1;

    /// <summary>Position in the planner's order: operands before users.</summary>
    public int Order;

    public (PlanNode Node, View? View)[] Operands = [];

    public IAttributes? Attributes;

    /// <summary>Must stand in memory after the run.</summary>
    public bool Kept;

    /// <summary>Needs memory: kept, or read from outside its group.</summary>
    public bool Stored;

    /// <summary>How often computed values read it, and how often those of its own group among them.</summary>
    public int Users, UsersInGroup;

    /// <summary>Where it shall lie, if its variable says so.</summary>
    public Home? Home;

    /// <summary>The container whose memory this value is written to, and the view under which (null: the whole).</summary>
    public (PlanNode Container, View? View)? Into;

    /// <summary>A container's fillers, in order.</summary>
    public List<PlanNode> Fillers = [];

    /// <summary>A container's base, copied first unless its memory can be taken over.</summary>
    public PlanNode? BaseCopy;

    public Group? Group;

    /// <summary>Its coordinates in terms of the group's dimensions: Map[d][k] is the factor of group index k in coordinate d.</summary>
    public long[][] Map = [];

    /// <summary>Per group dimension, how far its row-major position moves.</summary>
    public long[] Position = [];

    /// <summary>A reduction's: the coordinates of its operand's elements in the group's dimensions.</summary>
    public long[][] ReduceMap = [];

    /// <summary>A sum's: the product beside which the library makes it, since both sum the product's left (or right) operand over the same dimension.</summary>
    public (PlanNode Product, bool Left)? SummedBeside;

    /// <summary>Length of a chunk when this is the first stage of a reduction in two stages, else 0.</summary>
    public long ChunkLength;

    public long Bytes => Shape.ElementCount * DType.Size();

    /// <summary>Must be written to memory whoever reads it.</summary>
    public bool IsWanted => Kept || Into is not null || Home is not null;

    /// <summary>Comes with a kernel's arguments, not from memory.</summary>
    public bool IsArgument => Role is Role.Scalar or Role.Inline;

    /// <summary>Of a value made of arguments and positions: the numbers it takes, from above.</summary>
    public int Numbers => Role == Role.Scalar ? 1 : Shape.Rank + 1 + Operands.Sum(o => o.Node.IsArgument ? o.Node.Numbers : 0);

    public override string ToString() => $"{Op.Name} {DType.Name()} {Shape}";
}

/// <summary>A place that exists before the run and shall hold a value after it: a changed variable's own memory, or its part of a flat storage.</summary>
/// <param name="Index">Position in the plan's list of homes.</param>
/// <param name="Region">Homes of one flat storage share a region number; −1: alone.</param>
/// <param name="Offset">Byte offset within the region.</param>
/// <param name="Bytes">Bytes of the value.</param>
/// <param name="Occupants">Leaf slots whose values lie there before the run.</param>
internal sealed record Home(int Index, int Region, long Offset, long Bytes, List<int> Occupants);
