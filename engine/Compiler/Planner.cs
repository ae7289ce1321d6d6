using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>Makes plans: recorded graph → kept nodes → values → fusion groups → implementations → buffers → launches → steps → arena →
/// compiled program. Each arrow is a pass that leaves its input as it is.</summary>
/// <param name="device">What planning knows of the device, asked for each plan: settings change it.</param>
internal sealed class Planner(Func<Target> device)
{
    /// <summary>False: every operator is a kernel of its own. The oracle for fusion.</summary>
    public bool Fuse { get; set; } = true;

    /// <summary>Decides for nodes that need not be kept (tests); null: they are not.</summary>
    public Func<int, bool>? KeepPolicy { get; set; }

    /// <summary>Smaller values that gradients read are kept, never recomputed (tests: 0).</summary>
    public long MinRecomputedBytes { get; set; } = SizeLimit.Saved.Most + 1;

    /// <summary>Called before values are gathered into kernels (tests make the planner fail here).</summary>
    public Action? BeforeFusing { get; set; }

    /// <summary>The last fault of the planner itself, after which a graph was planned with each operator by itself: slower, but no value is
    /// lost. A program that sees one has found an error of this library, and one line on standard error says so.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Where a line goes at the first fault.</summary>
    public Action<string> Warn { get; set; } = Console.Error.WriteLine;

    public Plan Make(GraphSnapshot graph)
    {
        var plan = Build(graph);
        if (plan.Fault is { } fault)
        {
            if (Fault is null)
                Warn($"GpuTensor: the planner failed ({fault.Message}); the operators of that step run one by one, which is slower. "
                    + "Please report this program.");
            Fault = fault;
        }
        return plan;
    }

    /// <summary>What the plan of a graph would be, for people. Compiles nothing.</summary>
    public string Explain(GraphSnapshot graph, bool source) => Build(graph).Explanation(source);

    private Plan Build(GraphSnapshot graph)
    {
        var target = device();
        var parts = RunPasses(graph, target);
        var (values, buffers) = (parts.Buffers.Fusion.Graph.Values, parts.Buffers);
        PlannedStep[] steps = [.. parts.Launches.SelectMany(l => l.Steps)];
        var kept = values.Where(v => v is { Index: >= 0, IsKept: true })
            .Select(v => (v.Index, buffers.Of(v), graph.Nodes[v.Index].Home?.Index ?? -1)).ToArray();
        return new()
        {
            Fingerprint = graph.Fingerprint,
            Steps = steps,
            Scalars = steps.SelectMany(s => s.Scalars).DefaultIfEmpty(-1).Max() + 1,
            Kernels = parts.Kernels,
            ArenaOffsets = parts.Offsets,
            ArenaBytes = parts.ArenaBytes,
            ArenaWhat = buffers.Arena.MaxBy(v => v.Bytes) is { } most ? $"working memory (the largest part: {most})" : "working memory",
            Outputs = [.. buffers.Outputs.Select(o => (Math.Max(o.Bytes, 1), o.ToString()))],
            Kept = kept,
            Checks = [.. kept.Where(k => graph.Checks.ContainsKey(k.Index)).Select(k => (k.Item2.Memory.Index, graph.Checks[k.Index]))],
            Suspects = graph.Suspects.Length == 0 ? [] : OutputsOf(graph.Suspects, kept),
            Copies = [.. buffers.Copies.Select(c => CopyOf(buffers.Of(c.Value), c.Value, c.Home))],
            Held = graph.Held,
            Recomputed = parts.Nodes.Recomputed,
            Device = target.Name,
            Conditions = [.. parts.Conditions.Distinct()],
            Fault = parts.Fault,
        };
    }

    private static (MemoryId, long, int, long) CopyOf(Place place, Value value, Home home) =>
        (place.Memory, place.Offset * value.DType.Size(), home.Index, value.Bytes);

    private static int[] OutputsOf(bool[] suspects, (int Index, Place Place, int Home)[] kept)
    {
        var readable = new HashSet<int>();
        var outputs = new HashSet<int>();
        foreach (var (index, place, _) in kept)
            if (place.Memory.Kind == MemoryKind.Output) (suspects[index] ? outputs : readable).Add(place.Memory.Index);
        // A variable may share its memory with a result.
        outputs.ExceptWith(readable);
        return [.. outputs];
    }

    private PlanParts RunPasses(GraphSnapshot graph, Target target)
    {
        try
        {
            return RunPasses(graph, target, plain: false);
        }
        catch (Exception e) when (e is not (TensorException or OutOfMemoryException))
        {
            return RunPasses(graph, target, plain: true) with { Fault = e };
        }
    }

    private PlanParts RunPasses(GraphSnapshot graph, Target target, bool plain)
    {
        bool fuse = Fuse && !plain;
        var conditions = new SizeConditions();
        var nodes = SavedValues.Run(graph, SizeLimit.Saved with { Most = plain ? long.MaxValue : MinRecomputedBytes - 1 }, conditions);
        var values = Inlining.Run(LiveValues.Run(graph, nodes.IsKept), inline: !plain);
        if (!plain) BeforeFusing?.Invoke();
        if (fuse) values = BiasGradients.Run(values, target, conditions);
        values = FlatResults.Run(Containers.Run(LongReductions.Run(values, conditions)));
        var fusion = Fuser.Run(new(values), target.Profile, fuse, splitsRows: target.HasProducts(DType.Float32), conditions);
        var buffers = Placement.Run(fusion);
        foreach (var value in buffers.Outputs.Concat(buffers.Arena)) RequirePossible(target, value.Bytes, value.ToString());
        var implementations = Implementation.Choose(fusion, buffers, target);
        var launches = Launches.Run(fusion, buffers, implementations, target.Profile, fuse, conditions);
        var kernels = Identification.Run(launches, fusion);
        LoweredLaunch[] lowered = [.. launches.Select((l, i) => l.Implementation.Lower(l, kernels[i], buffers, target))];
        var lifetimes = Lifetimes.Run(buffers, Attribution.Run(GatherSteps.Run(lowered, kernels, buffers), buffers));
        var lives = lifetimes.Lives;
        // A product's scratch memory is a product of sizes, and may have wrapped.
        foreach (var (size, _, _) in lives)
            RequirePossible(target, size is < 0 or > ArenaPlan.MostBytes ? ArenaPlan.MostBytes : size, "working memory");
        var (offsets, bytes) = ArenaPlan.Make(lives);
        RequirePossible(target, bytes, lives.Count == 0 ? ""
            : FormattableString.Invariant($"a step's working memory (its largest value has {lives.Max(l => l.Bytes):N0})"));
        return new(nodes, buffers, kernels, lifetimes.Launches, offsets, bytes, conditions.Asked);
    }

    /// <summary>Before anything is compiled, and before sums of sizes could wrap.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device never gives so much in one piece.</exception>
    private static void RequirePossible(Target target, long bytes, string what)
    {
        if (bytes > target.MaxAllocation) throw new DeviceOutOfMemoryException(FormattableString.Invariant(
            $"{bytes:N0} bytes were needed for {what}; {target.Name} gives at most {target.MaxAllocation:N0} in one piece."));
    }

    /// <summary>What the passes leave for a plan.</summary>
    private sealed record PlanParts(KeptNodes Nodes, Buffers Buffers, KernelIdentity[] Kernels, LoweredLaunch[] Launches, long[] Offsets,
        long ArenaBytes, IReadOnlyList<SizeCondition> Conditions, Exception? Fault = null);
}
