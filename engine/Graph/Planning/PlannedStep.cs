using GpuTensor.Kernels;

namespace GpuTensor.Graph.Planning;

/// <summary>One thing that a plan does: a generated kernel, or a matrix product by the device's library.</summary>
/// <param name="Kernel">The kernel; null for a product by the library.</param>
/// <param name="Memories">The memory behind each buffer parameter, or each operand of the product.</param>
/// <param name="Types">The dtype behind each.</param>
/// <param name="Scalars">The graph's scalar slot behind each scalar parameter.</param>
/// <param name="Identity">What it is, for people.</param>
internal sealed record PlannedStep(GeneratedKernel? Kernel, MemoryId[] Memories, DType[] Types, int[] Scalars, StepIdentity Identity)
{
    /// <summary>The library's calls.</summary>
    public LibraryCall[] Calls { get; init; } = [];
}
