using GpuTensor.Graph;

namespace GpuTensor.Compiler;

/// <summary>What one step of a plan is. It is made with the plan; <c>Explain</c> prints it, errors name it, and measured times are added up
/// by it.</summary>
/// <param name="Kernel">The kernel that the step belongs to: what it computes, the bytes it moves, its FLOPs.</param>
/// <param name="Part">Which part of that kernel the step is; empty where the kernel is one step. Example: "copy of the left
/// operand".</param>
internal sealed record StepIdentity(KernelIdentity Kernel, string Part)
{
    public override string ToString() => Part.Length == 0 ? Kernel.ToString() : $"{Kernel}: {Part}";
}
