namespace GpuTensor.Graph;

/// <content>A flush: all that is pending runs, or nothing has changed.</content>
internal sealed partial class Recorder
{
    /// <summary>Describes the plan that a flush would run now. Changes nothing.</summary>
    /// <param name="explain">Describes it, while the homes of changed variables are known.</param>
    public string Explain(Func<Recorder, string> explain)
    {
        lock (Gate)
        {
            if (nodes.Count == 0) return "Nothing is pending: every value recorded so far stands in memory.";
            lock (Device.Executor.Gate) FindHomes(isRun: false);
            try
            {
                return explain(this);
            }
            finally
            {
                homes.Clear();
            }
        }
    }

    /// <summary>The words of the fingerprint as they will be once a value is kept.</summary>
    public Fingerprint FingerprintKeeping(Node value)
    {
        var words = Fingerprint.Copy();
        if (value.IsPendingIn(this) && (value.Flags & NodeFlags.Keep) == 0) AddKept(words, value);
        return words;
    }

    private static void AddKept(Fingerprint fingerprint, Node value)
    {
        fingerprint.Add(-2);
        fingerprint.Add(value.Index);
    }

    /// <summary>Runs what is pending. What fails before its first launch leaves nothing changed.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (nodes.Count == 0 || IsRecordingFunction) return;
            if (Recording is { IsRecording: true } recording) recording.Refuse($"it computes on {Device.Name} too");
            bool hasLaunched = false;
            try
            {
                lock (Device.Executor.Gate) FindHomes(isRun: true);
                CountRun(Device.Executor.Run(this, ref hasLaunched));
            }
            catch (Exception e)
            {
                Rollback(e, hasLaunched);
                throw;
            }
            finally
            {
                Clear();
            }
            // Only now, when every value has its state: what was recorded with it is not lost.
            Device.Executor.Faults.Throw();
        }
    }

    /// <summary>A changed variable's value goes where it lay before, if nothing else means the old value; a gradient goes where the
    /// optimizer wants it.</summary>
    /// <param name="isRun">The graph is about to run: a place learns which value it holds, so that this one counts as overwritten
    /// afterwards.</param>
    private void FindHomes(bool isRun)
    {
        foreach (var leaf in gradients.Keys)
            if (leaf is { GradHome: { } place, GradExposed: false, Grad.Node: { Storages: 1 } gradient } && gradient.IsPendingIn(this)
                && leaf.Grad.ViewOf is null)
                homes.Add((gradient, place));
        foreach (var (storage, old) in changes)
        {
            var now = storage.Current;
            if (!settled.Add(storage) || !now.IsPendingIn(this)) continue;
            if (storage.Home is { } home) homes.Add((now, home));
            // An in-place operator's own gradient may still read the old value.
            else if (old.Storages == 0 && old.Uses == 0 && old.Block is { Buffer: not null } block && now.Storages == 1
                && block.Bytes == now.Shape.ElementCount * now.DType.Size())
            {
                if (isRun) block.Occupy(old);
                homes.Add((now, block));
            }
        }
        settled.Clear();
    }

    private void Rollback(Exception cause, bool hasLaunched)
    {
        for (int i = changes.Count - 1; i >= 0; i--)
        {
            var (storage, old) = changes[i];
            // Once kernels were launched the targets hold nobody knows what: they stay the failed values until they are written again.
            if (hasLaunched || !old.IsMaterialized || !storage.Current.IsPendingIn(this)) continue;
            storage.Undo(old);
        }
        foreach (var (leaf, (before, exposed)) in gradients)
            if (leaf.Grad?.Node.IsPendingIn(this) == true)
                leaf.Restore(before is { Node.State: NodeState.Failed } ? null : before, exposed);
        foreach (var node in nodes)
            if (!node.IsPendingIn(this)) continue;
            // It is older than this graph, and what it is computed from is still there.
            else if (node.IsRecomputed) node.Drop(null);
            else node.Fail(cause);
        for (int i = rollbacks.Count - 1; i >= 0; i--) rollbacks[i]();
    }

    private void Clear()
    {
        foreach (var leaf in leaves) leaf.AddReader(-1);
        nodes.Clear();
        leaves.Clear();
        scalars.Clear();
        leafSlots.Clear();
        changes.Clear();
        rollbacks.Clear();
        homes.Clear();
        gradients.Clear();
        checks.Clear();
        watched.Clear();
        Fingerprint.Clear();
        reviving.Clear();
    }
}
