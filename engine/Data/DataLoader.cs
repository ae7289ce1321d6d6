using System.Collections;

namespace GpuTensor.Data;

/// <summary>Batches of a dataset, as <c>torch.utils.data.DataLoader</c>: each enumeration is one epoch, in order or shuffled anew. Batches
/// are made ahead on a worker thread and brought to the device when their turn comes.</summary>
/// <remarks>An epoch's order depends on seed and epoch number alone: to go on with an interrupted run, save <see cref="Epoch"/> and set it
/// again.</remarks>
public sealed class DataLoader : IEnumerable<(Tensor Inputs, Tensor Targets)>, IDisposable
{
    private readonly int prefetch;
    private readonly Device? device;
    private readonly CancellationTokenSource closing = new();
    private bool disposed;

    /// <summary>A loader; nothing is read before it is enumerated.</summary>
    /// <param name="dataset">The samples; not disposed with the loader.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="shuffle">A new random order in each epoch.</param>
    /// <param name="seed">Decides the orders.</param>
    /// <param name="dropLast">Leave out a last batch that would be smaller.</param>
    /// <param name="prefetch">Batches made ahead; 0: none, and no thread.</param>
    /// <param name="device">Where batches go; default <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1 or prefetch below 0.</exception>
    public DataLoader(
        Dataset dataset, int batchSize = 1, bool shuffle = false, long seed = 0, bool dropLast = false, int prefetch = 2,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (batchSize < 1) throw new ArgumentOutOfRangeException(nameof(batchSize), $"{batchSize}", "A batch has at least 1 sample.");
        if (prefetch < 0) throw new ArgumentOutOfRangeException(nameof(prefetch), $"{prefetch}", "The number of batches made ahead must "
            + "not be negative.");
        (Dataset, BatchSize, Shuffled, Seed, DropLast) = (dataset, batchSize, shuffle, seed, dropLast);
        (this.prefetch, this.device) = (prefetch, device);
    }

    /// <summary>The samples.</summary>
    public Dataset Dataset { get; }

    /// <summary>Samples in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Whether each epoch has an order of its own.</summary>
    public bool Shuffled { get; }

    /// <summary>What the orders are drawn from.</summary>
    public long Seed { get; }

    /// <summary>Whether a smaller last batch is left out.</summary>
    public bool DropLast { get; }

    /// <summary>The number of the epoch that the next enumeration will be, from 0 on. Settable, to go on where a run stopped.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches in an epoch.</summary>
    public int Count => DropLast ? Dataset.Count / BatchSize : (int)(((long)Dataset.Count + BatchSize - 1) / BatchSize);

    /// <summary>Starts the next epoch. Inputs are [batch, …], targets likewise, as the dataset says.</summary>
    /// <remarks>An exception of the dataset comes out of <c>MoveNext</c> after the batches before it, and ends the epoch. Its
    /// <see cref="Exception.Data"/> has the item's number under <c>"item"</c>. An enumerator that is neither run to its end nor disposed
    /// gives its thread back when it is collected.</remarks>
    /// <exception cref="ObjectDisposedException">The loader was disposed.</exception>
    public IEnumerator<(Tensor Inputs, Tensor Targets)> GetEnumerator()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return Batches(Epoch++);
    }

    /// <summary>Ends enumerations that are still under way, and their threads: asking them for another batch throws <see
    /// cref="OperationCanceledException"/>.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        closing.Cancel();
        closing.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<(Tensor Inputs, Tensor Targets)> Batches(int epoch)
    {
        int count = Dataset.Count;
        if (count < 0) throw new TensorException($"{Dataset.GetType().Name}.Count is {count}; expected a number of samples, not negative.");
        var order = Shuffled ? Shuffle.Order(count, Seed, epoch) : Shuffle.InOrder(count);
        using var pipeline = new BatchPipeline(new(Dataset, order, BatchSize, DropLast, prefetch, closing.Token));
        // FromHost has copied the contents when it returns, so the pipeline may use their memory again.
        foreach (var batch in pipeline.Batches())
            yield return (Tensor.FromHost(batch.Inputs, device), Tensor.FromHost(batch.Targets, device));
    }
}
