using GpuTensor.Runtime.Memory;

namespace GpuTensor.Graph;

/// <summary>A value: an operator applied to other values, or memory that is already there. The value never changes; where it stands does
/// (<see cref="State"/>), and who reads it. Variables (<see cref="Storage"/>) come to mean another node when they are changed in
/// place.</summary>
/// <remarks>One is made for every recorded operator, so its size counts: 112 bytes.</remarks>
internal sealed partial class Node : IOccupant
{
    public readonly Operator Op;
    public readonly Shape Shape;
    public readonly DType DType;
    private readonly ushort device;

    private Inputs inputs;
    private NodeFlags flags;
    private LeafState? leaf;
    private Node? successor;
    private byte storages;
    private ushort readers;
    private int uses;

    public Node(Operator op, DType dtype, Shape shape, Device device, in Operand a = default, in Operand b = default,
        Operand[]? more = null, IAttributes? attributes = null)
    {
        (Op, DType, Shape, this.device) = (op, dtype, shape.Known(), (ushort)device.Ordinal);
        inputs.Set(a, b, more, attributes);
        if (a.Grad) flags |= NodeFlags.GradA | NodeFlags.RequiresGrad;
        if (b.Grad) flags |= NodeFlags.GradB | NodeFlags.RequiresGrad;
        if (more is null) return;
        foreach (var operand in more)
            if (operand.Grad) flags |= NodeFlags.RequiresGrad;
    }

    /// <summary>A value that is in memory from the start.</summary>
    public static Node InMemory(Operator op, DType dtype, Shape shape, Device device, Block block, in Operand history = default,
        IAttributes? attributes = null)
    {
        var node = new Node(op, dtype, shape, device, history, attributes: attributes);
        node.Materialize(block);
        return node;
    }

    /// <summary>What a variable means instead of this value: memory of the same dtype and shape, without history, the value of the same
    /// autograd leaf.</summary>
    public Node Replacement(Block block)
    {
        var node = Replacement();
        node.Materialize(block);
        return node;
    }

    /// <summary>As <see cref="Replacement(Block)"/>, where computing the value broke off.</summary>
    public Node Replacement(Exception cause)
    {
        var node = Replacement();
        node.Fail(cause);
        return node;
    }

    private Node Replacement() => new(Basic.Leaf, DType, Shape, Device) { leaf = leaf };

    public Device Device => Device.At(device);

    /// <summary>Position in the graph that it is pending in, or that dropped it.</summary>
    public int Index { get; private set; }

    public int OperandCount => inputs.Count;

    public Operand this[int i] => inputs.At(i, flags);

    /// <summary>What the operator needs besides operands: dims, a view, a number.</summary>
    public IAttributes? Attributes => inputs.Attributes;

    /// <summary>The value of a scalar, or the first block of words that a random node draws; null for other nodes.</summary>
    public Number? Number => Attributes as Number;

    /// <summary>What the host knows of the integers that it sent as this leaf.</summary>
    public HostRange? Range => Attributes as HostRange;

    /// <summary>A number in every element of a shape so large that it is cheaper written again wherever it is read: kept only where
    /// somebody asks for it, not because a handle is alive.</summary>
    public bool IsVast => Shape.ElementCount > int.MaxValue && Op == Basic.Copy && OperandCount == 1
        && this[0].Node.Op.Iteration == Iteration.Number;

    /// <summary>Of an operator with several results: the node has no value, and is never kept.</summary>
    public bool HasSeveralResults => Op.Results.Length > 0;

    /// <summary>A result that its gradient reads (<see cref="Operator.SavedBy"/>); null for others, and after
    /// <see cref="ForgetResults"/>.</summary>
    public Node? SavedResult(int number) => HasSeveralResults ? inputs.Results?[number] : number == 0 ? this : null;

    /// <summary>While it is recorded: its result nodes, of which those stay reachable that its gradient reads. Until it is differentiated
    /// they count it as a user.</summary>
    public void SaveResults(ReadOnlySpan<Node> results)
    {
        var saves = Op.SavedBy(this);
        var saved = new Node?[results.Length];
        for (int i = 0; i < saved.Length; i++)
            if (saves.HasResult(i)) (saved[i] = results[i])!.AddUse(1);
        inputs.SetResults(saved);
    }

    /// <summary>It has been differentiated: gives up what <see cref="SaveResults"/> kept.</summary>
    public void ForgetResults()
    {
        foreach (var result in inputs.Results ?? []) result?.AddUse(-1);
        inputs.SetResults(null);
    }

    /// <summary>Whether a node is one of its operands.</summary>
    public bool Reads(Node node)
    {
        for (int i = 0; i < OperandCount; i++)
            if (this[i].Node == node) return true;
        return false;
    }

    /// <summary>While it is recorded: reads another node in an operand's place.</summary>
    public void ReplaceOperand(int i, Node node) => inputs.Replace(i, node);

    /// <summary>Forgets how the value came about, so that history is not kept alive.</summary>
    public void ForgetOperands() => inputs.ForgetOperands();

    /// <summary>A replay of a compiled function has put another value in this one's memory: what the host knew does not hold for
    /// it.</summary>
    public void ForgetAttributes() => inputs.ForgetAttributes();

    public NodeFlags Flags => flags;

    public bool RequiresGrad => (flags & NodeFlags.RequiresGrad) != 0;

    /// <summary>Sets flags of a value that other threads may look at.</summary>
    public void Mark(NodeFlags set) => Change(set, NodeFlags.None);

    /// <returns>Whether a flag is another than before.</returns>
    private bool Change(NodeFlags set, NodeFlags clear)
    {
        NodeFlags before, after;
        do (before, after) = (flags, (flags | set) & ~clear);
        while (Interlocked.CompareExchange(ref flags, after, before) != before);
        return after != before;
    }

    /// <summary>The autograd leaf whose value it is, or was; null: none's.</summary>
    public LeafState? Leaf => leaf;

    /// <summary>Makes it the value of a leaf. Any thread.</summary>
    /// <returns>False where it is another leaf's already, or an in-place change has put another value in its place.</returns>
    public bool TryBind(LeafState state) =>
        leaf == state || (!IsSuperseded && (Interlocked.CompareExchange(ref leaf, state, null) ?? state) == state);

    /// <summary>An in-place change has put another value in its place.</summary>
    public bool IsSuperseded => (flags & NodeFlags.Superseded) != 0;

    /// <summary>The value that an in-place change put in its place; null where none did, and of a leaf's value.</summary>
    public Node? Successor => successor;

    /// <summary>What the variable means now that once meant this value, if it was changed in place since and no other variable means this
    /// value; else null. Who read the variable on another thread just before the change goes on with that.</summary>
    public Node? Latest => !IsSuperseded || Storages != 0 ? null
        : successor ?? (leaf?.Variable?.Current is { } now && now != this ? now : null);

    /// <summary>An in-place change puts another value in its place. Called after the variable means that one.</summary>
    public void Supersede(Node by)
    {
        // A leaf's variable knows its value. Here each value would keep the next alive, one for each step of a training.
        if (leaf is null) successor ??= by;
        Mark(NodeFlags.Superseded);
    }

    /// <summary>The in-place change has failed before it did anything: the variable means this value again.</summary>
    public void Restore()
    {
        successor = null;
        Change(NodeFlags.None, NodeFlags.Superseded);
    }

    /// <summary>Storages that mean this node now; with one only, an in-place update may take over its memory. Counted up to 255, and no
    /// more from there.</summary>
    public byte Storages => Volatile.Read(ref storages);

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

    /// <summary>Recorded operators whose gradient may read it: its memory must stay even if every handle is disposed.</summary>
    public int Uses => Volatile.Read(ref uses);

    /// <summary>An operator whose gradient may read it is recorded (+1), or has been differentiated (−1). Any thread.</summary>
    public void AddUse(int change)
    {
        if (Interlocked.Add(ref uses, change) == 0) ReleaseOperands();
    }

    /// <summary>Pending graphs, of any thread, that will read it, and values that will be recomputed from it. Counted up to 65,535, and no
    /// more from there.</summary>
    public int Readers => Volatile.Read(ref readers);

    /// <summary>A graph begins to read it (+1), or has run (−1). Any thread.</summary>
    public void AddReader(int change)
    {
        ushort before;
        do
        {
            before = Volatile.Read(ref readers);
            if (before == ushort.MaxValue) return;
        }
        while (Interlocked.CompareExchange(ref readers, (ushort)(before + change), before) != before);
    }

    /// <summary>Whether anything recorded may still read it.</summary>
    public bool IsNeeded => Uses != 0 || Readers != 0;

    public override string ToString() => $"{Op.Name} {DType.Name()} {Shape} {State}";
}

[Flags]
internal enum NodeFlags : ushort
{
    None = 0,
    RequiresGrad = 1,
    GradA = 2,
    GradB = 4,
    /// <summary>Backward has passed: its saved values were given up.</summary>
    GraphFreed = 8,
    /// <summary>The program asked to keep it (<see cref="Tensor.Keep"/>, RetainGrad, a backward root).</summary>
    Keep = 16,
    /// <summary>An in-place change put another node in its place (<see cref="Node.Successor"/>).</summary>
    Superseded = 32,
    /// <summary>Values that were not kept may be computed from it again: its node must not come to mean another value.</summary>
    Depended = 64,
    /// <summary>A variable was made for it.</summary>
    HadVariable = 128,
    /// <summary>See <see cref="Node.IsRecomputed"/>.</summary>
    Recomputed = 256,
}
