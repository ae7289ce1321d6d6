using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>A multi-dimensional array on a device. Operations are recorded and run when a value is read or an optimizer steps; the
/// semantics are PyTorch's, as if each had run at once.</summary>
/// <remarks>A tensor is a light handle: nothing needs <see cref="Dispose"/>, which only gives memory back early.</remarks>
public partial class Tensor : IDisposable
{
    /// <summary>Its <see cref="Graph.Storage"/>, or the <see cref="Graph.Node"/> itself while this is the only handle on a variable that
    /// was never changed: most handles stay that way, and need no storage. Null: disposed.</summary>
    private object? variable;
    private View? view;
    private bool uncounted;
    private RecordedState recorded;

    /// <summary>It has become a leaf's gradient: another leaf gets a handle of its own.</summary>
    internal bool IsGradient { get; set; }

    /// <summary>Makes a handle on a variable.</summary>
    private Tensor(Storage storage, View? view, bool detached)
    {
        (variable, this.view, Detached) = (storage, view, detached);
        storage.AddHandle();
        if (Recording.InProgress != 0) Recording.Note(this);
    }

    private Tensor(Node node, View? view, bool detached, bool uncounted)
    {
        (variable, this.view, Detached, this.uncounted) = (node, view, detached, uncounted);
        if (Recording.InProgress != 0) Recording.Note(this);
    }

    /// <summary>Another handle on another tensor's variable, without its history.</summary>
    private protected Tensor(Tensor other) : this(other.Storage, other.view, detached: true) { }

    /// <summary>The variable it looks at.</summary>
    internal Storage Storage
    {
        get
        {
            recorded.Read();
            return variable as Storage ?? MakeStorage();
        }
    }

    private Storage MakeStorage()
    {
        var node = Node;
        var storage = new Storage(node, uncounted);
        if (Interlocked.CompareExchange(ref variable, storage, node) is Storage other) return other;
        if (!uncounted) node.PendingIn?.Hold(node, storage);
        return storage;
    }

    private static ObjectDisposedException Disposed() =>
        new(nameof(Tensor), "This tensor was disposed; its value can no longer be used.");

    /// <summary>Whether the variable means that value now.</summary>
    internal bool Means(Node node) => variable switch
    {
        Storage storage => storage.Current == node,
        var own => own == node,
    };

    /// <summary>Whether another handle looks at the same variable, or another variable means the same value.</summary>
    internal bool IsShared => variable is Storage { Handles: > 1 } || Node.Storages > 1;

    /// <summary>How it looks at the variable's value; null: as it is.</summary>
    internal View? ViewOf => view;

    /// <summary>The value it means now.</summary>
    internal Node Node
    {
        get
        {
            recorded.Read();
            return variable switch
            {
                // The variable is read once: another thread may put a storage in the node's place.
                Storage storage => storage.Current,
                Node node => node,
                _ => throw Disposed(),
            };
        }
    }

    /// <summary>The sizes.</summary>
    public Shape Shape => view?.Shape ?? Node.Shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    public long ElementCount => Shape.ElementCount;

    /// <summary>The element type.</summary>
    public DType DType => Node.DType;

    /// <summary>Where it lives.</summary>
    public Device Device => Node.Device;

    /// <summary>How often the memory it looks at was changed in place.</summary>
    public int Version => variable is Storage storage ? storage.Version : Node is not null ? 0 : throw Disposed();

    /// <summary>Marks its value to be kept when the step that records it runs, though nothing reads it then: for values that are stored and
    /// read only now and then.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Keep()
    {
        var node = Node;
        node.PendingIn?.Keep(node);
        return this;
    }

    /// <summary>Runs what this value needs, without waiting.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Realize()
    {
        Recorder.Materialize(this);
        return this;
    }

    /// <summary>Gives up the handle. The memory is free once no other handle, recorded operation or saved value needs it.</summary>
    public void Dispose()
    {
        // Two threads may give up the same handle.
        var mine = Interlocked.Exchange(ref variable, null);
        view = null;
        if (mine is Storage storage) storage.RemoveHandle();
        else if (mine is Node node && !uncounted) node.Device.Executor.Release(node);
        GC.SuppressFinalize(this);
    }

    /// <summary>A new variable that means <paramref name="node"/>.</summary>
    /// <param name="over">How the handle looks at it.</param>
    /// <param name="detached">The handle ignores the value's history.</param>
    internal static Tensor FromNode(Node node, View? over = null, bool detached = false)
    {
        Interleaving.Point();
        var tensor = new Tensor(node, over, detached, uncounted: false);
        node.AddStorage(1);
        node.PendingIn?.Hold(node, tensor);
        return tensor;
    }

    /// <summary>A value as a tensor for gradient rules to read: never changed in place, and not counted as a user of the memory.</summary>
    internal static Tensor Borrow(Operand operand)
    {
        return new(operand.Node, operand.View, detached: !operand.Grad, uncounted: true) { leaf = operand.Grad ? operand.Node.Leaf : null };
    }

    /// <summary>Gives up its share in the value to another variable: from here on this one only looks.</summary>
    private void StopCounting()
    {
        if (variable is Storage storage) storage.StopCounting();
        else if (!uncounted)
        {
            Node.AddStorage(-1);
            uncounted = true;
        }
    }

    /// <summary>Whether the handle was given up.</summary>
    internal bool IsDisposed => variable is null;

    /// <summary>A copy of this very handle, to be used in its place: whether anybody else holds this one is then seen after a
    /// collection.</summary>
    internal Tensor Twin() => (Tensor)MemberwiseClone();

    /// <summary>Another handle on the same variable, that looks at it in the same way.</summary>
    internal Tensor Another()
    {
        Storage.AddHandle();
        return Twin();
    }

    /// <summary>A twin that shares the variable and was in use for a while: this handle becomes what the twin is now.</summary>
    /// <param name="twin">The twin.</param>
    /// <param name="isShared">Both stay in use.</param>
    internal void Follow(Tensor twin, bool isShared)
    {
        (variable, view, uncounted, recorded, Detached, leaf, viewedBy) =
            (twin.variable, twin.view, twin.uncounted, twin.recorded, twin.Detached, twin.leaf, twin.viewedBy);
        if (isShared && variable is Storage storage) storage.AddHandle();
    }

    /// <summary>This tensor as an operand of what is being recorded.</summary>
    internal Operand Operand
    {
        get
        {
            if (!GradMode.Enabled || !RequiresGrad) return new(Node, view, false);
            return new(leaf is null ? Node : leaf.Bind(Node), view, true);
        }
    }

    /// <summary>This tensor as an operand of the given shape, which it must broadcast to.</summary>
    internal Operand Broadcast(Shape shape)
    {
        var operand = Operand;
        if (operand.Shape.Equals(shape)) return operand;
        return operand with { View = (view ?? GpuTensor.View.Identity(Node.Shape)).Expand(shape).Simplify(Node.Shape) };
    }

    /// <summary>Another view of the same variable.</summary>
    internal Tensor WithView(View newView, ViewOperator by) => newView.IsWithin(Node.Shape.ElementCount)
        ? new(Storage, newView.Simplify(Node.Shape), Detached) { leaf = leaf, viewedBy = by }
        : throw new TensorShapeException(
            $"The view {newView} reaches beyond the {Node.Shape.ElementCount} elements of shape {Node.Shape}.");

    /// <summary>This very handle, looking at its value in another way: for a result that nobody else has a handle on.</summary>
    private Tensor Turn(View newView, ViewOperator by)
    {
        (view, viewedBy) = (newView.Simplify(Node.Shape), by);
        return this;
    }

    /// <summary>Records an operator over tensors of one device.</summary>
    internal static Tensor Apply(Operator op, DType dtype, Shape shape, Operand a, Operand b = default, Operand[]? more = null,
        IAttributes? attributes = null) =>
        FromNode(Record(op, dtype, shape, a, b, more, attributes));

    /// <summary>As <see cref="Apply"/>, without a handle on the result.</summary>
    private static Node Record(Operator op, DType dtype, Shape shape, Operand a, Operand b = default, Operand[]? more = null,
        IAttributes? attributes = null)
    {
        var device = a.Node.Device;
        // Integers and truth values carry no gradient, whatever they were computed from.
        if (!dtype.IsFloatingPoint())
        {
            (a, b) = (a with { Grad = false }, b with { Grad = false });
            more = more is null ? null : Array.ConvertAll(more, o => o with { Grad = false });
        }
        if (b.Node is not null && b.Node.Device != device) throw Mixed(op, device, b.Node.Device);
        if (more is not null)
            foreach (var operand in more)
                if (operand.Node.Device != device) throw Mixed(op, device, operand.Node.Device);
        return Recorder.For(device).Record(op, dtype, shape, a, b, more, attributes);
    }

    /// <summary>As <see cref="Apply"/>, for an operator of one operand with several results.</summary>
    /// <param name="results">Dtype and shape of each result.</param>
    internal static Tensor[] ApplySeveral(Operator op, Tensor x, Operand operand, Shape shape, IAttributes? attributes,
        params ReadOnlySpan<(DType DType, Shape Shape)> results)
    {
        var nodes = Recorder.For(x.Device).RecordSeveral(op, x.DType, shape, results,
            operand with { Grad = operand.Grad && x.DType.IsFloatingPoint() }, attributes: attributes);
        return Array.ConvertAll(nodes, n => FromNode(n));
    }

    private static DeviceException Mixed(Operator op, Device a, Device b) => new(
        $"{op.Name}: operands are on different devices, {a.Name} and {b.Name}; move one with To(device).");
}
