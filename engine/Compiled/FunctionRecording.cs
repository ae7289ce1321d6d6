using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Compiled;

/// <summary>Where a replay takes what a kernel reads.</summary>
/// <param name="Node">What was read at recording.</param>
/// <param name="Block">Its memory then: still the one for tensors that stay and for variables, whose new values lie in their
/// places.</param>
/// <param name="Argument">The argument it is, or −1.</param>
/// <param name="Gradient">The leaf whose gradient it is.</param>
/// <param name="IsHome">The function computes a new value in its place: the kernels know the place, not the node.</param>
internal readonly record struct CapturedLeaf(Node Node, Block Block, int Argument, LeafState? Gradient, bool IsHome);

/// <summary>A number of a recording: its value, where it comes from if it may change, and, of a generator's key or words, that generator
/// and how many words are drawn (0: it is the key).</summary>
internal readonly record struct CapturedScalar(long Bits, DType DType, Func<double>? Source, Generator? Generator, long Draws);

/// <summary>What a captured function left as a leaf's gradient: none, an output of its own, or a handle that stays.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Start">What it was before.</param>
/// <param name="Handle">The handle that stays; null for an output or none.</param>
/// <param name="Home">Where the handle's value is computed anew; null where it is a variable or is only read.</param>
/// <param name="Output">The output it is, or −1.</param>
/// <param name="Type">Of an output: its value's dtype and shape, how the gradient looks at it, and whether the function read the gradient's
/// handle.</param>
internal readonly record struct CapturedGradient(LeafState Leaf, GradientStart Start, Tensor? Handle, Block? Home = null, int Output = -1,
    (DType DType, Shape Shape, View? View, bool Exposed) Type = default);

/// <summary>What one recording of a compiled function leaves behind for its replays.</summary>
internal sealed class FunctionRecording(Tensor[] arguments) : Recording, IRunObserver
{
    private readonly Dictionary<LeafState, GradientStart> starts = new(ReferenceEqualityComparer.Instance);

    /// <summary>The nodes that the arguments meant.</summary>
    public Node[] Arguments { get; } = [.. arguments.Select(a => a.Node)];

    /// <summary>Arguments that were other tensors at the recording before, with the same plan: only then it is known that the function
    /// captured none of them.</summary>
    public bool[] IsProven { get; } = new bool[arguments.Length];

    /// <summary>Of arguments that the function changed in place: their variable. Replays change its memory, so the argument must be the
    /// same one then.</summary>
    public Storage?[] ChangedArguments { get; private set; } = [];

    /// <summary>Of arguments whose gradient the function touched: the leaf, which must be the same one then.</summary>
    public LeafState?[] ArgumentLeaves { get; private set; } = [];

    /// <summary>What the function returned; set before the flush.</summary>
    public Tensor? Result { get; set; }

    /// <summary>What the recording ran by; null where it cannot be replayed.</summary>
    public Executable? Executable { get; private set; }

    /// <summary>The memory of the plan's homes and flat storages.</summary>
    public List<Block> Homes { get; private set; } = [];

    /// <inheritdoc cref="Homes"/>
    public List<Block> Regions { get; private set; } = [];

    public CapturedLeaf[] Leaves { get; private set; } = [];

    public CapturedScalar[] Scalars { get; private set; } = [];

    /// <summary>Changed variables, the home each keeps, and how often it was changed.</summary>
    public (Storage Storage, Block Home, int Changes)[] Variables { get; private set; } = [];

    public CapturedGradient[] Gradients { get; private set; } = [];

    /// <summary>True where a replay leaves all that running the function would: every change lies at a place that stays, and the program
    /// holds no other result.</summary>
    public bool CanReplay => WhyNot is null;

    /// <summary>Why the function is run each time.</summary>
    public string? WhyNot { get; private set; } = "nothing ran";

    protected override void NoteHandle(Tensor handle) => Escapes.Note(handle);

    public override void NoteGradient(LeafState leaf, GradientStart start) => starts.TryAdd(leaf, start);

    public override void Refuse(string why) => refusal ??= why;

    public override HashSet<int>? HeldIn(Recorder graph) => Escapes.HeldIn(graph);

    private string? refusal;

    private void Demand(bool condition, string otherwise)
    {
        if (!condition) WhyNot ??= otherwise;
    }

    /// <summary>The captured variables when the recording began.</summary>
    public required ClosureState Closure { get; init; }

    /// <summary>What the function left outside itself.</summary>
    public Escapes Escapes { get; } = new();

    /// <summary>Runs the function.</summary>
    /// <returns>Its result, or a twin: see <see cref="Compiled.Escapes"/>.</returns>
    public Tensor Call(Func<Tensor[], Tensor> function, Tensor[] arguments) => Escapes.Call(function, arguments, starts.Keys);

    /// <summary>Finds what the function stored away, before the graph runs.</summary>
    public Tensor Search(Recorder graph, Tensor[] arguments, Tensor result)
    {
        ChangedArguments = Array.ConvertAll(arguments, a => graph.Changes.Exists(c => c.Storage == a.Storage) ? a.Storage : null);
        ArgumentLeaves = Array.ConvertAll(arguments, a => a.Leaf is { } leaf && starts.ContainsKey(leaf) ? leaf : null);
        for (int i = 0; i < arguments.Length && starts.Count > 0; i++)
            if (arguments[i] is { Leaf: null, Detached: false } && Arguments[i].RequiresGrad)
                Refuse("gradients flow through an argument into what it was computed from");
        result = Escapes.Search(graph, result, starts.Keys);
        if (Escapes.Found is { } found) Refuse(found);
        return result;
    }

    public void OnRun(Recorder graph, Executable executable, HomeMap homes)
    {
        WhyNot = Executable is null ? refusal : "it ran in more than one piece";
        if (!CanReplay) return;
        (Executable, Homes, Regions) = (executable, [.. homes.Blocks], [.. homes.Regions]);
        var plan = executable.Plan;
        var places = plan.Kept.ToDictionary(k => k.Node, k => k.Place);
        var homeOf = new Dictionary<Node, Block>(ReferenceEqualityComparer.Instance);
        foreach (var (node, place) in graph.Homes) homeOf[node] = place;
        TakeScalars(graph);
        TakeVariables(graph, homeOf);
        TakeGradients(graph, homeOf, places);
        TakeLeaves(graph);

        // What a variable that was not followed means would not see the next replay's value.
        var known = new HashSet<Node>(ReferenceEqualityComparer.Instance) { Result!.Node };
        foreach (var (storage, _, _) in Variables) known.Add(storage.Current);
        foreach (var gradient in Gradients)
            if (gradient.Leaf.Grad is { } held) known.Add(held.Node);
        foreach (int i in plan.Held) Demand(known.Contains(graph.Nodes[i]), $"the program holds another of its values, {graph.Nodes[i]}");
    }

    private void TakeScalars(Recorder graph)
    {
        Scalars = [.. graph.Scalars.Select(n => new CapturedScalar(
            n.Number!.Bits, n.DType, n.Number.Source, n.Number.Generator, n.Op.Kind == OperatorKind.Random ? n.Shape.ElementCount : 0))];
    }

    private void TakeVariables(Recorder graph, Dictionary<Node, Block> homeOf)
    {
        var variables = new Dictionary<Storage, (Block Home, int Changes)>(ReferenceEqualityComparer.Instance);
        foreach (var (storage, old) in graph.Changes)
        {
            if (variables.TryGetValue(storage, out var known)) variables[storage] = (known.Home, known.Changes + 1);
            else if (storage.Current.IsPendingIn(graph) && old.IsMaterialized)
            {
                if (homeOf.TryGetValue(storage.Current, out var home) && !HasGraph(storage.Current)) variables.Add(storage, (home, 1));
                else Demand(false, $"a changed tensor, {storage.Current}, has no place of its own or can still be differentiated");
            }
        }
        Variables = [.. variables.Select(v => (v.Key, v.Value.Home, v.Value.Changes))];
    }

    private void TakeGradients(Recorder graph, Dictionary<Node, Block> homeOf, Dictionary<int, Place> places)
    {
        var gradients = new List<CapturedGradient>();
        foreach (var (leaf, start) in starts)
        {
            if (leaf.Grad is not { } gradient)
            {
                gradients.Add(new(leaf, start, null));
                continue;
            }
            var node = gradient.Node;
            if (!node.IsPendingIn(graph))
            {
                // Read only. Any other handle came from where a replay does not look.
                Demand(gradient == start.Before, $"the gradient {node} comes from elsewhere");
                gradients.Add(new(leaf, start, gradient));
            }
            else if (HasGraph(node)) Demand(false, $"the gradient {node} can still be differentiated");
            else if (Variables.Any(v => v.Storage == gradient.Storage)) gradients.Add(new(leaf, start, gradient));
            else if (homeOf.TryGetValue(node, out var home)) gradients.Add(new(leaf, start, gradient, home));
            else if (places.TryGetValue(node.Index, out var place) && place.Memory.Kind == MemoryKind.Output)
                gradients.Add(new(leaf, start, null, null, place.Memory.Index,
                    (node.DType, node.Shape, gradient.ViewOf, leaf.GradExposed)));
            else Demand(false, $"the gradient {node} has no place of its own");
        }
        Gradients = [.. gradients];
    }

    private void TakeLeaves(Recorder graph) =>
        Leaves = [.. graph.Leaves.Select(node =>
            new CapturedLeaf(node, node.Block!, Array.IndexOf(Arguments, node), starts.FirstOrDefault(s => s.Value.Node == node).Key,
            Homes.Contains(node.Block!)))];

    /// <summary>A value that can still be differentiated needs the graph that only running the function makes.</summary>
    public static bool HasGraph(Node node) => (node.Flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed)) == NodeFlags.RequiresGrad;
}
