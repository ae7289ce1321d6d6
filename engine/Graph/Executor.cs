using GpuTensor.Graph;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Graph;

/// <summary>Runs recorded graphs on one device and moves values between it and the host.</summary>
internal abstract class Executor
{
    /// <summary>The device's lock: runs, replays and memory, and every change of what a recorded value is now. A graph begins to read a
    /// value under it, so that no run in between takes the value's memory. It is taken last: whoever holds it takes no recorder's
    /// lock.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The device's own name, for people.</summary>
    public abstract string Description { get; }

    /// <summary>Runs all pending nodes of a graph whose values are wanted. Sets each node's state.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="hasLaunched">Set where the run breaks off after its first launch: from then on nobody knows what its targets
    /// hold.</param>
    public abstract RunKind Run(Recorder graph, ref bool hasLaunched);

    /// <summary>Brings host contents to the device; the array may be used again when this returns.</summary>
    public abstract Block Upload(HostArray contents);

    /// <summary>Waits and copies a contiguous range of a materialised value to the host. The caller has pinned the value where other
    /// threads may overwrite it.</summary>
    public abstract void Download(Node node, long byteOffset, Span<byte> target);

    /// <summary>The value of a variable whose last handle was disposed: its memory may go at once if nothing recorded needs it.</summary>
    public virtual void Release(Node node) { }

    /// <summary>What checks of indices found and nobody was told yet.</summary>
    public IndexFaults Faults { get; } = new();

    /// <summary>Looks at the answer of a check whose node has run.</summary>
    /// <exception cref="TensorException">A value is not such as the operator takes.</exception>
    public void CheckNow(Node node, ValueCheck check)
    {
        Span<byte> answer = stackalloc byte[check.Bytes];
        Recorder.Materialize(node);
        Download(node, 0, answer);
        if (check.ErrorOf(answer) is { } error) throw error;
    }

    /// <summary>Before something is saved: waits for the checks of all that has run.</summary>
    /// <exception cref="TensorException">A run of any thread was given a value that its operator does not take, and nobody was told
    /// yet.</exception>
    public virtual void RefuseFaults() => Faults.ThrowAny();

    /// <summary>Waits for all work.</summary>
    public abstract void Finish();

    /// <summary>The process is about to end: waits for what runs, and lets no other thread near the driver any more, which is taken apart
    /// from here on. Does not throw.</summary>
    public virtual void StopForExit() { }
}
