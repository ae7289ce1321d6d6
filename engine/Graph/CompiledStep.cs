using GpuTensor.Devices;
using GpuTensor.Differentiation;
using GpuTensor.Graph.Planning;
using GpuTensor.Memory;

namespace GpuTensor.Graph;

/// <summary>A function of tensors that is recorded until two recordings agree, then replayed: its launches run again with new inputs and numbers, its C# code does not.</summary>
internal sealed class CompiledStep(Func<Tensor[], Tensor> function)
{
    /// <summary>So many argument shapes are remembered; the one unused for longest goes first.</summary>
    private const int MaxVariants = 64;

    /// <summary>Counts changes that a recording cannot see: training mode, RequiresGrad, moved parameters, settings. What was recorded before one is recorded anew.</summary>
    public static int Epoch;

    /// <summary>What is known about the function for arguments of one kind.</summary>
    private sealed class Variant
    {
        public required (DType DType, Shape Shape, View? View, bool RequiresGrad, int SameAs)[] Arguments { get; init; }

        public required bool GradEnabled { get; init; }

        public Capture? Last;
        public Device? Device;
        public int Epoch;
        public bool IsReady;

        /// <summary>The output that the result is; −1: a handle on a variable, which the function returns as it is.</summary>
        public int ResultOutput;
        public Tensor? ResultVariable;

        /// <summary>What a replay hands to the executor, used again by the next.</summary>
        public Block[] Slots = [], Outputs = [];
        public long[] Numbers = [];
        public (Operator Op, DType DType, Shape Shape, NodeFlags Flags, View? View, bool IsDetached) Result;
    }

    private readonly Lock gate = new();

    /// <summary>The latest used last.</summary>
    private readonly List<Variant> variants = [];

    public Tensor Invoke(params Tensor[] arguments)
    {
        if (Recorder.Capturing is not null || AnomalyMode.IsActive || (arguments.Length > 0 && !arguments[0].Device.CanReplay)) return function(arguments);
        lock (gate)
        {
            foreach (var argument in arguments) argument.Realize();
            foreach (var recorder in Recorder.Mine) recorder.Flush();
            var variant = Find(arguments);
            // Without arguments the device is that of the result, known from the first call on.
            if (variant.Device is { CanReplay: false }) return function(arguments);
            return variant.IsReady && IsValid(variant, arguments) ? Replay(variant, arguments) : Record(variant, arguments);
        }
    }

    private Variant Find(Tensor[] arguments)
    {
        for (int i = variants.Count - 1; i >= 0; i--)
            if (Matches(variants[i], arguments))
            {
                var found = variants[i];
                if (i == variants.Count - 1) return found;
                variants.RemoveAt(i);
                variants.Add(found);
                return found;
            }
        if (variants.Count == MaxVariants) variants.RemoveAt(0);
        var made = new Variant
        {
            Arguments = [.. arguments.Select((a, i) => (a.DType, a.Node.Shape, a.ViewOf, a.RequiresGrad, SameAs(arguments, i)))], GradEnabled = GradMode.Enabled,
        };
        variants.Add(made);
        return made;
    }

    private static bool Matches(Variant variant, Tensor[] arguments)
    {
        if (variant.GradEnabled != GradMode.Enabled) return false;
        for (int i = 0; i < arguments.Length; i++)
        {
            var (dtype, shape, view, requiresGrad, sameAs) = variant.Arguments[i];
            var a = arguments[i];
            if (a.DType != dtype || !a.Node.Shape.Equals(shape) || !Equals(a.ViewOf, view) || a.RequiresGrad != requiresGrad || SameAs(arguments, i) != sameAs) return false;
        }
        return true;
    }

    /// <summary>The first argument that is the same value: arguments that coincide are one input of the kernels.</summary>
    private static int SameAs(Tensor[] arguments, int i)
    {
        int first = 0;
        while (arguments[first].Node != arguments[i].Node) first++;
        return first;
    }

    private Tensor Record(Variant variant, Tensor[] arguments)
    {
        var capture = new Capture(arguments);
        Recorder.Capturing = capture;
        try
        {
            var result = function(arguments);
            var device = result.Device;
            if (arguments.Length > 0 && device != arguments[0].Device)
                throw new CompiledFunctionException($"A compiled function must return a tensor of the device of its arguments, {arguments[0].Device.Name}; it returned one of {device.Name}.");
            variant.Device = device;
            if (!device.CanReplay) return result;
            foreach (var other in Recorder.Mine)
                if (other.Device != device && other.Device.CanReplay && other.Nodes.Count > 0)
                    throw new CompiledFunctionException($"A compiled function works on one device; this one recorded on {other.Device.Name} too, and returned a tensor of {device.Name}.");
            var recorder = Recorder.For(device);
            result.Keep();
            capture.Result = result;
            capture.IsRecording = false;
            var node = result.Node;
            // A plan of its own: the plain function's may keep values that were still held when it was made.
            recorder.Trace.Add(-7);
            int index = node.Owner == recorder ? node.Index : -1;
            // After the function's own changes: what comes between this recording and the next is a change from outside.
            int epoch = Volatile.Read(ref Epoch);
            recorder.Flush();

            bool isSame = variant.Last is { } last && last.Plan == capture.Plan && variant.Epoch == epoch;
            if (isSame) Compare(variant.Last!, capture);
            bool isVariable = capture.Variables.Any(v => v.Storage == result.Storage);
            bool hasGraph = !result.Detached && Capture.HasGraph(node);
            variant.ResultVariable = isVariable ? result : null;
            variant.Result = (node.Op, node.DType, node.Shape, result.Detached ? 0 : node.Flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed), result.ViewOf, result.Detached);
            variant.IsReady = isSame && capture is { CanReplay: true, Plan: not null } && !hasGraph && (isVariable || (index >= 0 && Place(capture, index).Kind == MemoryKind.Output));
            (variant.Last, variant.Epoch) = (capture, epoch);
            if (!variant.IsReady) return result;
            variant.ResultOutput = isVariable ? -1 : Place(capture, index).Index;
            (variant.Slots, variant.Outputs, variant.Numbers) = (new Block[capture.Leaves.Length], new Block[capture.Plan!.Outputs.Length], new long[capture.Scalars.Length]);
            return result;
        }
        finally
        {
            capture.IsRecording = false;
            capture.Result = null;
            Recorder.Capturing = null;
        }
    }

    private static MemoryId Place(Capture capture, int index)
    {
        foreach (var (node, place, _) in capture.Plan!.Kept)
            if (node == index) return place.Memory;
        return new(MemoryKind.Arena, -1);
    }

    /// <summary>Two recordings of one plan must read the same tensors and numbers, but for arguments and what is known to change.</summary>
    private static void Compare(Capture before, Capture now)
    {
        for (int i = 0; i < now.IsProven.Length; i++) now.IsProven[i] = before.IsProven[i] || before.Arguments[i] != now.Arguments[i];
        for (int i = 0; i < now.Leaves.Length; i++)
        {
            var (a, b) = (before.Leaves[i], now.Leaves[i]);
            if (a.Node == b.Node || (a.Argument >= 0 && a.Argument == b.Argument) || (a.Gradient is not null && a.Gradient == b.Gradient)) continue;
            // Another value of the same variable: changed in place, by the function or from outside.
            if (a.Block == b.Block || (a.Node.Flags & NodeFlags.Superseded) != 0) continue;
            throw new CompiledFunctionException(
                $"A compiled function read another tensor at its second call ({b.Node.DType.Name()} {b.Node.Shape}) than at its first: it was replaced. Pass it as an argument.");
        }
        for (int i = 0; i < now.Scalars.Length; i++)
        {
            var (was, number) = (before.Scalars[i], now.Scalars[i]);
            if (number.Source is not null || number.Draws > 0 || number.Bits == was.Bits) continue;
            string Show(long bits) => number.DType.IsFloatingPoint() ? BitConverter.Int64BitsToDouble(bits).ToString("R") : bits.ToString();
            throw new CompiledFunctionException($"A number changed between two calls of a compiled function, from {Show(was.Bits)} to {Show(number.Bits)}: "
                + "a replay could not see that. Pass it as a tensor, or do not compile the function.");
        }
    }

    /// <summary>Whether what the last recording found is still so.</summary>
    private static bool IsValid(Variant variant, Tensor[] arguments)
    {
        var capture = variant.Last!;
        if (variant.Epoch != Volatile.Read(ref Epoch) || capture.Plan!.Missed.Count > 0 || capture.Plan.IsDisposed) return false;
        for (int i = 0; i < arguments.Length; i++)
            if (arguments[i].Node != capture.Arguments[i] && !capture.IsProven[i]) return false;
        foreach (var (storage, home, _) in capture.Variables)
            if (storage.Current is not { State: NodeState.Materialized, Storages: 1, Readers: 0 } node || node.Owner != home) return false;
        foreach (var (leaf, start, handle, home, _, _) in capture.Gradients)
        {
            var now = leaf.Grad;
            if (home is { Occupant.Readers: > 0 }) return false;
            if (start.IsReplaced) continue;
            if (now is null != start.Before is null || (now is not null && (now.Node.State != NodeState.Materialized || !Equals(now.ViewOf, start.Before!.ViewOf)))) return false;
            // Read only or changed in place: the same handle as before.
            if (handle is not null && home is null && now != handle) return false;
        }
        foreach (var leaf in capture.Leaves)
            if (leaf.Argument >= 0)
            {
                // An argument that the function changes is a variable of its own.
                if (leaf.IsHome && !capture.Variables.Any(v => v.Storage == arguments[leaf.Argument].Storage)) return false;
            }
            else if (leaf.Gradient is { } owner)
            {
                if (leaf.IsHome && owner.Grad!.Node.Owner != leaf.Block) return false;
            }
            else if (!leaf.IsHome && leaf.Node.Owner != leaf.Block) return false;
        return true;
    }

    private static Tensor Replay(Variant variant, Tensor[] arguments)
    {
        var capture = variant.Last!;
        var plan = capture.Plan!;
        var executor = variant.Device!.Planned!;
        var (slots, outputs) = (variant.Slots, variant.Outputs);
        for (int i = 0; i < slots.Length; i++)
        {
            var (_, block, argument, gradient, _) = capture.Leaves[i];
            slots[i] = argument >= 0 ? arguments[argument].Node.Block! : gradient is not null ? gradient.Grad!.Node.Block! : block;
        }
        foreach (var (advance, _) in capture.OnReplay) advance();
        bool launched = false;
        try
        {
            DrawNumbers(capture, variant.Numbers);
            executor.Replay(plan, slots, capture.Homes, capture.Regions, variant.Numbers, outputs, ref launched);
        }
        catch (Exception e)
        {
            for (int i = capture.OnReplay.Count - 1; i >= 0; i--) capture.OnReplay[i].Undo();
            if (launched) Fail(capture, e);
            Array.Clear(slots);
            Array.Clear(outputs);
            throw;
        }

        foreach (var (storage, home, changes) in capture.Variables) Renew(storage, home, changes);
        foreach (var (leaf, _, handle, home, output, type) in capture.Gradients)
        {
            if (home is not null) Renew(handle!.Storage, home, 0);
            leaf.Renew(handle ?? (output < 0 ? null : Tensor.FromNode(Made(Operators.Basic.Leaf, type.DType, type.Shape, variant.Device, outputs[output]), type.View)), type.Exposed);
        }
        var made = variant.ResultOutput < 0 ? null : outputs[variant.ResultOutput];
        // Memory must not be held from here.
        Array.Clear(slots);
        Array.Clear(outputs);
        if (made is null) return variant.ResultVariable!;
        var result = variant.Result;
        var value = Made(result.Op, result.DType, result.Shape, variant.Device, made);
        value.Flags = result.Flags;
        return Tensor.FromNode(value, result.View, result.IsDetached);
    }

    /// <summary>Slot numbers as recording would give them now.</summary>
    private static void DrawNumbers(Capture capture, long[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            var (bits, dtype, source, draws) = capture.Scalars[i];
            numbers[i] = draws > 0 ? Generator.Current.Take(draws)
                : source is null ? bits
                : source == Generator.KeySource ? Generator.Current.Key
                : dtype.IsFloatingPoint() ? BitConverter.DoubleToInt64Bits(source()) : (long)source();
        }
    }

    private static Node Made(Operator op, DType dtype, Shape shape, Device device, Block block) => new(op, dtype, shape, device) { State = NodeState.Materialized, Owner = block };

    /// <summary>The variable has a new value in the same place.</summary>
    private static void Renew(Storage storage, Block home, int changes)
    {
        var old = storage.Current;
        storage.Version += changes;
        // Unless something may still ask for the old value, its node goes on with the new one.
        if (old.Owner != home || old.IsNeeded || (old.Flags & NodeFlags.Depended) != 0)
        {
            storage.Current = Made(Operators.Basic.Leaf, old.DType, old.Shape, old.Device, home);
            (storage.Current.Storages, storage.Current.Link) = (1, old.Leaf);
            old.Flags |= NodeFlags.Superseded;
        }
        home.Occupy(storage.Current);
    }

    /// <summary>The replay broke off after its first launch: nobody knows what its targets hold.</summary>
    private static void Fail(Capture capture, Exception cause)
    {
        foreach (var (storage, home, _) in capture.Variables) Fail(storage, home);
        foreach (var (leaf, _, handle, home, output, _) in capture.Gradients)
        {
            if (home is not null) Fail(handle!.Storage, home);
            if (output >= 0) leaf.Renew(null, false);
        }

        void Fail(Storage storage, Block home)
        {
            var old = storage.Current;
            old.Flags |= NodeFlags.Superseded;
            storage.Current = new(Operators.Basic.Leaf, old.DType, old.Shape, old.Device) { State = NodeState.Failed, Owner = cause, Storages = 1, Link = old.Leaf };
            home.Fail(cause);
        }
    }
}
