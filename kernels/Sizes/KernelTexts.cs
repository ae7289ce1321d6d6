namespace GpuTensor.Kernels;

/// <summary>Kernels by the structure of their description: the text is made once, and for other sizes only the numbers are computed, as
/// long as every question that was asked about a size while the text was made has the same answer. Threads may share one.</summary>
internal sealed class KernelTexts
{
    private readonly Dictionary<SpecKey, List<Known>> known = [];
    private readonly List<(DeviceProfile Profile, Dialect Dialect)> targets = [];

    /// <summary>Source text past which all is forgotten: an estimate of what it takes.</summary>
    public long MaxCharacters { get; init; } = 32 << 20;

    /// <summary>Makes each text that is known once more and compares (tests).</summary>
    public bool AreChecked { get; set; }

    /// <summary>Source text here.</summary>
    public long Characters { get; private set; }

    /// <summary>Descriptions whose text was made.</summary>
    public long Made { get; private set; }

    /// <summary>Descriptions whose text was known.</summary>
    public long Found { get; private set; }

    /// <summary>The conditions on sizes under which texts hold, for people.</summary>
    public IEnumerable<IEnumerable<string>> Conditions => known.Values.SelectMany(list => list).Select(k => k.Formulas.Conditions);

    /// <param name="Plan">The kernels, without numbers.</param>
    /// <param name="Formulas">For each kernel its integers and its grid, then what the plan needs besides.</param>
    private sealed record Known(SymbolicPlan Plan, SizeFormulas Formulas);

    /// <inheritdoc cref="Generator.Generate"/>
    public GeneratedKernel Generate(KernelSpec spec, DeviceProfile profile, Dialect dialect)
    {
        var key = new SpecKey().Add(NumberOf(profile, dialect));
        spec.Describe(key);
        var (plan, numbers) = Find(key, change =>
            new([new(Generator.Write(spec.Resized(change), profile, dialect), [], [], "")], []));
        int next = 0;
        return Kernel(plan.Launches[0].Kernel, numbers, ref next);
    }

    /// <inheritdoc cref="GemmPlanner.Plan"/>
    public GemmPlan Plan(GemmSpec spec, DeviceProfile profile, Dialect dialect)
    {
        var key = new SpecKey().Add(NumberOf(profile, dialect));
        spec.Describe(key);
        var (plan, numbers) = Find(key, change => GemmPlanner.Write(spec.Resized(change), profile, dialect));
        int next = 0;
        var launches = new GemmLaunch[plan.Launches.Length];
        for (int i = 0; i < launches.Length; i++)
        {
            var launch = plan.Launches[i];
            launches[i] = new(Kernel(launch.Kernel, numbers, ref next), launch.Buffers, launch.Scalars, GemmPlanner.Describe(launch, spec));
        }
        return new(launches, numbers[next..]);
    }

    /// <summary>A kernel that an operator brings.</summary>
    /// <param name="spec">Its description.</param>
    /// <param name="structure">What else its text depends on.</param>
    /// <param name="profile">The device's shape.</param>
    /// <param name="dialect">The device's language.</param>
    /// <param name="write">Writes the kernel of a description.</param>
    public GeneratedKernel Generate(OwnKernelSpec spec, ReadOnlySpan<long> structure, DeviceProfile profile, Dialect dialect,
        Func<OwnKernelSpec, SymbolicKernel> write)
    {
        var key = new SpecKey().Add(NumberOf(profile, dialect)).Add(structure.Length);
        foreach (long word in structure) key.Add(word);
        spec.Describe(key);
        var (plan, numbers) = Find(key, change => new([new(write(spec.Resized(change)), [], [], "")], []));
        int next = 0;
        return Kernel(plan.Launches[0].Kernel, numbers, ref next);
    }

    /// <summary>A profile and a dialect as one word of a key: both have many fields.</summary>
    private int NumberOf(DeviceProfile profile, Dialect dialect)
    {
        lock (known)
        {
            int number = targets.FindIndex(t => ReferenceEquals(t.Profile, profile) && ReferenceEquals(t.Dialect, dialect));
            if (number < 0) number = targets.FindIndex(t => t.Profile == profile && t.Dialect == dialect);
            if (number >= 0) return number;
            targets.Add((profile, dialect));
            return targets.Count - 1;
        }
    }

    private (SymbolicPlan Plan, long[] Numbers) Find(SpecKey key, Func<Func<SymInt, SymInt>, SymbolicPlan> write)
    {
        long[] sizes = [.. key.Sizes];
        if (Look(key, sizes) is { } found)
        {
            if (AreChecked) Check(found.Plan, found.Numbers, sizes, write);
            return found;
        }
        var made = Make(sizes, write);
        Add(key, made);
        return (made.Plan, made.Formulas.Compute(sizes)
            ?? throw new InvalidOperationException("The sizes of a kernel do not meet their own conditions. Please report this program."));
    }

    private (SymbolicPlan Plan, long[] Numbers)? Look(SpecKey key, long[] sizes)
    {
        lock (known)
        {
            if (!known.TryGetValue(key, out var list)) return null;
            for (int i = 0; i < list.Count; i++)
                if (list[i].Formulas.Compute(sizes) is { } numbers)
                {
                    Found++;
                    // Sizes like these will be asked for again.
                    (list[0], list[i]) = (list[i], list[0]);
                    return (list[0].Plan, numbers);
                }
            return null;
        }
    }

    private void Add(SpecKey key, Known made)
    {
        long length = made.Plan.Launches.Sum(l => (long)l.Kernel.Text.Source.Length);
        lock (known)
        {
            Made++;
            if (Characters + length > MaxCharacters)
            {
                known.Clear();
                Characters = 0;
            }
            Characters += length;
            if (!known.TryGetValue(key, out var list)) known.Add(key, list = []);
            list.Add(made);
        }
    }

    private static Known Make(long[] sizes, Func<Func<SymInt, SymInt>, SymbolicPlan> write)
    {
        var trace = new SizeTrace(sizes);
        int next = 0;
        var plan = write(_ => trace.Input(next++));
        var results = new List<SymInt>();
        foreach (var (kernel, _, _, _) in plan.Launches)
        {
            results.AddRange(kernel.Integers);
            results.AddRange(kernel.Grid.Numbers);
        }
        results.AddRange(plan.Scratch);
        // The trace's numbers would keep all of it.
        SymbolicLaunch[] launches = [.. plan.Launches.Select(l =>
            l with { Kernel = l.Kernel with { Integers = new SymInt[l.Kernel.Integers.Length], Grid = default } })];
        return new(new(launches, []), trace.Finish(results));
    }

    private static void Check(SymbolicPlan known, long[] numbers, long[] sizes, Func<Func<SymInt, SymInt>, SymbolicPlan> write)
    {
        int next = 0;
        var (launches, scratch) = write(_ => sizes[next++]);
        var results = launches.SelectMany(l => l.Kernel.Integers.Concat(l.Kernel.Grid.Numbers)).Concat(scratch);
        long[] expected = [.. results.Select(n => (long)n)];
        for (int i = 0; i < Math.Max(launches.Length, known.Launches.Length); i++)
            if (launches.Length != known.Launches.Length || launches[i].Kernel.Text.Source != known.Launches[i].Kernel.Text.Source)
                throw new InvalidOperationException($"Sizes {string.Join(", ", sizes)} have a text of their own:\n"
                    + $"{launches.ElementAtOrDefault(i)?.Kernel.Text.Source}\nin place of\n"
                    + $"{known.Launches.ElementAtOrDefault(i)?.Kernel.Text.Source}");
        if (!expected.AsSpan().SequenceEqual(numbers))
            throw new InvalidOperationException($"Sizes {string.Join(", ", sizes)} have the numbers {string.Join(", ", expected)} "
                + $"in place of {string.Join(", ", numbers)}.");
    }

    private static GeneratedKernel Kernel(SymbolicKernel kernel, long[] numbers, ref int next)
    {
        int integers = next;
        next += kernel.Integers.Length + SymbolicGrid.Length;
        return new(kernel.Text, LaunchNumbers.Read(numbers.AsSpan(integers, next - integers)));
    }
}
