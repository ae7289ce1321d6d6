namespace GpuTensor.Optim;

/// <summary>Neighbouring parameters in one update: vectors of their values, gradients and state.</summary>
/// <param name="segment">Where they lie.</param>
/// <param name="start">Their first element there.</param>
/// <param name="length">How many elements they are.</param>
/// <param name="steps">The step numbers of all parameters of their group.</param>
/// <param name="first">Which parameter they begin with.</param>
/// <param name="values">The parameters' values.</param>
/// <param name="gradients">Their gradients.</param>
internal sealed class FlatRun(FlatGroup.FlatSegment segment, int start, int length, long[] steps, int first, Tensor values,
    Tensor gradients)
{
    private List<string>? made;

    /// <summary>Whether the step count has been advanced: from then on it is that of the update now running, a replay's too.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>Ends the recording. Only the step count is needed later: a handle kept here would keep its value in memory.</summary>
    public void Recorded() => (IsRecorded, Values, Gradients) = (true, null!, null!);

    /// <summary>The number of this update of these parameters, from 1.</summary>
    public long Step => IsRecorded ? steps[first] : steps[first] + 1;

    /// <summary>The parameters' values.</summary>
    public Tensor Values { get; private set; } = values;

    /// <summary>Their gradients.</summary>
    public Tensor Gradients { get; private set; } = gradients;

    /// <summary>A part of their state; zeros where there is none yet. Assign to it to change it.</summary>
    public Tensor State(string name)
    {
        if (!segment.State.TryGetValue(name, out var vector))
        {
            segment.State[name] = vector = Tensor.Zeros([segment.Length], segment.DType, segment.Device);
            (made ??= []).Add(name);
        }
        return vector.Narrow(0, start, length);
    }

    /// <summary>The flush failed: vectors that were to begin with it have no value.</summary>
    public void ForgetNewState()
    {
        foreach (string name in made ?? []) segment.State.Remove(name);
    }
}
