namespace GpuTensor.Graph;

/// <content>Values that are read: by this thread or another, pending, in memory, or dropped.</content>
/// <remarks>
/// <para>A thread records into its own graph. Any thread may read any value, so another thread may flush this graph between two statements
/// of this thread.</para>
/// <para>Three locks are taken in this order: a compiled function's, one recorder's (<see cref="Gate"/>: everything in its graph), the
/// device's (<see cref="Executor.Gate"/>: whether a value is in memory, dropped or overwritten). No thread holds the locks of two
/// recorders: to read a value that is pending in another graph, a recorder releases its own lock, flushes the other graph, and tries
/// again.</para>
/// <para>An operand becomes a leaf of the graph when its operator is recorded: <see cref="Reference"/> counts a reader under the device's
/// lock. A run that would overwrite a value with readers copies the value first. A compiled function whose replay would overwrite it is
/// recorded instead. So a leaf keeps its value until the graph has run.</para>
/// <para>A state and what belongs to it are one reference of the node (<see cref="Node.State"/>), written last. So a thread without the
/// device's lock sees a value of before or after another thread's run, and looks again under the lock before it relies on that.</para>
/// <para>Another thread may change a variable after its value was looked up and before the operator is recorded. Then the operator reads
/// the variable's new value (<see cref="Node.Latest"/>).</para>
/// </remarks>
internal sealed partial class Recorder
{
    // Used again by one value after another.
    private readonly Stack<Node> reviving = new();

    /// <summary>What a variable meant before the function that this thread compiles changed it: what other threads read until the recording
    /// has run. Null for other values.</summary>
    private Node? ValueBefore(Node value)
    {
        lock (Gate)
        {
            if (!value.IsPendingIn(this)) return value;
            var storage = changes.Find(c => c.Storage.Current == value || c.Old == value).Storage;
            return storage is not null && changes.Find(c => c.Storage == storage).Old is { } old && !old.IsPendingIn(this) ? old : null;
        }
    }

    /// <summary>Makes the value of a tensor's variable exist: flushes where it is pending. Where another thread changes the variable at the
    /// same time, it is the value before or after.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="pin">Counts a reader, so that the value stays what it is until <see cref="Node.AddReader"/> takes that back.</param>
    /// <returns>The value.</returns>
    public static Node Materialize(Tensor tensor, bool pin = false)
    {
        while (true)
        {
            var node = tensor.Node;
            try
            {
                return Materialize(node, pin);
            }
            catch (ValueNotKeptException) when (tensor.Node != node)
            {
                // The variable was changed in between.
            }
        }
    }

    /// <summary>Makes a value exist: flushes where it is pending, computes it again where it was not kept.</summary>
    /// <returns>The value; while another thread compiles a function that changes its variable, what the variable meant before.</returns>
    public static Node Materialize(Node node, bool pin = false)
    {
        while (true)
        {
            if (node.PendingIn is { } recorder)
            {
                if (!recorder.FlushFor(node)) node = recorder.ValueBefore(node) ?? throw Unreadable(node);
                Interleaving.Point();
                continue;
            }
            if (node.IsMaterialized && !pin) return node;
            lock (node.Device.Executor.Gate)
                if (node.IsMaterialized)
                {
                    if (pin) node.AddReader(1);
                    return node;
                }
            switch (node.State)
            {
                case NodeState.Dropped: For(node.Device).RecordAgain(node, isOperand: false); break;
                case NodeState.Overwritten or NodeState.Failed: throw Unreadable(node);
            }
        }
    }

    /// <summary>Brings an operand nearer to what this graph can read, if it is not yet.</summary>
    /// <returns>The operand, or what its variable means now.</returns>
    private Node Prepare(Node node)
    {
        if (node.IsPendingIn(this) || node.IsMaterialized) return node;
        if (node.PendingIn is { } other) return other.FlushFor(node) ? node : other.ValueBefore(node) ?? throw Unreadable(node);
        switch (node.State)
        {
            // Another thread has recorded it again, or computed it, since we looked.
            case NodeState.Pending or NodeState.Materialized: return node;
            case NodeState.Dropped:
                try
                {
                    RecordAgain(node, isOperand: true);
                    return node;
                }
                catch (ValueNotKeptException) when (node.Latest is not null)
                {
                    return node.Latest!;
                }
            default: return node.Latest ?? throw Unreadable(node);
        }
    }

    /// <summary>Runs the graph, since somebody reads one of its values.</summary>
    /// <returns>False where this graph is another thread's, which compiles a function just now: it cannot run before the function has
    /// returned.</returns>
    private bool FlushFor(Node node)
    {
        bool isMine = For(Device) == this;
        lock (Gate)
        {
            if (!node.IsPendingIn(this)) return true;
            if (IsRecordingFunction)
                return !isMine ? false
                    : throw new CompiledFunctionException(
                        $"A value ({node.Op.Name} {node.Shape}) is read inside a function given to Tensor.Compile. Return it, and read it "
                        + "after the call.");
            if (!isMine) KeepUnfinished();
            Keep(node);
            Flush();
            return true;
        }
    }

    /// <summary>The thread of this graph may be between recording a value and making a variable for it: what nothing has read yet, and had
    /// no variable yet, is kept.</summary>
    private void KeepUnfinished()
    {
        var isRead = new bool[nodes.Count];
        foreach (var node in nodes)
            for (int i = 0; i < node.OperandCount; i++)
                if (node[i].Node is var operand && operand.IsPendingIn(this)) isRead[operand.Index] = true;
        foreach (var node in nodes)
            if (!isRead[node.Index] && (node.Flags & NodeFlags.HadVariable) == 0 && node.OperandCount > 0) Keep(node);
    }

    /// <summary>Records a dropped node in this graph, with the dropped nodes it stands on.</summary>
    /// <param name="root">The node.</param>
    /// <param name="isOperand">An operator reads it, not the program.</param>
    private void RecordAgain(Node root, bool isOperand)
    {
        while (true)
        {
            Node? elsewhere;
            lock (Gate)
            {
                // Two threads may want it, and one records it.
                lock (Device.Executor.Gate) elsewhere = root.State == NodeState.Dropped ? Revive(root, isOperand) : null;
            }
            if (elsewhere is null) return;
            if (elsewhere.PendingIn is { } other && !other.FlushFor(elsewhere)) throw Unreadable(elsewhere);
        }
    }

    /// <summary>Records a dropped node again, with the dropped nodes it stands on.</summary>
    /// <returns>What it stands on and is pending in another graph: that must run first. Null: it is recorded.</returns>
    private Node? Revive(Node root, bool isOperand)
    {
        if (root.State == NodeState.Dropped && !(isOperand && root.IsRecomputed)) KeepNextTime(root);
        var stack = reviving;
        stack.Clear();
        stack.Push(root);
        while (stack.TryPeek(out var node))
        {
            bool ready = true;
            if (node.State == NodeState.Dropped)
                for (int i = 0; i < node.OperandCount; i++)
                {
                    var input = node[i].Node;
                    if (input.IsMaterialized || input.IsPendingIn(this)) continue;
                    if (input.State == NodeState.Pending) return input;
                    if (input.State != NodeState.Dropped) throw NotKept(root, input);
                    stack.Push(input);
                    ready = false;
                }
            if (!ready) continue;
            stack.Pop();
            if (node.State == NodeState.Dropped) TryAppend(node);
        }
        return null;
    }

    /// <summary>Has the plan that dropped a node made again with it.</summary>
    private static void KeepNextTime(Node node) => node.DroppedBy?.Missed.Add(node.Index);

    /// <summary>Why a value cannot be read.</summary>
    public static Exception Unreadable(Node node) => node.State switch
    {
        NodeState.Pending => new CompiledFunctionException(
            $"{node.Op.Name} {node.DType.Name()} {node.Shape} is being recorded by another thread, inside a function given to "
            + "Tensor.Compile."),
        NodeState.Failed => new DeviceException(
            $"{node.Op.Name} {node.DType.Name()} {node.Shape} has no value: the step that was to compute it failed: "
            + $"{node.Failure!.Message}", node.Failure),
        NodeState.Overwritten when !node.IsReleased => NotKept(node, node),
        _ => new ObjectDisposedException(nameof(Tensor), $"The tensor {node.DType.Name()} {node.Shape} was disposed."),
    };

    private static ValueNotKeptException NotKept(Node node, Node lost) => new(
        $"The value of {node.Op.Name} {node.DType.Name()} {node.Shape} was not kept when its step ran, and it cannot be computed again "
        + $"because {lost.DType.Name()} {lost.Shape} "
        + $"was {(lost.IsReleased ? "disposed" : "changed")} since. Call Keep() on the tensor when you store it. "
        + "(From now on the step keeps it.)");
}
