namespace GpuTensor.Data;

/// <summary>One epoch's batches as their consumer sees them. A consumer that is dropped without a word, an enumerator that nobody disposes,
/// ends the worker too: the worker's thread knows the <see cref="BatchMaker"/> and not this.</summary>
internal sealed class BatchPipeline : IDisposable
{
    private readonly BatchMaker maker;
    private readonly Thread? worker;

    /// <param name="maker">Makes the batches; this pipeline's alone.</param>
    public BatchPipeline(BatchMaker maker)
    {
        this.maker = maker;
        if (!maker.IsAhead) return;
        worker = new Thread(maker.Work) { IsBackground = true, Name = "GpuTensor DataLoader" };
        worker.Start();
    }

    ~BatchPipeline() => maker.Stop();

    /// <summary>The batches; each is the caller's until the next one is asked for.</summary>
    /// <exception cref="OperationCanceledException">The pipeline was closed meanwhile.</exception>
    public IEnumerable<HostBatch> Batches()
    {
        foreach (var batch in maker.Batches()) yield return batch;
        // Up to here a finalizer must not take the pipeline for dropped.
        GC.KeepAlive(this);
    }

    /// <summary>Stops the worker and waits for it, so that the dataset may be disposed afterwards.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        maker.Stop();
        worker?.Join();
    }
}
