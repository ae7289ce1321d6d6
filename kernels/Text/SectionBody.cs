namespace GpuTensor.Kernels;

/// <summary>What a section came to: statements over names of its own, b0, b1, … for buffers, s0, … for scalars, n0, … for integers, and
/// what each of them is. Sections that do the same to other operands, as the bias gradients of a network do, are one text.</summary>
/// <param name="Body">The statements.</param>
/// <param name="Buffers">The kernel's buffer behind each name.</param>
/// <param name="Scalars">The kernel's scalar behind each name.</param>
/// <param name="Integers">The values of the integers.</param>
/// <param name="Groups">Work-groups to run it.</param>
internal sealed record SectionBody(List<Statement> Body, int[] Buffers, int[] Scalars, SymInt[] Integers, SymInt Groups);
