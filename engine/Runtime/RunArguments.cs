using GpuTensor.Backends;
using GpuTensor.Compiler;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Runtime;

/// <summary>What one run of a plan works with: its memory, its numbers, and whether it has begun. Whoever runs a plan again and again fills
/// the same arguments each time, so that a run allocates nothing.</summary>
/// <param name="homes">The memory of the plan's homes: the caller's list, read at each run.</param>
/// <param name="regions">The flat storages that the plan works on: the caller's list, too.</param>
internal sealed class RunArguments(List<Block> homes, List<Block> regions)
{
    private DeviceBuffer? arena;
    private long[] arenaOffsets = [];

    /// <summary>The memory of the leaves, by slot.</summary>
    public Block[] Slots { get; private set; } = [];

    /// <summary>The memory of new results, which the runner takes.</summary>
    public Block[] Outputs { get; private set; } = [];

    /// <summary>The numbers, by slot: bits of a double or a long.</summary>
    public long[] Scalars { get; private set; } = [];

    public List<Block> Homes { get; } = homes;

    public List<Block> Regions { get; } = regions;

    /// <summary>The device's working memory, where the plan needs any.</summary>
    public DeviceBuffer? Arena => arena;

    /// <summary>The numbers in device memory, where kernels read them there.</summary>
    public DeviceBuffer? ScalarBlock { get; set; }

    /// <summary>Set before the first launch. Where the run breaks off later, nobody knows what its targets hold.</summary>
    public bool HasLaunched { get; set; }

    /// <summary>Makes room for so many; what is there already is used again.</summary>
    public void Reserve(int slots, int scalars, int outputs)
    {
        if (Slots.Length < slots) Slots = new Block[Math.Max(slots, Slots.Length * 2)];
        if (Scalars.Length < scalars) Scalars = new long[Math.Max(scalars, Scalars.Length * 2)];
        if (Outputs.Length < outputs) Outputs = new Block[Math.Max(outputs, Outputs.Length * 2)];
    }

    /// <summary>Names the working memory of this run.</summary>
    /// <param name="buffer">The working memory; null where the plan needs none.</param>
    /// <param name="offsets">Where in it each of the plan's arena values lies, in bytes.</param>
    public void UseArena(DeviceBuffer? buffer, long[] offsets) => (arena, arenaOffsets) = (buffer, offsets);

    /// <summary>The same run with other inputs and results, for a capture that reads and writes memory of its own.</summary>
    public RunArguments With(Block[] slots, Block[] outputs)
    {
        var other = new RunArguments(Homes, Regions) { Slots = slots, Scalars = Scalars, Outputs = outputs, ScalarBlock = ScalarBlock };
        other.UseArena(arena, arenaOffsets);
        return other;
    }

    /// <summary>Where a memory that the plan names lies in this run.</summary>
    public MemoryPlace Resolve(MemoryId id)
    {
        if (id.Kind == MemoryKind.Arena) return new(arena!, arenaOffsets[id.Index]);
        var block = id.Kind switch
        {
            MemoryKind.Output => Outputs[id.Index],
            MemoryKind.Region => Regions[id.Index],
            MemoryKind.Home => Homes[id.Index],
            _ => Slots[id.Index],
        };
        return new(block.Buffer!, block.Offset);
    }

    /// <summary>Forgets the run: memory must not be held from here.</summary>
    public void Clear()
    {
        Array.Clear(Slots);
        Array.Clear(Outputs);
        (arena, ScalarBlock, HasLaunched) = (null, null, false);
    }
}
