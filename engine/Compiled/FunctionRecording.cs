using GpuTensor.Compiler;
using GpuTensor.Graph;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Compiled;

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
    public RecordedRun? Run { get; private set; }

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
        WhyNot = Run is null ? refusal : "it ran in more than one piece";
        if (!CanReplay) return;
        var plan = executable.Plan;
        var places = plan.Kept.ToDictionary(k => k.Node, k => k.Place);
        var homeOf = new Dictionary<Node, Block>(ReferenceEqualityComparer.Instance);
        foreach (var (node, place) in graph.Homes) homeOf[node] = place;
        List<Block> blocks = [.. homes.Blocks];
        var variables = VariablesOf(graph, homeOf);
        var gradients = GradientsOf(graph, homeOf, places, variables);
        Run = new(executable, blocks, [.. homes.Regions], LeavesOf(graph, blocks), ScalarsOf(graph), variables, gradients);

        // What a variable that was not followed means would not see the next replay's value.
        var known = new HashSet<Node>(ReferenceEqualityComparer.Instance) { Result!.Node };
        foreach (var (storage, _, _) in variables) known.Add(storage.Current);
        foreach (var gradient in gradients)
            if (gradient.Leaf.Grad is { } held) known.Add(held.Node);
        foreach (int i in plan.Held) Demand(known.Contains(graph.Nodes[i]), $"the program holds another of its values, {graph.Nodes[i]}");
    }

    private static CapturedScalar[] ScalarsOf(Recorder graph) =>
    [
        .. graph.Scalars.Select(n => new CapturedScalar(
            n.Number!.Bits, n.DType, n.Number.Source, n.Number.Generator, n.Op.IsRandom ? n.Shape.ElementCount : 0)),
    ];

    private (Storage Storage, Block Home, int Changes)[] VariablesOf(Recorder graph, Dictionary<Node, Block> homeOf)
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
        return [.. variables.Select(v => (v.Key, v.Value.Home, v.Value.Changes))];
    }

    private CapturedGradient[] GradientsOf(Recorder graph, Dictionary<Node, Block> homeOf, Dictionary<int, Place> places,
        (Storage Storage, Block Home, int Changes)[] variables)
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
            else if (variables.Any(v => v.Storage == gradient.Storage)) gradients.Add(new(leaf, start, gradient));
            else if (homeOf.TryGetValue(node, out var home)) gradients.Add(new(leaf, start, gradient, home));
            else if (places.TryGetValue(node.Index, out var place) && place.Memory.Kind == MemoryKind.Output)
                gradients.Add(new(leaf, start, null, null, place.Memory.Index,
                    (node.DType, node.Shape, gradient.ViewOf, leaf.GradExposed)));
            else Demand(false, $"the gradient {node} has no place of its own");
        }
        return [.. gradients];
    }

    private CapturedLeaf[] LeavesOf(Recorder graph, List<Block> homes) =>
    [
        .. graph.Leaves.Select(node => new CapturedLeaf(node, node.Block!, Array.IndexOf(Arguments, node),
            starts.FirstOrDefault(s => s.Value.Node == node).Key, homes.Contains(node.Block!))),
    ];

    /// <summary>A value that can still be differentiated needs the graph that only running the function makes.</summary>
    public static bool HasGraph(Node node) => (node.Flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed)) == NodeFlags.RequiresGrad;
}
