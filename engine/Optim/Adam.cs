namespace GpuTensor.Optim;

/// <summary>Adam (Kingma and Ba, arXiv:1412.6980), as <c>torch.optim.Adam</c>; with AmsGrad (Reddi and others, 2018) where asked
/// for.</summary>
public class Adam : Optimizer
{
    private static readonly string[] Names = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];

    /// <summary>Over one group of parameters.</summary>
    /// <param name="parameters">Leaf tensors, such as <c>model.Parameters()</c>.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="betas">The decay rates of the averages of the gradient and of its square; default (0.9, 0.999).</param>
    /// <param name="eps">Keeps the division finite.</param>
    /// <param name="weightDecay">Added to the gradient: weightDecay × the parameter.</param>
    /// <param name="amsgrad">Divides by the largest average of squares so far.</param>
    /// <param name="maximize">Goes up instead of down.</param>
    /// <exception cref="ArgumentException">No parameters, one that is not a leaf, or settings out of range.</exception>
    public Adam(IEnumerable<Tensor> parameters, double lr = 1e-3, (double, double)? betas = null, double eps = 1e-8,
        double weightDecay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParameterGroup(parameters)], lr, betas, eps, weightDecay, amsgrad, maximize) { }

    /// <summary>Over groups with settings of their own; the rest are defaults for what a group does not set.</summary>
    public Adam(IEnumerable<ParameterGroup> groups, double lr = 1e-3, (double, double)? betas = null, double eps = 1e-8,
        double weightDecay = 0, bool amsgrad = false, bool maximize = false)
        : base(groups, ("lr", lr), ("beta1", betas?.Item1 ?? 0.9), ("beta2", betas?.Item2 ?? 0.999), ("eps", eps),
            ("weight_decay", weightDecay), ("amsgrad", amsgrad ? 1 : 0), ("maximize", maximize ? 1 : 0)) { }

    internal override IReadOnlyList<string> StateNames => Names;

    /// <summary>Weight decay acts on the weights instead of the gradient.</summary>
    private protected virtual bool IsDecoupled => false;

    internal override IEnumerable<SettingFault> Faults(IReadOnlyDictionary<string, double> settings) => base.Faults(settings).Concat(
        settings.Where(s => s is { Key: "beta1" or "beta2", Value: not (>= 0 and < 1) }).Select(s => new SettingFault(s.Key, "in [0, 1)")));

    internal override IEnumerable<string> RequiredState(IReadOnlyDictionary<string, double> settings) =>
        settings.GetValueOrDefault("amsgrad") != 0 ? Names : Names[..2];

    internal override Tensor Update(ParameterGroup group, FlatRun run)
    {
        var (values, gradients) = (run.Values, run.Gradients);
        if (group.IsOn("maximize")) gradients = -gradients;
        if (group.WeightDecay != 0)
        {
            if (IsDecoupled) values = values * Scalar.Live(() => 1 - group.Lr * group.WeightDecay);
            else gradients = gradients + values * group.WeightDecay;
        }
        var (beta1, beta2) = group.Betas;
        Tensor average = run.State("exp_avg"), squares = run.State("exp_avg_sq");
        var newAverage = Lerp(average, gradients, 1 - beta1);
        var newSquares = squares * beta2 + gradients * gradients * (1 - beta2);
        average.Assign(newAverage, "Step");
        squares.Assign(newSquares, "Step");
        var scale = newSquares;
        if (group.IsOn("amsgrad"))
        {
            var largest = run.State("max_exp_avg_sq");
            scale = largest.Maximum(newSquares);
            largest.Assign(scale, "Step");
        }
        var denominator = scale.Sqrt() / Scalar.Live(() => Math.Sqrt(1 - Math.Pow(beta2, run.Step))) + group["eps"];
        return values - newAverage / denominator * Scalar.Live(() => group.Lr / (1 - Math.Pow(beta1, run.Step)));
    }
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), as <c>torch.optim.AdamW</c>.</summary>
public sealed class AdamW : Adam
{
    /// <summary>Over one group of parameters; as <see cref="Adam"/>, but weights shrink by lr × weightDecay at each step.</summary>
    public AdamW(IEnumerable<Tensor> parameters, double lr = 1e-3, (double, double)? betas = null, double eps = 1e-8,
        double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
        : base(parameters, lr, betas, eps, weightDecay, amsgrad, maximize) { }

    /// <summary>Over groups with settings of their own; the rest are defaults for what a group does not set.</summary>
    public AdamW(IEnumerable<ParameterGroup> groups, double lr = 1e-3, (double, double)? betas = null, double eps = 1e-8,
        double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
        : base(groups, lr, betas, eps, weightDecay, amsgrad, maximize) { }

    private protected override bool IsDecoupled => true;
}
