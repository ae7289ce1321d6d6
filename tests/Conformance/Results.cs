namespace GpuTensor.Conformance;

/// <summary>A sample that did not pass.</summary>
/// <param name="Operator">The corpus file's name.</param>
/// <param name="Sample">The sample's id.</param>
/// <param name="Reason">What was wrong.</param>
public sealed record Failure(string Operator, string Sample, string Reason);

/// <summary>What became of one corpus file.</summary>
/// <param name="Operator">The corpus file's name.</param>
/// <param name="Samples">The samples it holds, refused calls included.</param>
/// <param name="Passed">Those that passed.</param>
/// <param name="Unsupported">Those of an operator that does not exist here, or cannot run on this device; they were not run.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Why">Why samples are unsupported; null where none are.</param>
public sealed record OperatorResult(string Operator, int Samples, int Passed, int Unsupported, IReadOnlyList<Failure> Failures,
    string? Why = null)
{
    /// <summary>How long it took.</summary>
    public double Seconds { get; init; }

    /// <summary>Samples whose results had the same bits step by step, captured and replayed as graphs. Zero where runs are not
    /// repeated.</summary>
    public int Replayed { get; init; }

    /// <summary>Samples that gave the same again, but for which the device had nothing to do: views, and calls refused when they are
    /// recorded.</summary>
    public int Idle { get; init; }
}

/// <summary>What became of a corpus.</summary>
/// <param name="Operators">One result a file, by name.</param>
public sealed record ConformanceResult(IReadOnlyList<OperatorResult> Operators)
{
    /// <summary>All samples.</summary>
    public int Samples => Operators.Sum(o => o.Samples);

    /// <summary>Samples that passed.</summary>
    public int Passed => Operators.Sum(o => o.Passed);

    /// <summary>Samples that failed.</summary>
    public int Failed => Operators.Sum(o => o.Failures.Count);

    /// <summary>Samples that were not run.</summary>
    public int Unsupported => Operators.Sum(o => o.Unsupported);

    /// <inheritdoc cref="OperatorResult.Replayed"/>
    public int Replayed => Operators.Sum(o => o.Replayed);

    /// <inheritdoc cref="OperatorResult.Idle"/>
    public int Idle => Operators.Sum(o => o.Idle);
}
