using GpuTensor.Backends;
using GpuTensor.Compiler;

namespace GpuTensor.Runtime;

/// <summary>A matrix product by the device's library. Its memories are the left operand, the right operand, the result, and perhaps what
/// the library's epilogue reads or writes.</summary>
internal sealed class BoundProduct(PlannedStep step) : BoundStep(step)
{
    private readonly string description = step.Identity.ToString();

    public override long HostBytes => 256 + Step.Calls.Length * 192L;

    public override void Enqueue(Backend backend, RunArguments arguments)
    {
        var memories = Step.Memories;
        var (a, b, c) = (arguments.Resolve(memories[0]), arguments.Resolve(memories[1]), arguments.Resolve(memories[2]));
        MemoryPlace? vector = memories.Length > 3 ? arguments.Resolve(memories[3]) : null;
        foreach (var call in Step.Calls) backend.Multiply(call, Step.Types[0], a, b, c, vector, description);
    }

    public override void Dispose() { }
}
