using GpuTensor.Nn;

namespace GpuTensor.Optim;

public abstract partial class Optimizer
{
    /// <summary>Settings and state of all parameters. The tensors share the optimizer's memory: they follow later steps;
    /// <see cref="Tensor.Clone"/> them to keep a moment.</summary>
    public OptimizerState StateDict() => new([.. groups.Select(flat => new GroupState(
        new OrderedDictionary<string, double>(flat.Group.Settings),
        [.. Enumerable.Range(0, flat.Group.Parameters.Count).Select(flat.Read)]))]);

    /// <summary>Continues from a state: settings, step numbers and copies of its tensors, converted to dtype and device of the parameters.
    /// Nothing is changed unless everything fits.</summary>
    /// <exception cref="StateDictException">Groups, settings, names or shapes do not fit; the message lists what.</exception>
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
        if (state.Groups.Count != groups.Count) wrong.Add($"it has {state.Groups.Count} groups, the optimizer {groups.Count}");
        for (int g = 0; g < Math.Min(groups.Count, state.Groups.Count); g++)
        {
            var (mine, given) = (groups[g].Group, state.Groups[g]);
            foreach (string name in given.Settings.Keys)
                if (!mine.Settings.ContainsKey(name)) wrong.Add($"group {g} has a setting '{name}' that {Name} does not know");
            if (given.Parameters.Count != mine.Parameters.Count)
                wrong.Add($"group {g} has {given.Parameters.Count} parameters, the optimizer {mine.Parameters.Count}");
            for (int i = 0; i < Math.Min(mine.Parameters.Count, given.Parameters.Count); i++)
                foreach (var (name, tensor) in given.Parameters[i].Tensors)
                    if (!StateNames.Contains(name)) wrong.Add($"parameter {i} of group {g} has a '{name}' that {Name} does not know");
                    else if (tensor.Shape is var shape && shape != mine.Parameters[i].Shape)
                        wrong.Add($"{name} of parameter {i} of group {g} has shape {shape}, the parameter {mine.Parameters[i].Shape}");
        }
        if (wrong.Count > 0)
            throw new StateDictException($"The state does not fit this {Name}; nothing was changed.\n  {string.Join("\n  ", wrong)}");
    }
}

/// <summary>What <see cref="Optimizer.StateDict"/> gives.</summary>
/// <param name="Groups">One for each parameter group, in order.</param>
public sealed record OptimizerState(IReadOnlyList<GroupState> Groups);

/// <summary>A parameter group's settings and its parameters' state.</summary>
/// <param name="Settings">By PyTorch's names.</param>
/// <param name="Parameters">In the group's order.</param>
public sealed record GroupState(IReadOnlyDictionary<string, double> Settings, IReadOnlyList<ParameterState> Parameters);

/// <summary>The state of one parameter.</summary>
/// <param name="Step">The updates so far that kept state.</param>
/// <param name="Tensors">By PyTorch's names (<c>exp_avg</c>), in the parameter's shape; empty before the first gradient.</param>
public sealed record ParameterState(long Step, IReadOnlyDictionary<string, Tensor> Tensors);
