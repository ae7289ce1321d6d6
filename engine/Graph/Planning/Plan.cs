using System.Runtime.InteropServices;
using GpuTensor.Devices;
using GpuTensor.Kernels;
using GpuTensor.Runtime;

namespace GpuTensor.Graph.Planning;

/// <summary>One thing a plan does.</summary>
internal abstract class PlannedStep(MemoryId[] memories, string description) : IDisposable
{
    public string Description { get; } = description;

    public MemoryId[] Memories { get; } = memories;

    /// <summary>Host memory it takes, about.</summary>
    public abstract long HostBytes { get; }

    /// <summary>Enqueues it.</summary>
    public abstract void Run(Backend backend, RunArguments arguments);

    public abstract void Dispose();
}

/// <summary>A product by the device's library: left operand, right operand, result, and what its epilogue reads or writes.</summary>
internal sealed class PlannedProduct(LibraryCall[] calls, DType type, MemoryId[] memories, string description) : PlannedStep(memories, description)
{
    public override long HostBytes => 256 + calls.Length * 192L;

    public override void Run(Backend backend, RunArguments arguments)
    {
        var (a, b, c) = (arguments.Resolve(Memories[0]), arguments.Resolve(Memories[1]), arguments.Resolve(Memories[2]));
        MemoryPlace? vector = Memories.Length > 3 ? arguments.Resolve(Memories[3]) : null;
        foreach (var call in calls) backend.Multiply(call, type, a, b, c, vector, Description);
    }

    public override void Dispose() { }
}

/// <summary>A kernel launch of a plan with its arguments bound; only what changed since the last run is bound again.</summary>
internal sealed class PlannedLaunch : PlannedStep
{
    private readonly DeviceKernel kernel;
    private readonly DType[] types;
    private readonly int[] scalarSlots;
    private readonly DeviceBuffer?[] bound;
    private readonly long[] integers;
    private readonly byte[] block;
    private readonly long[] scalars;
    private DeviceBuffer? boundScalars;
    private bool fresh = true;

    /// <param name="scalarsInMemory">The kernel reads its scalars from the device's block: their places there are integers, and the block is the last parameter.</param>
    public PlannedLaunch(GeneratedKernel generated, DeviceKernel kernel, MemoryId[] memories, DType[] types, int[] scalarSlots, string description, bool scalarsInMemory)
        : base(memories, description)
    {
        (Generated, this.kernel, this.types, this.scalarSlots) = (generated, kernel, types, scalarSlots);
        bound = new DeviceBuffer?[memories.Length];
        integers = (long[])generated.Integers.Clone();
        block = new byte[generated.Integers.Length * (generated.WideIndices ? 8 : 4)];
        scalars = new long[scalarsInMemory ? 0 : scalarSlots.Length];
        if (scalarsInMemory)
            for (int i = 0; i < scalarSlots.Length; i++) integers[memories.Length + i] = scalarSlots[i];
    }

    public GeneratedKernel Generated { get; }

    public override void Run(Backend backend, RunArguments arguments)
    {
        try
        {
            BindAndLaunch(backend, arguments);
        }
        catch
        {
            // What is bound is no longer known.
            Array.Clear(bound);
            boundScalars = null;
            fresh = true;
            throw;
        }
    }

    private void BindAndLaunch(Backend backend, RunArguments arguments)
    {
        var memories = Memories;
        bool moved = fresh;
        for (int i = 0; i < memories.Length; i++)
        {
            var (buffer, offset) = arguments.Resolve(memories[i]);
            if (bound[i] != buffer) kernel.SetBuffer(i, bound[i] = buffer);
            long element = offset / types[i].Size();
            if (integers[i] != element)
            {
                integers[i] = element;
                moved = true;
            }
        }
        if (moved)
        {
            if (Wide) MemoryMarshal.AsBytes(integers.AsSpan()).CopyTo(block);
            else
                for (int i = 0; i < integers.Length; i++) MemoryMarshal.Write(block.AsSpan(i * 4), checked((int)integers[i]));
            kernel.SetBytes(memories.Length, block);
        }
        if (scalars.Length < scalarSlots.Length && boundScalars != arguments.ScalarBlock) kernel.SetBuffer(memories.Length + 1, boundScalars = arguments.ScalarBlock!);
        for (int i = 0; i < scalars.Length; i++)
        {
            long bits = arguments.Scalars[scalarSlots[i]];
            if (!fresh && scalars[i] == bits) continue;
            scalars[i] = bits;
            kernel.SetBytes(memories.Length + 1 + i, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in bits)));
        }
        backend.Launch(kernel, Generated.Groups, Generated.GroupSize);
        fresh = false;
    }

    /// <summary>Its source is shared with other plans, but for most plans it is their own.</summary>
    public override long HostBytes => 512 + Generated.Source.Length * 2L + Memories.Length * 48L + integers.Length * 16L + scalars.Length * 8L;

    private bool Wide => Generated.WideIndices;

    public override void Dispose() => kernel.Dispose();
}

/// <summary>How one recorded graph runs: launches, where everything lies, and what each node's state is afterwards.</summary>
internal sealed class Plan : IDisposable
{
    public required long[] Fingerprint { get; init; }

    public required PlannedStep[] Launches { get; init; }

    /// <summary>How many of the graph's numbers it reads, counted from the first.</summary>
    public required int Scalars { get; init; }

    /// <summary>Kernels as a user counts them: a matrix product with packing and epilogue is one.</summary>
    public required int Kernels { get; init; }

    /// <summary>Offsets in the arena by arena index, and its size.</summary>
    public required long[] ArenaOffsets { get; init; }

    public required long ArenaBytes { get; init; }

    /// <summary>What it is for, where it cannot be had.</summary>
    public string ArenaWhat { get; init; } = "working memory";

    /// <summary>Bytes and names of values that get new memory at each run.</summary>
    public required (long Bytes, string What)[] Outputs { get; init; }

    /// <summary>Node index, where its value lies, and which home that is (−1: none), for each node that has a value after the run.</summary>
    public required (int Node, Place Place, int Home)[] Kept { get; init; }

    /// <summary>Outputs that say whether indices are in range.</summary>
    public required (int Output, ValueCheck Check)[] Checks { get; init; }

    /// <summary>Outputs that cannot be read where an index was out of range.</summary>
    public required int[] Suspects { get; init; }

    /// <summary>Values copied to their homes at the end: from, home, bytes.</summary>
    public required (MemoryId From, int Home, long Bytes)[] Copies { get; init; }

    /// <summary>Nodes that are kept only because the program held a handle on them when the plan was made.</summary>
    public required int[] Held { get; init; }

    /// <summary>What <c>Explain</c> prints.</summary>
    public required Func<bool, string> Explanation { get; init; }

    /// <summary>Nodes planned: the explanation holds them.</summary>
    public required int Nodes { get; init; }

    /// <summary>Host memory it takes, about: for the bound on the plan cache.</summary>
    public long HostBytes => 2048 + Nodes * 512L + Fingerprint.Length * 8L + Kept.Length * 24L + Outputs.Length * 128L + Launches.Sum(l => l.HostBytes);

    /// <summary>Nodes that were read later though the plan did not keep them: the plan is made again with them.</summary>
    public HashSet<int> Missed { get; } = [];

    /// <summary>Every launch is one work-group: a run takes microseconds.</summary>
    public bool IsTiny => isTiny ??= Array.TrueForAll(Launches, step => step is PlannedLaunch { Generated.Groups: <= 1 });

    private bool? isTiny;

    public long LastUsed;

    /// <summary>Where the device replays captured runs: what was captured of this one.</summary>
    public PlanReplay? Replay;

    /// <summary>Enqueues all steps, then the copies of values to their homes.</summary>
    public void Enqueue(Backend backend, RunArguments arguments)
    {
        foreach (var step in Launches) step.Run(backend, arguments);
        foreach (var (from, home, bytes) in Copies)
        {
            var (buffer, offset) = arguments.Resolve(from);
            var (target, targetOffset) = arguments.Resolve(new(MemoryKind.Home, home));
            backend.Copy(buffer, offset, target, targetOffset, bytes);
        }
    }

    /// <summary>Its launches were given back: it cannot run any more.</summary>
    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        IsDisposed = true;
        try
        {
            Replay?.Owner.Forget(this);
        }
        finally
        {
            foreach (var launch in Launches) launch.Dispose();
        }
    }
}
