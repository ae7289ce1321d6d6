namespace GpuTensor.Nn;

/// <summary>Marks a <see cref="Tensor"/> field (or auto-property) of a <see cref="Module"/> as a buffer: part of the module's state, but
/// not learned (PyTorch's <c>register_buffer</c>).</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class BufferAttribute : Attribute
{
    /// <summary>Whether <see cref="Module.StateDict"/> contains it. Others only move with the module.</summary>
    public bool Persistent { get; init; } = true;
}
