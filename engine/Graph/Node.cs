namespace GpuTensor.Graph;

internal enum NodeState : byte
{
    /// <summary>Recorded in a graph, not yet run.</summary>
    Pending,
    /// <summary>Its value stands in device memory (<see cref="Node.Block"/>).</summary>
    Materialized,
    /// <summary>Its graph ran without keeping it: it can be recomputed while its leaves are unchanged.</summary>
    Dropped,
    /// <summary>Its memory was taken over by an in-place update or given up.</summary>
    Overwritten,
    /// <summary>Its flush failed; reading it rethrows <see cref="Node.Failure"/>.</summary>
    Failed,
}

/// <summary>What a node reads: another node through a view (null: as it is). <see cref="Grad"/>: gradients flow back through it.</summary>
internal readonly record struct Operand(Node Node, View? View, bool Grad)
{
    public Shape Shape => View?.Shape ?? Node.Shape;

    public DType DType => Node.DType;

    /// <summary>The matrices of it transposed.</summary>
    public Operand Transposed => this with { View = (View ?? View.Identity(Node.Shape)).TransposeLast().Simplify(Node.Shape) };
}

/// <summary>An immutable value: an operator applied to other values, or memory that is already there. Variables (<see cref="Storage"/>) come to mean another node when
/// they are changed in place; a node never changes its meaning.</summary>
/// <remarks>One is made for every recorded operator, so its size counts: 104 bytes.</remarks>
internal sealed class Node(Operator op, DType dtype, Shape shape, Device device) : Runtime.Memory.IOccupant
{
    public readonly Operator Op = op;
    public readonly Shape Shape = shape.Known();
    private readonly ushort device = (ushort)device.Ordinal;
    public readonly DType DType = dtype;
    public NodeState State;
    public NodeFlags Flags;
    private byte storages;

    /// <summary>Storages that mean this node now; with one only, an in-place update may take over its memory. Counted up to 255, and no
    /// more from there.</summary>
    public byte Storages
    {
        get => Volatile.Read(ref storages);
        init => storages = value;
    }

    /// <summary>A variable begins to mean it (+1), or means another value from here on (−1). Any thread.</summary>
    public void AddStorage(int change)
    {
        byte before;
        do
        {
            before = Volatile.Read(ref storages);
            if (before == byte.MaxValue || before + change < 0) return;
        }
        while (Interlocked.CompareExchange(ref storages, (byte)(before + change), before) != before);
    }

    /// <summary>Sets a flag of a value that other threads may look at.</summary>
    public void Mark(NodeFlags flag) => Change(flag, NodeFlags.None);

    /// <summary>Clears a flag of a value that other threads may look at.</summary>
    public void Unmark(NodeFlags flag) => Change(NodeFlags.None, flag);

    private void Change(NodeFlags set, NodeFlags clear)
    {
        NodeFlags before;
        do before = Flags;
        while (Interlocked.CompareExchange(ref Flags, (before | set) & ~clear, before) != before);
    }

    /// <summary>Recorded operators whose gradient may read it: its memory must stay even if every handle is disposed.</summary>
    public int Uses;

    private ushort readers;

    /// <summary>Pending graphs, of any thread, that will read it.</summary>
    public int Readers => Volatile.Read(ref readers);

    /// <summary>A graph begins to read it, or has run.</summary>
    public void AddReader(int change)
    {
        ushort before;
        do before = Volatile.Read(ref readers);
        while (Interlocked.CompareExchange(ref readers, (ushort)(before + change), before) != before);
    }

    /// <summary>Position in its graph while pending.</summary>
    public int Index;

    public Node? NodeA, NodeB;
    public View? ViewA, ViewB;

    /// <summary>What few operators have, each at most one of them: <see cref="More"/>, <see cref="Attributes"/> or <see cref="Bits"/>.</summary>
    public object? Rest;

    /// <summary>Pending: its <see cref="Recorder"/>. Materialized: its <see cref="Runtime.Memory.Block"/>. Dropped: the plan that did not keep it. Failed: the exception.</summary>
    public object? Owner;

    /// <summary>The autograd leaf this value belongs to, or the node that an in-place update put in this one's place.</summary>
    public object? Link;

    /// <summary>The <see cref="Owner"/> of a value whose memory was given up with its last handle.</summary>
    public static object Released { get; } = new();

    public Device Device => Device.At(device);

    /// <summary>Operands from the third on.</summary>
    public Operand[]? More => Rest as Operand[];

    /// <summary>What the operator needs besides operands (dims, a view, …): part of the fingerprint through <see cref="IAttributes"/>.</summary>
    public IAttributes? Attributes => Rest as IAttributes;

    /// <summary>A scalar's value or a counter's number: bits of a double or a long. Part of the fingerprint only for a constant.</summary>
    public long Bits => (Rest as Number)?.Bits ?? 0;

    /// <summary>Of a leaf: what the host knows of the integers it sent.</summary>
    public HostRange? Range => Rest as HostRange;

    public Runtime.Memory.Block? Block => Owner as Runtime.Memory.Block;

    public Exception? Failure => Owner as Exception;

    public Differentiation.LeafState? Leaf => Link as Differentiation.LeafState;

    /// <summary>A number in every element of a shape so large that it is cheaper written again wherever it is read: kept only where
    /// somebody asks for it, not because a handle is alive.</summary>
    public bool IsVast => Shape.ElementCount > int.MaxValue && Op == Operators.Basic.Copy && NodeA is { Op.Kind: OperatorKind.Scalar };

    /// <summary>Whether anything recorded may still read it.</summary>
    public bool IsNeeded => Uses != 0 || Readers != 0;

    public bool RequiresGrad => (Flags & NodeFlags.RequiresGrad) != 0;

    /// <summary>What the variable means now that once meant this value, if it was changed in place since and no other variable means this
    /// value; else null. Who read the variable on another thread just before the change goes on with that.</summary>
    public Node? Successor => (Flags & NodeFlags.Superseded) == 0 || Storages != 0 ? null : Link as Node ?? (Leaf?.Variable?.Current is { } now && now != this ? now : null);

    public int OperandCount => NodeA is null ? 0 : NodeB is null ? 1 : 2 + (More?.Length ?? 0);

    public Operand this[int i] => i switch
    {
        0 => new(NodeA!, ViewA, (Flags & NodeFlags.GradA) != 0),
        1 => new(NodeB!, ViewB, (Flags & NodeFlags.GradB) != 0),
        _ => More![i - 2],
    };

    /// <summary>Forgets how the value came about, so that history is not kept alive.</summary>
    public void ForgetOperands()
    {
        NodeA = NodeB = null;
        ViewA = ViewB = null;
        if (Rest is Operand[]) Rest = null;
    }

    void Runtime.Memory.IOccupant.OnOverwritten(Runtime.Memory.Block place)
    {
        if (Owner == place) (State, Owner) = (NodeState.Overwritten, null);
    }

    void Runtime.Memory.IOccupant.OnFailed(Runtime.Memory.Block place, Exception cause)
    {
        if (Owner == place) (State, Owner) = (NodeState.Failed, cause);
    }

    public override string ToString() => $"{Op.Name} {DType.Name()} {Shape} {State}";
}

[Flags]
internal enum NodeFlags : byte
{
    None = 0,
    RequiresGrad = 1,
    GradA = 2,
    GradB = 4,
    /// <summary>Backward has passed: its saved values were given up.</summary>
    GraphFreed = 8,
    /// <summary>The program asked to keep it (<see cref="Tensor.Keep"/>, RetainGrad, a backward root).</summary>
    Keep = 16,
    /// <summary>An in-place update put another node in its place (see <see cref="Node.Link"/> for which).</summary>
    Superseded = 32,
    /// <summary>Values that were not kept may be computed from it again: its node must not come to mean another value.</summary>
    Depended = 64,
    /// <summary>A variable was made for it.</summary>
    HadVariable = 128,
}

/// <summary>Operator parameters that are not operands. They shape the kernels, so all of them are written to the fingerprint.</summary>
internal interface IAttributes
{
    void Write(Trace trace);
}
