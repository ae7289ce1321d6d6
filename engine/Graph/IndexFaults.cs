using System.Diagnostics.CodeAnalysis;

namespace GpuTensor.Graph;

/// <summary>What checks of values found on a device, until the thread that gave the value is told at its next wait. Whoever saves, or waits
/// for the whole device, is told once, too.</summary>
internal sealed class IndexFaults
{
    private sealed class Fault(int thread, TensorException error)
    {
        public int Thread { get; } = thread;

        public TensorException Error { get; } = error;

        public HashSet<int> Told { get; } = [];
    }

    private readonly Lock gate = new();
    private readonly List<Fault> untold = [];
    private int count;

    /// <summary>A thread's run was given a value that its operator does not take. The first counts.</summary>
    public void Add(int thread, TensorException error)
    {
        lock (gate)
        {
            if (untold.Exists(f => f.Thread == thread)) return;
            untold.Add(new(thread, error));
            count = untold.Count;
        }
    }

    /// <summary>Throws what is known against a result that somebody reads, who is told thereby.</summary>
    /// <exception cref="TensorException">Always.</exception>
    [DoesNotReturn]
    public void Tell(TensorException error)
    {
        lock (gate) Forget(f => ReferenceEquals(f.Error, error));
        throw error;
    }

    /// <summary>Tells the calling thread.</summary>
    /// <exception cref="TensorException">A run of this thread was given a value that its operator does not take.</exception>
    public void Throw()
    {
        if (Volatile.Read(ref count) == 0) return;
        int thread = Environment.CurrentManagedThreadId;
        lock (gate)
            if (untold.Find(f => f.Thread == thread) is { } mine)
            {
                Forget(f => f == mine);
                throw mine.Error;
            }
    }

    /// <summary>Tells the calling thread what any thread's runs were given, its own first, each once.</summary>
    /// <inheritdoc cref="Throw"/>
    public void ThrowAny()
    {
        Throw();
        lock (gate)
            foreach (var fault in untold)
                if (fault.Told.Add(Environment.CurrentManagedThreadId)) throw fault.Error;
    }

    private void Forget(Predicate<Fault> which)
    {
        untold.RemoveAll(which);
        count = untold.Count;
    }
}
