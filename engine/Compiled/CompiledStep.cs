using GpuTensor.Graph;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Compiled;

/// <summary>A function of tensors that is recorded until two recordings agree, then replayed: its launches run again with new inputs and
/// numbers, its C# code does not.</summary>
/// <param name="source">The function as its author gave it: its captured variables are watched.</param>
/// <param name="function">The function over an array.</param>
internal sealed class CompiledStep(Delegate source, Func<Tensor[], Tensor> function)
{
    /// <summary>So many argument shapes are remembered; the one unused for longest goes first.</summary>
    private const int MaxVariants = 64;

    /// <summary>All that are in use, for explanations.</summary>
    private static readonly List<WeakReference<CompiledStep>> All = [];

    private readonly Lock gate = new();

    /// <summary>The latest used last.</summary>
    private readonly List<CompiledVariant> variants = [];

    /// <summary>The compiled function whose last call, for some kind of arguments, returned that value.</summary>
    public static CompiledStep? ThatReturned(Node value)
    {
        CompiledStep[] steps;
        lock (All) steps = [.. All.Select(w => w.TryGetTarget(out var step) ? step : null).OfType<CompiledStep>()];
        return Array.Find(steps, s =>
        {
            lock (s.gate) return s.variants.Exists(v => v.Returned(value));
        });
    }

    // The delegates that a program holds.
    public Tensor Invoke() => Call([]);

    public Tensor Invoke(Tensor a) => Call([a]);

    public Tensor Invoke(Tensor a, Tensor b) => Call([a, b]);

    public Tensor Invoke(Tensor a, Tensor b, Tensor c) => Call([a, b, c]);

    private Tensor Call(Tensor[] arguments)
    {
        foreach (var argument in arguments) ArgumentNullException.ThrowIfNull(argument);
        (Recorder.Recorded as FunctionRecording)?.Closure.Observe(source);
        if (Recorder.Recorded is not null || AnomalyMode.IsActive) return function(arguments);
        if (arguments.Length > 0 && !arguments[0].Device.CanReplay) return function(arguments);
        lock (gate)
        {
            foreach (var argument in arguments) argument.Realize();
            foreach (var recorder in Recorder.Mine) recorder.Flush();
            var variant = Find(arguments);
            if (variant.IsReady && ReplayIfValid(variant, arguments) is { } replayed) return variant.Returns(replayed);
            // Without arguments the device is that of the result, known from the first call on.
            if (variant.IsRun || variant.Device is { CanReplay: false }) return variant.Returns(function(arguments));
            return variant.Returns(Record(variant, arguments));
        }
    }

    /// <summary>What the next calls will do, one line for each kind of arguments seen.</summary>
    public string Explain()
    {
        lock (gate)
        {
            string[] kinds = variants.Count == 0 ? ["recorded at its first call"] : [.. variants.Select(v => v.Describe())];
            return string.Join($"{Environment.NewLine}  ", (string[])[$"compiled function {source.Method.Name}", .. kinds]);
        }
    }

    private CompiledVariant Find(Tensor[] arguments)
    {
        for (int i = variants.Count - 1; i >= 0; i--)
            if (variants[i].Matches(arguments))
            {
                var found = variants[i];
                if (i == variants.Count - 1) return found;
                variants.RemoveAt(i);
                variants.Add(found);
                return found;
            }
        if (variants.Count == MaxVariants) variants.RemoveAt(0);
        if (variants.Count == 0)
            lock (All)
            {
                All.RemoveAll(w => !w.TryGetTarget(out _));
                All.Add(new(this));
            }
        var made = new CompiledVariant(arguments);
        variants.Add(made);
        return made;
    }

    private Tensor Record(CompiledVariant variant, Tensor[] arguments)
    {
        var recording = new FunctionRecording(arguments) { Closure = new(source) };
        Tensor? result = null;
        Recorder.Recorded = recording;
        Interlocked.Increment(ref Recording.InProgress);
        try
        {
            result = recording.Call(function, arguments);
            var device = result.Device;
            if (arguments.Length > 0 && device != arguments[0].Device)
                throw new CompiledFunctionException(
                    $"A compiled function must return a tensor of the device of its arguments, {arguments[0].Device.Name}; it returned "
                    + $"one of {device.Name}.");
            variant.Device = device;
            if (!device.CanReplay) return result = recording.Escapes.Settle(result);
            foreach (var other in Recorder.Mine)
                if (other.Device != device && other.Device.CanReplay && other.Nodes.Count > 0)
                    throw new CompiledFunctionException(
                        $"A compiled function works on one device; this one recorded on {other.Device.Name} too, and returned a tensor of "
                        + $"{device.Name}.");
            var recorder = Recorder.For(device);
            result.Keep();
            result = recording.Search(recorder, arguments, result);
            var after = recording.Closure.IsSame ? null : recording.Closure.Again();
            recording.Result = result;
            recording.IsRecording = false;
            var node = result.Node;
            int index = node.IsPendingIn(recorder) ? node.Index : -1;
            // After the function's own changes: what comes between this recording and the next is a change from outside.
            int epoch = RecordedState.Epoch;
            recorder.Flush();

            bool isVariable = recording.Run?.Variables.Any(v => v.Storage == result.Storage) == true;
            bool isOutput = index >= 0 && recording.Run is { } ran && Place(ran, index).Kind == MemoryKind.Output;
            bool isMade = recording.Escapes.IsTwin;
            variant.Take(recording, epoch, after,
                !result.Detached && FunctionRecording.HasGraph(node) ? "its result can still be differentiated"
                : !isVariable && !isOutput ? "its result is no value of its own" : null);
            if (!variant.IsReady) return result;
            var run = recording.Run!;
            var flags = result.Detached ? 0 : node.Flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed);
            variant.Result = isVariable ? new(isMade ? result.Twin() : result, isMade)
                : new(Place(run, index).Index, node.Op, node.DType, node.Shape, flags, result.ViewOf, result.Detached);
            variant.Arguments = new(run.Homes, run.Regions);
            variant.Arguments.Reserve(run.Leaves.Length, run.Scalars.Length, run.Executable.Plan.Outputs.Length);
            return result;
        }
        catch
        {
            recording.Escapes.Settle(null);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref Recording.InProgress);
            recording.IsRecording = false;
            recording.Result = null;
            Recorder.Recorded = null;
        }
    }

    private static MemoryId Place(RecordedRun run, int index)
    {
        foreach (var (node, place, _) in run.Executable.Plan.Kept)
            if (node == index) return place.Memory;
        return new(MemoryKind.Arena, -1);
    }

    /// <summary>Replays the last recording, if it still holds. No other thread's graph can begin to read what the replay overwrites in
    /// between.</summary>
    private static Tensor? ReplayIfValid(CompiledVariant variant, Tensor[] arguments)
    {
        lock (variant.Device!.Executor.Gate) return variant.IsValid(arguments) ? Replay(variant, arguments) : null;
    }

    private static Tensor Replay(CompiledVariant variant, Tensor[] arguments)
    {
        var (recording, result) = (variant.Last!, variant.Result!);
        var recorded = recording.Run!;
        var executor = variant.Device!.Planned!;
        var run = variant.Arguments!;
        var (slots, outputs) = (run.Slots, run.Outputs);
        for (int i = 0; i < recorded.Leaves.Length; i++)
        {
            var (_, block, argument, gradient, _) = recorded.Leaves[i];
            slots[i] = argument >= 0 ? arguments[argument].Node.Block! : gradient is not null ? gradient.Grad!.Node.Block! : block;
        }
        foreach (var (advance, _) in recording.OnReplay) advance();
        try
        {
            DrawNumbers(recorded, run.Scalars);
            executor.Replay(recorded.Executable, run);
        }
        catch (Exception e)
        {
            for (int i = recording.OnReplay.Count - 1; i >= 0; i--) recording.OnReplay[i].Undo();
            if (run.HasLaunched) Fail(recorded, e);
            run.Clear();
            throw;
        }

        variant.CountReplay();
        foreach (var (storage, home, changes) in recorded.Variables) Renew(storage, home, changes);
        foreach (var (leaf, _, handle, home, output, type) in recorded.Gradients)
        {
            if (home is not null) Renew(handle!.Storage, home, 0);
            if (output >= 0)
            {
                var gradient = Node.InMemory(Basic.Leaf, type.DType, type.Shape, variant.Device, outputs[output]);
                leaf.Renew(Tensor.FromNode(gradient, type.View), type.Exposed);
            }
            else leaf.Renew(handle, type.Exposed);
        }
        var made = result.Output < 0 ? null : outputs[result.Output];
        // Memory must not be held from here.
        run.Clear();
        if (made is null) return result.IsMade ? result.Variable!.Another() : result.Variable!;
        var value = Node.InMemory(result.Op!, result.DType, result.Shape!, variant.Device, made);
        value.Mark(result.Flags);
        return Tensor.FromNode(value, result.View, result.IsDetached);
    }

    /// <summary>Slot numbers as recording would give them now.</summary>
    private static void DrawNumbers(RecordedRun recorded, long[] numbers)
    {
        for (int i = 0; i < recorded.Scalars.Length; i++)
        {
            var (bits, dtype, source, generator, draws) = recorded.Scalars[i];
            numbers[i] = generator is not null ? draws > 0 ? generator.Take(draws).First : generator.Key
                : source is null ? bits
                : dtype.IsFloatingPoint() ? BitConverter.DoubleToInt64Bits(source()) : (long)source();
        }
    }

    /// <summary>The variable has a new value in the same place.</summary>
    private static void Renew(Storage storage, Block home, int changes)
    {
        var value = storage.Current;
        // Unless something may still ask for the old value, its node goes on with the new one.
        if (value.Block != home || value.IsNeeded || (value.Flags & NodeFlags.Depended) != 0) value = value.Replacement(home);
        else value.ForgetAttributes();
        storage.Renew(value, changes);
        home.Occupy(value);
    }

    /// <summary>The replay broke off after its first launch: nobody knows what its targets hold.</summary>
    private static void Fail(RecordedRun recorded, Exception cause)
    {
        foreach (var (storage, home, _) in recorded.Variables) Fail(storage, home);
        foreach (var (leaf, _, handle, home, output, _) in recorded.Gradients)
        {
            if (home is not null) Fail(handle!.Storage, home);
            if (output >= 0) leaf.Renew(null, false);
        }

        void Fail(Storage storage, Block home)
        {
            storage.Renew(storage.Current.Replacement(cause), 0);
            home.Fail(cause);
        }
    }
}
