using System.Runtime.InteropServices;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Writes that do not wait. A blocking clEnqueueWriteBuffer on an in-order queue waits for all work before it, which would empty
/// the queue at each batch; so bytes are copied to a block of host memory that lives until its write has run, and the caller goes
/// on.</summary>
internal sealed unsafe class OpenClStaging(OpenClBackend backend, nint queue) : IDisposable
{
    /// <summary>Longer writes block: copying twice would cost more than the wait, and would hold the memory twice.</summary>
    private const int LongestStaged = 16 << 20;

    /// <summary>Bytes of host memory kept for reuse and in flight, after which a write waits for an earlier one.</summary>
    private const long MostHeld = 64 << 20;

    private readonly Queue<Block> inFlight = new();
    private readonly List<Block> free = [];
    private long held;

    private readonly record struct Block(nint Memory, int Bytes, nint Event);

    public void Write(nint target, long offset, ReadOnlySpan<byte> source)
    {
        int error = backend.FaultIn("clEnqueueWriteBuffer");
        fixed (byte* from = source)
            if (error == 0 && source.Length > LongestStaged)
                error = backend.Api.EnqueueWriteBuffer(queue, target, true, (nuint)offset, (nuint)source.Length, from, 0, null, null);
        if (error == 0 && source.Length <= LongestStaged)
        {
            var block = Take(source.Length);
            source.CopyTo(new Span<byte>((void*)block.Memory, block.Bytes));
            nint done = 0;
            error = backend.Api.EnqueueWriteBuffer(queue, target, false, (nuint)offset, (nuint)source.Length, (void*)block.Memory, 0, null,
                &done);
            if (error == 0) inFlight.Enqueue(block with { Event = done });
            else free.Add(block);
        }
        backend.Check(error, "clEnqueueWriteBuffer", $"{source.Length:N0} bytes");
    }

    private Block Take(int bytes)
    {
        // The queue is in order, so blocks come free in order.
        while (inFlight.TryPeek(out var oldest) && OpenClEvents.HasRun(backend, oldest.Event)) Recycle();
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, 4096));
        while (true)
        {
            int i = free.FindIndex(b => b.Bytes == size);
            if (i >= 0)
            {
                var block = free[i];
                free.RemoveAt(i);
                return block;
            }
            if (held + size <= MostHeld) break;
            if (free.Count > 0) Drop();
            else
            {
                nint oldest = inFlight.Peek().Event;
                backend.Check(backend.Api.WaitForEvents(1, &oldest), "clWaitForEvents", "an earlier write", takesMemory: false);
                Recycle();
            }
        }
        held += size;
        return new Block((nint)NativeMemory.Alloc((nuint)size), size, 0);
    }

    private void Recycle()
    {
        var block = inFlight.Dequeue();
        backend.Api.ReleaseEvent(block.Event);
        free.Add(block);
    }

    private void Drop()
    {
        var block = free[^1];
        free.RemoveAt(free.Count - 1);
        held -= block.Bytes;
        NativeMemory.Free((void*)block.Memory);
    }

    /// <summary>Gives the host memory back. The queue must have run dry.</summary>
    public void Dispose()
    {
        while (inFlight.Count > 0) Recycle();
        while (free.Count > 0) Drop();
    }
}
