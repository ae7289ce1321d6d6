namespace GpuTensor.Runtime;

/// <summary>Executable plans by fingerprint, bounded in bytes: the ones unused for longest go first. Programs whose shapes never repeat
/// must not fill the host's memory with plans.</summary>
/// <param name="giveBack">Gives back what a plan that goes has on the device.</param>
internal sealed class PlanCache(Action<Executable> giveBack)
{
    /// <summary>So many plans thrown out and made again are no accident.</summary>
    private const int Thrashing = 16;

    private readonly Dictionary<UInt128, List<Executable>> plans = [];
    private readonly HashSet<UInt128> evicted = [];
    private long uses;
    private int madeAgain;

    /// <summary>Host bytes that plans may take together: <c>GPUTENSOR_PLAN_CACHE</c>, by default 64 MB.</summary>
    public long MaxBytes { get; set; } = EnvironmentVariables.PlanCache.Value;

    /// <summary>Where a line goes when the cache is too small for the program.</summary>
    public Action<string> Warn { get; set; } = Console.Error.WriteLine;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The plan of that fingerprint. One that turned out to keep too little is taken out; <paramref name="missed"/> is what its
    /// successor must keep.</summary>
    public Executable? Find(UInt128 hash, ReadOnlySpan<long> words, out HashSet<int>? missed)
    {
        missed = null;
        if (!plans.TryGetValue(hash, out var list)) return null;
        for (int i = 0; i < list.Count; i++)
        {
            var plan = list[i];
            if (!words.SequenceEqual(plan.Plan.Fingerprint)) continue;
            if (plan.Missed.Count == 0)
            {
                plan.LastUsed = ++uses;
                return plan;
            }
            missed = plan.Missed;
            list.RemoveAt(i);
            Drop(plan);
            break;
        }
        if (list.Count == 0) plans.Remove(hash);
        return null;
    }

    /// <summary>The plan of that fingerprint, if there is one. Not a use of the plan: the cache stays as it is.</summary>
    public Executable? Peek(UInt128 hash, ReadOnlySpan<long> words)
    {
        foreach (var plan in plans.GetValueOrDefault(hash) ?? [])
            if (words.SequenceEqual(plan.Plan.Fingerprint)) return plan;
        return null;
    }

    public void Add(UInt128 hash, Executable plan)
    {
        if (evicted.Remove(hash) && ++madeAgain == Thrashing)
            Warn($"GpuTensor: the plan cache of {MaxBytes:N0} bytes is too small for this program: "
                + $"{madeAgain} plans were thrown out and made again. "
                + "Use fewer different shapes (pad batches to a few sizes), or set GPUTENSOR_PLAN_CACHE to more bytes.");
        plan.LastUsed = ++uses;
        Count++;
        Bytes += plan.HostBytes;
        if (Bytes > MaxBytes) Evict();
        if (!plans.TryGetValue(hash, out var list)) plans.Add(hash, list = []);
        list.Add(plan);
    }

    /// <summary>Drops all plans, as in a process that has just started.</summary>
    public void Clear()
    {
        foreach (var plan in plans.Values.SelectMany(l => l)) giveBack(plan);
        plans.Clear();
        evicted.Clear();
        (Count, Bytes) = (0, 0);
    }

    /// <summary>Down to three quarters of the bound, so that not every new plan has to look for old ones.</summary>
    private void Evict()
    {
        if (evicted.Count > 4096) evicted.Clear();
        foreach (var (hash, plan) in plans.SelectMany(p => p.Value.Select(plan => (p.Key, plan))).OrderBy(p => p.plan.LastUsed).ToList())
        {
            if (Bytes <= MaxBytes / 4 * 3) return;
            var list = plans[hash];
            list.Remove(plan);
            if (list.Count == 0) plans.Remove(hash);
            evicted.Add(hash);
            Drop(plan);
        }
    }

    private void Drop(Executable plan)
    {
        Count--;
        Bytes -= plan.HostBytes;
        giveBack(plan);
    }
}
