using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Graph;

/// <summary>A function of tensors that is recorded until two recordings agree, then replayed: its launches run again with new inputs and
/// numbers, its C# code does not.</summary>
/// <param name="source">The function as its author gave it: its captured variables are watched.</param>
/// <param name="function">The function over an array.</param>
internal sealed class CompiledStep(Delegate source, Func<Tensor[], Tensor> function)
{
    /// <summary>So many argument shapes are remembered; the one unused for longest goes first.</summary>
    private const int MaxVariants = 64;

    /// <summary>Counts changes of host state that recordings have read (<see cref="RecordedState"/>): a module's mode, RequiresGrad, moved
    /// parameters, settings. What was recorded before a change is recorded anew.</summary>
    public static int Epoch;

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
        Recorder.Capturing?.Closure.Watch(source);
        if (Recorder.Capturing is not null || AnomalyMode.IsActive) return function(arguments);
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
        var capture = new Capture(arguments) { Closure = new(source) };
        Tensor? result = null;
        Recorder.Capturing = capture;
        Interlocked.Increment(ref Escapes.InProgress);
        try
        {
            result = capture.Call(function, arguments);
            var device = result.Device;
            if (arguments.Length > 0 && device != arguments[0].Device)
                throw new CompiledFunctionException(
                    $"A compiled function must return a tensor of the device of its arguments, {arguments[0].Device.Name}; it returned "
                    + $"one of {device.Name}.");
            variant.Device = device;
            if (!device.CanReplay) return result = capture.Escapes.Settle(result);
            foreach (var other in Recorder.Mine)
                if (other.Device != device && other.Device.CanReplay && other.Nodes.Count > 0)
                    throw new CompiledFunctionException(
                        $"A compiled function works on one device; this one recorded on {other.Device.Name} too, and returned a tensor of "
                        + $"{device.Name}.");
            var recorder = Recorder.For(device);
            result.Keep();
            result = capture.Search(recorder, arguments, result);
            var after = capture.Closure.IsSame ? null : capture.Closure.Again();
            capture.Result = result;
            capture.IsRecording = false;
            var node = result.Node;
            int index = node.IsPendingIn(recorder) ? node.Index : -1;
            // After the function's own changes: what comes between this recording and the next is a change from outside.
            int epoch = Volatile.Read(ref Epoch);
            recorder.Flush();

            bool isVariable = capture.Variables.Any(v => v.Storage == result.Storage);
            bool isOutput = index >= 0 && capture.Executable is not null && Place(capture, index).Kind == MemoryKind.Output;
            variant.ResultVariable = !isVariable ? null : capture.Escapes.IsTwin ? result.Twin() : result;
            variant.IsResultMade = capture.Escapes.IsTwin;
            var flags = result.Detached ? 0 : node.Flags & (NodeFlags.RequiresGrad | NodeFlags.GraphFreed);
            variant.Result = (node.Op, node.DType, node.Shape, flags, result.ViewOf, result.Detached);
            variant.Take(capture, epoch, after, !result.Detached && Capture.HasGraph(node) ? "its result can still be differentiated"
                : !isVariable && !isOutput ? "its result is no value of its own" : null);
            if (!variant.IsReady) return result;
            variant.ResultOutput = isVariable ? -1 : Place(capture, index).Index;
            variant.Arguments = new(capture.Homes, capture.Regions);
            variant.Arguments.Reserve(capture.Leaves.Length, capture.Scalars.Length, capture.Executable!.Plan.Outputs.Length);
            return result;
        }
        catch
        {
            capture.Escapes.Settle(null);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref Escapes.InProgress);
            capture.IsRecording = false;
            capture.Result = null;
            Recorder.Capturing = null;
        }
    }

    private static MemoryId Place(Capture capture, int index)
    {
        foreach (var (node, place, _) in capture.Executable!.Plan.Kept)
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
        var capture = variant.Last!;
        var executor = variant.Device!.Planned!;
        var run = variant.Arguments!;
        var (slots, outputs) = (run.Slots, run.Outputs);
        for (int i = 0; i < capture.Leaves.Length; i++)
        {
            var (_, block, argument, gradient, _) = capture.Leaves[i];
            slots[i] = argument >= 0 ? arguments[argument].Node.Block! : gradient is not null ? gradient.Grad!.Node.Block! : block;
        }
        foreach (var (advance, _) in capture.OnReplay) advance();
        try
        {
            DrawNumbers(capture, run.Scalars);
            executor.Replay(capture.Executable!, run);
        }
        catch (Exception e)
        {
            for (int i = capture.OnReplay.Count - 1; i >= 0; i--) capture.OnReplay[i].Undo();
            if (run.HasLaunched) Fail(capture, e);
            run.Clear();
            throw;
        }

        variant.CountReplay();
        foreach (var (storage, home, changes) in capture.Variables) Renew(storage, home, changes);
        foreach (var (leaf, _, handle, home, output, type) in capture.Gradients)
        {
            if (home is not null) Renew(handle!.Storage, home, 0);
            if (output >= 0)
            {
                var gradient = Node.InMemory(Operators.Basic.Leaf, type.DType, type.Shape, variant.Device, outputs[output]);
                leaf.Renew(Tensor.FromNode(gradient, type.View), type.Exposed);
            }
            else leaf.Renew(handle, type.Exposed);
        }
        var made = variant.ResultOutput < 0 ? null : outputs[variant.ResultOutput];
        // Memory must not be held from here.
        run.Clear();
        if (made is null) return variant.IsResultMade ? variant.ResultVariable!.Another() : variant.ResultVariable!;
        var result = variant.Result;
        var value = Node.InMemory(result.Op, result.DType, result.Shape, variant.Device, made);
        value.Mark(result.Flags);
        return Tensor.FromNode(value, result.View, result.IsDetached);
    }

    /// <summary>Slot numbers as recording would give them now.</summary>
    private static void DrawNumbers(Capture capture, long[] numbers)
    {
        for (int i = 0; i < capture.Scalars.Length; i++)
        {
            var (bits, dtype, source, generator, draws) = capture.Scalars[i];
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
            storage.Renew(storage.Current.Replacement(cause), 0);
            home.Fail(cause);
        }
    }
}
