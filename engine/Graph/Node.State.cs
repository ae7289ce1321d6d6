using GpuTensor.Runtime.Memory;

namespace GpuTensor.Graph;

internal enum NodeState : byte
{
    /// <summary>Just made: only the thread that makes it knows it.</summary>
    New,
    /// <summary>Recorded in a graph, not yet run (<see cref="Node.PendingIn"/>).</summary>
    Pending,
    /// <summary>Its value stands in memory (<see cref="Node.Block"/>).</summary>
    Materialized,
    /// <summary>Its graph ran without keeping it (<see cref="Node.DroppedBy"/>): it can be recomputed while its leaves are
    /// unchanged.</summary>
    Dropped,
    /// <summary>Its memory was taken over by an in-place update, or given up (<see cref="Node.IsReleased"/>).</summary>
    Overwritten,
    /// <summary>Its flush failed: reading it rethrows <see cref="Node.Failure"/>.</summary>
    Failed,
}

/// <content>Where the value stands, and every change of that.</content>
/// <remarks>
/// <para>One reference says both the state and what belongs to it: the type of what it refers to is the state. It is written once for each
/// change, after everything that the new state promises. So a thread without a lock sees a state of before or after the change, never one
/// state with what belongs to another.</para>
/// <para>A value becomes pending, and a pending value fails, under its recorder's lock. A run settles its values under the locks of the
/// recorder and, where they lie in device memory, of the device. What is materialised or dropped changes under the device's lock.</para>
/// </remarks>
internal sealed partial class Node
{
    /// <summary>A state that nothing belongs to.</summary>
    private sealed class Alone(NodeState state)
    {
        public readonly NodeState State = state;
    }

    private static readonly Alone WithoutPlan = new(NodeState.Dropped);
    private static readonly Alone TakenOver = new(NodeState.Overwritten), GivenUp = new(NodeState.Overwritten);

    /// <summary>Null: new. Else a <see cref="Recorder"/>, <see cref="Block"/>, <see cref="PlanOfRun"/>, exception, or
    /// <see cref="Alone"/>.</summary>
    private object? standing;

    public NodeState State => Volatile.Read(ref standing) switch
    {
        null => NodeState.New,
        Recorder => NodeState.Pending,
        Runtime.Memory.Block => NodeState.Materialized,
        PlanOfRun => NodeState.Dropped,
        Alone alone => alone.State,
        _ => NodeState.Failed,
    };

    /// <summary>The graph that it is pending in; null where it is not pending.</summary>
    public Recorder? PendingIn => Volatile.Read(ref standing) as Recorder;

    public bool IsPendingIn(Recorder graph) => Volatile.Read(ref standing) == graph;

    /// <summary>The memory that it stands in; null where it is not materialised.</summary>
    public Block? Block => Volatile.Read(ref standing) as Runtime.Memory.Block;

    public bool IsMaterialized => Volatile.Read(ref standing) is Runtime.Memory.Block;

    /// <summary>The plan that ran without keeping it; null where it is not dropped, or the device has no plans.</summary>
    public PlanOfRun? DroppedBy => Volatile.Read(ref standing) as PlanOfRun;

    /// <summary>Why it has no value, if its flush failed.</summary>
    public Exception? Failure => Volatile.Read(ref standing) as Exception;

    /// <summary>Its memory was given up with its last handle.</summary>
    public bool IsReleased => Volatile.Read(ref standing) == GivenUp;

    /// <summary>A new value, or one that was dropped, is recorded in a graph.</summary>
    public void BecomePending(Recorder graph, int index)
    {
        if (standing is not null) Require(State == NodeState.Dropped, NodeState.Pending);
        Index = index;
        Volatile.Write(ref standing, graph);
    }

    /// <summary>A new value is there from the start, or a pending one was computed.</summary>
    public void Materialize(Block block)
    {
        Require(standing is null or Recorder, NodeState.Materialized);
        Volatile.Write(ref standing, block);
    }

    /// <summary>The graph of a pending value ran without keeping it.</summary>
    /// <param name="plan">The plan, which is made anew should somebody miss the value; null on a device without plans.</param>
    public void Drop(PlanOfRun? plan)
    {
        Require(standing is Recorder, NodeState.Dropped);
        Volatile.Write(ref standing, (object?)plan ?? WithoutPlan);
    }

    /// <summary>A value in memory was copied to other memory, where it stands from here on.</summary>
    public void Move(Block block)
    {
        Require(IsMaterialized, NodeState.Materialized);
        Volatile.Write(ref standing, block);
    }

    /// <summary>Another value is computed in its memory.</summary>
    public void Overwrite()
    {
        Require(IsMaterialized, NodeState.Overwritten);
        Volatile.Write(ref standing, TakenOver);
    }

    /// <summary>Its memory is given up with its last handle.</summary>
    public void Release()
    {
        Require(IsMaterialized, NodeState.Overwritten);
        Volatile.Write(ref standing, GivenUp);
    }

    /// <summary>What was to compute it, or wrote to its memory, broke off.</summary>
    public void Fail(Exception cause)
    {
        Require(standing is null or Recorder or Runtime.Memory.Block, NodeState.Failed);
        Volatile.Write(ref standing, cause);
    }

    void IOccupant.OnOverwritten(Block place)
    {
        if (Block == place) Overwrite();
    }

    void IOccupant.OnFailed(Block place, Exception cause)
    {
        if (Block == place) Fail(cause);
    }

    private void Require(bool isLegal, NodeState next)
    {
        if (!isLegal) throw new InvalidOperationException($"{this} cannot become {next}.");
    }
}
