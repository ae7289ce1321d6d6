using System.Diagnostics.CodeAnalysis;

namespace GpuTensor.Devices;

/// <summary>What checks of values found on a device, until somebody is told: the thread that gave the index at its next wait; whoever saves, or waits for the device, whichever thread gave it.</summary>
internal sealed class IndexFaults
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, TensorException> untold = [];
    private int count;

    /// <summary>A thread's run was given a value that its operator does not take.</summary>
    public void Add(int thread, TensorException error)
    {
        lock (gate)
        {
            untold.TryAdd(thread, error);
            count = untold.Count;
        }
    }

    /// <summary>Throws what is known against a result that somebody reads, who is told thereby.</summary>
    /// <exception cref="TensorException">Always.</exception>
    [DoesNotReturn]
    public void Tell(TensorException error)
    {
        lock (gate)
        {
            foreach (var (thread, each) in untold)
                if (ReferenceEquals(each, error)) untold.Remove(thread);
            count = untold.Count;
        }
        throw error;
    }

    /// <summary>Tells the calling thread.</summary>
    /// <exception cref="TensorException">A run of this thread was given a value that its operator does not take.</exception>
    public void Throw()
    {
        if (Volatile.Read(ref count) == 0) return;
        lock (gate)
            if (untold.Remove(Environment.CurrentManagedThreadId, out var mine))
            {
                count = untold.Count;
                throw mine;
            }
    }

    /// <summary>Tells the calling thread what any thread's runs were given, its own first.</summary>
    /// <inheritdoc cref="Throw"/>
    public void ThrowAny()
    {
        Throw();
        lock (gate)
            foreach (var (thread, error) in untold)
            {
                untold.Remove(thread);
                count = untold.Count;
                throw error;
            }
    }
}
