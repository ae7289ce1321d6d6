using GpuTensor.Backends;

namespace GpuTensor.Runtime;

/// <summary>What was captured of one plan, and how it has been run so far.</summary>
internal sealed class ReplayState
{
    /// <summary>Runs of any kind, captures that succeeded, and captures that failed.</summary>
    public int Runs, Captures, Failures;

    /// <summary>Runs that were one launch of a graph.</summary>
    public long Replays;

    /// <summary>Why this plan is not captured; null where it is.</summary>
    public string? Reason;

    /// <summary>Slots that were seen to move: their contents are copied to a place of the graph's own.</summary>
    public readonly HashSet<int> Moving = [];

    /// <summary>Slots that some step reads.</summary>
    public required int[] Used { get; init; }

    public readonly List<CapturedRun> Captured = [];

    /// <summary>Where the used slots lie in this run, and where they lay in the one before; empty before the first.</summary>
    public MemoryPlace[] Now = [], Last = [];

    /// <summary>Where the variables lie in this run.</summary>
    public MemoryPlace[] Variables = [];

    /// <summary>For Explain.</summary>
    public string Describe() => Reason is not null ? $"not captured: {Reason}"
        : Captured.Count == 0 ? $"captured at the third run; {Runs} so far"
        : $"{Replays} runs were one launch of a graph of {Captured[^1].Graph.Nodes} nodes; "
            + $"each copies {Captured[^1].BytesIn:N0} bytes of inputs in and {Captured[^1].BytesOut:N0} bytes of results out";
}
