using GpuTensor.Devices;
using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>Makes plans: live nodes → rewritten → grouped → packed into launches → placed → lowered to source.</summary>
internal sealed class Planner(Backend backend, Dialect dialect)
{
    /// <summary>False: every operator is a kernel of its own. The oracle for fusion.</summary>
    public bool Fuse { get; set; } = true;

    /// <summary>Decides for nodes that need not be kept (tests); null: they are not.</summary>
    public Func<int, bool>? KeepPolicy { get; set; }

    /// <summary>Called before values are gathered into kernels (tests make the planner fail here).</summary>
    public Action? BeforeFusing { get; set; }

    /// <summary>The last fault of the planner itself, after which a graph was planned with each operator by itself: slower, but no value is
    /// lost. A program that sees one has found an error of this library, and one line on standard error says so.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Where a line goes at the first fault.</summary>
    public Action<string> Warn { get; set; } = Console.Error.WriteLine;

    public Plan Make(Recorder graph, HomeMap homes, IReadOnlySet<int>? missed)
    {
        var sketch = Sketch(graph, homes, missed);
        var (nodes, placement, drafts) = (sketch.Nodes, sketch.Placement, sketch.Drafts);
        var kept = nodes.Where(n => n is { Index: >= 0, Kept: true } or { Role: Role.Alias, Index: >= 0 }).Where(n => n.Role != Role.Scalar)
            .Select(n => (n.Index, placement.Of(n), homes.OfNode(n.Index)?.Index ?? -1)).ToArray();
        return new()
        {
            Fingerprint = graph.Trace.Words.ToArray(),
            Steps = [.. drafts],
            Scalars = drafts.SelectMany(d => d.Scalars).DefaultIfEmpty(-1).Max() + 1,
            Kernels = sketch.Kernels,
            ArenaOffsets = sketch.Offsets,
            ArenaBytes = sketch.ArenaBytes,
            ArenaWhat = placement.Arena.MaxBy(v => v.Bytes) is { } most
                ? $"working memory (the largest part: {Named(most)})" : "working memory",
            Outputs = [.. placement.Outputs.Select(o => (Math.Max(o.Bytes, 1), Named(o)))],
            Kept = kept,
            Checks = [.. kept.Where(k => graph.Checks.Count > 0 && graph.Checks.ContainsKey(graph.Nodes[k.Index]))
                .Select(k => (k.Item2.Memory.Index, graph.Checks[graph.Nodes[k.Index]]))],
            Suspects = graph.Checks.Count == 0 ? [] : SuspectsOf(graph, kept),
            Copies = [.. placement.Copies.Select(c => (placement.Of(c.Value).Memory, c.Home.Index, c.Value.Bytes))],
            Held = sketch.Held,
            Device = backend.Name,
            Fault = sketch.Fault,
        };
    }

    private static int[] SuspectsOf(Recorder graph, (int Index, Place Place, int Home)[] kept)
    {
        var suspects = graph.Suspects();
        var readable = new HashSet<int>();
        var outputs = new HashSet<int>();
        foreach (var (index, place, _) in kept)
            if (place.Memory.Kind == MemoryKind.Output) (suspects[index] ? outputs : readable).Add(place.Memory.Index);
        // A variable may share its memory with a result.
        outputs.ExceptWith(readable);
        return [.. outputs];
    }

    /// <summary>What the plan of a graph would be, for people. Compiles nothing.</summary>
    public string Explain(Recorder graph, HomeMap homes, bool source) => Make(graph, homes, null).Explanation(source);

    private Sketched Sketch(Recorder graph, HomeMap homes, IReadOnlySet<int>? missed)
    {
        var keep = PlanBuilder.KeepSet(graph, missed, KeepPolicy, out int[] held);
        try
        {
            return Sketch(graph, homes, keep, plain: false) with { Held = held };
        }
        catch (Exception e) when (e is not (TensorException or OutOfMemoryException))
        {
            if (Fault is null)
                Warn($"GpuTensor: the planner failed ({e.Message}); the operators of that step run one by one, which is slower. Please report this program.");
            Fault = e;
            return Sketch(graph, homes, keep, plain: true) with { Held = held, Fault = e };
        }
    }

    private Sketched Sketch(Recorder graph, HomeMap homes, bool[] keep, bool plain)
    {
        try
        {
            return Sketch(graph, homes, keep, plain, shareRegions: true);
        }
        catch (RegionConflictException)
        {
            return Sketch(graph, homes, keep, plain, shareRegions: false);
        }
    }

    private Sketched Sketch(Recorder graph, HomeMap homes, bool[] keep, bool plain, bool shareRegions)
    {
        bool fuse = Fuse && !plain;
        var nodes = Rewriter.Run(PlanBuilder.Build(graph, keep, homes), shareRegions, inlines: !plain);
        if (!plain) BeforeFusing?.Invoke();
        if (fuse) nodes = SumsBeside.Find(nodes, backend);
        var groups = new Fuser(backend.Profile, fuse, splitsRows: backend.HasProducts(DType.Float32)).Run(nodes);
        var placement = new Placement(nodes, groups, shareRegions);
        foreach (var value in placement.Outputs.Concat(placement.Arena)) RequirePossible(value.Bytes, Named(value));
        var launches = Launches.Form([.. groups.Where(g => g.Members.Count > 0)], backend.Profile, fuse);
        var lives = new List<(long Bytes, int First, int Last)>(Lives(placement, launches));

        var drafts = new List<PlannedStep>();
        var identities = Identification.Run(launches);
        for (int i = 0; i < launches.Count; i++) Lower(launches[i], identities[i], placement, drafts, lives, i);
        // A product's scratch memory is a product of sizes, and may have wrapped.
        foreach (var (size, _, _) in lives)
            RequirePossible(size is < 0 or > ArenaPlan.MostBytes ? ArenaPlan.MostBytes : size, "working memory");
        var (offsets, bytes) = ArenaPlan.Make(lives);
        RequirePossible(bytes, lives.Count == 0 ? ""
            : FormattableString.Invariant($"a step's working memory (its largest value has {lives.Max(l => l.Bytes):N0})"));
        return new(nodes, placement, identities, drafts, offsets, bytes, []);
    }

    private static string Named(PlanNode value) => $"{value.Op.Name} {value.DType.Name()} {value.Shape}";

    /// <summary>Before anything is compiled, and before sums of sizes could wrap.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device never gives so much in one piece.</exception>
    private void RequirePossible(long bytes, string what)
    {
        if (bytes > backend.Memory.MaxAllocation) throw new DeviceOutOfMemoryException(FormattableString.Invariant(
            $"{bytes:N0} bytes were needed for {what}; {backend.Name} gives at most {backend.Memory.MaxAllocation:N0} in one piece."));
    }

    /// <summary>A plan on paper: everything but compiled kernels.</summary>
    private sealed record Sketched(List<PlanNode> Nodes, Placement Placement, KernelIdentity[] Kernels, List<PlannedStep> Drafts,
        long[] Offsets, long ArenaBytes, int[] Held, Exception? Fault = null);

    private void Lower(Launch launch, KernelIdentity identity, Placement placement, List<PlannedStep> drafts, List<(long, int, int)> lives, int time)
    {
        string name = NameOf(launch);
        var lowering = new Lowering(placement);
        if (!launch.IsProduct)
        {
            var spec = lowering.Kernel(launch, name);
            if (spec.Sections.Length == 0) return;
            var kernel = Kernels.Generator.Generate(spec, backend.Profile, dialect);
            drafts.Add(new(kernel, [.. lowering.Memories], [.. spec.Buffers.Select(b => b.DType)], [.. lowering.ScalarSlots], new(identity, "")));
            return;
        }
        var gemm = lowering.Product(launch.Groups[0]);
        if (backend.HasProducts(gemm.In) && LibraryLowering.Suits(gemm))
        {
            var beside = launch.Groups[0].Members.Find(m => m.SummedBeside is not null);
            drafts.AddRange(new LibraryLowering(gemm, lowering.Memories, lowering.ScalarSlots, backend, dialect, bytes =>
            {
                lives.Add((bytes, time, time));
                return new(MemoryKind.Arena, lives.Count - 1);
            }).Lower(identity, beside is null ? null : (beside.SummedBeside!.Value.Left, placement.Of(beside))));
            return;
        }
        var plan = GemmPlanner.Plan(gemm, backend.Profile, dialect);
        int scratch = lives.Count;
        foreach (long bytes in plan.Scratch) lives.Add((bytes, time, time));
        foreach (var part in plan.Launches)
        {
            MemoryId[] memories = [.. part.Buffers.Select(b => b < gemm.Buffers.Length ? lowering.Memories[b] : new MemoryId(MemoryKind.Arena, scratch + b - gemm.Buffers.Length))];
            DType[] types = [.. part.Buffers.Select(b => b < gemm.Buffers.Length ? gemm.Buffers[b].DType : GemmAccumulator.Of(gemm.In))];
            drafts.Add(new(part.Kernel, memories, types, [.. part.Scalars.Select(s => lowering.ScalarSlots[s])], new(identity, part.Description)));
        }
    }

    private static IEnumerable<(long Bytes, int First, int Last)> Lives(Placement placement, List<Launch> launches)
    {
        var time = new Dictionary<Group, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < launches.Count; i++)
            foreach (var group in launches[i].Groups) time[group] = i;
        var copied = placement.Copies.Select(c => c.Value).ToHashSet();
        foreach (var value in placement.Arena)
        {
            PlanNode[] writers = value.Role == Role.Container ? [.. value.Fillers, .. value.BaseCopy is { } b ? new[] { b } : []] : [value];
            int first = int.MaxValue, last = 0;
            foreach (var writer in writers)
            {
                if (writer.Group is null || !time.TryGetValue(writer.Group, out int t)) continue;
                first = Math.Min(first, t);
                last = Math.Max(last, t);
                Work.Visit(1 + writer.Group.Readers.Count);
                foreach (var reader in writer.Group.Readers)
                    if (time.TryGetValue(reader, out int r)) last = Math.Max(last, r);
            }
            if (copied.Contains(value)) last = launches.Count;
            yield return (value.Bytes, first == int.MaxValue ? 0 : first, last);
        }
    }

    private static string NameOf(Launch launch)
    {
        var names = launch.Groups.SelectMany(g => g.Members).Select(m => m.Op.Name).Where(n => n is not ("clone" or "to")).Distinct().Take(6);
        string name = string.Join('_', names);
        return name.Length == 0 ? "copy" : name.Length > 48 ? name[..48] : name;
    }
}
