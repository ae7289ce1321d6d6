using GpuTensor.Differentiation;
using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The in-place forms' one way: this variable now means <paramref name="value"/> where this handle looks. Every view of it sees the change.</summary>
    /// <param name="value">Broadcasts to this shape; converted to this dtype.</param>
    /// <param name="op">The operator's name, for errors.</param>
    internal Tensor Assign(Tensor value, string op)
    {
        if (view?.Overlaps == true)
            throw new TensorShapeException($"{op}: this tensor is expanded, several of its elements are one element in memory; Clone() it before changing it in place.");
        if (GradMode.Enabled && leaf is { RequiresGrad: true })
            throw new AutogradException($"{op}: a leaf tensor that requires gradients cannot be changed in place; do it under Tensor.NoGrad(), or on a Clone().");
        if (value.Shape != Shape && (!GpuTensor.Shape.TryBroadcast(Shape, value.Shape, out var result) || result != Shape))
            throw new TensorShapeException($"{op}: a result of shape {value.Shape} does not fit into a tensor of shape {Shape}.");
        if (value.Device != Device) throw Mixed(Basic.Copy, Device, value.Device);
        if (DType.Category() < value.DType.Category())
            throw new TensorDTypeException($"{op}: the result is {value.DType.Name()} and cannot be stored in a tensor of {DType.Name()}.");
        if (value.DType != DType) value = value.To(DType);

        // A detached handle changes the numbers under a value that keeps its history.
        bool keepsHistory = Detached && Node.RequiresGrad;
        var before = Node;
        Tensor after;
        if (view is not null) after = ViewAssign(WholeOperand, view, value.Broadcast(Shape));
        else if (IsFresh(value)) after = value;
        else after = Apply(Basic.Copy, DType, Shape, value.Broadcast(Shape));
        if (keepsHistory) after = Apply(Basic.SetData, DType, before.Shape, new(before, null, true), new(after.Node, null, false));
        if (leaf is { } state && after.Node.Link is null) after.Node.Link = state;
        // The result's own handle only looks on from here: this variable alone may change the memory in place.
        after.Storage.Lend();
        Storage.Set(after.Node);
        return this;
    }

    /// <summary>A result that no other variable means can be taken over without a copy.</summary>
    private bool IsFresh(Tensor value) => value.view is null && value.Shape == Shape && value.Node is { State: NodeState.Pending, Storages: <= 1, Link: null }
        && value.Node.Op.Kind is not (OperatorKind.Leaf or OperatorKind.Scalar) && value.storage != storage && value.storage!.Handles == 1;

    private Operand WholeOperand
    {
        get
        {
            bool grad = GradMode.Enabled && RequiresGrad;
            return new(grad && leaf is not null ? leaf.Bind(Node) : Node, null, grad);
        }
    }

    /// <summary>This tensor (which is contiguous and whole) with the elements under a view replaced.</summary>
    internal Tensor ViewAssign(View over, Tensor value) => ViewAssign(Contiguous().WholeOperand, over, value.Operand);

    private static Tensor ViewAssign(Operand target, View over, Operand value) =>
        Apply(Basic.ViewAssign, target.DType, target.Shape, target, value, attributes: new ViewAttributes(over));
}
