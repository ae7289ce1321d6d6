using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>The block in device memory that kernels read a run's scalars from: learning rates, step numbers, seeds. They go up in one copy
/// on the compute stream, before the run's first launch, from a ring of pinned slots; a slot is written again only after its copy has run,
/// or step n would train with step n+1's learning rate. The block stays where it is, so a captured launch need not change.</summary>
internal sealed class CudaScalars(CudaBackend backend, CudaContext context, CudaStream compute) : IDisposable
{
    private const int Slots = 16, LeastScalars = 1024;

    private readonly CudaEvent?[] passed = new CudaEvent?[Slots];
    private CudaPinnedMemory? ring;
    private CudaBuffer? block;
    private long[] last = [];
    private int next;
    private bool known, unmarked;

    /// <summary>The block, holding these values for whatever is enqueued next.</summary>
    public CudaBuffer? Set(ReadOnlySpan<long> values)
    {
        if (values.IsEmpty) return block;
        if (block is null || values.Length * 8 > block.Bytes) Grow(values.Length);
        // What the block holds already need not travel.
        if (known && values.SequenceEqual(last)) return block;
        if (passed[next] is not { } busy) passed[next] = CudaEvent.Create(context);
        else if (!busy.IsComplete) busy.Synchronize();
        // A copy that no event stands for, since marking it failed, may still read this slot.
        if (unmarked) compute.Synchronize();
        (known, unmarked) = (false, true);
        long at = next * block!.Bytes;
        MemoryMarshal.AsBytes(values).CopyTo(ring!.Span(at, values.Length * 8));
        compute.CopyToDeviceAsync(block.Address, ring, at, values.Length * 8);
        passed[next]!.Record(compute);
        unmarked = false;
        next = (next + 1) % Slots;
        if (last.Length != values.Length) last = values.ToArray();
        else values.CopyTo(last);
        known = true;
        return block;
    }

    private void Grow(int count)
    {
        long bytes = 8L * System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, LeastScalars));
        compute.Synchronize();
        Dispose();
        ring = CudaPinnedMemory.Allocate(context, bytes * Slots);
        block = (CudaBuffer)backend.Allocate(bytes);
    }

    /// <summary>Gives the memory back. The stream must have run dry.</summary>
    public void Dispose()
    {
        ring?.Dispose();
        if (block is not null) backend.Free(block);
        (ring, block, known, unmarked, next) = (null, null, false, false, 0);
        for (int i = 0; i < Slots; i++)
        {
            passed[i]?.Dispose();
            passed[i] = null;
        }
    }
}
