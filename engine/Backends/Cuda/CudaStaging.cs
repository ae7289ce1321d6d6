using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Host contents on their way to the device. They are copied to pinned memory, from there by the copy stream to a slot of device
/// memory, beside whatever the compute stream is doing, and from the slot to their place in the compute stream's order, which costs a
/// hundredth of the way over the bus. So a batch for the next step travels during this one.</summary>
internal sealed class CudaStaging(CudaContext context, CudaStream compute, CudaStream copy) : IDisposable
{
    /// <summary>Longer contents travel in pieces of this size.</summary>
    public const int LongestPiece = 16 << 20;

    /// <summary>Below this the slot and its event cost more than the overlap saves: straight into the compute stream.</summary>
    private const int ShortestOverlapped = 64 << 10;

    /// <summary>Bytes of pinned memory in slots, after which a write waits for an earlier one.</summary>
    private const long MostHeld = 128 << 20;

    private sealed record Slot(CudaPinnedMemory Host, CudaDeviceMemory? Device, CudaEvent Arrived, CudaEvent Done)
    {
        public bool Used;

        /// <summary>Work may use it that no event stands for, since marking it failed.</summary>
        public bool Unmarked;
    }

    private readonly List<Slot> slots = [];
    private long held;

    /// <summary>Sends contents to a place in device memory. The span may be reused when the call returns.</summary>
    public void Write(ulong target, ReadOnlySpan<byte> source)
    {
        for (int at = 0; at < source.Length; at += LongestPiece)
        {
            var piece = source.Slice(at, Math.Min(LongestPiece, source.Length - at));
            var slot = Take(piece.Length, piece.Length >= ShortestOverlapped);
            piece.CopyTo(slot.Host.Span(0, piece.Length));
            slot.Unmarked = true;
            if (slot.Device is { } device)
            {
                copy.CopyToDeviceAsync(device.Address, slot.Host, 0, piece.Length);
                slot.Arrived.Record(copy);
                compute.Wait(slot.Arrived);
                compute.CopyWithinDevice(target + (ulong)at, device.Address, piece.Length);
            }
            else compute.CopyToDeviceAsync(target + (ulong)at, slot.Host, 0, piece.Length);
            Mark(slot);
        }
    }

    /// <summary>Waits for the compute stream and brings device memory to the host.</summary>
    public void Read(ulong source, Span<byte> target)
    {
        for (int at = 0; at < target.Length; at += LongestPiece)
        {
            var piece = target.Slice(at, Math.Min(LongestPiece, target.Length - at));
            var slot = Take(piece.Length, overlapped: false);
            slot.Unmarked = true;
            compute.CopyToHostAsync(slot.Host, 0, source + (ulong)at, piece.Length);
            Mark(slot);
            compute.Synchronize();
            slot.Host.Span(0, piece.Length).CopyTo(piece);
        }
    }

    private void Mark(Slot slot)
    {
        slot.Done.Record(compute);
        (slot.Used, slot.Unmarked) = (true, false);
    }

    /// <summary>Whether nothing uses it any more.</summary>
    private bool IsFree(Slot slot)
    {
        if (slot.Unmarked)
        {
            Wait(slot);
            return true;
        }
        return !slot.Used || slot.Done.IsComplete;
    }

    private void Wait(Slot slot)
    {
        if (slot.Unmarked)
        {
            copy.Synchronize();
            compute.Synchronize();
        }
        else if (slot.Used) slot.Done.Synchronize();
        (slot.Used, slot.Unmarked) = (false, false);
    }

    private Slot Take(int bytes, bool overlapped)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, 4096));
        int oldest = -1;
        for (int i = 0; i < slots.Count; i++)
        {
            var slot = slots[i];
            if (slot.Host.Bytes != size || slot.Device is not null != overlapped) continue;
            if (IsFree(slot)) return slot;
            if (oldest < 0) oldest = i;
        }
        if (held + size <= MostHeld || oldest < 0)
        {
            while (held + size > MostHeld && slots.Count > 0) Drop(0);
            return Make(size, overlapped);
        }
        // The first of a size was used longest ago: it goes to the end.
        var reused = slots[oldest];
        slots.RemoveAt(oldest);
        slots.Add(reused);
        Wait(reused);
        return reused;
    }

    private Slot Make(int size, bool overlapped)
    {
        var made = new List<IDisposable>();
        try
        {
            var host = Kept(CudaPinnedMemory.Allocate(context, size));
            var device = overlapped ? Kept(CudaDeviceMemory.Allocate(context, size)) : null;
            var slot = new Slot(host, device, Kept(CudaEvent.Create(context)), Kept(CudaEvent.Create(context)));
            slots.Add(slot);
            held += size;
            return slot;
        }
        catch
        {
            foreach (var part in made) part.Dispose();
            throw;
        }

        T Kept<T>(T part) where T : IDisposable
        {
            made.Add(part);
            return part;
        }
    }

    private void Drop(int i)
    {
        var slot = slots[i];
        // First: where waiting fails, the slot stays.
        Wait(slot);
        slots.RemoveAt(i);
        held -= slot.Host.Bytes;
        Release(slot);
    }

    private static void Release(Slot slot)
    {
        slot.Host.Dispose();
        slot.Device?.Dispose();
        slot.Arrived.Dispose();
        slot.Done.Dispose();
    }

    /// <summary>Gives everything back. Both streams must have run dry.</summary>
    public void Dispose()
    {
        foreach (var slot in slots) Release(slot);
        slots.Clear();
        held = 0;
    }
}
