namespace GpuTensor.Graph;

/// <summary>A plan that ran, as the values see it that it did not keep.</summary>
internal abstract class PlanOfRun
{
    /// <summary>Indices of nodes that were read later though the plan did not keep them: the plan is made again with them.</summary>
    public HashSet<int> Missed { get; } = [];
}
