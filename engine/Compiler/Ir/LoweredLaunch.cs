using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>A launch as steps.</summary>
/// <param name="Steps">In order.</param>
/// <param name="Scratch">Bytes of each working memory that the launch needs for its own time (<see cref="MemoryKind.Scratch"/>).</param>
internal sealed record LoweredLaunch(Launch Launch, PlannedStep[] Steps, long[] Scratch);
