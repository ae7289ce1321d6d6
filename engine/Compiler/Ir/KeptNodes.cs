namespace GpuTensor.Compiler;

/// <summary>What a plan does for values that are read after its run.</summary>
/// <param name="IsKept">By node: whether its value is in memory after the run.</param>
/// <param name="Recomputed">Nodes that gradients will read and that are not kept, with the nodes that are recomputed for them. In recorded
/// order.</param>
internal sealed record KeptNodes(bool[] IsKept, int[] Recomputed);
