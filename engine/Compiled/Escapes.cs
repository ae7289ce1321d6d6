using GpuTensor.Graph;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GpuTensor.Compiled;

/// <summary>Finds what a recorded function left outside itself beside its result: each handle made while it ran is followed by a weak
/// reference, and after a collection those that still answer are held by the program. The function gets and returns copies of handles
/// (<see cref="Tensor.Twin"/>), since whoever holds the very handle could not see whether others do.</summary>
internal sealed class Escapes
{
    private readonly int began = Reachability.Now;
    private readonly List<WeakReference<Tensor>> made = [];
    private List<(LeafState Leaf, WeakReference<Tensor> Handle)> gradients = [];
    private (Tensor Original, WeakReference<Tensor> Twin)[] arguments = [];
    private WeakReference<Tensor>? result;
    private Recorder? searched;
    private HashSet<int>? held;
    private bool isClosed;

    /// <summary>What was found, for a person; null: nothing.</summary>
    public string? Found { get; private set; }

    /// <summary>The result is a handle that the function made, and that nobody else holds.</summary>
    public bool IsTwin => result?.TryGetTarget(out _) == false;

    /// <summary>The nodes of a graph that the program holds when the function has returned; null for a graph that was not
    /// searched.</summary>
    public HashSet<int>? HeldIn(Recorder graph) => searched == graph ? held : null;

    /// <summary>The function makes a handle.</summary>
    public void Note(Tensor handle)
    {
        if (!isClosed) made.Add(new(handle));
    }

    /// <summary>Calls the function.</summary>
    /// <returns>Its result, or a twin that <see cref="Search"/> decides about.</returns>
    /// <remarks>A method of its own, so that the caller's frame holds none of the handles.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Tensor Call(Func<Tensor[], Tensor> function, Tensor[] originals, IEnumerable<LeafState> leaves)
    {
        var twins = new Tensor[originals.Length];
        for (int i = 0; i < twins.Length; i++)
        {
            int first = Array.IndexOf(originals, originals[i]);
            if (first < i) twins[i] = twins[first];
            else if (RetainedGradients.Find(originals[i]) is not null) twins[i] = originals[i];
            else
            {
                _ = originals[i].Storage;
                twins[i] = originals[i].Twin();
            }
        }
        arguments = [.. originals.Select((o, i) => (o, new WeakReference<Tensor>(twins[i])))];
        Tensor returned;
        try
        {
            returned = function([.. twins])
                ?? throw new CompiledFunctionException("A compiled function must return a tensor; it returned null.");
        }
        finally
        {
            for (int i = 0; i < twins.Length; i++)
                if (twins[i] != originals[i]) originals[i].Follow(twins[i], isShared: false);
            isClosed = true;
        }
        int argument = Array.IndexOf(twins, returned);
        if (argument >= 0) return originals[argument];
        foreach (var leaf in leaves)
        {
            if (leaf.Grad is not { } gradient || !WasMade(gradient)) continue;
            if (gradient == returned) Found ??= "its result is the handle of a gradient";
            else if (leaf.GradExposed)
            {
                gradients.Add((leaf, new(gradient)));
                leaf.Renew(gradient.Twin(), true);
            }
        }
        if (returned.IsDisposed || !WasMade(returned) || RetainedGradients.Find(returned) is not null || Found is not null) return returned;
        result = new(returned);
        return returned.Twin();
    }

    private bool WasMade(Tensor handle) => made.Exists(m => m.TryGetTarget(out var each) && each == handle);

    /// <summary>Collects, looks at what is still held, and adds it to the fingerprint: another plan is needed where other values are
    /// stored away.</summary>
    /// <param name="graph">What the function recorded.</param>
    /// <param name="returned">What <see cref="Call"/> returned.</param>
    /// <param name="leaves">The leaves whose gradients it touched.</param>
    /// <returns>The function's result: the twin, unless the program holds the handle that the function itself returned.</returns>
    public Tensor Search(Recorder graph, Tensor returned, IReadOnlyCollection<LeafState> leaves)
    {
        graph.Fingerprint.Add(-7);
        graph.ForgetUnreachable(() => Reachability.Collect(began));
        // An old object that has died may still refer to a handle: a full collection finds that.
        if (IsAnyAlive(leaves)) GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        var swapped = gradients;
        returned = Settle(returned);
        foreach (var (leaf, _) in swapped) graph.Hold(leaf.Grad!.Node, leaf.Grad);
        if (result?.TryGetTarget(out _) == true) graph.Hold(returned.Node, returned);
        searched = graph;
        held = [];
        foreach (var node in graph.Nodes)
            if (graph.IsHeld(node)) held.Add(node.Index);
        foreach (var handle in Alive(leaves))
        {
            if (handle.Node.IsPendingIn(graph)) held.Add(handle.Node.Index);
            if (handle != returned) Found ??= $"the program holds another of its values, {handle.Node}";
        }
        graph.Fingerprint.Add(-8);
        foreach (int index in held.Order()) graph.Fingerprint.Add(index);
        made.Clear();
        return returned;
    }

    /// <summary>Decides for each handle that has a twin which of both goes on: the handle itself wherever it is still there.</summary>
    /// <param name="returned">What <see cref="Call"/> returned; null where it threw.</param>
    [return: NotNullIfNotNull(nameof(returned))]
    public Tensor? Settle(Tensor? returned)
    {
        foreach (var (leaf, handle) in gradients)
            if (handle.TryGetTarget(out var gradient))
            {
                leaf.Renew(gradient, true);
                Found ??= $"the program holds the handle of a gradient, {gradient.Node}";
            }
        foreach (var (original, twin) in arguments)
            if (twin.TryGetTarget(out var stored) && stored != original && !stored.IsDisposed)
            {
                original.Follow(stored, isShared: true);
                Found ??= $"the program stored an argument away, {original.Node}";
            }
        if (result?.TryGetTarget(out var own) == true)
        {
            returned = own;
            Found ??= "the program stored the result away";
        }
        (gradients, arguments) = ([], []);
        return returned;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsAnyAlive(IReadOnlyCollection<LeafState> leaves) =>
        Alive(leaves).Count > 0 || Array.Exists(arguments, a => a.Twin.TryGetTarget(out var twin) && twin != a.Original);

    /// <summary>Handles that somebody holds, but for gradients that only their leaves do.</summary>
    private List<Tensor> Alive(IReadOnlyCollection<LeafState> leaves)
    {
        var owned = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var leaf in leaves)
            if (leaf is { Grad: { } gradient, GradExposed: false }) owned.Add(gradient);
        List<Tensor> alive = [];
        foreach (var weak in made)
            if (weak.TryGetTarget(out var handle) && !handle.IsDisposed && !owned.Contains(handle)) alive.Add(handle);
        return alive;
    }
}
