using GpuTensor.Graph;

namespace GpuTensor;

public partial class Tensor
{
    private LeafState? leaf;
    private ViewOperator viewedBy;

    /// <summary>The handle ignores the history of the value it looks at.</summary>
    internal bool Detached { get; private set; }

    internal LeafState? Leaf => leaf;

    /// <summary>True where gradients flow to this tensor: a leaf that asks for them, or a result of such tensors. Settable on
    /// leaves.</summary>
    /// <exception cref="AutogradException">Set on a result, or to true on a dtype that is not floating.</exception>
    public bool RequiresGrad
    {
        get
        {
            recorded.Read();
            return leaf is not null ? leaf.RequiresGrad : !Detached && Node.RequiresGrad;
        }

        set => RequiresGrad_(value);
    }

    /// <summary>True for tensors the user made (or detached), false for results of operators that record history.</summary>
    public bool IsLeaf => leaf is not null ? viewedBy == ViewOperator.None || !leaf.RequiresGrad : !RequiresGrad;

    /// <summary>Asks for gradients of this leaf, or stops asking.</summary>
    /// <remarks>A gradient belongs to each element, so a tensor of which several elements are one in memory (expanded, or windows that
    /// overlap) gets memory of its own when it asks.</remarks>
    /// <returns>This tensor.</returns>
    public Tensor RequiresGrad_(bool requiresGrad = true)
    {
        if (!IsLeaf)
            throw new AutogradException("RequiresGrad can only be changed on leaf tensors; use Detach() to get one from a result.");
        if (requiresGrad && !DType.IsFloatingPoint())
            throw new AutogradException($"Only floating-point tensors can require gradients; this one is {DType.Name()}.");
        if (requiresGrad && view is { Overlaps: true }) Separate();
        if (leaf is null || viewedBy != ViewOperator.None)
        {
            if (!requiresGrad) return this;
            // A view of what asks for no gradients becomes a leaf of its own.
            (leaf, viewedBy) = (new(view, Storage), ViewOperator.None);
        }
        if (leaf.RequiresGrad == requiresGrad) return this;
        leaf.RequiresGrad = requiresGrad;
        recorded.Changed();
        return this;
    }

    private void Separate()
    {
        var copy = Detach().Clone();
        if (viewedBy != ViewOperator.None) (leaf, viewedBy) = (null, ViewOperator.None);
        ReplaceWith(copy, leaf?.ReadGrad());
    }

    /// <summary>The gradient that backward passes have added up for this leaf (or for a result after <see cref="RetainGrad"/>); null before
    /// the first and after ZeroGrad. Settable.</summary>
    public Tensor? Grad
    {
        get
        {
            var state = viewedBy == ViewOperator.None ? leaf : null;
            return (state ?? RetainedGradients.Find(this))?.ExposeGrad();
        }
        set
        {
            if (value is not null && (value.Shape != Shape || value.DType != DType))
                throw new TensorShapeException(
                    $"A gradient must have its tensor's shape and dtype: expected {DType.Name()} {Shape}, got {value.DType.Name()} "
                    + $"{value.Shape}.");
            leaf ??= new(view, Storage);
            leaf.Set(value);
        }
    }

    /// <summary>Lets a result keep its gradient in <see cref="Grad"/> in the backward passes to come.</summary>
    /// <remarks>A result of which several elements are one in memory (expanded, or windows that overlap) gets memory of its own.</remarks>
    public void RetainGrad()
    {
        if (IsLeaf || RetainedGradients.Find(this) is not null) return;
        if (view is { Overlaps: true })
        {
            // A gradient for each element, as of a leaf: the result becomes a value of its own.
            using var mode = new GradModeScope(enabled: true);
            var copy = Clone();
            ReplaceWith(copy, null);
            (leaf, viewedBy, Detached) = (null, ViewOperator.None, copy.Detached);
        }
        RetainedGradients.Add(this, new(view) { RequiresGrad = true });
    }

    /// <summary>Whether it is a view of a result or of a leaf, not a leaf itself.</summary>
    internal bool IsViewOfResult => view is not null && !IsLeaf;

    /// <summary>What made this tensor, as PyTorch names it (<c>MulBackward</c>); null for leaves.</summary>
    public GradFunction? GradFn =>
        IsLeaf || !RequiresGrad ? null : new(viewedBy != ViewOperator.None ? viewedBy + "Backward" : Node.Op.GradName);

    /// <summary>The same memory without history: gradients do not flow through it.</summary>
    public Tensor Detach() => new(Storage, view, detached: true);

    /// <summary>Makes this very object another tensor's variable, as PyTorch's <c>p.data = …</c> does: modules move their parameters so.
    /// Other handles on the old variable keep it.</summary>
    internal void ReplaceWith(Tensor data, Tensor? grad)
    {
        var (old, requires) = (Storage, leaf?.RequiresGrad == true);
        (variable, view, Detached) = (data.Storage, data.view, true);
        data.Storage.AddHandle();
        old.RemoveHandle();
        if (leaf is not null)
        {
            leaf = new(view, Storage) { RequiresGrad = requires };
            if (grad is not null) leaf.Set(grad);
        }
        recorded.Changed();
    }

    /// <summary>Changes this leaf's gradient: in place where the program holds a handle on it.</summary>
    internal void ReplaceGrad(Tensor value) => leaf!.Replace(value);

    /// <summary>Computes the gradients of this tensor with respect to the leaves it came from and adds them to their
    /// <see cref="Grad"/>.</summary>
    /// <param name="gradient">The gradient of this tensor itself, of its shape; may be left out for one element.</param>
    /// <param name="retainGraph">Keeps the graph for another backward; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Records the computation of the gradients, so that they can be differentiated in turn.</param>
    /// <exception cref="AutogradException">There is no graph, it was freed, or a saved value was changed in place.</exception>
    public void Backward(Tensor? gradient = null, bool? retainGraph = null, bool createGraph = false) =>
        BackwardPass.Run([this], [gradient], inputs: null, retainGraph ?? createGraph, createGraph, accumulate: true, allowUnused: true);

    /// <summary>Until the result is disposed, the calling thread records no history. A ref struct: it cannot live across an
    /// await.</summary>
    public static GradModeScope NoGrad() => new(enabled: false);

    /// <summary>As <see cref="NoGrad"/>; PyTorch's inference mode.</summary>
    public static GradModeScope InferenceMode() => new(enabled: false);

    /// <summary>Until the result is disposed, the calling thread records history again, within a <see cref="NoGrad"/>.</summary>
    public static GradModeScope EnableGrad() => new(enabled: true);
}

/// <summary>What made a view, by its name in a graph.</summary>
internal enum ViewOperator : byte { None, View, Permute, Transpose, Expand, Slice, Select, Unsqueeze, Squeeze, Diagonal, Unfold, Flip,
    AsStrided }
