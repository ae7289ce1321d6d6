namespace GpuTensor.Optim;

/// <summary>Stochastic gradient descent with momentum, as <c>torch.optim.SGD</c>.</summary>
public sealed class SGD : Optimizer
{
    private static readonly string[] Names = ["momentum_buffer"];

    /// <summary>Over one group of parameters.</summary>
    /// <param name="parameters">Leaf tensors, such as <c>model.Parameters()</c>.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="momentum">How much of the last direction is kept.</param>
    /// <param name="dampening">How much of the gradient the direction does not take in, from the second step on.</param>
    /// <param name="weightDecay">Added to the gradient: weightDecay × the parameter.</param>
    /// <param name="nesterov">Nesterov's momentum; needs momentum and no dampening.</param>
    /// <param name="maximize">Goes up instead of down.</param>
    /// <exception cref="ArgumentException">No parameters, one that is not a leaf, or settings out of range.</exception>
    public SGD(IEnumerable<Tensor> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, momentum, dampening, weightDecay, nesterov, maximize) { }

    /// <summary>Over groups with settings of their own; the rest are defaults for what a group does not set.</summary>
    public SGD(IEnumerable<ParameterGroup> groups, double lr = 1e-3, double momentum = 0, double dampening = 0, double weightDecay = 0,
        bool nesterov = false, bool maximize = false)
        : base(groups, ("lr", lr), ("momentum", momentum), ("dampening", dampening), ("weight_decay", weightDecay),
            ("nesterov", nesterov ? 1 : 0), ("maximize", maximize ? 1 : 0)) { }

    internal override IReadOnlyList<string> StateNames => Names;

    internal override IEnumerable<SettingFault> Faults(IReadOnlyDictionary<string, double> settings)
    {
        foreach (var fault in base.Faults(settings)) yield return fault;
        double momentum = settings.GetValueOrDefault("momentum"), dampening = settings.GetValueOrDefault("dampening");
        if (!(momentum >= 0 && double.IsFinite(momentum))) yield return new("momentum", "a finite number, not negative");
        if (!double.IsFinite(dampening)) yield return new("dampening", "a finite number");
        if (settings.GetValueOrDefault("nesterov") != 0 && (momentum <= 0 || dampening != 0))
            yield return new("nesterov", "a momentum and no dampening", IsRange: false);
    }

    // Step numbers advance only while there is a momentum.
    internal override IEnumerable<string> RequiredState(IReadOnlyDictionary<string, double> settings) => Names;

    // Only a first step differs from later ones; without momentum none does.
    internal override long RunKey(ParameterGroup group, long steps) => KeepsState(group) ? Math.Min(steps, 1) : 0;

    internal override bool KeepsState(ParameterGroup group) => group.Momentum != 0;

    internal override Tensor Update(ParameterGroup group, FlatRun run)
    {
        var (values, direction) = (run.Values, run.Gradients);
        if (group.IsOn("maximize")) direction = -direction;
        if (group.WeightDecay != 0) direction = direction + values * group.WeightDecay;
        if (group.Momentum != 0)
        {
            // The first direction is the gradient itself, undamped. Zeros × momentum + gradient × 1 is that, by the same kernel as later
            // steps.
            var buffer = run.State("momentum_buffer");
            var moved = buffer * group.Momentum + direction * Scalar.Live(() => run.Step == 1 ? 1.0 : 1 - group["dampening"]);
            buffer.Assign(moved, "Step");
            direction = group.IsOn("nesterov") ? direction + moved * group.Momentum : moved;
        }
        return values - direction * Scalar.Live(() => group.Lr);
    }
}
