using System.Globalization;
using GpuTensor.Nn;

namespace GpuTensor.Optim;

public abstract partial class Optimizer
{
    /// <summary>As far as a double counts: bias corrections are powers with it as exponent.</summary>
    private const long MostSteps = 1L << 53;

    /// <summary>Settings and state of all parameters. The tensors share the optimizer's memory: they follow later steps;
    /// <see cref="Tensor.Clone"/> them to keep a moment.</summary>
    public OptimizerState StateDict() => new([.. groups.Select(flat => new GroupState(
        new OrderedDictionary<string, double>(flat.Group.Settings),
        [.. Enumerable.Range(0, flat.Group.Parameters.Count).Select(flat.Read)]))]) { Optimizer = Name };

    /// <summary>Continues from a state: settings, step numbers and copies of its tensors, converted to dtype and device of the parameters.
    /// Nothing is changed unless everything fits.</summary>
    /// <exception cref="StateDictException">Groups, settings, steps, names, shapes or dtypes do not fit, or a setting has a value that the
    /// optimizer does not take; the message lists what.</exception>
    public void LoadStateDict(OptimizerState state)
    {
        Check(state);
        for (int g = 0; g < groups.Count; g++)
        {
            groups[g].Write(state.Groups[g].Parameters);
            foreach (var (name, value) in state.Groups[g].Settings) groups[g].Group[name] = value;
        }
    }

    /// <summary>Throws unless a state fits this optimizer.</summary>
    internal void Check(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var wrong = new List<string>();
        if (state.Optimizer is { } other && other != Name) wrong.Add($"it is the state of {other}");
        if (state.Groups.Count != groups.Count) wrong.Add($"it has {state.Groups.Count} groups, the optimizer {groups.Count}");
        for (int g = 0; g < Math.Min(groups.Count, state.Groups.Count); g++)
        {
            var (mine, given) = (groups[g].Group, state.Groups[g]);
            foreach (string name in given.Settings.Keys.Except(mine.Settings.Keys))
                wrong.Add($"group {g} has a setting '{name}' that {Name} does not know");
            foreach (string name in mine.Settings.Keys.Except(given.Settings.Keys)) wrong.Add($"group {g} lacks the setting '{name}'");
            foreach (var (name, expected, _) in Faults(given.Settings))
                wrong.Add($"{name} of group {g} is {given.Settings[name].ToString(CultureInfo.InvariantCulture)}; expected {expected}");
            if (given.Parameters.Count != mine.Parameters.Count)
                wrong.Add($"group {g} has {given.Parameters.Count} parameters, the optimizer {mine.Parameters.Count}");
            for (int i = 0; i < Math.Min(mine.Parameters.Count, given.Parameters.Count); i++)
                wrong.AddRange(Faults(given.Parameters[i], given.Settings, mine.Parameters[i], $"parameter {i} of group {g}"));
        }
        if (wrong.Count > 0)
            throw new StateDictException($"The state does not fit this {Name}; nothing was changed.\n  {string.Join("\n  ", wrong)}");
    }

    /// <summary>What is wrong with the state of one parameter, called <paramref name="where"/>.</summary>
    private IEnumerable<string> Faults(ParameterState state, IReadOnlyDictionary<string, double> settings, Tensor parameter, string where)
    {
        if (state.Step is < 0 or > MostSteps) yield return $"step of {where} is {state.Step}; expected 0 to {MostSteps}";
        foreach (var (name, tensor) in state.Tensors)
            if (!StateNames.Contains(name)) yield return $"{where} has a '{name}' that {Name} does not know";
            else if (state.Step == 0) yield return $"{where} has a '{name}' at step 0, before its first update";
            else if (tensor.Shape is var shape && shape != parameter.Shape)
                yield return $"{name} of {where} has shape {shape}, the parameter {parameter.Shape}";
            else if (!tensor.DType.IsFloatingPoint()) yield return $"{name} of {where} is {tensor.DType.Name()}; expected floating point";
        if (state.Step <= 0) yield break;
        foreach (string name in RequiredState(settings))
            if (!state.Tensors.ContainsKey(name)) yield return $"{where} lacks '{name}'";
    }
}

/// <summary>What <see cref="Optimizer.StateDict"/> gives.</summary>
/// <param name="Groups">One for each parameter group, in order.</param>
public sealed record OptimizerState(IReadOnlyList<GroupState> Groups)
{
    /// <summary>The optimizer's class, such as <c>AdamW</c>; null where the state does not tell: it is not checked then.</summary>
    public string? Optimizer { get; init; }
}

/// <summary>A parameter group's settings and its parameters' state.</summary>
/// <param name="Settings">By PyTorch's names.</param>
/// <param name="Parameters">In the group's order.</param>
public sealed record GroupState(IReadOnlyDictionary<string, double> Settings, IReadOnlyList<ParameterState> Parameters);

/// <summary>The state of one parameter.</summary>
/// <param name="Step">The updates so far that kept state.</param>
/// <param name="Tensors">By PyTorch's names (<c>exp_avg</c>), in the parameter's shape; empty before the first gradient.</param>
public sealed record ParameterState(long Step, IReadOnlyDictionary<string, Tensor> Tensors);
