using GpuTensor.Backends;
using GpuTensor.Compiler;

namespace GpuTensor.Runtime;

/// <summary>A copy within the device.</summary>
internal sealed class BoundCopy(PlannedStep step) : BoundStep(step)
{
    private readonly (long From, long To, long Bytes) copy = step.Copy!.Value;

    public override long HostBytes => 256;

    public override void Enqueue(Backend backend, RunArguments arguments)
    {
        var (from, to) = (arguments.Resolve(Step.Memories[0]), arguments.Resolve(Step.Memories[1]));
        backend.Copy(from.Buffer, from.Offset + copy.From, to.Buffer, to.Offset + copy.To, copy.Bytes);
    }

    public override void Dispose() { }
}
