using System.Runtime.CompilerServices;
using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>What a leaf that requires gradients carries: the gradient so far, and the link from graph values back to it.</summary>
/// <param name="view">How the leaf looks at its variable; gradients arrive in the variable's shape.</param>
/// <param name="variable">The variable; null for a result that keeps its gradient.</param>
internal sealed class LeafState(View? view, Storage? variable = null)
{
    // One reference to both, since several threads may bind the leaf.
    private Tuple<Node, Node>? aliased;

    private RecordedState recorded;
    private bool requiresGrad;

    public bool RequiresGrad
    {
        get
        {
            recorded.Read();
            return requiresGrad;
        }
        set
        {
            if (requiresGrad == value) return;
            requiresGrad = value;
            recorded.Changed();
        }
    }

    /// <summary>The sum of gradients so far.</summary>
    public Tensor? Grad { get; private set; }

    /// <summary>The program has seen the gradient's handle, so its memory must not be reused behind its back.</summary>
    public bool GradExposed { get; private set; }

    /// <summary>Where the optimizer wants the gradient to lie.</summary>
    public Runtime.Memory.Block? GradHome;

    public View? View { get; } = view;

    public Storage? Variable { get; } = variable;

    /// <summary>The node that stands for this leaf in the graph: its value, marked; or an alias where the value already carries another
    /// history.</summary>
    public Node Bind(Node node)
    {
        if (node.Leaf == this || (!node.RequiresGrad && node.TryBind(this))) return node;
        if (aliased is { } known && known.Item1 == node) return known.Item2;
        var alias = Recorder.For(node.Device).Record(Basic.Copy, node.DType, node.Shape, new(node, null, false));
        alias.TryBind(this);
        aliased = new(node, alias);
        return alias;
    }

    /// <summary>The gradient, for the engine's own use: nothing changes it in place.</summary>
    public Tensor? ReadGrad()
    {
        Recorder.Recorded?.NoteGradient(this, new(Grad));
        return Grad;
    }

    /// <summary>The gradient, for the program to read and change. What backward left may be a view, one value for several leaves, or lie
    /// where the next gradient will: it gets memory of its own first.</summary>
    public Tensor? ExposeGrad()
    {
        ReadGrad();
        if (Grad is null || GradExposed) return Grad;
        GradExposed = true;
        if (GradHome is not null || Grad.ViewOf is not null || Grad.IsShared) Grad = Grad.Clone();
        return Grad;
    }

    /// <summary>The program sets the gradient, or forgets it.</summary>
    public void Set(Tensor? value)
    {
        Recorder.Recorded?.NoteGradient(this, GradientStart.Replaced);
        // Nobody else has a handle on it: its memory can be used again at once.
        if (Grad is { IsShared: false } old && !GradExposed && GradHome is null && old != value) old.Dispose();
        (Grad, GradExposed) = (value, value is not null);
    }

    /// <summary>Adds a gradient in the variable's shape; as in PyTorch in place where the program holds a handle, unless history is
    /// recorded.</summary>
    public void Accumulate(Tensor gradient)
    {
        AccumulateSeen(View is null ? gradient : gradient.ViewAs(View));
    }

    /// <summary>Adds a gradient in the leaf's own shape.</summary>
    public void AccumulateSeen(Tensor gradient)
    {
        if (Grad is null)
        {
            if (gradient.IsGradient) gradient = gradient.Detach();
            gradient.IsGradient = true;
            Put(gradient);
        }
        else if (GradMode.Enabled) Put(Grad + gradient);
        else Replace(Grad + gradient);
    }

    /// <summary>Changes the gradient: in place where the program holds a handle on it.</summary>
    public void Replace(Tensor value)
    {
        if (!GradExposed)
        {
            Put(value);
            return;
        }
        Note(value, Grad, true);
        Grad!.Assign(value, "Grad");
    }

    /// <summary>What it was, after a flush that failed.</summary>
    public void Restore(Tensor? before, bool exposed) => (Grad, GradExposed) = (before, exposed);

    /// <summary>A replay of a compiled step has computed it.</summary>
    public void Renew(Tensor? value, bool exposed) => (Grad, GradExposed) = (value, exposed);

    private void Put(Tensor value)
    {
        Note(value, Grad, GradExposed);
        (Grad, GradExposed) = (value, false);
    }

    private void Note(Tensor value, Tensor? before, bool exposed)
    {
        if (value.Node.PendingIn is { } recorder) recorder.NoteGradient(this, before, exposed);
        else Recorder.Recorded?.NoteGradient(this, new(before));
    }
}

/// <summary>Results whose gradients were asked for by RetainGrad.</summary>
internal static class RetainedGradients
{
    private static readonly ConditionalWeakTable<Node, List<LeafState>> ByValue = [];
    private static readonly ConditionalWeakTable<Tensor, LeafState> ByHandle = [];
    private static volatile bool any;

    public static void Add(Tensor result, LeafState state)
    {
        any = true;
        // Different views of one value may each ask.
        var states = ByValue.GetOrCreateValue(result.Node);
        lock (states) states.Add(state);
        ByHandle.AddOrUpdate(result, state);
    }

    /// <summary>Whether any gradient was ever asked for.</summary>
    public static bool Any => any;

    /// <summary>Those of a value and of its views.</summary>
    public static LeafState[] Of(Node node)
    {
        if (!ByValue.TryGetValue(node, out var states)) return [];
        lock (states) return [.. states];
    }

    public static LeafState? Find(Tensor result) => any && ByHandle.TryGetValue(result, out var state) ? state : null;
}
