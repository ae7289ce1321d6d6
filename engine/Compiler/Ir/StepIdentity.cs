using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>What one step of a plan is. It is made with the plan; <c>Explain</c> prints it, errors name it, and measured times are added up
/// by it.</summary>
/// <param name="Kernel">The kernel that the step belongs to, and what it computes.</param>
/// <param name="Part">Which part of that kernel the step is; empty where the kernel is one step. Example: "copy of the left
/// operand".</param>
internal sealed record StepIdentity(KernelIdentity Kernel, string Part)
{
    /// <summary>The step's share of the kernel's bytes and FLOPs, which <see cref="Attribution"/> completes.</summary>
    public StepWork Work { get; init; }

    public override string ToString() => Part.Length == 0 ? Kernel.ToString() : $"{Kernel}: {Part}";
}

/// <summary>What a step moves and computes. Over the steps of a kernel it adds up to the kernel's.</summary>
/// <param name="BytesRead">Bytes of the values that this step is the first of its kernel to read.</param>
/// <param name="BytesWritten">Bytes of the values that this step is the last of its kernel to write.</param>
/// <param name="Flops">Its arithmetic: see <see cref="OperatorIdentity.Flops"/>. An implementation states those of steps that it adds to
/// a product; the product's step has the rest.</param>
internal record struct StepWork(long BytesRead, long BytesWritten, long Flops);
