using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GpuTensor.Data;

/// <summary>A batch in host memory.</summary>
internal sealed record HostBatch(HostArray Inputs, HostArray Targets);

/// <summary>Makes one epoch's batches in host memory: when they are asked for, or ahead on a thread that runs <see cref="Work"/>. The few
/// batches there are go round: full ones to the consumer, used ones back, so an epoch allocates no more than its pipeline's
/// depth.</summary>
internal sealed class BatchMaker
{
    /// <summary>The key in <see cref="Exception.Data"/> under which an error of the dataset carries the item's number.</summary>
    public const string ItemKey = "item";

    private readonly Dataset dataset;
    private readonly int[] order;
    private readonly int batchSize;
    private readonly bool dropLast;
    private readonly CancellationTokenSource stop;
    private readonly CancellationToken stopped;
    private readonly BlockingCollection<HostBatch> full, used = [];
    private long toMake;
    private ExceptionDispatchInfo? failure;

    /// <param name="dataset">What to read.</param>
    /// <param name="order">The samples' order.</param>
    /// <param name="batchSize">Samples in a batch; the last may have fewer.</param>
    /// <param name="dropLast">Leave out a last batch that is smaller.</param>
    /// <param name="prefetch">How many batches may wait; 0: made when asked for, on the caller's thread.</param>
    /// <param name="closing">Ends the work.</param>
    public BatchMaker(Dataset dataset, int[] order, int batchSize, bool dropLast, int prefetch, CancellationToken closing)
    {
        (this.dataset, this.order, this.batchSize, this.dropLast) = (dataset, order, batchSize, dropLast);
        full = new(Math.Max(1, prefetch));
        IsAhead = prefetch > 0;
        // One more than may wait: the one being filled.
        toMake = prefetch + 1L;
        stop = CancellationTokenSource.CreateLinkedTokenSource(closing);
        stopped = stop.Token;
    }

    /// <summary>Whether batches are made by a thread of their own.</summary>
    public bool IsAhead { get; }

    /// <summary>Ends the work; whoever waits wakes up. May be called more than once, by any thread.</summary>
    public void Stop()
    {
        try
        {
            stop.Cancel();
            stop.Dispose();
        }
        catch (ObjectDisposedException) { }
    }

    /// <summary>The batches, in order; an error of the dataset comes after the batches before it.</summary>
    public IEnumerable<HostBatch> Batches()
    {
        if (!IsAhead)
        {
            HostBatch? room = null;
            for (int start = 0; Next(start) is var size && size > 0; start += size)
            {
                stopped.ThrowIfCancellationRequested();
                if (room is null || room.Inputs.Shape[0] != size) room = Allocate(size);
                Fill(room, start);
                yield return room;
            }
            yield break;
        }
        while (full.TryTake(out var batch, Timeout.Infinite, stopped))
        {
            yield return batch;
            // The smaller last batch does not go round.
            if (batch.Inputs.Shape[0] == Math.Min(batchSize, order.Length)) used.Add(batch);
        }
        failure?.Throw();
    }

    /// <summary>Makes all batches ahead; the thread's whole life.</summary>
    public void Work()
    {
        try
        {
            for (int start = 0; Next(start) is var size && size > 0; start += size)
            {
                var batch = Room(size);
                Fill(batch, start);
                full.Add(batch, stopped);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested) { }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        full.CompleteAdding();
    }

    /// <summary>A batch to fill: one that came back, else a new one while there may be more, else the next that comes back.</summary>
    private HostBatch Room(int size)
    {
        if (size < Math.Min(batchSize, order.Length)) return Allocate(size);
        if (used.TryTake(out var batch)) return batch;
        return toMake-- > 0 ? Allocate(size) : used.Take(stopped);
    }

    /// <summary>The size of the batch that starts there; 0 at the end.</summary>
    private int Next(int start)
    {
        int size = Math.Min(batchSize, order.Length - start);
        return dropLast && size < batchSize ? 0 : size;
    }

    private void Fill(HostBatch batch, int start)
    {
        var items = order.AsSpan(start, batch.Inputs.Shape[0]);
        try
        {
            dataset.Read(items, batch.Inputs.Data, batch.Targets.Data);
        }
        catch (Exception e) when (!stopped.IsCancellationRequested)
        {
            if (FirstBad(items) is { } item) e.Data[ItemKey] = item;
            throw;
        }
    }

    /// <summary>The first of some items that cannot be read alone; null where each can.</summary>
    private int? FirstBad(ReadOnlySpan<int> items)
    {
        if (items.Length == 1) return items[0];
        var room = Allocate(1);
        foreach (int item in items)
            try
            {
                dataset.Read([item], room.Inputs.Data, room.Targets.Data);
            }
            catch (Exception)
            {
                return item;
            }
        return null;
    }

    private HostBatch Allocate(int size) =>
        new(new(dataset.InputDType, [size, .. dataset.InputShape]), new(dataset.TargetDType, [size, .. dataset.TargetShape]));
}
