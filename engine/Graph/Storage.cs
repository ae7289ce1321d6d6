namespace GpuTensor.Graph;

/// <summary>A variable: what all views of one tensor share. In-place updates make it mean another node. A handle that is alone on a value
/// that was never changed does without (see <see cref="Tensor"/>).</summary>
internal sealed class Storage
{
    /// <summary>Takes over what one handle meant alone: a value that already counts this variable, unless it is uncounted.</summary>
    public Storage(Node node, bool uncounted) => (Current, IsUncounted, handles) = (node, uncounted, 1);

    /// <summary>The value it means now.</summary>
    public Node Current { get; private set; }

    /// <summary>In-place changes so far.</summary>
    public int Version { get; private set; }

    /// <summary>It only looks at the node, whose owner is another variable: it does not count as a user of the memory until it is
    /// changed.</summary>
    public bool IsUncounted { get; private set; }

    /// <summary>Gives up its share in the node to another variable.</summary>
    public void StopCounting()
    {
        if (!IsUncounted) Current.AddStorage(-1);
        IsUncounted = true;
    }

    private int handles;

    /// <summary>Handles given out and not disposed (collected handles still count: the collector frees those).</summary>
    public int Handles => Volatile.Read(ref handles);

    /// <summary>Another handle is given out.</summary>
    public void AddHandle() => Interlocked.Increment(ref handles);

    /// <summary>A handle was given up. With the last one the value's memory goes, if nothing recorded needs it.</summary>
    public void RemoveHandle()
    {
        if (Interlocked.Decrement(ref handles) == 0 && !IsUncounted) Current.Device.Executor.Release(Current);
    }

    /// <summary>Where its value shall lie when it is materialised: gradients and parameters of an optimizer's flat storage. Null:
    /// anywhere.</summary>
    public Runtime.Memory.Block? Home;

    /// <summary>Makes the variable mean <paramref name="node"/>, as an in-place operator does.</summary>
    public void Set(Node node)
    {
        var recorder = Recorder.For(node.Device);
        // Another thread that finds the new value pending in our graph must find the change, and so the old value, too.
        lock (recorder.Gate)
        {
            var old = Current;
            Replace(node);
            Version++;
            // Another thread has flushed the value, or records it again: then the value has memory of its own.
            if (!node.IsPendingIn(recorder)) return;
            recorder.NoteChange(this, old);
            // A variable made and changed in one graph (an optimizer's new state) is held by its handle all the same.
            recorder.Hold(node, this);
        }
    }

    /// <summary>A replay of a compiled function has changed it.</summary>
    /// <param name="node">Its value: the node it means already, with other contents, or another.</param>
    /// <param name="changes">How often the function changes it.</param>
    public void Renew(Node node, int changes)
    {
        Version += changes;
        if (node != Current) Replace(node);
    }

    /// <summary>Its value lies in other memory from here on.</summary>
    /// <param name="node">The same value there.</param>
    public void Move(Node node)
    {
        node.AddStorage(1);
        var old = Current;
        Current = node;
        if (!IsUncounted) old.AddStorage(-1);
        IsUncounted = false;
    }

    /// <summary>The graph with its change has failed before it did anything.</summary>
    /// <param name="before">What it meant before.</param>
    public void Undo(Node before)
    {
        Current = before;
        before.AddStorage(1);
        before.Restore();
    }

    private void Replace(Node node)
    {
        var old = Current;
        node.AddStorage(1);
        Interleaving.Point();
        Current = node;
        Interleaving.Point();
        // After Current: another thread that finds the old value superseded looks for the new one there.
        old.Supersede(node);
        if (!IsUncounted) old.AddStorage(-1);
        IsUncounted = false;
    }
}
