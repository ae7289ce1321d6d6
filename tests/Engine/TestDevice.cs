using GpuTensor.Devices;
using GpuTensor.Devices.OpenCl;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Engine;

/// <summary>A device of a test's own, with settings that other tests do not see. Skips where there is no OpenCL device.</summary>
internal sealed class TestDevice : IDisposable
{
    private readonly bool isOwner;

    private TestDevice(PlannedExecutor executor, bool eager, bool isOwner) => (Device, this.isOwner) = (Device.ForTests(executor, eager), isOwner);

    public Device Device { get; }

    /// <param name="eager">Every operator runs as it is recorded.</param>
    /// <param name="keep">Which nodes are kept that need not be.</param>
    public static TestDevice OpenCl(bool eager = false, Func<int, bool>? keep = null)
    {
        var found = OpenClPlatform.Devices();
        if (found.Count == 0) Assert.Skip(OpenClPlatform.Reason);
        return new(Make(new(found[0].Open(), Dialect.OpenCl), keep), eager, true);
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
