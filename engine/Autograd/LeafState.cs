using System.Runtime.CompilerServices;
using GpuTensor.Graph;

namespace GpuTensor.Differentiation;

/// <summary>What a leaf that requires gradients carries: the gradient so far, and the link from graph values back to it.</summary>
/// <param name="view">How the leaf looks at its variable; gradients arrive in the variable's shape.</param>
internal sealed class LeafState(View? view)
{
    private Node? aliased, alias;

    public bool RequiresGrad;

    /// <summary>The sum of gradients so far.</summary>
    public Tensor? Grad;

    /// <summary>The program has seen the gradient's handle, so its memory must not be reused behind its back.</summary>
    public bool GradExposed;

    /// <summary>Where the optimizer wants the gradient to lie.</summary>
    public Memory.Block? GradHome;

    public View? View { get; } = view;

    /// <summary>The node that stands for this leaf in the graph: its value, marked; or an alias where the value already carries another
    /// history.</summary>
    public Node Bind(Node node)
    {
        if (node.Link == this) return node;
        if (node.Link is null && !node.RequiresGrad)
        {
            node.Link = this;
            return node;
        }
        if (aliased == node) return alias!;
        alias = Recorder.For(node.Device).Record(Operators.Basic.Copy, node.DType, node.Shape, new(node, null, false));
        alias.Link = this;
        aliased = node;
        return alias;
    }

    /// <summary>The gradient, for the program to read and change. What backward left may be a view, or one value for several leaves: it
    /// gets memory of its own first.</summary>
    public Tensor? ExposeGrad()
    {
        if (Grad is null || GradExposed) return Grad;
        GradExposed = true;
        if (Grad.ViewOf is not null || Grad.IsShared) Grad = Grad.Clone();
        return Grad;
    }

    /// <summary>Adds a gradient in the variable's shape.</summary>
    public void Accumulate(Tensor gradient)
    {
        if (View is not null) gradient = gradient.ViewAs(View);
        Grad = Grad is null ? gradient : Grad + gradient;
        if (Grad.Node.Owner is Recorder recorder) recorder.NoteGradient(this);
    }
}

/// <summary>Results whose gradients were asked for by RetainGrad.</summary>
internal static class RetainedGradients
{
    private static readonly ConditionalWeakTable<Node, LeafState> ByValue = [];
    private static readonly ConditionalWeakTable<Tensor, LeafState> ByHandle = [];
    private static volatile bool any;

    public static void Add(Tensor result, LeafState state)
    {
        any = true;
        ByValue.AddOrUpdate(result.Node, state);
        ByHandle.AddOrUpdate(result, state);
    }

    public static LeafState? Find(Node node) => any && ByValue.TryGetValue(node, out var state) ? state : null;

    public static LeafState? Find(Tensor result) => any && ByHandle.TryGetValue(result, out var state) ? state : null;
}
