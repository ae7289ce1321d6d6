using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using GpuTensor.Runtime;
using Xunit;

namespace GpuTensor.Tests;

/// <summary>A device of a test's own, with settings that other tests do not see. Skips where there is no OpenCL device.</summary>
internal sealed class TestDevice : IDisposable
{
    private readonly bool isOwner;

    private TestDevice(PlannedExecutor executor, bool eager, bool isOwner) =>
        (Device, this.isOwner) = (Device.ForTests(executor, eager), isOwner);

    public Device Device { get; }

    /// <param name="eager">Every operator runs as it is recorded.</param>
    /// <param name="keep">Which nodes are kept that need not be.</param>
    /// <param name="options">Compiler options beside the engine's own.</param>
    public static TestDevice OpenCl(bool eager = false, Func<int, bool>? keep = null, string options = "")
    {
        var found = OpenClPlatform.Devices();
        OptionalPart.OpenCl.Require();
        return new(Make(new(found[0].Open(options), Dialect.OpenCl), keep), eager, true);
    }

    /// <summary>For many small random programs, each of which compiles kernels of its own: the device of that name and how many programs
    /// are run there (<c>GPUTENSOR_RANDOM_PROGRAMS</c>: so many on every device). OpenCL compiles without optimising, which is what such a
    /// test would spend its time on.</summary>
    public static (Device Device, int Programs) ForPrograms(string name, int onReference, int compiled)
    {
        var device = TestDevices.Get(name);
        int count = int.TryParse(Environment.GetEnvironmentVariable("GPUTENSOR_RANDOM_PROGRAMS"), out int asked) ? asked
            : name == "cpu" ? onReference : compiled;
        return (name == "opencl" ? OpenCl(options: "-cl-opt-disable").Device : device, count);
    }

    /// <summary>A device with plans and memory of its own on this one's backend, with its compiled kernels.</summary>
    public TestDevice Another(bool eager = false, Func<int, bool>? keep = null)
    {
        var planned = Device.Planned!;
        return new(Make(new(planned.Backend, Dialect.OpenCl, planned.Kernels), keep), eager, false);
    }

    public void Dispose()
    {
        if (isOwner) Device.Planned!.Dispose();
    }

    private static PlannedExecutor Make(PlannedExecutor executor, Func<int, bool>? keep)
    {
        executor.Planner.KeepPolicy = keep;
        return executor;
    }
}
