using GpuTensor.Differentiation;
using GpuTensor.Graph.Planning;
using GpuTensor.Memory;

namespace GpuTensor.Graph;

/// <summary>What one recording of a compiled function leaves behind for its replays.</summary>
internal sealed class Capture
{
    /// <summary>True until the function has returned.</summary>
    public bool IsRecording { get; set; } = true;

    /// <summary>Host state to advance at each replay before the numbers are read: an optimizer's step count.</summary>
    public List<Action> OnReplay { get; } = [];

    public Plan? Plan { get; private set; }

    /// <summary>The memory of the plan's homes and flat storages.</summary>
    public List<Block> Homes { get; private set; } = [];

    /// <inheritdoc cref="Homes"/>
    public List<Block> Regions { get; private set; } = [];

    public Node[] Leaves { get; private set; } = [];

    /// <summary>The memory of each leaf at recording.</summary>
    public Block?[] Slots { get; private set; } = [];

    /// <summary>Scalar slots: the number at recording, where it comes from if it changes, and the random words a slot draws (0: none).</summary>
    public (long Bits, DType DType, Func<double>? Source, long Draws)[] Scalars { get; private set; } = [];

    /// <summary>Changed variables with the home they keep.</summary>
    public (Storage Storage, Block Home)[] Variables { get; private set; } = [];

    /// <summary>Leaves whose gradients the function sets, with the gradient's handle.</summary>
    public (LeafState Leaf, Tensor Gradient)[] Gradients { get; private set; } = [];

    /// <summary>True where every change of the function lies at a place that stays: only then a replay leaves what recording would.</summary>
    public bool CanReplay { get; private set; }

    /// <summary>Called by the executor when the recording has run.</summary>
    public void Take(Recorder graph, Plan plan, HomeMap homes)
    {
        if (Plan is not null)
        {
            CanReplay = false;
            return;
        }
        (Plan, Homes, Regions) = (plan, [.. homes.Blocks], [.. homes.Regions]);
        Leaves = [.. graph.Leaves];
        Slots = [.. Leaves.Select(l => l.Block)];
        Scalars = [.. graph.Scalars.Select(n => (n.Bits, n.DType, n.Link as Func<double>, n.Op.Kind == OperatorKind.Random ? n.Shape.ElementCount : 0))];
        var placeOf = graph.Homes.ToDictionary(h => h.Node, h => h.Place, ReferenceEqualityComparer.Instance as IEqualityComparer<Node>);
        CanReplay = true;
        var variables = new List<(Storage, Block)>();
        foreach (var (storage, old) in graph.Changes.DistinctBy(c => c.Storage))
        {
            if (storage.Current.Owner != graph || old.State != NodeState.Materialized) continue;
            if (placeOf.TryGetValue(storage.Current, out var place)) variables.Add((storage, place));
            else CanReplay = false;
        }
        Variables = [.. variables];
        var gradients = new List<(LeafState, Tensor)>();
        foreach (var leaf in graph.Gradients)
        {
            if (leaf.Grad is null) continue;
            if (placeOf.ContainsKey(leaf.Grad.Node)) gradients.Add((leaf, leaf.Grad));
            else CanReplay = false;
        }
        Gradients = [.. gradients];
    }
}

/// <summary>A function of tensors that is recorded until two recordings agree, then replayed: its launches run again with new inputs and numbers, its C# code does not.</summary>
internal sealed class CompiledStep(Func<Tensor[], Tensor> function)
{
    /// <summary>Counts changes that a recording cannot see: training mode, RequiresGrad. A replay from before one is recorded anew.</summary>
    public static int Epoch;

    private sealed class Variant(Signature[] signature)
    {
        public readonly Signature[] Signature = signature;
        public Capture? Last;
        public Node?[] Arguments = [];

        /// <summary>For each leaf slot of the plan which argument it is; −1: none.</summary>
        public int[] ArgumentOfSlot = [];

        /// <summary>What a replay hands to the executor, used again by the next.</summary>
        public Block[] Slots = [], Outputs = [];
        public long[] Numbers = [];
        public (int Index, View? View, bool Detached, NodeFlags Flags) Result;

        /// <summary>The result's memory: an output, or a home.</summary>
        public int ResultOutput, ResultHome;
        public Shape? ResultShape;
        public DType ResultType;
        public bool Ready;
        public int Epoch;
        public bool GradEnabled;

        public bool Takes(Tensor[] arguments)
        {
            if (arguments.Length != Signature.Length) return false;
            for (int i = 0; i < arguments.Length; i++)
                if (!Signature[i].Equals(Graph.CompiledStep.Signature.Of(arguments[i]))) return false;
            return true;
        }
    }

    /// <summary>What of an argument makes it another recording.</summary>
    private readonly record struct Signature(DType DType, Shape Shape, View? View, bool RequiresGrad)
    {
        public static Signature Of(Tensor argument) => new(argument.DType, argument.Shape, argument.ViewOf, argument.RequiresGrad);
    }

    private readonly Lock gate = new();
    private readonly List<Variant> variants = [];

    public Tensor Invoke(params Tensor[] arguments)
    {
        var device = arguments.Length > 0 ? arguments[0].Device : Device.Default;
        if (device.Planned is not { } executor || device.Eager) return function(arguments);
        var recorder = Recorder.For(device);
        if (recorder.Capture is not null) return function(arguments);
        foreach (var argument in arguments) argument.Realize();
        recorder.Flush();
        lock (gate)
        {
            Variant? variant = null;
            foreach (var known in variants)
                if (known.Takes(arguments)) variant = known;
            if (variant is null) variants.Add(variant = new([.. arguments.Select(Signature.Of)]));
            return variant.Ready && IsValid(variant) ? Replay(variant, executor, arguments) : Record(variant, recorder, arguments);
        }
    }

    private Tensor Record(Variant variant, Recorder recorder, Tensor[] arguments)
    {
        var capture = new Capture();
        recorder.Capture = capture;
        Tensor result;
        var inputs = arguments.Select(a => (Node?)a.Node).ToArray();
        try
        {
            result = function(arguments);
            if (result.Device != recorder.Device) throw new DeviceException("A compiled function must return a tensor of the device of its arguments.");
            result.Keep();
            capture.IsRecording = false;
            int index = result.Node.Owner == recorder ? result.Node.Index : -1;
            var flags = result.Node.Flags;
            recorder.Flush();
            Compare(variant, capture, inputs);
            variant.Result = (index, result.ViewOf, result.Detached, flags);
            (variant.ResultShape, variant.ResultType) = (result.Node.Shape, result.Node.DType);
            variant.Arguments = inputs;
            variant.Ready = capture is { CanReplay: true, Plan: { } plan } && plan == variant.Last?.Plan && index >= 0;
            (variant.Last, variant.Epoch, variant.GradEnabled) = (capture, Volatile.Read(ref Epoch), GradMode.Enabled);
            if (variant.Ready) Prepare(variant, capture);
        }
        finally
        {
            capture.IsRecording = false;
            recorder.Capture = null;
        }
        return result;
    }

    /// <summary>Makes room for what replays hand over, so that they need none of their own.</summary>
    private static void Prepare(Variant variant, Capture capture)
    {
        variant.ArgumentOfSlot = [.. capture.Leaves.Select(leaf => Array.IndexOf(variant.Arguments, leaf))];
        variant.Slots = [.. capture.Slots!];
        variant.Numbers = new long[capture.Scalars.Length];
        variant.Outputs = new Block[capture.Plan!.Outputs.Length];
        var (_, place, home) = capture.Plan.Kept.First(k => k.Node == variant.Result.Index);
        (variant.ResultOutput, variant.ResultHome) = place.Memory.Kind == MemoryKind.Output ? (place.Memory.Index, -1) : (-1, home);
    }

    /// <summary>Two recordings of one plan must read the same tensors and numbers, but for arguments and what is known to change.</summary>
    private static void Compare(Variant variant, Capture now, Node?[] inputs)
    {
        if (variant.Last is not { } before || before.Plan != now.Plan) return;
        for (int i = 0; i < now.Leaves.Length; i++)
        {
            Node a = before.Leaves[i], b = now.Leaves[i];
            int argument = Array.IndexOf(inputs, b);
            if (a == b || (argument >= 0 && variant.Arguments[argument] == a)) continue;
            bool variable = now.Variables.Any(v => v.Home == b.Block) || b.State == NodeState.Overwritten || a.State == NodeState.Overwritten;
            if (!variable)
                throw new DeviceException($"A compiled function read another tensor at its second call ({b.DType.Name()} {b.Shape}) than at its first: pass it as an argument.");
        }
        for (int i = 0; i < now.Scalars.Length; i++)
            if (now.Scalars[i].Source is null && now.Scalars[i].Draws == 0 && now.Scalars[i].Bits != before.Scalars[i].Bits)
            {
                string Show(long bits) => now.Scalars[i].DType.IsFloatingPoint() ? BitConverter.Int64BitsToDouble(bits).ToString("R") : bits.ToString();
                throw new DeviceException($"A number changed between two calls of a compiled function, from {Show(before.Scalars[i].Bits)} to {Show(now.Scalars[i].Bits)}: "
                    + "a replay could not see that. Pass it as a tensor, or do not compile the function.");
            }
    }

    private static bool IsValid(Variant variant)
    {
        var capture = variant.Last!;
        if (variant.Epoch != Volatile.Read(ref Epoch) || variant.GradEnabled != GradMode.Enabled || capture.Plan!.Missed.Count > 0) return false;
        foreach (var (storage, home) in capture.Variables)
            if (storage.Current.State != NodeState.Materialized || storage.Current.Block != home || storage.Current.Storages != 1) return false;
        foreach (var (leaf, _) in capture.Gradients)
            if (leaf.GradExposed || leaf.GradHome is null) return false;
        for (int i = 0; i < capture.Leaves.Length; i++)
        {
            var leaf = capture.Leaves[i];
            if (leaf.State == NodeState.Materialized || variant.ArgumentOfSlot[i] >= 0) continue;
            // A changed variable's earlier value is gone; its place is what counts.
            if (leaf.State != NodeState.Overwritten || capture.Slots[i] is null) return false;
        }
        return true;
    }

    private Tensor Replay(Variant variant, Devices.PlannedExecutor executor, Tensor[] arguments)
    {
        var capture = variant.Last!;
        var (slots, outputs, scalars) = (variant.Slots, variant.Outputs, variant.Numbers);
        for (int i = 0; i < slots.Length; i++)
            if (variant.ArgumentOfSlot[i] is >= 0 and var argument) slots[i] = arguments[argument].Node.Block!;
        foreach (var advance in capture.OnReplay) advance();
        for (int i = 0; i < scalars.Length; i++)
        {
            var (bits, dtype, source, draws) = capture.Scalars[i];
            scalars[i] = draws > 0 ? throw new InvalidOperationException() : source is null ? bits : source == Generator.KeySource ? Generator.Current.Key : dtype.IsFloatingPoint() ? BitConverter.DoubleToInt64Bits(source()) : (long)source();
        }
        executor.Replay(capture.Plan!, slots, capture.Homes, capture.Regions, scalars, outputs);

        foreach (var (storage, home) in capture.Variables) Renew(storage, home);
        foreach (var (leaf, gradient) in capture.Gradients)
        {
            Renew(gradient.Storage, gradient.Node.Block!);
            leaf.Grad = gradient;
        }
        var (_, view, detached, flags) = variant.Result;
        var block = variant.ResultOutput >= 0 ? outputs[variant.ResultOutput] : capture.Homes[variant.ResultHome];
        // Memory must not be held from here.
        Array.Clear(outputs);
        var node = new Node(Operators.Basic.Leaf, variant.ResultType, variant.ResultShape!, arguments.Length > 0 ? arguments[0].Device : Device.Default)
        {
            State = NodeState.Materialized, Owner = block, Flags = flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed),
        };
        return Tensor.FromNode(node, view, detached);
    }

    /// <summary>The variable has a new value in the same place.</summary>
    private static void Renew(Storage storage, Block home)
    {
        var old = storage.Current;
        storage.Version++;
        if (old.Uses == 0) return;
        storage.Current = new(Operators.Basic.Leaf, old.DType, old.Shape, old.Device) { State = NodeState.Materialized, Owner = home, Storages = 1, Link = old.Leaf };
        (old.State, old.Owner) = (NodeState.Overwritten, null);
        old.Flags |= NodeFlags.Superseded;
    }
}
