namespace GpuTensor.Graph;

/// <summary>How a graph was run.</summary>
internal enum RunKind
{
    /// <summary>Step by step.</summary>
    Steps,

    /// <summary>Captured as a device graph, which was then launched.</summary>
    Captured,

    /// <summary>One launch of a device graph that was captured before.</summary>
    Replayed,
}
