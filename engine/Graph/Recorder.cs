using System.Runtime.CompilerServices;

namespace GpuTensor.Graph;

/// <summary>The graph of one thread on one device: what was recorded and has not run. Recording appends a node and its words to the
/// fingerprint; a flush hands all of it to the device's executor and starts anew.</summary>
internal sealed partial class Recorder
{
    /// <summary>So many pending nodes flush by themselves.</summary>
    public const int MaxPending = 4096;

    [ThreadStatic] private static Recorder?[]? perDevice;
    [ThreadStatic] private static Recording? recorded;

    private readonly List<Node> nodes = [];
    private readonly List<Node> leaves = [];
    private readonly List<Node> scalars = [];
    private readonly Dictionary<Node, int> leafSlots = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Storage Storage, Node Old)> changes = [];
    private readonly List<Action> rollbacks = [];
    private readonly List<(Node Node, Runtime.Memory.Block Place)> homes = [];
    private readonly HashSet<Storage> settled = [];
    private readonly Dictionary<LeafState,
        (Tensor? Before, bool Exposed)> gradients = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, ValueCheck> checks = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> watched = new(ReferenceEqualityComparer.Instance);
    private WeakReference<object>?[] handles = new WeakReference<object>?[256];
    private long[] references = new long[16];

    /// <summary>In place of a reference: the value must be made to exist first.</summary>
    private const long Unready = long.MaxValue;

    private Recorder(Device device) => (Device, Recording) = (device, recorded);

    public Device Device { get; }

    /// <summary>The lock of all that is in this graph.</summary>
    public Lock Gate { get; } = new();

    /// <summary>When the first pending node was recorded: see <see cref="Reachability.Now"/>.</summary>
    public int Began { get; private set; }

    public Fingerprint Fingerprint { get; } = new();

    /// <summary>Pending nodes in the order they were recorded: operands stand before their users.</summary>
    public List<Node> Nodes => nodes;

    /// <summary>Materialised nodes that pending ones read, by slot.</summary>
    public List<Node> Leaves => leaves;

    /// <summary>Scalar nodes, by slot.</summary>
    public List<Node> Scalars => scalars;

    /// <summary>Storages that were changed in place since the last flush, with what they meant before (a storage may appear several
    /// times).</summary>
    public List<(Storage Storage, Node Old)> Changes => changes;

    /// <summary>Pending values whose variable says where they shall lie, with that place. Filled when a flush begins.</summary>
    public List<(Node Node, Runtime.Memory.Block Place)> Homes => homes;

    /// <summary>Pending values that say whether indices are in range.</summary>
    public Dictionary<Node, ValueCheck> Checks => checks;

    /// <summary>The pending results that the watched indices went into, by position; not variables that were changed in place, which must
    /// stay readable.</summary>
    public bool[] Suspects()
    {
        var suspects = new bool[nodes.Count];
        for (int i = 0; i < suspects.Length; i++)
            for (int k = 0; k < nodes[i].OperandCount && !suspects[i]; k++)
            {
                var input = nodes[i][k].Node;
                suspects[i] = watched.Contains(input) || (input.IsPendingIn(this) && suspects[input.Index]);
            }
        foreach (var (storage, _) in changes)
            if (storage.Current.IsPendingIn(this)) suspects[storage.Current.Index] = false;
        return suspects;
    }

    /// <summary>What the calling thread records for <see cref="Tensor.Compile(Func{Tensor, Tensor})"/>, on any device: flushes wait for its
    /// end, reads are refused.</summary>
    public static Recording? Recorded
    {
        get => recorded;
        set
        {
            recorded = value;
            foreach (var recorder in Mine) recorder.Recording = value;
        }
    }

    /// <summary>The thread's recording. Here too, since other threads flush this graph when they need its values.</summary>
    public Recording? Recording { get; private set; }

    /// <summary>How this graph's runs were done so far. Those of other threads on the same device are not among them.</summary>
    public (long Steps, long Captured, long Replayed) Ran { get; private set; }

    private void CountRun(RunKind kind) => Ran = kind switch
    {
        RunKind.Steps => Ran with { Steps = Ran.Steps + 1 },
        RunKind.Captured => Ran with { Captured = Ran.Captured + 1 },
        _ => Ran with { Replayed = Ran.Replayed + 1 },
    };

    private bool IsRecordingFunction => Recording is { IsRecording: true } && Device.CanReplay;

    /// <summary>The slot of a materialised node that pending ones read.</summary>
    public int SlotOf(Node leaf) => leafSlots[leaf];

    /// <summary>The calling thread's recorder for a device.</summary>
    public static Recorder For(Device device)
    {
        var table = perDevice;
        if (table is not null && device.Ordinal < table.Length && table[device.Ordinal] is { } found) return found;
        Array.Resize(ref perDevice, Math.Max(device.Ordinal + 1, table?.Length ?? 0));
        return perDevice[device.Ordinal] = new(device);
    }

    /// <summary>Every recorder of the calling thread.</summary>
    public static IEnumerable<Recorder> Mine => (perDevice ?? []).Where(r => r is not null)!;

    public Node Record(Operator op, DType dtype, Shape shape, in Operand a = default, in Operand b = default, Operand[]? more = null,
        IAttributes? attributes = null)
    {
        BeforeRecording(op, a, b, more, attributes);
        var node = new Node(op, dtype, shape, Device, a, b, more, attributes);
        Record(node, []);
        if (Device.Eager || AnomalyMode.IsActive) RunNow(node, [node]);
        return node;
    }

    /// <summary>Records an operator with several results. Its own node has no value: each result is a node that reads it.</summary>
    /// <param name="results">Dtype and shape of each result.</param>
    /// <returns>The results' nodes.</returns>
    public Node[] RecordSeveral(Operator op, DType dtype, Shape shape, ReadOnlySpan<(DType DType, Shape Shape)> results, in Operand a,
        in Operand b = default, Operand[]? more = null, IAttributes? attributes = null)
    {
        BeforeRecording(op, a, b, more, attributes);
        var node = new Node(op, dtype, shape, Device, a, b, more, attributes);
        var all = new Node[results.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = new(op.Results[i], results[i].DType, results[i].Shape, Device,
                new Operand(node, null, node.RequiresGrad && results[i].DType.IsFloatingPoint()));
        node.SaveResults(all);
        Record(node, all);
        if (Device.Eager || AnomalyMode.IsActive) RunNow(node, all);
        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeforeRecording(Operator op, in Operand a, in Operand b, Operand[]? more, IAttributes? attributes)
    {
        // Before the operands are looked at, so that they are memory for what is recorded now.
        if (nodes.Count >= MaxPending && !IsRecordingFunction) FlushBefore(a, b, more);

        // The one place that keeps kernels inside the memory they are given: whatever made a view, it cannot be recorded where it reaches
        // beyond its value.
        RequireWithin(op, a);
        RequireWithin(op, b);
        if (more is not null)
            foreach (var operand in more) RequireWithin(op, operand);
        if (op == Basic.ViewAssign && attributes is ViewAttributes place) RequireWithin(op, new(a.Node, place.View, false));
    }

    /// <summary>Appends a node and its results; an operand that this graph cannot read is made ready first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Record(Node node, Node[] results)
    {
        Interleaving.Point();
        while (!TryRecord(node, results))
        {
            // Without our lock, so that two threads that read each other's values cannot wait for each other.
            for (int i = 0; i < node.OperandCount; i++) node.ReplaceOperand(i, Prepare(node[i].Node));
            Interleaving.Point();
        }
    }

    private static void RequireWithin(Operator op, in Operand operand)
    {
        if (operand.View is { } view && !view.IsWithin(operand.Node.Shape.ElementCount))
            throw new TensorShapeException(
                $"{op.Name}: the view {view} reaches beyond the {operand.Node.Shape.ElementCount} elements of shape {operand.Node.Shape}.");
    }

    private bool TryRecord(Node node, Node[] results)
    {
        lock (Gate)
        {
            if (!TryRecord(node)) return false;
            // Under the same lock: no run comes between an operator and its results.
            foreach (var result in results) TryRecord(result);
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryRecord(Node node)
    {
        if (!TryAppend(node)) return false;
        if (node.RequiresGrad)
            for (int i = 0; i < node.OperandCount; i++) node[i].Node.AddUse(1);
        return true;
    }

    /// <summary>So much is pending that it runs by itself; what the next operator reads is kept.</summary>
    private void FlushBefore(in Operand a, in Operand b, Operand[]? more)
    {
        lock (Gate)
        {
            if (a.Node is not null) Keep(a.Node);
            if (b.Node is not null) Keep(b.Node);
            foreach (var operand in more ?? []) Keep(operand.Node);
            Flush();
        }
    }

    /// <summary>Runs an operator at once.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="results">Its results.</param>
    private void RunNow(Node node, Node[] results)
    {
        bool isWatched = AnomalyMode.IsActive;
        // Once it has run, a node may have forgotten what it was computed from.
        Operand[] operands = isWatched ? [.. Enumerable.Range(0, node.OperandCount).Select(i => node[i])] : [];
        lock (Gate)
        {
            foreach (var result in results) Keep(result);
            Flush();
        }
        if (!isWatched) return;
        foreach (var result in results) AnomalyMode.Check(result, operands);
    }

    /// <summary>Remembers the variable (a <see cref="Storage"/>, or the only <see cref="Tensor"/> on it) that means a pending node, so that
    /// a new plan can see whether the program still holds it.</summary>
    public void Hold(Node node, object variable)
    {
        // Another thread may look at a value of ours in a new way just now.
        lock (Gate)
        {
            if (!node.IsPendingIn(this)) return;
            node.Mark(NodeFlags.HadVariable);
            if (node.Index >= handles.Length) Array.Resize(ref handles, Math.Max(node.Index + 1, handles.Length * 2));
            if (handles[node.Index] is { } weak) weak.SetTarget(variable);
            else handles[node.Index] = new(variable);
        }
    }

    /// <summary>Whether a variable that means this pending node is still alive (a superset: the collector decides).</summary>
    public bool IsHeld(Node node) => node.Index < handles.Length && handles[node.Index] is { } weak && weak.TryGetTarget(out var variable)
        && (variable is Storage storage ? storage.Current == node : ((Tensor)variable).Means(node));

    /// <summary>A variable means another value from here on, which is pending here. Called under <see cref="Gate"/>.</summary>
    public void NoteChange(Storage storage, Node old)
    {
        changes.Add((storage, old));
        long reference = Reference(old);
        Fingerprint.Add(-1);
        // What was not kept, or is gone, has no memory that the new value could take over.
        Fingerprint.Add(reference == Unready ? long.MinValue : reference);
        Fingerprint.Add(storage.Current.Index);
    }

    /// <summary>Storages that nobody can reach but through this graph are no variables any more: their changes are results in the
    /// middle.</summary>
    /// <param name="collect">Collects garbage; the graph holds no storage meanwhile.</param>
    public void ForgetUnreachable(Action collect)
    {
        lock (Gate)
        {
            (WeakReference<Storage> Storage, Node Old)[] weak = [.. changes.Select(c => (new WeakReference<Storage>(c.Storage), c.Old))];
            changes.Clear();
            collect();
            for (int i = 0; i < weak.Length; i++)
                if (weak[i].Storage.TryGetTarget(out var storage)) changes.Add((storage, weak[i].Old));
                else Fingerprint.Add(i);
        }
    }

    /// <summary>Marks a pending node to be materialised by the next flush.</summary>
    public void Keep(Node node)
    {
        lock (Gate)
        {
            if (!node.IsPendingIn(this) || (node.Flags & NodeFlags.Keep) != 0) return;
            node.Mark(NodeFlags.Keep);
            AddKept(Fingerprint, node);
        }
    }

    /// <summary>Has the answer of a check looked at when its graph has run.</summary>
    /// <param name="node">The answer.</param>
    /// <param name="check">What it means.</param>
    /// <param name="index">The values that were checked.</param>
    public void AddCheck(Node node, ValueCheck check, Node index)
    {
        lock (Gate)
            if (node.IsPendingIn(this))
            {
                Keep(node);
                Fingerprint.Add(-16);
                Fingerprint.Add(check.Op.GetHashCode());
                checks.Add(node, check);
                watched.Add(index);
                return;
            }
        // The graph was full, or every operator runs at once: it has run already.
        node.Device.Executor.CheckNow(node, check);
    }

    /// <summary>Registers what restores host state (step numbers) should the flush of what is pending fail.</summary>
    public void OnRollback(Action undo)
    {
        lock (Gate) rollbacks.Add(undo);
    }

    /// <summary>A leaf's gradient is changed by what is recorded here.</summary>
    public void NoteGradient(LeafState leaf, Tensor? before, bool exposed)
    {
        lock (Gate) gradients.TryAdd(leaf, (before, exposed));
        Recording?.NoteGradient(leaf, new(before));
    }

    /// <summary>Whether graphs other than this one will read a value.</summary>
    public bool IsReadElsewhere(Node node) => node.Readers > (leafSlots.ContainsKey(node) ? 1 : 0);

    /// <summary>Appends a node, if all it reads is pending here or stands in memory.</summary>
    private bool TryAppend(Node node)
    {
        int count = node.OperandCount;
        if (references.Length < count) references = new long[count * 2];
        var (known, words) = (leaves.Count, Fingerprint.Count);
        for (int i = 0; i < count; i++)
        {
            references[i] = Reference(node[i].Node);
            if (references[i] != Unready) continue;
            // The operator may never be recorded: the graph must not hold what it would have read.
            Forget(known);
            Fingerprint.Count = words;
            return false;
        }
        if (nodes.Count == 0) Began = Reachability.Now;
        node.BecomePending(this, nodes.Count);
        var fingerprint = Fingerprint;
        fingerprint.Add((uint)node.Op.Id | (long)(byte)node.DType << 32 | (long)(byte)node.Shape.Rank << 40 | (long)(byte)(
            node.Flags & ~NodeFlags.HadVariable) << 48);
        for (int i = 0; i < count; i++)
        {
            long word = references[i] << 2;
            if (node[i].View is { } view)
            {
                fingerprint.Add(word | 1);
                fingerprint.Add(view);
            }
            else fingerprint.Add(word);
        }
        if (node.OperandCount == 0 || !node.Shape.Equals(node[0].Shape)) fingerprint.Add(node.Shape);
        if (node.Op == Basic.Scalar || node.Op.IsRandom) scalars.Add(node);
        node.Attributes?.Write(fingerprint);
        nodes.Add(node);
        return true;
    }

    /// <summary>How the fingerprint names a node: its position, or the slot of a leaf, which it becomes here; <see cref="Unready"/> where
    /// it is neither pending here nor in memory.</summary>
    private long Reference(Node node)
    {
        if (node.IsPendingIn(this)) return node.Index;
        if (leafSlots.TryGetValue(node, out int slot)) return -1 - slot;
        lock (Device.Executor.Gate)
        {
            if (!node.IsMaterialized) return Unready;
            node.AddReader(1);
        }
        leafSlots.Add(node, slot = leaves.Count);
        leaves.Add(node);
        Fingerprint.Add(-3 - (long)node.DType);
        Fingerprint.Add(node.Shape);
        return -1 - slot;
    }

    /// <summary>Gives up the leaves from a number on.</summary>
    private void Forget(int from)
    {
        for (int i = from; i < leaves.Count; i++)
        {
            leaves[i].AddReader(-1);
            leafSlots.Remove(leaves[i]);
        }
        leaves.RemoveRange(from, leaves.Count - from);
    }
}
