using GpuTensor.Graph;
using GpuTensor.Operators;

namespace GpuTensor;

public partial class Tensor
{
    /// <summary>The in-place forms' one way: this variable now means <paramref name="value"/> where this handle looks. Every view of it
    /// sees the change.</summary>
    /// <param name="value">Broadcasts to this shape; converted to this dtype.</param>
    /// <param name="op">The operator's name, for errors.</param>
    internal Tensor Assign(Tensor value, string op)
    {
        CheckAssign(value.Shape, value.DType, value.Device, op);
        if (value.DType != DType) value = value.To(DType);
        Put(value.Broadcast(Shape), IsFresh(value) ? value : null);
        return this;
    }

    /// <summary>As <see cref="Assign(Tensor, string)"/>, from a part of a value: for one of this dtype that needs no handle.</summary>
    internal void Assign(Operand value, string op)
    {
        CheckAssign(value.Shape, value.DType, value.Node.Device, op);
        Put(value, null);
    }

    private void CheckAssign(Shape shape, DType dtype, Device device, string op)
    {
        if (view?.Overlaps == true)
            throw new TensorShapeException($"{op}: several elements of this tensor {Shape} are one element in memory (it was "
                + "expanded, or its windows overlap); Clone() it before changing it in place.");
        if (GradMode.Enabled && leaf is { RequiresGrad: true })
            throw new AutogradException(
                $"{op}: a leaf tensor that requires gradients cannot be changed in place; do it under Tensor.NoGrad(), or on a Clone().");
        if (shape != Shape && (!GpuTensor.Shape.TryBroadcast(Shape, shape, out var result) || result != Shape))
            throw new TensorShapeException($"{op}: a result of shape {shape} does not fit into a tensor of shape {Shape}.");
        if (device != Device) throw Mixed(Basic.Copy, Device, device);
        if (DType.Category() < dtype.Category())
            throw new TensorDTypeException($"{op}: the result is {dtype.Name()} and cannot be stored in a tensor of {DType.Name()}.");
    }

    /// <param name="value">Of this shape and dtype.</param>
    /// <param name="fresh">The value as a tensor where it can be taken over.</param>
    private void Put(Operand value, Tensor? fresh)
    {
        // A detached handle changes the numbers under a value that keeps its history.
        bool keepsHistory = Detached && Node.RequiresGrad;
        var before = Node;
        Node after;
        if (view is not null) after = RecordViewAssign(WholeOperand, view, value);
        else if (fresh is not null)
        {
            // The result's own handle only looks on from here: this variable alone may change the memory in place.
            after = fresh.Node;
            if (!keepsHistory) fresh.StopCounting();
        }
        else after = Record(Basic.Copy, DType, Shape, value);
        if (keepsHistory) after = Record(Basic.SetData, DType, before.Shape, new(before, null, true), new(after, null, false));
        if (leaf is { } state) after.TryBind(state);
        Storage.Set(after);
    }

    /// <summary>A result that no other variable means can be taken over without a copy.</summary>
    private bool IsFresh(Tensor value) => value.view is null && value.Shape == Shape
        && value.Node is { Storages: <= 1, Leaf: null, IsSuperseded: false } node && node.IsPendingIn(Recorder.For(Device))
        && value.Node.Op.Iteration is not (Iteration.Leaf or Iteration.Number) && value.variable != variable && !value.IsShared;

    private Operand WholeOperand
    {
        get
        {
            bool grad = GradMode.Enabled && RequiresGrad;
            return new(grad && leaf is not null ? leaf.Bind(Node) : Node, null, grad);
        }
    }

    /// <summary>This tensor (which is contiguous and whole) with the elements under a view replaced.</summary>
    internal Tensor ViewAssign(View over, Tensor value)
    {
        var whole = Contiguous();
        var assigned = FromNode(RecordViewAssign(whole.WholeOperand, over, value.Operand));
        // The value behind a handle may have another shape than the handle shows.
        return whole.view is null ? assigned : assigned.Reshape(Shape);
    }

    private static Node RecordViewAssign(Operand target, View over, Operand value) =>
        Record(Basic.ViewAssign, target.DType, target.Shape, target, value, attributes: new ViewAttributes(over));
}
