using GpuTensor.Graph;
using GpuTensor.Kernels;

namespace GpuTensor.Compiler;

/// <summary>One thing that a plan does: a generated kernel, a matrix product by the device's library, or a copy.</summary>
/// <param name="Kernel">The kernel; null for a product by the library and for a copy.</param>
/// <param name="Memories">The memory behind each buffer parameter, or each operand of the product; of a copy source and
/// target.</param>
/// <param name="Types">The dtype behind each.</param>
/// <param name="Scalars">The graph's scalar slot behind each scalar parameter.</param>
/// <param name="Identity">What it is, for people.</param>
internal sealed record PlannedStep(GeneratedKernel? Kernel, MemoryId[] Memories, DType[] Types, int[] Scalars, StepIdentity Identity)
{
    /// <summary>The library's calls.</summary>
    public LibraryCall[] Calls { get; init; } = [];

    /// <summary>Of a copy within the device: where it begins in source and target, and its length, in bytes.</summary>
    public (long From, long To, long Bytes)? Copy { get; init; }
}
