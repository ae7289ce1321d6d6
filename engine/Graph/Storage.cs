namespace GpuTensor.Graph;

/// <summary>A variable: what all views of one tensor share. In-place updates make it mean another node.</summary>
internal sealed class Storage
{
    public Storage(Node node)
    {
        Current = node;
        if (node.Storages < byte.MaxValue) node.Storages++;
    }

    /// <summary>The value it means now.</summary>
    public Node Current;

    /// <summary>In-place changes so far.</summary>
    public int Version;

    /// <summary>Handles given out and not disposed (collected handles still count: the collector frees those).</summary>
    public int Handles;

    /// <summary>Where its value shall lie when it is materialised: gradients and parameters of an optimizer's flat storage. Null: anywhere.</summary>
    public Memory.Block? Home;

    /// <summary>Makes the variable mean <paramref name="node"/>, as an in-place operator does.</summary>
    public void Set(Node node)
    {
        var old = Current;
        old.Flags |= NodeFlags.Superseded;
        old.Link ??= node;
        if (old.Storages is > 0 and < byte.MaxValue) old.Storages--;
        if (node.Storages < byte.MaxValue) node.Storages++;
        Current = node;
        Version++;
        if (node.Owner is not Recorder recorder) return;
        recorder.NoteChange(this, old);
        // A variable made and changed in one graph (an optimizer's new state) is held by its handle all the same.
        recorder.Hold(node, this);
    }
}
