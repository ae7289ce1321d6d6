namespace GpuTensor.Optim;

/// <summary>Parameters that an optimizer updates with the same settings. Settings left unset are the optimizer's; all can be changed
/// between steps at no cost.</summary>
/// <example><c>new AdamW([new ParameterGroup(matrices) { WeightDecay = 0.1 }, new ParameterGroup(vectors) { WeightDecay = 0 }], lr:
/// 3e-4)</c></example>
public sealed class ParameterGroup
{
    private readonly OrderedDictionary<string, double> settings = [];
    private string? owner;
    private Graph.RecordedState recorded;

    /// <summary>A group of leaf tensors; one that is named twice (tied weights) is one.</summary>
    /// <exception cref="ArgumentException">A tensor is the result of an operation.</exception>
    public ParameterGroup(IEnumerable<Tensor> parameters)
    {
        Parameters = [.. parameters.NoneNull().Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>()];
        foreach (var parameter in Parameters)
            if (!parameter.IsLeaf)
                throw new ArgumentException(
                    $"An optimizer updates leaf tensors; one of shape {parameter.Shape} is the result of {parameter.GradFn}.",
                    nameof(parameters));
    }

    /// <summary>The parameters, each once.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The learning rate.</summary>
    public double Lr { get => this["lr"]; set => this["lr"] = value; }

    /// <summary>Weight decay: added to the gradient, or, decoupled (AdamW), taken from the weights.</summary>
    public double WeightDecay { get => this["weight_decay"]; set => this["weight_decay"] = value; }

    /// <summary>The momentum of SGD.</summary>
    public double Momentum { get => this["momentum"]; set => this["momentum"] = value; }

    /// <summary>The decay rates of Adam's two averages.</summary>
    public (double, double) Betas
    {
        get => (this["beta1"], this["beta2"]);
        set => (this["beta1"], this["beta2"]) = value;
    }

    /// <summary>A setting under PyTorch's name (<c>weight_decay</c>, <c>nesterov</c>; <c>betas</c> are <c>beta1</c> and <c>beta2</c>); what
    /// is on or off is 1 or 0.</summary>
    /// <exception cref="ArgumentException">The optimizer has no such setting, or it was not set yet.</exception>
    public double this[string setting]
    {
        get
        {
            recorded.Read();
            return settings.TryGetValue(setting.NotNull(), out double value) ? value : throw Unknown(setting);
        }

        set
        {
            if (!settings.ContainsKey(setting.NotNull()) && owner is not null) throw Unknown(setting);
            if (settings.TryGetValue(setting, out double now) && now.Equals(value)) return;
            settings[setting] = value;
            // Compiled steps read the learning rate anew each time; any other number they hold as it was.
            if (setting != "lr") recorded.Changed();
        }
    }

    /// <summary>All settings by name.</summary>
    public IReadOnlyDictionary<string, double> Settings
    {
        get
        {
            recorded.Read();
            return settings;
        }
    }

    internal bool IsOn(string setting) => this[setting] != 0;

    /// <summary>Makes the group an optimizer's: what is unset gets its defaults.</summary>
    internal void Adopt(string optimizer, IReadOnlyList<(string Name, double Value)> defaults)
    {
        if (owner is not null)
            throw new ArgumentException($"This ParameterGroup already belongs to {owner}; make another one over the same parameters.");
        foreach (string name in settings.Keys)
            if (!defaults.Any(d => d.Name == name))
                throw new ArgumentException(
                    $"{optimizer} has no setting '{name}'; it has {string.Join(", ", defaults.Select(d => d.Name))}.");
        foreach (var (name, value) in defaults) settings.TryAdd(name, value);
        owner = optimizer;
    }

    private ArgumentException Unknown(string setting) => new(owner is null
        ? $"'{setting}' is not set: the group belongs to no optimizer yet."
        : $"{owner} has no setting '{setting}'; it has {string.Join(", ", settings.Keys)}.");
}
