namespace GpuTensor.Runtime.Memory;

/// <summary>What the checks of a run's indices found, for the results that the indices went into.</summary>
internal sealed class RunVerdict
{
    /// <summary>Why these results are not to be read; null while nothing is known against them.</summary>
    public TensorException? Error { get; set; }
}
