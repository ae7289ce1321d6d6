using GpuTensor.Backends;
using GpuTensor.Compiler;

namespace GpuTensor.Runtime;

/// <summary>A step of a plan on the device: what it needs from there (a compiled kernel, bound arguments) is made once and used by every
/// run.</summary>
internal abstract class BoundStep(PlannedStep step) : IDisposable
{
    public PlannedStep Step { get; } = step;

    /// <summary>Host memory it takes, about.</summary>
    public abstract long HostBytes { get; }

    /// <summary>Enqueues it.</summary>
    public abstract void Enqueue(Backend backend, RunArguments arguments);

    public abstract void Dispose();
}
