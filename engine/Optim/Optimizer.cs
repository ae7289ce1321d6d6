using GpuTensor.Graph;

namespace GpuTensor.Optim;

/// <summary>Changes parameters by their gradients. Parameters that lie side by side and are at the same step are one flat vector, and their
/// update is one kernel.</summary>
/// <remarks>As in PyTorch: a parameter without a gradient is left alone, its state and step number too; each <see cref="ParameterGroup"/>
/// has its own settings. All settings are arguments of the kernels: changing the learning rate at every step costs nothing.</remarks>
public abstract partial class Optimizer
{
    private readonly List<FlatGroup> groups = [];
    private readonly HashSet<Device> touched = [];
    private RecordedState recorded;
    private readonly IReadOnlyList<(string Name, double Value)> defaults;

    private protected Optimizer(IEnumerable<ParameterGroup> groups, params IReadOnlyList<(string Name, double Value)> defaults)
    {
        this.defaults = defaults;
        foreach (var group in groups.NoneNull()) AddParameterGroup(group);
        if (this.groups.All(g => g.Group.Parameters.Count == 0)) throw new ArgumentException($"{Name} got no parameters.", nameof(groups));
    }

    /// <summary>The groups, in order.</summary>
    public IReadOnlyList<ParameterGroup> ParameterGroups => [.. groups.Select(g => g.Group)];

    /// <summary>The learning rate: of the first group when read, of all groups when set.</summary>
    public double Lr
    {
        get => groups[0].Group.Lr;
        set
        {
            foreach (var flat in groups) flat.Group.Lr = value;
        }
    }

    /// <summary>PyTorch's names of the tensors kept for each parameter.</summary>
    internal abstract IReadOnlyList<string> StateNames { get; }

    private string Name => GetType().Name;

    /// <summary>Adds parameters with settings of their own, to thaw layers later for one.</summary>
    /// <exception cref="ArgumentException">A parameter is already in another group, or a setting is unknown or out of range.</exception>
    public void AddParameterGroup(ParameterGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var mine = groups.SelectMany(g => g.Group.Parameters).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var parameter in group.Parameters)
            if (mine.Contains(parameter))
                throw new ArgumentException($"A parameter of shape {parameter.Shape} is in more than one group of {Name}.", nameof(group));
        group.Adopt(Name, defaults);
        foreach (var (setting, expected, isRange) in Faults(group.Settings))
            throw isRange
                ? new ArgumentOutOfRangeException(setting, $"{group[setting]}", $"{Name}: {setting} must be {expected}.")
                : new ArgumentException($"{Name}: {setting} needs {expected}.", setting);
        groups.Add(new(this, group));
        recorded.Changed();
    }

    /// <summary>Forgets the gradients of all parameters: they are null until the next backward pass.</summary>
    public void ZeroGrad()
    {
        foreach (var flat in groups)
            foreach (var parameter in flat.Group.Parameters) parameter.Grad = null;
    }

    /// <summary>Updates every parameter that has a gradient and starts the work on the device, without waiting for it.</summary>
    /// <remarks>Where the step cannot run (a kernel does not compile, memory is out), parameters, state and step numbers are as they were
    /// before it.</remarks>
    public void Step()
    {
        recorded.Read();
        touched.Clear();
        using (Tensor.NoGrad())
            foreach (var flat in groups) flat.Step(touched);
        foreach (var device in touched) Recorder.For(device).Flush();
    }

    /// <summary>Settings that make no sense. Settings that are absent are no faults.</summary>
    internal virtual IEnumerable<SettingFault> Faults(IReadOnlyDictionary<string, double> settings)
    {
        foreach (var (name, value) in settings)
            if (name is "lr" or "weight_decay" or "eps" && !(value >= 0 && double.IsFinite(value)))
                yield return new(name, "a finite number, not negative");
            else if (name is "maximize" or "amsgrad" or "nesterov" && value is not (0 or 1)) yield return new(name, "0 (off) or 1 (on)");
    }

    /// <summary>The state that every parameter has after its first update.</summary>
    internal abstract IEnumerable<string> RequiredState(IReadOnlyDictionary<string, double> settings);

    /// <summary>Parameters with equal keys can be updated by one formula. By default the step number itself.</summary>
    internal virtual long RunKey(ParameterGroup group, long steps) => steps;

    /// <summary>Whether a step with these settings keeps state, so that the parameters' step numbers advance.</summary>
    internal virtual bool KeepsState(ParameterGroup group) => true;

    /// <summary>The new values of a run of parameters; sets their new state.</summary>
    internal abstract Tensor Update(ParameterGroup group, FlatRun run);

    /// <summary>weight of the way from a to b, as <c>torch.lerp</c> rounds it.</summary>
    private protected static Tensor Lerp(Tensor a, Tensor b, double weight) =>
        Math.Abs(weight) < 0.5 ? a + (b - a) * weight : b - (b - a) * (1 - weight);
}

/// <summary>A setting out of its range, or (where <paramref name="IsRange"/> is false) one that another setting rules out.</summary>
/// <param name="Setting">Its name.</param>
/// <param name="Expected">What it must be, or what it needs.</param>
/// <param name="IsRange">Whether its value alone is wrong.</param>
internal readonly record struct SettingFault(string Setting, string Expected, bool IsRange = true);
