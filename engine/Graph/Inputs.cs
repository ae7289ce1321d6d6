using System.Runtime.CompilerServices;

namespace GpuTensor.Graph;

/// <summary>What a node reads: another node through a view (null: as it is). <see cref="Grad"/>: gradients flow back through it.</summary>
internal readonly record struct Operand(Node Node, View? View, bool Grad)
{
    public Shape Shape => View?.Shape ?? Node.Shape;

    public DType DType => Node.DType;

    /// <summary>The same matrices transposed.</summary>
    public Operand Transposed => this with { View = (View ?? View.Identity(Node.Shape)).TransposeLast().Simplify(Node.Shape) };
}

/// <summary>What an operator is applied to: any number of operands, and attributes.</summary>
/// <remarks>The first two operands have fields of their own. Few operators have more: those share the attributes' field, since
/// another field would cost every node 8 bytes. Whether an operand wants a gradient is a flag of the node for the first two
/// (<see cref="NodeFlags.GradA"/>, <see cref="NodeFlags.GradB"/>), and part of the <see cref="Operand"/> for the others.</remarks>
internal struct Inputs
{
    private sealed class Several(Operand[]? more, IAttributes? attributes, Node?[]? results = null)
    {
        public readonly Operand[]? More = more;
        public readonly IAttributes? Attributes = attributes;
        public readonly Node?[]? Results = results;
    }

    private Node? nodeA, nodeB;
    private View? viewA, viewB;

    /// <summary>The operands from the third on, the attributes, or <see cref="Several"/> of them and the saved results.</summary>
    private object? rest;

    /// <summary>For a new node. It writes only what is not null: where a whole struct is assigned, each field costs a write
    /// barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(in Operand a, in Operand b, Operand[]? more, IAttributes? attributes)
    {
        if (a.Node is { } first) nodeA = first;
        if (a.View is { } firstView) viewA = firstView;
        if (b.Node is { } second) nodeB = second;
        if (b.View is { } secondView) viewB = secondView;
        if (more is not null) rest = attributes is null ? more : new Several(more, attributes);
        else if (attributes is not null) rest = attributes;
    }

    private readonly Operand[]? More => rest as Operand[] ?? (rest as Several)?.More;

    // The only other types that are stored here need no search through their interfaces.
    public readonly IAttributes? Attributes =>
        rest is Several several ? several.Attributes : rest is Operand[] ? null : Unsafe.As<IAttributes>(rest);

    /// <summary>The result nodes that the gradient of an operator with several results reads, by number.</summary>
    public readonly Node?[]? Results => (rest as Several)?.Results;

    public void SetResults(Node?[]? results) =>
        rest = results is null && More is null ? Attributes : new Several(More, Attributes, results);

    public readonly int Count => nodeA is null ? 0 : nodeB is null ? 1 : 2 + (More?.Length ?? 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Operand At(int i, NodeFlags flags) => i switch
    {
        0 => new(nodeA!, viewA, (flags & NodeFlags.GradA) != 0),
        1 => new(nodeB!, viewB, (flags & NodeFlags.GradB) != 0),
        _ => More![i - 2],
    };

    /// <summary>From here on operand <paramref name="i"/> is another node, seen through the same view.</summary>
    public void Replace(int i, Node node)
    {
        if (i == 0) nodeA = node;
        else if (i == 1) nodeB = node;
        else More![i - 2] = More[i - 2] with { Node = node };
    }

    /// <summary>Drops the operands and keeps the attributes.</summary>
    public void ForgetOperands()
    {
        nodeA = nodeB = null;
        viewA = viewB = null;
        rest = Attributes;
    }

    /// <summary>Drops the attributes and keeps the operands.</summary>
    public void ForgetAttributes() => rest = More;
}
