using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GpuTensor.Data;

/// <summary>A batch in host memory.</summary>
internal sealed record HostBatch(HostArray Inputs, HostArray Targets);

/// <summary>Makes one epoch's batches in host memory, ahead of the consumer on a thread of its own. The few batches there are go round:
/// full ones to the consumer, used ones back, so an epoch allocates no more than its pipeline's depth.</summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly Dataset dataset;
    private readonly int[] order;
    private readonly int batchSize;
    private readonly bool dropLast;
    private readonly CancellationTokenSource stop;
    private readonly BlockingCollection<HostBatch> full, used = [];
    private readonly Thread? worker;
    private ExceptionDispatchInfo? failure;

    /// <param name="dataset">What to read.</param>
    /// <param name="order">The samples' order.</param>
    /// <param name="batchSize">Samples in a batch; the last may have fewer.</param>
    /// <param name="dropLast">Leave out a last batch that is smaller.</param>
    /// <param name="prefetch">How many batches may wait; 0: made when asked for, on the caller's thread.</param>
    /// <param name="closing">Ends the worker.</param>
    public BatchPipeline(Dataset dataset, int[] order, int batchSize, bool dropLast, int prefetch, CancellationToken closing)
    {
        (this.dataset, this.order, this.batchSize, this.dropLast) = (dataset, order, batchSize, dropLast);
        stop = CancellationTokenSource.CreateLinkedTokenSource(closing);
        full = new(Math.Max(1, prefetch));
        if (prefetch == 0) return;
        // One more than may wait: the one being filled.
        for (int i = 0; i <= Math.Min(prefetch, order.Length / batchSize); i++) used.Add(Allocate(Math.Min(batchSize, order.Length)));
        worker = new Thread(Work) { IsBackground = true, Name = "GpuTensor DataLoader" };
        worker.Start();
    }

    /// <summary>The batches; each is the caller's until the next one is asked for.</summary>
    /// <exception cref="OperationCanceledException">The pipeline was closed meanwhile.</exception>
    public IEnumerable<HostBatch> Batches()
    {
        if (worker is null)
        {
            HostBatch? room = null;
            for (int start = 0; Next(start) is var size && size > 0; start += size)
            {
                stop.Token.ThrowIfCancellationRequested();
                if (room is null || room.Inputs.Shape[0] != size) room = Allocate(size);
                Fill(room, start);
                yield return room;
            }
            yield break;
        }
        while (full.TryTake(out var batch, Timeout.Infinite, stop.Token))
        {
            yield return batch;
            // The smaller last batch does not go round.
            if (batch.Inputs.Shape[0] == Math.Min(batchSize, order.Length)) used.Add(batch);
        }
        failure?.Throw();
    }

    /// <summary>Stops the worker and waits for it, so that the dataset may be disposed afterwards.</summary>
    public void Dispose()
    {
        stop.Cancel();
        worker?.Join();
        full.Dispose();
        used.Dispose();
        stop.Dispose();
    }

    private void Work()
    {
        try
        {
            for (int start = 0; Next(start) is var size && size > 0; start += size)
            {
                var batch = size == Math.Min(batchSize, order.Length) ? used.Take(stop.Token) : Allocate(size);
                Fill(batch, start);
                full.Add(batch, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        catch (Exception e)
        {
            // The consumer gets the batches before it, then this error.
            failure = ExceptionDispatchInfo.Capture(e);
        }
        full.CompleteAdding();
    }

    /// <summary>The size of the batch that starts there; 0 at the end.</summary>
    private int Next(int start)
    {
        int size = Math.Min(batchSize, order.Length - start);
        return dropLast && size < batchSize ? 0 : size;
    }

    private void Fill(HostBatch batch, int start) =>
        dataset.Read(order.AsSpan(start, batch.Inputs.Shape[0]), batch.Inputs.Data, batch.Targets.Data);

    private HostBatch Allocate(int size) =>
        new(new(dataset.InputDType, [size, .. dataset.InputShape]), new(dataset.TargetDType, [size, .. dataset.TargetShape]));
}
