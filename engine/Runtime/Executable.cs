using GpuTensor.Graph;
using GpuTensor.Backends;
using GpuTensor.Compiler;

namespace GpuTensor.Runtime;

/// <summary>A plan that can run: its kernels are compiled, and each step has its launch object.</summary>
internal sealed class Executable(Plan plan, BoundStep[] steps) : PlanOfRun, IDisposable
{
    public Plan Plan { get; } = plan;

    /// <summary>Every step is one work-group: a run takes microseconds.</summary>
    public bool IsTiny { get; } = Array.TrueForAll(plan.Steps, step => step.Kernel is { Shape.Groups.Count: <= 1 });

    /// <summary>Host memory it takes, about: for the bound on the plan cache.</summary>
    public long HostBytes { get; } = plan.HostBytes + steps.Sum(step => step.HostBytes);

    /// <summary>When the cache found it last.</summary>
    public long LastUsed { get; set; }

    /// <summary>Its launch objects were given back: it cannot run any more.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Enqueues all steps, then the copies of values to their homes.</summary>
    public void Enqueue(Backend backend, RunArguments arguments)
    {
        foreach (var step in steps) step.Enqueue(backend, arguments);
        foreach (var (from, offset, home, bytes) in Plan.Copies)
        {
            var (source, target) = (arguments.Resolve(from), arguments.Resolve(new(MemoryKind.Home, home)));
            backend.Copy(source.Buffer, source.Offset + offset, target.Buffer, target.Offset, bytes);
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        foreach (var step in steps) step.Dispose();
    }
}
