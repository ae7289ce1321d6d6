namespace GpuTensor.CudaSimulator.Driver;

/// <summary>An object that the host holds by a handle.</summary>
internal interface IHandled
{
    /// <summary>"stream", "event": what error messages call it.</summary>
    string Kind { get; }

    /// <summary>The context it belongs to; null for one that belongs to none.</summary>
    SimulatedContext? Owner { get; }
}

/// <summary>Handles of everything the host holds. They lie above 2³², so that one cut to 32 bits is none, and none is ever given twice, so
/// that a stale one is known.</summary>
internal sealed class HandleTable
{
    private readonly Dictionary<nint, IHandled> _live = [];
    private const int MostDead = 10_000;
    private readonly Dictionary<nint, string> _dead = [];
    private readonly Queue<nint> _buried = new();
    private nint _next = unchecked((nint)0x7e00_0000_0000);

    /// <summary>A handle for an object.</summary>
    public nint Add(IHandled handled)
    {
        _next += 0x40;
        _live.Add(_next, handled);
        return _next;
    }

    /// <summary>The object, or an error that says what the handle is instead.</summary>
    public T Get<T>(nint handle, string kind) where T : class, IHandled
    {
        if (_live.TryGetValue(handle, out var found))
            return found as T ?? throw DriverError.Handle($"0x{handle:x} is no {kind}: it is a {found.Kind}");
        if (handle == 0) throw DriverError.Handle($"the {kind} is null");
        if (_dead.TryGetValue(handle, out string? was)) throw DriverError.Handle($"the {was} 0x{handle:x} was destroyed earlier");
        throw DriverError.Handle($"0x{handle:x} is no {kind}: no such handle was ever given out");
    }

    /// <summary>Forgets a handle, but for what it was, for a while.</summary>
    public void Remove(nint handle)
    {
        if (!_live.Remove(handle, out var was)) return;
        _dead[handle] = was.Kind;
        _buried.Enqueue(handle);
        if (_buried.Count > MostDead) _dead.Remove(_buried.Dequeue());
    }

    /// <summary>What is alive, for the report.</summary>
    public IEnumerable<IHandled> Live => _live.Values;

    /// <summary>Handles of a context's objects.</summary>
    public List<nint> OwnedBy(SimulatedContext context) => [.. _live.Where(p => p.Value.Owner == context).Select(p => p.Key)];
}
