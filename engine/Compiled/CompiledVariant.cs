using GpuTensor.Graph;
using System.Globalization;
using GpuTensor.Runtime;

namespace GpuTensor.Compiled;

/// <summary>What a compiled function knows about arguments of one kind: its last recording, and whether that may be replayed.</summary>
internal sealed class CompiledVariant
{
    /// <summary>So many recordings in a row, and the function is simply run: what it depends on changes from call to call.</summary>
    public const int MaxRecordings = 8;

    private const string NoMetadata = "its captured variables have no metadata in this program, so their values are frozen";

    private const string EpochChanged = "training mode, RequiresGrad, settings or parameters' places changed";

    private readonly (DType DType, Shape Shape, View? View, bool RequiresGrad, int SameAs)[] kinds;
    private readonly bool gradEnabled = GradMode.Enabled;
    private readonly WeakReference<Node> lastResult = new(null!);
    private int recordings;
    private long recorded, replayed;

    /// <summary>Why the last recording was not taken for a replay, or cannot be; null: it can.</summary>
    private string? why = "it has not been recorded";

    public CompiledVariant(Tensor[] arguments) =>
        kinds = [.. arguments.Select((a, i) => (a.DType, a.Node.Shape, a.ViewOf, a.RequiresGrad, SameAs(arguments, i)))];

    public FunctionRecording? Last { get; private set; }

    /// <summary>The captured variables as the last recording left them.</summary>
    public ClosureState? Closure { get; private set; }

    /// <summary>The result's device, once known.</summary>
    public Device? Device { get; set; }

    public int Epoch { get; private set; }

    /// <summary>The last two recordings agreed, and nothing else than their launches remains to be done.</summary>
    public bool IsReady => why is null;

    /// <summary>Too many recordings came to nothing: the function is run.</summary>
    public bool IsRun => recordings >= MaxRecordings;

    /// <summary>What a replay returns; null as long as nothing can be replayed.</summary>
    public ReplayedResult? Result { get; set; }

    /// <summary>What a replay hands to the executor, used again by the next; null as long as nothing can be replayed.</summary>
    public RunArguments? Arguments { get; set; }

    public bool Matches(Tensor[] arguments)
    {
        if (gradEnabled != GradMode.Enabled) return false;
        for (int i = 0; i < arguments.Length; i++)
        {
            var (dtype, shape, view, requiresGrad, sameAs) = kinds[i];
            var a = arguments[i];
            if (a.DType != dtype || !a.Node.Shape.Equals(shape) || !Equals(a.ViewOf, view) || a.RequiresGrad != requiresGrad) return false;
            if (SameAs(arguments, i) != sameAs) return false;
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

    /// <summary>Takes a recording that has run.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="epoch">The epoch when it ended.</param>
    /// <param name="after">The captured variables when it had ended, where they are others.</param>
    /// <param name="obstacle">Why its result cannot come from a replay; null: it can.</param>
    public void Take(FunctionRecording recording, int epoch, ClosureState? after, string? obstacle)
    {
        var last = Last;
        why = recording.WhyNot ?? obstacle ?? (after is null ? null : $"it changes {recording.Closure.FirstChange()}, which it captured")
            ?? (last?.Run is null ? "a second recording must agree with the first"
                : last.Run.Executable != recording.Run!.Executable
                ? "it recorded other operators, or stored other values away, than the time before"
                : Epoch != epoch ? EpochChanged
                : Difference(last, recording, last.Run, recording.Run));
        recorded++;
        recordings++;
        (Last, Epoch, Closure) = (recording, epoch, after ?? recording.Closure);
        (Result, Arguments) = (null, null);
        if (!IsRun || IsReady) return;
        // What it held is not needed any more.
        (Last, Closure) = (null, null);
    }

    /// <summary>A replay has run.</summary>
    public void CountReplay()
    {
        recordings = 0;
        replayed++;
    }

    /// <summary>Remembers the value of the last call, without keeping it.</summary>
    public Tensor Returns(Tensor result)
    {
        if (result is { IsDisposed: false }) lastResult.SetTarget(result.Node);
        return result;
    }

    /// <summary>Whether the last call returned that value.</summary>
    public bool Returned(Node value) => lastResult.TryGetTarget(out var last) && last == value;

    /// <summary>Where two recordings of one plan read or changed other tensors or numbers, arguments and what is known to change apart;
    /// null: nowhere.</summary>
    private static string? Difference(FunctionRecording before, FunctionRecording now, RecordedRun ranBefore, RecordedRun runs)
    {
        if (!ranBefore.Variables.Select(v => v.Storage).SequenceEqual(runs.Variables.Select(v => v.Storage)))
            return "it changed other tensors in place than the time before";
        if (!ranBefore.Gradients.Select(g => g.Leaf).SequenceEqual(runs.Gradients.Select(g => g.Leaf)))
            return "it touched the gradients of other tensors than the time before";
        for (int i = 0; i < runs.Leaves.Length; i++)
        {
            var (a, b) = (ranBefore.Leaves[i], runs.Leaves[i]);
            if (a.Node == b.Node || (a.Argument >= 0 && a.Argument == b.Argument)) continue;
            if (a.Gradient is not null && a.Gradient == b.Gradient) continue;
            // Another value of the same variable: changed in place, by the function or from outside.
            if (a.Block == b.Block || a.Node.IsSuperseded) continue;
            return $"it read another tensor ({b.Node.DType.Name()} {b.Node.Shape}) than the time before";
        }
        for (int i = 0; i < runs.Scalars.Length; i++)
        {
            var (was, number) = (ranBefore.Scalars[i], runs.Scalars[i]);
            if (number.Generator != was.Generator) return "it drew from another random stream than the time before";
            if (number.Source is not null || number.Generator is not null || number.Bits == was.Bits) continue;
            return $"a number was {Show(number)}, and {Show(was)} the time before";
        }
        for (int i = 0; i < now.IsProven.Length; i++) now.IsProven[i] = before.IsProven[i] || before.Arguments[i] != now.Arguments[i];
        return null;
    }

    private static string Show(CapturedScalar number) => number.DType.IsFloatingPoint()
        ? BitConverter.Int64BitsToDouble(number.Bits).ToString("R", CultureInfo.InvariantCulture)
        : number.Bits.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether what the last recording found is still so.</summary>
    public bool IsValid(Tensor[] arguments)
    {
        var recording = Last!;
        var run = recording.Run!;
        if (Epoch != RecordedState.Epoch || run.Executable.Missed.Count > 0 || run.Executable.IsDisposed)
            return false;
        if (!Closure!.IsSame) return false;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Node != recording.Arguments[i] && !recording.IsProven[i]) return false;
            // An argument that the function changes is a variable of its own.
            if (recording.ChangedArguments[i] is { } changed && arguments[i].Storage != changed) return false;
            if (recording.ArgumentLeaves[i] is { } touched && arguments[i].Leaf != touched) return false;
        }
        foreach (var (storage, home, _) in run.Variables)
        {
            if (storage.Current is not { Storages: 1, Readers: 0 } node || node.Block != home) return false;
            if (IsOther(node, storage)) return false;
        }
        foreach (var (leaf, start, handle, home, _, _) in run.Gradients)
        {
            var now = leaf.Grad;
            if (home is { Occupant: Node { Readers: > 0 } } || (home is not null && now is not null && IsOther(now.Node, null)))
                return false;
            if (start.IsReplaced) continue;
            if (now is null != start.Before is null) return false;
            if (now is not null && (!now.Node.IsMaterialized || !Equals(now.ViewOf, start.Before!.ViewOf))) return false;
            // Read only or changed in place: the same handle as before.
            if (handle is not null && home is null && now != handle) return false;
        }
        foreach (var leaf in run.Leaves)
            if (leaf.Argument >= 0) continue;
            else if (leaf.Gradient is { } owner)
            {
                if (leaf.IsHome && owner.Grad!.Node.Block != leaf.Block) return false;
            }
            else if (!leaf.IsHome && leaf.Node.Block != leaf.Block) return false;
        return true;

        // An argument that was none of the changed variables and is one now: kernels would read and write one memory in any order.
        bool IsOther(Node value, Storage? variable)
        {
            for (int i = 0; i < arguments.Length; i++)
                if (arguments[i].Node == value && (variable is null || recording.ChangedArguments[i] != variable)) return true;
            return false;
        }
    }

    /// <summary>What the next call will do, and why.</summary>
    public string Describe()
    {
        string kind = string.Join(", ", kinds.Select(k => $"{k.DType.Name()} {k.View?.Shape ?? k.Shape}").DefaultIfEmpty("no arguments"));
        string next = IsRun && !IsReady ? $"run at each call, after {MaxRecordings} recordings in a row: {why}"
            : Device is { CanReplay: false } ? $"run at each call: {Device.Name} runs every operator by itself"
            : !IsReady ? $"recorded anew at the next call: {why}"
            : Closure!.FirstChange() is { } name ? $"recorded anew at the next call: {name}, which it captured, has changed"
            : Epoch != RecordedState.Epoch ? $"recorded anew at the next call: {EpochChanged}"
            : Closure!.IsBlind ? $"replayed at the next call; {NoMetadata}"
            : "replayed at the next call";
        return $"{kind}{(gradEnabled ? "" : " without gradients")}: {next} (recorded {recorded} times, replayed {replayed} times)";
    }
}
