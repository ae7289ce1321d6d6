using System.Runtime.InteropServices;
using GpuTensor.Devices;
using GpuTensor.Kernels;
using GpuTensor.Memory;

namespace GpuTensor.Graph.Planning;

/// <summary>A kernel launch of a plan with its arguments bound; only what changed since the last run is bound again.</summary>
internal sealed class PlannedLaunch(GeneratedKernel generated, DeviceKernel kernel, MemoryId[] memories, DType[] types, int[] scalarSlots, string description)
{
    private readonly DeviceBuffer?[] bound = new DeviceBuffer?[memories.Length];
    private readonly long[] integers = (long[])generated.Integers.Clone();
    private readonly byte[] block = new byte[generated.Integers.Length * (generated.WideIndices ? 8 : 4)];
    private readonly long[] scalars = new long[scalarSlots.Length];
    private bool fresh = true;

    public string Description { get; } = description;

    public GeneratedKernel Generated { get; } = generated;

    public void Run(Backend backend, in Binding binding)
    {
        try
        {
            BindAndLaunch(backend, binding);
        }
        catch
        {
            // What is bound is no longer known.
            Array.Clear(bound);
            fresh = true;
            throw;
        }
    }

    private void BindAndLaunch(Backend backend, in Binding binding)
    {
        bool moved = fresh;
        for (int i = 0; i < memories.Length; i++)
        {
            var (buffer, offset) = binding.Resolve(memories[i]);
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
        for (int i = 0; i < scalars.Length; i++)
        {
            long bits = binding.Scalars[scalarSlots[i]];
            if (!fresh && scalars[i] == bits) continue;
            scalars[i] = bits;
            kernel.SetBytes(memories.Length + 1 + i, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in bits)));
        }
        backend.Launch(kernel, Generated.Groups, Generated.GroupSize);
        fresh = false;
    }

    /// <summary>Its source is shared with other plans, but for most plans it is their own.</summary>
    public long HostBytes => 512 + Generated.Source.Length * 2L + memories.Length * 48L + integers.Length * 16L + scalars.Length * 8L;

    private bool Wide => Generated.WideIndices;

    public void Dispose() => kernel.Dispose();
}

/// <summary>What a plan's memories and scalars are in one run.</summary>
internal readonly struct Binding(Plan plan, DeviceBuffer? arena, Block[] slots, Block[] outputs, List<Block> homes, List<Block> regions, long[] scalars)
{
    public long[] Scalars { get; } = scalars;

    public (DeviceBuffer Buffer, long Offset) Resolve(MemoryId id)
    {
        if (id.Kind == MemoryKind.Arena) return (arena!, plan.ArenaOffsets[id.Index]);
        var block = id.Kind switch
        {
            MemoryKind.Output => outputs[id.Index],
            MemoryKind.Region => regions[id.Index],
            MemoryKind.Home => homes[id.Index],
            _ => slots[id.Index],
        };
        return (block.Buffer!, block.Offset);
    }
}

/// <summary>How one recorded graph runs: launches, where everything lies, and what each node's state is afterwards.</summary>
internal sealed class Plan : IDisposable
{
    public required long[] Fingerprint { get; init; }

    public required PlannedLaunch[] Launches { get; init; }

    /// <summary>Kernels as a user counts them: a matrix product with packing and epilogue is one.</summary>
    public required int Kernels { get; init; }

    /// <summary>Offsets in the arena by arena index, and its size.</summary>
    public required long[] ArenaOffsets { get; init; }

    public required long ArenaBytes { get; init; }

    /// <summary>Bytes and names of values that get new memory at each run.</summary>
    public required (long Bytes, string What)[] Outputs { get; init; }

    /// <summary>Node index, where its value lies, and which home that is (−1: none), for each node that has a value after the run.</summary>
    public required (int Node, Place Place, int Home)[] Kept { get; init; }

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

    public long LastUsed;

    /// <summary>Its launches were given back: it cannot run any more.</summary>
    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        IsDisposed = true;
        foreach (var launch in Launches) launch.Dispose();
    }
}
