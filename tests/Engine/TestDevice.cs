using GpuTensor.Devices;
using GpuTensor.Devices.OpenCl;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Engine;

/// <summary>A device of a test's own, with settings that other tests do not see. Skips where there is no OpenCL device.</summary>
internal sealed class TestDevice : IDisposable
{
    private TestDevice(PlannedExecutor executor, bool eager) => Device = Device.ForTests(executor, eager);

    public Device Device { get; }

    public static TestDevice OpenCl(bool eager = false, Func<int, bool>? keep = null)
    {
        var found = OpenClPlatform.Devices();
        if (found.Count == 0) Assert.Skip(OpenClPlatform.Reason);
        var executor = new PlannedExecutor(found[0].Open(), Dialect.OpenCl);
        executor.Planner.KeepPolicy = keep;
        return new(executor, eager);
    }

    public void Dispose() => Device.Planned!.Dispose();
}
