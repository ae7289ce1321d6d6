using GpuTensor.Differentiation;
using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>A multi-dimensional array on a device. Operations are recorded and run when a value is read or an optimizer steps; the semantics are PyTorch's, as if each had run at once.</summary>
/// <remarks>A tensor is a light handle: nothing needs <see cref="Dispose"/>, which only gives memory back early.</remarks>
public partial class Tensor : IDisposable
{
    private Storage? storage;
    private View? view;

    /// <summary>Makes a handle on a variable.</summary>
    internal Tensor(Storage storage, View? view = null, bool detached = false)
    {
        (this.storage, this.view, Detached) = (storage, view, detached);
        storage.Handles++;
    }

    /// <summary>Another handle on another tensor's variable, without its history.</summary>
    private protected Tensor(Tensor other) : this(other.Storage, other.view, detached: true) { }

    /// <summary>The variable it looks at.</summary>
    internal Storage Storage => storage ?? throw new ObjectDisposedException(nameof(Tensor), "This tensor was disposed; its value can no longer be used.");

    /// <summary>How it looks at the variable's value; null: as it is.</summary>
    internal View? ViewOf => view;

    /// <summary>The value it means now.</summary>
    internal Node Node => Storage.Current;

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
    public int Version => Storage.Version;

    /// <summary>Marks its value to be kept when the step that records it runs, though nothing reads it then: for values that are stored and read only now and then.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Keep()
    {
        if (Node.Owner is Recorder recorder) recorder.Keep(Node);
        return this;
    }

    /// <summary>Runs what this value needs, without waiting.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Realize()
    {
        Recorder.Materialize(Node);
        return this;
    }

    /// <summary>Gives up the handle. The memory is free once no other handle, recorded operation or saved value needs it.</summary>
    public void Dispose()
    {
        if (storage is not { } s) return;
        storage = null;
        view = null;
        if (--s.Handles == 0) s.Current.Device.Executor.Release(s);
        GC.SuppressFinalize(this);
    }

    /// <summary>A new variable that means <paramref name="node"/>.</summary>
    internal static Tensor FromNode(Node node)
    {
        var s = new Storage(node);
        if (node.Owner is Recorder recorder) recorder.Hold(node, s);
        return new(s);
    }

    /// <summary>A value as a tensor for gradient rules to read: never changed in place, and not counted as a user of the memory.</summary>
    internal static Tensor Borrow(Operand operand)
    {
        return new(new Storage(operand.Node).Lend(), operand.View, detached: !operand.Grad) { leaf = operand.Grad ? operand.Node.Leaf : null };
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
    internal Tensor WithView(View newView, string name) =>
        new(Storage, newView.Simplify(Node.Shape), Detached) { leaf = leaf, viewName = name };

    /// <summary>Records an operator over tensors of one device.</summary>
    internal static Tensor Apply(Operator op, DType dtype, Shape shape, Operand a, Operand b = default, Operand[]? more = null, IAttributes? attributes = null, long bits = 0)
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
        return FromNode(Recorder.For(device).Record(op, dtype, shape, a, b, more, attributes, bits));
    }

    private static DeviceException Mixed(Operator op, Device a, Device b) => new(
        $"{op.Name}: operands are on different devices, {a.Name} and {b.Name}; move one with To(device).");
}
