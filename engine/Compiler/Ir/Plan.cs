using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>How one recorded graph runs: steps, where everything lies, and which nodes have a value afterwards. Nothing in it is bound to a
/// device and nothing changes once it is made; the runtime makes a <see cref="Runtime.Executable"/> of it.</summary>
internal sealed class Plan
{
    public required long[] Fingerprint { get; init; }

    /// <summary>What it does, in order.</summary>
    public required PlannedStep[] Steps { get; init; }

    /// <summary>How many of the graph's numbers it reads, counted from the first.</summary>
    public required int Scalars { get; init; }

    /// <summary>Kernels as a user counts them: each is one step or several.</summary>
    public required KernelIdentity[] Kernels { get; init; }

    /// <summary>Offsets in the arena by arena index, and its size.</summary>
    public required long[] ArenaOffsets { get; init; }

    public required long ArenaBytes { get; init; }

    /// <summary>What it is for, where it cannot be had.</summary>
    public string ArenaWhat { get; init; } = "working memory";

    /// <summary>Bytes and names of values that get new memory at each run.</summary>
    public required (long Bytes, string What)[] Outputs { get; init; }

    /// <summary>Node index, where its value lies, and which home that is (−1: none), for each node that has a value after the
    /// run.</summary>
    public required (int Node, Place Place, int Home)[] Kept { get; init; }

    /// <summary>Outputs that say whether indices are in range.</summary>
    public required (int Output, ValueCheck Check)[] Checks { get; init; }

    /// <summary>Outputs that cannot be read where an index was out of range.</summary>
    public required int[] Suspects { get; init; }

    /// <summary>Values copied to their homes at the end: from, byte offset there, home, bytes.</summary>
    public required (MemoryId From, long Offset, int Home, long Bytes)[] Copies { get; init; }

    /// <summary>Nodes that are kept only because the program held a handle on them when the plan was made.</summary>
    public required int[] Held { get; init; }

    /// <summary>Nodes that are recomputed for gradients (<see cref="KeptNodes"/>).</summary>
    public required int[] Recomputed { get; init; }

    /// <summary>The name of the device that it is made for.</summary>
    public required string Device { get; init; }

    /// <summary>The questions about sizes on which it rests; each once.</summary>
    public SizeCondition[] Conditions { get; init; } = [];

    /// <summary>Why each operator is a kernel of its own, where the planner failed; else null.</summary>
    public Exception? Fault { get; init; }

    /// <summary>Host memory it takes, about: for the bound on the plan cache.</summary>
    public long HostBytes => 2048 + Fingerprint.Length * 8L + Kept.Length * 24L + Recomputed.Length * 4L + Outputs.Length * 128L
        + Conditions.Length * 40L
        + Kernels.Sum(k => 128 + k.Groups.Sum(g => 192 + g.Operators.Length * 64L));

    /// <summary>What <c>Explain</c> prints.</summary>
    /// <param name="source">With the kernels' source.</param>
    public string Explanation(bool source) => Explanations.Describe(this, source);
}
