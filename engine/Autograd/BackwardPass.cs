using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>One backward pass: walks recorded values from the outputs to the leaves, each once, in reverse order of dependence. Iterative,
/// so depth costs no stack.</summary>
internal sealed class BackwardPass
{
    /// <summary>Tables larger than this are not kept for the next pass.</summary>
    private const int UsualNodes = 4096;

    // One for each thread, so that the tables of one step serve the next. Null while it is at work: a rule might start another pass.
    [ThreadStatic] private static BackwardPass? idle;

    private readonly Dictionary<Node, Tensor> gradients = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, bool> visited = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Tensor?[]> ofResults = new(ReferenceEqualityComparer.Instance);
    private readonly List<Node> roots = [], order = [];
    private readonly List<Tensor> seeds = [];
    private readonly Stack<Node> stack = new();
    private readonly GradientContext context;

    // Only where the gradient of a view that is no leaf is asked for.
    private ViewGradients? views;

    private BackwardPass() => context = new(this);

    /// <summary>Gradients of <paramref name="outputs"/> with respect to <paramref name="inputs"/> (returned), or to all leaves (accumulated
    /// into them).</summary>
    public static Tensor?[] Run(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?> upstream, IReadOnlyList<Tensor>? inputs,
        bool retainGraph, bool createGraph,
        bool accumulate, bool allowUnused)
    {
        var pass = idle ?? new();
        idle = null;
        try
        {
            return pass.Go(outputs, upstream, inputs, retainGraph, createGraph, accumulate, allowUnused);
        }
        finally
        {
            if (pass.visited.Count <= UsualNodes)
            {
                pass.Clear();
                idle = pass;
            }
        }
    }

    private Tensor?[] Go(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?> upstream, IReadOnlyList<Tensor>? inputs, bool retainGraph,
        bool createGraph,
        bool accumulate, bool allowUnused)
    {
        using var mode = new GradModeScope(enabled: createGraph);
        for (int i = 0; i < outputs.Count; i++) roots.Add(Seed(outputs[i], i < upstream.Count ? upstream[i] : null));
        if (retainGraph == false)
            foreach (var root in roots) root.PendingIn?.Keep(root);

        var wanted = inputs?.Select(Target).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        Order();
        RegisterViews(inputs);
        if (views is not null)
            for (int i = 0; i < outputs.Count; i++) views.Note(roots[i], outputs[i].ViewOf, seeds[i]);
        try
        {
            for (int i = order.Count - 1; i >= 0; i--) Visit(order[i], wanted, accumulate);
        }
        finally
        {
            AnomalyMode.Differentiate(null);
        }
        if (!retainGraph)
            foreach (var node in order) Free(node);
        return inputs is null ? [] : [.. inputs.Select(t => Result(t, allowUnused))];
    }

    /// <summary>Views whose own gradients are asked for, here or by <see cref="Tensor.RetainGrad"/>.</summary>
    private void RegisterViews(IReadOnlyList<Tensor>? inputs)
    {
        if (inputs is not null)
            foreach (var input in inputs)
                if (input is { IsViewOfResult: true, ViewOf: { } view }) (views ??= new()).Register(Target(input), view);
        if (!RetainedGradients.Any) return;
        foreach (var node in order)
            foreach (var retained in RetainedGradients.Of(node))
                if (retained.View is { } view) (views ??= new()).Register(node, view);
    }

    /// <summary>A gradient arrives for what an operator read.</summary>
    public void Receive(Operand operand, Tensor gradient)
    {
        views?.Note(operand.Node, operand.View, gradient);
        Add(operand.Node, ViewAdjoint.Apply(operand.View, operand.Node, gradient));
    }

    /// <summary>A gradient arrives for one result of an operator with several.</summary>
    public void ReceiveOf(Node node, int result, Tensor gradient)
    {
        if (!ofResults.TryGetValue(node, out var all)) ofResults.Add(node, all = new Tensor?[node.Op.Results.Length]);
        all[result] = gradient;
    }

    private void Clear()
    {
        ofResults.Clear();
        views = null;
        seeds.Clear();
        gradients.Clear();
        visited.Clear();
        roots.Clear();
        order.Clear();
        stack.Clear();
        context.Enter(null!, null!, []);
    }

    /// <summary>Adds a gradient (in the node's own shape) to what has arrived for a node.</summary>
    private void Add(Node node, Tensor gradient) => gradients[node] = gradients.TryGetValue(node, out var sum) ? sum + gradient : gradient;

    /// <summary>A value that the gradient of <paramref name="user"/> reads must still be what it was.</summary>
    /// <param name="operand">Which operand of the user it is; −1 for its result.</param>
    public void CheckUnchanged(Node value, Node user, int operand)
    {
        if (!value.IsSuperseded) return;
        // The in-place operator itself may read what it replaces: whole, or through a view or a copy that put its result in place.
        if (value != user && value.Successor is { } next
            && (next == user || (next.Op == Basic.ViewAssign || Basic.IsCopy(next.Op)) && next.Reads(user))) return;
        string role = operand < 0 ? "result" : $"operand {operand}";
        throw new AutogradException(
            $"The {role} of {user.Op.Name} ({value.DType.Name()} {value.Shape}) is needed for its gradient but was changed by an in-place "
            + "operation. "
            + "Use the operation's form without underscore, or change a Clone().");
    }

    private Node Seed(Tensor output, Tensor? gradient)
    {
        if (!output.RequiresGrad)
            throw new AutogradException(
                "This tensor does not require gradients and has no graph: nothing it was computed from has RequiresGrad set.");
        if (gradient is null)
        {
            if (output.ElementCount != 1)
                throw new AutogradException(
                    $"A gradient can be created implicitly only for one element, but the tensor has shape {output.Shape}: pass "
                    + "Backward(gradient).");
            gradient = Tensor.Ones(output.Shape, output.DType, output.Device);
        }
        else if (gradient.Shape != output.Shape)
            throw new TensorShapeException($"The gradient has shape {gradient.Shape}, but its tensor has {output.Shape}.");
        // The caller's own tensor must not become a leaf's gradient, which is changed in place.
        gradient.IsGradient = true;
        var node = Target(output);
        if (gradient.DType != output.DType) gradient = gradient.To(output.DType);
        seeds.Add(gradient);
        Add(node, ViewAdjoint.Apply(output.ViewOf, node, gradient));
        return node;
    }

    private static Node Target(Tensor tensor) => tensor.Leaf is { } leaf ? leaf.Bind(tensor.Node) : tensor.Node;

    /// <summary>All nodes that gradients reach, operands before users.</summary>
    private void Order()
    {
        foreach (var root in roots) stack.Push(root);
        while (stack.TryPeek(out var node))
        {
            if (visited.TryGetValue(node, out bool done))
            {
                stack.Pop();
                if (done) continue;
                visited[node] = true;
                order.Add(node);
                continue;
            }
            visited[node] = false;
            if (node.Leaf is not null) continue;
            if ((node.Flags & NodeFlags.GraphFreed) != 0)
                throw new AutogradException(
                    "Trying to go backward through the graph a second time: its saved values were freed by the first. Pass retainGraph: "
                    + "true the first time.");
            for (int i = 0; i < node.OperandCount; i++)
                if (node[i] is { Grad: true } operand && !visited.ContainsKey(operand.Node)) stack.Push(operand.Node);
        }
    }

    private void Visit(Node node, HashSet<Node>? wanted, bool accumulate)
    {
        Tensor?[] several = [];
        if (!gradients.TryGetValue(node, out var gradient) && !(node.HasSeveralResults && ofResults.Remove(node, out several!))) return;
        if (RetainedGradients.Any)
            foreach (var retained in RetainedGradients.Of(node))
                if (retained.View is null) retained.Accumulate(gradient!);
                else if (views?.Find(node, retained.View)?.Of(gradient!) is { } own) retained.AccumulateSeen(own);
        if (node.Leaf is { } leaf)
        {
            if (accumulate && leaf.RequiresGrad && wanted?.Contains(node) != false) leaf.Accumulate(gradient!);
            return;
        }
        if (node.Op.Gradient is not { } rule) throw new AutogradException($"{node.Op.Name} has no gradient.");
        context.Enter(node, gradient!, several);
        AnomalyMode.Differentiate(node);
        rule(context);
        if (wanted?.Contains(node) != true) gradients.Remove(node);
    }

    private Tensor? Result(Tensor input, bool allowUnused)
    {
        var node = Target(input);
        if (gradients.TryGetValue(node, out var gradient))
        {
            if (input.ViewOf is not { } view) return gradient;
            if (views?.Find(node, view) is not { } own || !input.IsViewOfResult) return gradient.ViewAs(view);
            if (own.Of(gradient) is { } found) return found;
        }
        if (allowUnused) return null;
        throw new AutogradException(
            "One of the inputs was not used in the graph of the outputs; pass allowUnused: true to get null for it.");
    }

    private static void Free(Node node)
    {
        if (node.Leaf is not null) return;
        if ((node.Flags & NodeFlags.GraphFreed) != 0) return;
        node.Mark(NodeFlags.GraphFreed);
        for (int i = 0; i < node.OperandCount; i++) node[i].Node.AddUse(-1);
        if (node.HasSeveralResults) node.ForgetResults();
        if (node.IsMaterialized) node.ForgetOperands();
    }
}
